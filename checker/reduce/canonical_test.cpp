// Representatives against brute force over all renamings.
#include "checker/reduce/canonical.hpp"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <map>
#include <optional>
#include <set>

#include "checker/reduce/test_bed.hpp"

namespace plimsoll::checker {
namespace {

constexpr Telling tellings[] = {Telling::nothing, Telling::mood, Telling::everything};

State canonical(Canonicaliser& canonicaliser, const System& system, State state) {
  const State before = state;
  const auto [fingerprint, is_other, changed] = canonicaliser.canonicalise(state, system.fingerprint(state));
  PLIMSOLL_ASSERT(fingerprint == system.fingerprint(state));
  PLIMSOLL_ASSERT(is_other == (state != before));
  PLIMSOLL_ASSERT(changed == ~SlotMask{0});
  return state;
}

/// The definition: of all renamed states that with the least signatures in order of the ids, then with the
/// least fingerprint.
State least_renaming(const System& system, const State& state) {
  const std::uint32_t degree = system.symmetry()->degree();
  const auto renamer = system.symmetry()->renamer();
  using Rank = std::pair<std::vector<std::uint64_t>, Fingerprint>;
  std::optional<std::pair<Rank, State>> least;
  for (const Permutation permutation : permutations(degree)) {
    State image = renamed(*renamer, state, permutation);
    Signatures signatures;
    renamer->sign(image, signatures);
    Rank rank{{signatures.of.begin(), signatures.of.begin() + degree}, system.fingerprint(image)};
    if (!least || rank < least->first) {
      least.emplace(std::move(rank), std::move(image));
    }
  }
  return least->second;
}

/// Any state, reachable or not. Small sets of moods and friends make ties that only comparing resolves.
State arbitrary_state(std::uint32_t people) {
  State state;
  const Slot everybody = (Slot{1} << people) - 1;
  for (std::uint32_t i = 0; i < people; ++i) {
    const Slot mood = *rc::gen::inRange<Slot>(0, 2);
    const Slot known = *rc::gen::inRange<Slot>(0, everybody + 1);
    state.push_back(Person{mood, known}.word());
  }
  state.push_back(*rc::gen::inRange<Slot>(0, people + 1));
  return state;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(canonical_test)

BOOST_AUTO_TEST_CASE(is_the_least_renaming_of_random_states) {
  for (const Telling telling : tellings) {
    const bool passed = rc::check([telling] {
      const auto people = *rc::gen::inRange<std::uint32_t>(1, 6);
      const PeopleSystem system{People(people, telling)};
      const State state = arbitrary_state(people);
      Canonicaliser canonicaliser(system);
      RC_ASSERT(canonical(canonicaliser, system, state) == least_renaming(system, state));
    });
    BOOST_TEST(passed);
  }
}

/// Beyond what can be brute-forced: equal for a state and a random renaming of it.
BOOST_AUTO_TEST_CASE(is_the_same_for_all_renamings_of_many_ids) {
  const bool passed = rc::check([] {
    constexpr std::uint32_t people = 9;
    const PeopleSystem system{People(people)};
    State state(people + 1, 0);
    for (int i = 0; i < 8; ++i) {
      const auto who = *rc::gen::inRange<std::uint32_t>(0, people);
      const auto whom = *rc::gen::inRange<std::uint32_t>(0, people);
      state[who] |= Person{1, Slot{1} << whom}.word();
    }
    Permutation permutation;
    for (int i = 0; i < 20; ++i) {
      const auto a = *rc::gen::inRange<std::uint32_t>(0, people);
      const auto b = *rc::gen::inRange<std::uint32_t>(0, people);
      permutation = Permutation::swapping(a, b).after(permutation);
    }
    const auto renamer = system.symmetry()->renamer();
    Canonicaliser canonicaliser(system);
    const State found = canonical(canonicaliser, system, state);
    RC_ASSERT(canonical(canonicaliser, system, renamed(*renamer, state, permutation)) == found);
    RC_ASSERT(canonical(canonicaliser, system, found) == found);
  });
  BOOST_TEST(passed);
}

BOOST_AUTO_TEST_CASE(there_is_one_for_each_orbit_of_reachable_states) {
  for (const std::uint32_t people : {1U, 2U, 3U}) {
    for (const Telling telling : tellings) {
      const PeopleSystem system{People(people, telling)};
      const auto renamer = system.symmetry()->renamer();
      Canonicaliser canonicaliser(system);
      std::map<State, State> representatives;
      for (const State& state : reachable(system)) {
        State name_of_orbit = state;
        for (const Permutation permutation : permutations(people)) {
          name_of_orbit = std::min(name_of_orbit, renamed(*renamer, state, permutation));
        }
        const State found = canonical(canonicaliser, system, state);
        const auto [known, is_new] = representatives.emplace(name_of_orbit, found);
        BOOST_REQUIRE((known->second == found));
        BOOST_REQUIRE((least_renaming(system, state) == found));
      }
      BOOST_TEST(representatives.size() > people);
    }
  }
}

/// A ring of six who each know the next: no signature and no swap tells anything, all arrangements count.
BOOST_AUTO_TEST_CASE(a_ring_is_compared_in_full) {
  const PeopleSystem system{People(6)};
  State ring(7, 0);
  for (std::uint32_t i = 0; i < 6; ++i) {
    ring[i] = Person{0, Slot{1} << (i + 1) % 6}.word();
  }
  const auto renamer = system.symmetry()->renamer();
  Canonicaliser canonicaliser(system);
  std::set<State> orbit;
  std::set<State> found;
  for (const Permutation permutation : permutations(6)) {
    orbit.insert(renamed(*renamer, ring, permutation));
    found.insert(canonical(canonicaliser, system, renamed(*renamer, ring, permutation)));
  }
  BOOST_TEST(orbit.size() == 120U);  // 6! renamings, 6 rotations of which change nothing
  BOOST_TEST(found.size() == 1U);
  BOOST_TEST((*found.begin() == least_renaming(system, ring)));
}

/// Two rings of three, told apart from a ring of six although everybody's surroundings look the same.
BOOST_AUTO_TEST_CASE(what_only_looks_alike_is_kept_apart) {
  const PeopleSystem system{People(6)};
  State ring(7, 0);
  State two_rings(7, 0);
  for (std::uint32_t i = 0; i < 6; ++i) {
    ring[i] = Person{0, Slot{1} << (i + 1) % 6}.word();
    two_rings[i] = Person{0, Slot{1} << ((i + 1) % 3 + i / 3 * 3)}.word();
  }
  Canonicaliser canonicaliser(system);
  BOOST_TEST((canonical(canonicaliser, system, ring) != canonical(canonicaliser, system, two_rings)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
