#include "checker/visited/slot_order.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <numeric>
#include <set>

#include "checker/visited/state_tree.hpp"

namespace plimsoll::checker {
namespace {

using State = std::vector<Slot>;

std::vector<Slot> flat(const std::vector<State>& states) {
  std::vector<Slot> sample;
  for (const State& state : states) {
    sample.insert(sample.end(), state.begin(), state.end());
  }
  return sample;
}

/// By the book: as many nodes as distinct vectors of at least two slots below an inner node that is no root.
std::uint64_t naive_inner_nodes(const std::vector<State>& states, const SlotOrder& order) {
  std::uint64_t nodes = 0;
  std::size_t places = order.size();
  for (std::size_t reach = 2; (places = (places + 1) / 2) >= 2; reach *= 2) {
    for (std::size_t place = 0; place < places; ++place) {
      const std::size_t begin = place * reach;
      const std::size_t end = std::min(begin + reach, order.size());
      // A single value carried up from below is a node of the level where it was made.
      if (end - begin <= reach / 2) {
        continue;
      }
      std::set<State> seen;
      for (const State& state : states) {
        State below;
        for (std::size_t leaf = begin; leaf < end; ++leaf) {
          below.push_back(state[order[leaf]]);
        }
        seen.insert(below);
      }
      nodes += seen.size();
    }
  }
  return nodes;
}

std::vector<State> some_states(std::uint32_t width) {
  std::vector<State> states;
  const int count = *rc::gen::inRange(1, 40);
  for (int i = 0; i < count; ++i) {
    // All ones are a common way to say "none".
    states.push_back(*rc::gen::container<State>(width, rc::gen::element<Slot>(0, 1, 2, ~Slot{0})));
  }
  return states;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(slot_order_test)

BOOST_AUTO_TEST_CASE(the_order_is_a_permutation_and_does_not_depend_on_the_sample_s_arrangement) {
  for (const std::uint32_t width : {1U, 2U, 3U, 6U, 7U, 13U, 40U}) {
    BOOST_TEST(rc::check([width] {
      std::vector<State> states = some_states(width);
      const SlotOrder order = match_slots(width, flat(states));
      SlotOrder sorted = order;
      std::sort(sorted.begin(), sorted.end());
      SlotOrder all(width);
      std::iota(all.begin(), all.end(), 0U);
      RC_ASSERT(sorted == all);
      std::reverse(states.begin(), states.end());
      states.push_back(states.front());
      RC_ASSERT(match_slots(width, flat(states)) == order);
    }));
  }
}

BOOST_AUTO_TEST_CASE(nodes_are_counted_as_the_tree_makes_them) {
  for (const std::uint32_t width : {2U, 3U, 5U, 6U, 9U, 17U}) {
    BOOST_TEST(rc::check([width] {
      const std::vector<State> states = some_states(width);
      SlotOrder order(width);
      std::iota(order.begin(), order.end(), 0U);
      std::rotate(order.begin(), order.begin() + *rc::gen::inRange(0, 2), order.end());
      RC_ASSERT(inner_nodes(flat(states), order) == naive_inner_nodes(states, order));
    }));
  }
}

BOOST_AUTO_TEST_CASE(slots_that_vary_together_are_paired) {
  // Four independent digits and four copies of them, as far apart as can be.
  std::vector<State> states;
  for (Slot i = 0; i < 625; ++i) {
    const State digits = {i % 5, i / 5 % 5, i / 25 % 5, i / 125};
    State state = digits;
    for (const Slot digit : digits) {
      state.push_back(100 + digit);
    }
    states.push_back(state);
  }
  const SlotOrder order = match_slots(8, flat(states));
  for (std::size_t leaf = 0; leaf < 8; leaf += 2) {
    BOOST_TEST(order[leaf] % 4 == order[leaf + 1] % 4);
  }
  SlotOrder as_they_come(8);
  std::iota(as_they_come.begin(), as_they_come.end(), 0U);
  BOOST_TEST(inner_nodes(flat(states), order) == 4U * 5 + 2 * 25);
  BOOST_TEST(inner_nodes(flat(states), as_they_come) == 4U * 25 + 2 * 625);
}

BOOST_AUTO_TEST_CASE(a_tree_gives_back_what_it_was_given_under_any_order) {
  for (const std::uint32_t width : {1U, 2U, 5U, 8U, 70U}) {
    BOOST_TEST(rc::check([width] {
      const std::vector<State> states = some_states(width);
      StateTree tree(width, match_slots(width, flat(states)));
      const auto scratch = tree.scratch();
      Successors batch(width);
      for (const State& state : states) {
        batch.append({}, ~SlotMask{0}, 0, state);
      }
      RC_ASSERT(tree.reserve(batch.size()));
      std::vector<StateKey> keys;
      tree.find_keys(batch, keys, *scratch);
      for (std::size_t i = 0; i < states.size(); ++i) {
        State back;
        tree.unpack(keys[i], back);
        RC_ASSERT(back == states[i]);
        for (std::size_t k = 0; k < i; ++k) {
          RC_ASSERT((keys[i] == keys[k]) == (states[i] == states[k]));
        }
      }
    }));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
