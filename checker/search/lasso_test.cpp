// Short stories from graphs in which there are many.
#include "checker/search/lasso.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <vector>

#include "checker/search/graph_bed.hpp"

namespace plimsoll::checker {
namespace {

constexpr FairnessMask a = 1;
constexpr FairnessMask b = 2;
constexpr std::size_t steps_max = 1000;

bool any(StateNumber /*state*/) {
  return true;
}

Lasso lasso_in(const StateGraph& graph, const FairnessMasks& fairness, PropertyKind kind) {
  const std::atomic<bool> stop{false};
  const LassoSearch found = find_lasso(graph, fairness, question_of(graph, kind, 0), stop);
  BOOST_TEST(found.is_complete);
  BOOST_REQUIRE(found.lasso.has_value());
  return *found.lasso;
}

BOOST_AUTO_TEST_SUITE(lasso_test)

BOOST_AUTO_TEST_CASE(a_reach_begins_at_several_distances) {
  StateGraph graph;
  // 0 -> 1 -> 2 -> 3 -> 4 and 0 -> 5 -> 4, levels 0, 1, 2, 3 with 4 in level 2
  fill(graph, {{{{{1, 0}, {2, 0}}}}, {{{{3, 0}}}, {{{4, 0}}}}, {{{{5, 0}}}, {}}, {{{{4, 0}}}}});
  const std::atomic<bool> stop{false};
  const auto from_one = Reach::find(graph, [](StateNumber s) { return s == 1; }, any, stop);
  BOOST_REQUIRE(from_one.has_value());
  BOOST_TEST(!from_one->contains(0));
  BOOST_TEST(!from_one->contains(2));
  BOOST_TEST(from_one->distance(1) == 1U);
  BOOST_TEST(from_one->distance(4) == 4U);
  BOOST_TEST((from_one->way_to(4) == std::vector<StateNumber>{0, 1, 3, 5, 4}));
  const auto from_both = Reach::find(graph, [](StateNumber s) { return s == 1 || s == 2; }, any, stop);
  BOOST_TEST(from_both->distance(4) == 2U);
  BOOST_TEST((from_both->way_to(4) == std::vector<StateNumber>{0, 2, 4}));
  const auto not_by_three =
      Reach::find(graph, [](StateNumber s) { return s == 1; }, [](StateNumber s) { return s != 3; }, stop);
  BOOST_TEST(!not_by_three->contains(4));
}

BOOST_AUTO_TEST_CASE(a_cycle_pays_all_it_owes_by_the_nearest_ways) {
  StateGraph graph;
  // A hub with two petals, one taking a, the other enabling b only there and taking it.
  fill(graph, {{{{{1, 0}, {2, 0}, {0, 0}}, a}}, {{{{0, a}}, a}, {{{0, 0}, {0, b}}, a | b}}});
  const FairnessMasks fairness{a, b};
  const std::atomic<bool> stop{false};
  const auto components = fair_components(graph, fairness, any, any, stop);
  FairCycles cycles(graph, fairness, *components, any);
  const auto found = cycles.through(0, steps_max);
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST((found->steps == std::vector<CycleStep>{{1, 0}, {0, a}}));
  BOOST_TEST(cycles.is_fair(*found));
  BOOST_TEST(!cycles.is_fair({0, {{0, 0}}}));
  BOOST_TEST(!cycles.is_fair({0, {{2, 0}, {0, 0}, {1, 0}, {0, a}}}));
  BOOST_TEST(cycles.is_fair({0, {{2, 0}, {0, b}, {1, 0}, {0, a}}}));
  BOOST_TEST(!cycles.through(0, 1).has_value());
  // From the petal of b it has to be paid too, unless what is cut out is that petal.
  const auto other = cycles.through(2, steps_max);
  BOOST_REQUIRE(other.has_value());
  BOOST_TEST(other->steps.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_state_that_disables_pays_as_well) {
  StateGraph graph;
  // a is enabled everywhere but in 2, and never taken.
  fill(graph, {{{{{1, 0}}, a}}, {{{{0, 0}, {2, 0}}, a}}, {{{{0, 0}}, 0}}});
  const FairnessMasks fairness{a, 0};
  const std::atomic<bool> stop{false};
  const auto components = fair_components(graph, fairness, any, any, stop);
  FairCycles cycles(graph, fairness, *components, any);
  const auto found = cycles.through(0, steps_max);
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST((found->steps == std::vector<CycleStep>{{1, 0}, {2, 0}, {0, 0}}));
}

BOOST_AUTO_TEST_CASE(a_cycle_passes_what_must_be_visited) {
  StateGraph graph;
  fill(graph, {{{{{0, 0}, {1, 0}}, 0, 1}}, {{{{2, 0}}, 0, 1}}, {{{{0, 0}}, 0, 0}}});
  const Lasso lasso = lasso_in(graph, {}, PropertyKind::eventually_always);
  BOOST_TEST((lasso.states == std::vector<StateNumber>{0, 1, 2, 0}));
  BOOST_TEST((lasso.loop == 0U));
}

BOOST_AUTO_TEST_CASE(the_shortest_of_several_stories_is_told) {
  StateGraph graph;
  // 0 is on a ring of four; a loop at 4 is two steps away, an end at 7 four.
  fill(graph, {{{{{1, 0}, {2, 0}}}},
               {{{{3, 0}}}, {{{4, 0}}}},
               {{{{5, 0}}}, {{{4, 0}, {6, 0}}}},
               {{{{0, 0}}}, {{{7, 0}}}},
               {{}}});
  const Lasso lasso = lasso_in(graph, {}, PropertyKind::always_eventually);
  BOOST_TEST((lasso.states == std::vector<StateNumber>{0, 2, 4, 4}));
  BOOST_TEST((lasso.loop == 2U));
  BOOST_TEST(lasso.taken.size() == 3U);
}

BOOST_AUTO_TEST_CASE(an_end_is_told_if_it_comes_no_later) {
  StateGraph graph;
  fill(graph, {{{{{1, 0}, {2, 0}}}}, {{{{1, 0}}}, {{{3, 0}}}}, {{}}});
  const Lasso lasso = lasso_in(graph, {}, PropertyKind::eventually);
  BOOST_TEST((lasso.states == std::vector<StateNumber>{0, 2, 3}));
  BOOST_TEST(!lasso.loop.has_value());
}

BOOST_AUTO_TEST_CASE(a_set_stop_leaves_the_question_open) {
  StateGraph graph;
  fill(graph, {{{{{0, 0}}}}});
  const std::atomic<bool> stop{true};
  const LassoSearch found = find_lasso(graph, {}, question_of(graph, PropertyKind::eventually, 0), stop);
  BOOST_TEST(!found.is_complete);
  BOOST_TEST(!found.lasso.has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
