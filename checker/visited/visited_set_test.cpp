#include "checker/visited/visited_set.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "checker/system/content_hash.hpp"
#include "checker/visited/exact_set.hpp"

namespace plimsoll::checker {
namespace {

using State = std::vector<Slot>;
constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();
constexpr VisitedMode modes[] = {VisitedMode::exact, VisitedMode::fingerprint};

Fingerprint fingerprint_of(StateView state) {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < state.size(); ++i) {
    sum += contribution(i, state[i]);
  }
  return finish_fingerprint(sum);
}

Successors batch_of(const std::vector<State>& states, std::uint32_t width, Fingerprint parent = 0) {
  Successors batch(width);
  batch.begin(parent);
  for (const State& state : states) {
    batch.append({}, ~SlotMask{0}, fingerprint_of(state), state);
  }
  return batch;
}

/// Inserts with growth on demand; which states were new.
std::vector<std::uint8_t> insert(VisitedSet& visited, const Successors& batch, std::uint32_t level,
                                 VisitedSet::Scratch& scratch) {
  while (!visited.reserve(batch.size())) {
    BOOST_REQUIRE(visited.grow(batch.size(), no_limit));
  }
  std::vector<std::uint8_t> is_new;
  visited.insert(batch, level, is_new, scratch);
  return is_new;
}

std::multimap<Fingerprint, Origin> at_level(const VisitedSet& visited, std::uint32_t level) {
  std::multimap<Fingerprint, Origin> found;
  visited.ancestry()->for_each(level, [&](Fingerprint f, Origin origin) { found.emplace(f, origin); });
  return found;
}

/// A sibling of `state`: a few slots replaced by small numbers, now and then an extreme one.
State sibling(State state) {
  const int changes = *rc::gen::inRange(0, 4);
  for (int i = 0; i < changes; ++i) {
    const std::size_t slot = *rc::gen::inRange<std::size_t>(0, state.size());
    state[slot] = *rc::gen::element<Slot>(0, 1, 2, 3, 4, 0xffffffffU, 0xfffffffeU, 0x80000000U);
  }
  return state;
}

void agrees_with_a_set(VisitedMode mode, std::uint32_t width) {
  const auto visited = make_visited_set(mode, width, fingerprint_of);
  const auto scratch = visited->scratch();
  std::set<State> model;
  State last(width, 0);
  const std::uint32_t batches = *rc::gen::inRange(1U, 8U);
  for (std::uint32_t level = 0; level < batches; ++level) {
    std::vector<State> states;
    std::vector<std::uint8_t> expected;
    std::multiset<Fingerprint> fresh;
    const int count = *rc::gen::inRange(0, 20);
    for (int i = 0; i < count; ++i) {
      last = sibling(last);
      states.push_back(last);
      const bool is_new = model.insert(last).second;
      expected.push_back(is_new ? 1 : 0);
      if (is_new) {
        fresh.insert(fingerprint_of(last));
      }
    }
    const std::vector<std::uint8_t> is_new = insert(*visited, batch_of(states, width), level, *scratch);
    RC_ASSERT(is_new == expected);
    // Exact sets rebuild the states: their fingerprints agree only if every slot came back.
    std::multiset<Fingerprint> listed;
    visited->ancestry()->for_each(level, [&](Fingerprint f, Origin /*origin*/) { listed.insert(f); });
    RC_ASSERT(listed == fresh);
  }
  RC_ASSERT(visited->size() == model.size());
}

BOOST_AUTO_TEST_SUITE(visited_set_test)

BOOST_AUTO_TEST_CASE(both_kinds_agree_with_a_plain_set) {
  for (const VisitedMode mode : modes) {
    for (const std::uint32_t width : {1U, 2U, 3U, 5U, 8U, 17U, 40U, 70U}) {
      const std::string name = std::string(to_text(mode)) + ", width " + std::to_string(width);
      BOOST_TEST(rc::check(name, [&] { agrees_with_a_set(mode, width); }));
    }
  }
}

BOOST_AUTO_TEST_CASE(an_exact_set_needs_no_good_fingerprints) {
  const auto visited = make_visited_set(VisitedMode::exact, 3, [](StateView) { return Fingerprint{7}; });
  const auto scratch = visited->scratch();
  Successors batch(3);
  for (Slot i = 0; i < 100; ++i) {
    batch.append({}, ~SlotMask{0}, 7, State{i % 10, i / 10, 5});
  }
  const std::vector<std::uint8_t> is_new = insert(*visited, batch, 0, *scratch);
  BOOST_TEST(std::count(is_new.begin(), is_new.end(), 1) == 100);
  BOOST_TEST(visited->omission_probability() == 0.0);

  const auto lossy = make_visited_set(VisitedMode::fingerprint, 3, fingerprint_of);
  const auto lossy_scratch = lossy->scratch();
  const std::vector<std::uint8_t> omitted = insert(*lossy, batch, 0, *lossy_scratch);
  BOOST_TEST(std::count(omitted.begin(), omitted.end(), 1) == 1);
  BOOST_TEST(lossy->omission_probability() > 0.0);
}

BOOST_AUTO_TEST_CASE(states_of_all_levels_come_back_after_many_growths) {
  constexpr std::uint32_t width = 5;
  for (const VisitedMode mode : modes) {
    const auto visited = make_visited_set(mode, width, fingerprint_of);
    const auto scratch = visited->scratch();
    std::vector<std::multimap<Fingerprint, Origin>> expected;
    for (std::uint32_t level = 0; level < 60; ++level) {
      std::vector<State> states;
      auto& of_level = expected.emplace_back();
      const Fingerprint parent = mix(level);
      for (Slot i = 0; i < 2500; ++i) {
        states.push_back({i, level, i % 13, i * 3, level * level});
        of_level.emplace(fingerprint_of(states.back()), make_origin(parent, level));
      }
      insert(*visited, batch_of(states, width, parent), level, *scratch);
    }
    BOOST_TEST(visited->size() == 150000U);
    for (std::uint32_t level = 0; level < 60; level += 7) {
      BOOST_TEST((at_level(*visited, level) == expected[level]), to_text(mode) << ", level " << level);
    }
    const auto ancestry = visited->ancestry();
    for (const auto& [fingerprint, origin] : expected[21]) {
      std::vector<Fingerprint> alike;
      const Fingerprint asked = fingerprint ^ 0xabcdefU;  // the lower 24 bits do not count
      ancestry->for_each_like(asked, 21,
                              [&](Fingerprint found, Origin /*origin*/) { alike.push_back(found); });
      BOOST_REQUIRE(std::count(alike.begin(), alike.end(), fingerprint) == 1);
      ancestry->for_each_like(
          asked, 22, [&](Fingerprint found, Origin /*origin*/) { BOOST_REQUIRE(found != fingerprint); });
    }
    BOOST_TEST(visited->memory_bytes() > 150000U * 8);
    BOOST_TEST(visited->parents_memory_bytes() > 150000U * 8);
  }
}

BOOST_AUTO_TEST_CASE(an_exact_set_that_is_rearranged_holds_what_it_held) {
  // Six digits and their copies, so that another order of slots makes a much smaller tree.
  constexpr std::uint32_t width = 12;
  constexpr Slot state_count = 270'000;
  const auto state_of = [](Slot i) {
    State state(width);
    for (std::uint32_t digit = 0; digit < width / 2; ++digit, i /= 9) {
      state[digit] = i % 9;
      state[digit + width / 2] = 100 + i % 9;
    }
    return state;
  };
  for (const unsigned growers : {1U, 3U}) {
    ExactSet visited(width, fingerprint_of, growers);
    const auto scratch = visited.scratch();
    const auto insert_all = [&](std::uint32_t level) {
      std::int64_t fresh = 0;
      for (Slot first = 0; first < state_count; first += 1000) {
        Successors batch(width);
        batch.begin(first + 1);
        for (Slot i = first; i < first + 1000; ++i) {
          batch.append({}, ~SlotMask{0}, fingerprint_of(state_of(i)), state_of(i));
        }
        const std::vector<std::uint8_t> is_new = insert(visited, batch, level, *scratch);
        fresh += std::count(is_new.begin(), is_new.end(), 1);
      }
      return fresh;
    };
    BOOST_TEST(insert_all(3) == state_count);
    const auto before = at_level(visited, 3);
    const std::uint64_t bytes = visited.memory_bytes();
    visited.rearrange(bytes);
    BOOST_TEST(visited.memory_bytes() == bytes);  // no room for two trees at a time
    visited.rearrange(no_limit);
    BOOST_TEST(visited.memory_bytes() < bytes / 2);
    BOOST_TEST(visited.size() == state_count);
    BOOST_TEST((at_level(visited, 3) == before));
    BOOST_TEST(insert_all(4) == 0);
    BOOST_TEST(visited.size() == state_count);
  }
}

BOOST_AUTO_TEST_CASE(the_least_parent_of_the_first_level_is_remembered) {
  for (const VisitedMode mode : modes) {
    const auto visited = make_visited_set(mode, 2, fingerprint_of);
    const auto scratch = visited->scratch();
    const Fingerprint small = Fingerprint{1} << 40U;
    const Fingerprint large = Fingerprint{2} << 40U;
    insert(*visited, batch_of({{1, 1}}, 2, large), 1, *scratch);
    insert(*visited, batch_of({{1, 1}}, 2, small), 1, *scratch);
    insert(*visited, batch_of({{1, 1}}, 2, 0), 2, *scratch);
    const auto found = at_level(*visited, 1);
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found.begin()->second == make_origin(small, 1));
    BOOST_TEST(at_level(*visited, 2).empty());
  }
}

