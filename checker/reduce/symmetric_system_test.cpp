#include "checker/reduce/symmetric_system.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

#include "checker/reduce/check_symmetry.hpp"
#include "checker/reduce/interned_people.hpp"
#include "checker/reduce/split.hpp"
#include "checker/reduce/test_bed.hpp"

namespace plimsoll::checker {
namespace {

/// Orbits and the transitions from one state of each, counted without the engines.
struct Orbits {
  std::uint64_t count = 0;
  std::uint64_t generated = 0;
  std::uint64_t pruned = 0;
};

Orbits count_orbits(const System& system) {
  Orbits orbits;
  std::set<State> seen;
  const auto renamer = system.symmetry()->renamer();
  const auto worker = system.worker();
  Successors out(system.width());
  system.initial(out);
  for (const State& state : reachable(system)) {
    bool is_first = true;
    for (const Permutation permutation : permutations(system.symmetry()->degree())) {
      is_first &= !seen.contains(renamed(*renamer, state, permutation));
    }
    if (is_first) {
      seen.insert(state);
      worker->successors(state, system.fingerprint(state), out);
    }
  }
  orbits.count = seen.size();
  orbits.generated = out.size();
  orbits.pruned = out.pruned();
  return orbits;
}

SearchResult search(const System& system, VisitedMode visited, unsigned workers, bool all) {
  SearchOptions options;
  options.visited = visited;
  options.workers = workers;
  options.all = all;
  return search_breadth_first(system, options);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(symmetric_system_test)

BOOST_AUTO_TEST_CASE(each_orbit_is_explored_once_in_every_mode) {
  const PeopleSystem raw{People(3, Telling::mood)};
  const SymmetricSystem reduced(raw);
  const Orbits orbits = count_orbits(raw);
  BOOST_TEST(orbits.count > 1U);
  BOOST_TEST(orbits.pruned > 0U);
  SearchOptions options;
  options.selected = 0;
  for (const VisitedMode visited : {VisitedMode::exact, VisitedMode::fingerprint}) {
    for (const unsigned workers : {1U, 2U, 4U}) {
      options.visited = visited;
      options.workers = workers;
      const SearchResult found = search_breadth_first(reduced, options);
      BOOST_TEST(found.distinct == orbits.count);
      BOOST_TEST(found.generated == orbits.generated);
      BOOST_TEST(found.pruned == orbits.pruned);
    }
  }
}

BOOST_AUTO_TEST_CASE(verdicts_are_those_of_the_raw_system) {
  for (const std::uint32_t people : {1U, 2U, 3U}) {
    const PeopleSystem raw{People(people)};
    const SymmetricSystem reduced(raw);
    const SearchResult expected = search(raw, VisitedMode::exact, 1, true);
    const SearchResult found = search(reduced, VisitedMode::exact, 1, true);
    BOOST_TEST((found.verdict == expected.verdict));
    BOOST_TEST(found.depth == expected.depth);
    BOOST_REQUIRE(found.properties.size() == expected.properties.size());
    for (std::size_t i = 0; i < found.properties.size(); ++i) {
      BOOST_TEST((found.properties[i].verdict == expected.properties[i].verdict));
      BOOST_REQUIRE(found.properties[i].path.has_value() == expected.properties[i].path.has_value());
      if (found.properties[i].path) {
        BOOST_TEST(found.properties[i].path->states.size() == expected.properties[i].path->states.size());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(what_a_run_finds_does_not_depend_on_workers) {
  const PeopleSystem raw{People(3)};
  const SymmetricSystem reduced(raw);
  const SearchResult first = search(reduced, VisitedMode::exact, 1, true);
  for (const VisitedMode visited : {VisitedMode::exact, VisitedMode::fingerprint}) {
    for (const unsigned workers : {1U, 2U, 4U}) {
      const SearchResult again = search(reduced, visited, workers, true);
      for (std::size_t i = 0; i < first.properties.size(); ++i) {
        BOOST_REQUIRE(first.properties[i].path.has_value() == again.properties[i].path.has_value());
        if (first.properties[i].path) {
          BOOST_TEST((first.properties[i].path->states == again.properties[i].path->states));
          BOOST_TEST((first.properties[i].path->actions == again.properties[i].path->actions));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(transitions_into_one_orbit_are_all_generated) {
  const PeopleSystem raw{People(3)};
  const SymmetricSystem reduced(raw);
  const State start(4, 0);
  Successors out(4);
  reduced.worker()->successors(start, raw.fingerprint(start), out);
  BOOST_TEST(out.size() == 3U);
  std::set<State> targets;
  for (std::size_t i = 0; i < out.size(); ++i) {
    targets.emplace(out.state(i).begin(), out.state(i).end());
    BOOST_TEST(out[i].fingerprint == raw.fingerprint(out.state(i)));
    BOOST_TEST(out[i].action.payload == i);
  }
  BOOST_TEST(targets.size() == 1U);
}

/// An engine skips properties that read nothing of what changed: after renaming anything may have.
BOOST_AUTO_TEST_CASE(renamed_targets_have_changed_everywhere) {
  const PeopleSystem raw{People(3)};
  const SymmetricSystem reduced(raw);
  bool some_renamed = false;
  bool some_kept = false;
  const auto raw_worker = raw.worker();
  const auto worker = reduced.worker();
  for (const State& state : reachable(reduced)) {
    Successors plain(4);
    Successors out(4);
    raw_worker->successors(state, raw.fingerprint(state), plain);
    worker->successors(state, raw.fingerprint(state), out);
    BOOST_REQUIRE(plain.size() == out.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      const bool is_same = std::ranges::equal(plain.state(i), out.state(i));
      BOOST_REQUIRE(out[i].changed == (is_same ? plain[i].changed : ~SlotMask{0}));
      some_kept |= is_same;
      some_renamed |= !is_same;
    }
  }
  BOOST_TEST(some_renamed);
  BOOST_TEST(some_kept);
}

/// Both transitions lead into one orbit; one of them is bad.
BOOST_AUTO_TEST_CASE(step_properties_judge_the_raw_transition) {
  for (const bool one_action : {true, false}) {
    const PodSystem<Split> raw{Split(one_action)};
    BOOST_TEST(check_symmetry(raw, 100).value_or("") == "");
    const SymmetricSystem reduced(raw);
    const SearchResult found = search(reduced, VisitedMode::exact, 1, false);
    BOOST_TEST((found.verdict == Verdict::violated));

    const auto worker = reduced.worker();
    const State start = {0, 1};
    const State other = {2, 3};
    const Action good{7, 0};
    const Action bad{8, 0};
    Successors out(2);
    worker->successors(start, raw.fingerprint(start), out);
    BOOST_TEST(out.size() == 2U);
    BOOST_TEST(worker->evaluate_step(start, good, other, 1).holds == (one_action ? 0U : 1U));
    BOOST_TEST(worker->evaluate_step(start, good, other, 1).engaged == 1U);
    // Asked again after something else was expanded.
    worker->successors(other, raw.fingerprint(other), out);
    BOOST_TEST(worker->evaluate_step(start, one_action ? good : bad, other, 1).holds == 0U);
  }
}

BOOST_AUTO_TEST_CASE(renamed_values_are_remembered_and_accounted_for) {
  const InternedPeople raw(3, {});
  const SymmetricSystem reduced(raw);
  const SearchResult found = search(reduced, VisitedMode::exact, 1, true);
  BOOST_TEST(found.system.memory_bytes > 0U);
}

/// Representatives go by content: ids differ, and the fingerprints of all states are the same.
BOOST_AUTO_TEST_CASE(interned_ids_do_not_matter) {
  std::vector<State> expected;
  for (const std::vector<Slot>& first : {State{}, State{7, 3, 2, 1, 0}, State{2, 28, 12, 9}}) {
    const InternedPeople raw(3, first);
    const SymmetricSystem reduced(raw);
    std::vector<State> plain;
    for (const State& state : reachable(reduced)) {
      plain.push_back(raw.decode(state));
    }
    std::sort(plain.begin(), plain.end());
    if (expected.empty()) {
      expected = plain;
    }
    BOOST_TEST((plain == expected));
  }
  const PeopleSystem as_numbers{People(3)};
  BOOST_TEST(expected.size() == count_orbits(as_numbers).count);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
