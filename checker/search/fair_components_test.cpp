#include "checker/search/fair_components.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <vector>

#include "checker/search/graph_bed.hpp"

namespace plimsoll::checker {
namespace {

using Members = std::vector<std::vector<StateNumber>>;

constexpr FairnessMask a = 1;
constexpr FairnessMask b = 2;

bool any(StateNumber /*state*/) {
  return true;
}

Members members(const StateGraph& graph, const FairnessMasks& fairness, const StatePredicate& inside = any,
                const StatePredicate& visited = any) {
  const std::atomic<bool> stop{false};
  const auto found = fair_components(graph, fairness, inside, visited, stop);
  BOOST_REQUIRE(found.has_value());
  for (std::size_t i = 0; i < found->members.size(); ++i) {
    for (const StateNumber state : found->members[i]) {
      BOOST_TEST(found->component_of[state] == i + 1);
    }
  }
  return found->members;
}

BOOST_AUTO_TEST_SUITE(fair_components_test)

BOOST_AUTO_TEST_CASE(without_constraints_they_are_those_with_a_cycle) {
  StateGraph graph;
  // 0 -> 1 <-> 2 -> 3 (a loop), 2 -> 4 (alone)
  fill(graph, {{{{{1, 0}}}}, {{{{2, 0}}}}, {{{{1, 0}, {3, 0}, {4, 0}}}}, {{{{3, 0}}}, {}}});
  BOOST_TEST((members(graph, {}) == Members{{1, 2}, {3}}));
  BOOST_TEST((members(graph, {}, [](StateNumber s) { return s != 2; }) == Members{{3}}));
  BOOST_TEST((members(graph, {}, any, [](StateNumber s) { return s == 2; }) == Members{{1, 2}}));
  BOOST_TEST((members(graph, {}, any, [](StateNumber s) { return s == 4; }) == Members{}));
}

BOOST_AUTO_TEST_CASE(a_weak_constraint_is_met_by_a_transition_or_a_state_without_it) {
  StateGraph graph;
  // {0, 1}: always enabled; {2, 3}: not in 3; {4, 5}: taken
  fill(graph, {{{{{1, 0}, {2, a}}, a}},
               {{{{0, 0}, {4, a}}, a}, {{{3, 0}, {4, a}}, a}},
               {{{{2, 0}}, 0}, {{{5, a}}, a}},
               {{{{4, 0}, {2, 0}}, a}}});
  BOOST_TEST((members(graph, {a, 0}) == Members{{2, 3, 4, 5}}));
  const auto low = [](StateNumber s) { return s < 4; };
  BOOST_TEST((members(graph, {a, 0}, low) == Members{{2, 3}}));
  BOOST_TEST((members(graph, {0, a}, low) == Members{}));
  BOOST_TEST((members(graph, {0, a}) == Members{{2, 3, 4, 5}}));
  BOOST_TEST((members(graph, {a, 0}, [](StateNumber s) { return s < 2; }) == Members{}));
}

BOOST_AUTO_TEST_CASE(a_strong_constraint_not_met_removes_the_states_that_enable_it) {
  StateGraph graph;
  // A ring 0 .. 5 with chords 1 -> 0 and 4 -> 3; 2 enables a, 5 enables b, neither can be taken.
  fill(graph, {{{{{1, 0}}}},
               {{{{2, 0}, {0, 0}}}},
               {{{{3, 0}}, a}},
               {{{{4, 0}}}},
               {{{{5, 0}, {3, 0}}}},
               {{{{0, 0}}, b}}});
  BOOST_TEST((members(graph, {}) == Members{{0, 1, 2, 3, 4, 5}}));
  BOOST_TEST((members(graph, {0, a | b}) == Members{{0, 1}, {3, 4}}));
  BOOST_TEST((members(graph, {0, a}) == Members{{0, 1}, {3, 4}}));
  // A ring without 2 is none, so b alone leaves the two chords' cycles, joined by nothing.
  BOOST_TEST((members(graph, {0, b}) == Members{{0, 1}, {3, 4}}));
  BOOST_TEST((members(graph, {b, 0}) == Members{{0, 1, 2, 3, 4, 5}}));
}

BOOST_AUTO_TEST_CASE(a_long_chain_needs_no_recursion) {
  StateGraph graph;
  constexpr StateNumber count = 300'000;
  std::vector<std::vector<HandMadeState>> levels;
  for (StateNumber s = 0; s < count; ++s) {
    levels.push_back({{{{(s + 1) % count, 0}}}});
  }
  fill(graph, levels);
  const Members found = members(graph, {});
  BOOST_REQUIRE(found.size() == 1U);
  BOOST_TEST(found[0].size() == count);
  const std::atomic<bool> stop{true};
  BOOST_TEST(!fair_components(graph, {}, any, any, stop).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