BOOST_AUTO_TEST_CASE(growth_beyond_the_memory_limit_is_refused) {
  for (const VisitedMode mode : modes) {
    const auto visited = make_visited_set(mode, 8, fingerprint_of);
    const std::uint64_t before = visited->memory_bytes() + visited->parents_memory_bytes();
    BOOST_TEST(!visited->reserve(1000000));
    BOOST_TEST(!visited->grow(1000000, before + 1000));
    BOOST_TEST(!visited->reserve(1000000));
    // What was refused was not promised either.
    BOOST_TEST(visited->size() == 0U);
    BOOST_TEST(visited->reserve(100));
    visited->retract(100);
    BOOST_TEST(visited->size() == 0U);
  }
}

BOOST_AUTO_TEST_CASE(of_threads_that_insert_equal_states_one_finds_them_new) {
  constexpr unsigned thread_count = 4;
  constexpr std::uint32_t width = 7;
  constexpr Slot state_count = 4000;
  for (const VisitedMode mode : modes) {
    const auto visited = make_visited_set(mode, width, fingerprint_of);
    while (!visited->reserve(std::uint64_t{state_count} * thread_count)) {
      BOOST_REQUIRE(visited->grow(std::uint64_t{state_count} * thread_count, no_limit));
    }
    std::vector<std::uint64_t> fresh(thread_count, 0);
    {
      std::vector<std::jthread> threads;
      for (unsigned t = 0; t < thread_count; ++t) {
        threads.emplace_back([&, t] {
          const auto scratch = visited->scratch();
          std::vector<std::uint8_t> is_new;
          for (Slot first = 0; first < state_count; first += 50) {
            Successors batch(width);
            batch.begin(mix(t));
            for (Slot n = first; n < first + 50; ++n) {
              const Slot i = t % 2 == 0 ? n : state_count - 1 - n;
              const State state = {i % 7, i % 11, 3, i / 100, i % 100, 9, i % 2};
              batch.append({}, ~SlotMask{0}, fingerprint_of(state), state);
            }
            visited->insert(batch, 4, is_new, *scratch);
            fresh[t] += static_cast<std::uint64_t>(std::count(is_new.begin(), is_new.end(), 1));
          }
        });
      }
    }
    std::uint64_t sum = 0;
    for (const std::uint64_t part : fresh) {
      sum += part;
    }
    BOOST_TEST(sum == state_count, to_text(mode));
    BOOST_TEST(visited->size() == state_count);
    const auto found = at_level(*visited, 4);
    BOOST_TEST(found.size() == state_count);
    const Fingerprint least = std::min({mix(0), mix(1), mix(2), mix(3)});
    for (const auto& [fingerprint, origin] : found) {
      BOOST_REQUIRE(origin == make_origin(least, 4));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
