// Liveness on graphs small enough to be judged by eye.
#include "checker/search/lasso_judge.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checker/search/liveness_bed.hpp"

namespace plimsoll::checker {
namespace {

using Bed = FairGraphSystem;
using Edges = std::vector<FairGraph::Edge>;
using Nodes = std::vector<std::uint32_t>;

constexpr FairnessMask a = fairness_bit(0);
constexpr FairnessMask b = fairness_bit(1);

FairGraph graph_of(std::vector<Edges> edges, const std::vector<std::uint32_t>& goals,
                   std::vector<FairnessConstraint> constraints = {}) {
  FairGraph graph;
  for (Edges& own : edges) {
    graph.nodes.push_back({std::move(own), false, false});
  }
  for (const std::uint32_t node : goals) {
    graph.nodes[node].goal = true;
  }
  graph.constraints = std::move(constraints);
  return graph;
}

SearchResult check(const FairGraph& graph, SearchOptions options = {}) {
  options.all = true;
  return check_liveness(Bed(graph), options);
}

const PropertyOutcome& outcome(const SearchResult& result, std::size_t property) {
  for (const PropertyOutcome& found : result.properties) {
    if (found.property == property) {
      return found;
    }
  }
  BOOST_REQUIRE_MESSAGE(false, "property " << property << " was not judged");
  return result.properties.front();
}

Verdict verdict(const FairGraph& graph, std::size_t property) {
  return outcome(check(graph), property).verdict;
}

/// The nodes of the counterexample, and the judge's objection to it.
std::vector<std::uint32_t> story(const FairGraph& graph, std::size_t property,
                                 std::optional<std::size_t> loop) {
  const Bed system(graph);
  SearchOptions options;
  options.selected = property_bit(property);
  const SearchResult result = check_liveness(system, options);
  const PropertyOutcome& found = outcome(result, property);
  BOOST_REQUIRE((found.verdict == Verdict::violated));
  BOOST_REQUIRE(found.path.has_value());
  const auto worker = system.worker();
  const auto objection = judge_lasso(system, *worker, property, *found.path);
  BOOST_TEST(!objection.has_value(), objection.value_or(""));
  BOOST_TEST((found.path->loop == loop));
  BOOST_TEST(found.path->ends == !loop.has_value());
  std::vector<std::uint32_t> nodes;
  for (const std::vector<Slot>& state : found.path->states) {
    nodes.push_back(Bed::node(state));
  }
  return nodes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(liveness_test)

BOOST_AUTO_TEST_CASE(the_four_kinds_differ) {
  // Into a cycle of which only one node meets the goal.
  const FairGraph graph = graph_of({{{1}}, {{2}}, {{1}}}, {2});
  BOOST_TEST((verdict(graph, Bed::eventually) == Verdict::holds));
  BOOST_TEST((verdict(graph, Bed::always_eventually) == Verdict::holds));
  BOOST_TEST((verdict(graph, Bed::eventually_always) == Verdict::violated));
  BOOST_TEST((story(graph, Bed::eventually_always, 1) == Nodes{0, 1, 2, 1}));
  // The goal is met once and never again.
  const FairGraph once = graph_of({{{1}}, {{2}}, {{2}}}, {1});
  BOOST_TEST((verdict(once, Bed::eventually) == Verdict::holds));
  BOOST_TEST((verdict(once, Bed::always_eventually) == Verdict::violated));
  BOOST_TEST((story(once, Bed::always_eventually, 2) == Nodes{0, 1, 2, 2}));
  BOOST_TEST((story(once, Bed::eventually_always, 2) == Nodes{0, 1, 2, 2}));
  // For good.
  const FairGraph kept = graph_of({{{1}}, {{2}}, {{1}, {2}}}, {1, 2});
  BOOST_TEST((verdict(kept, Bed::eventually_always) == Verdict::holds));
}

BOOST_AUTO_TEST_CASE(eventually_is_not_asked_after_the_goal) {
  // The cycle without the goal comes after the goal on every path.
  const FairGraph after = graph_of({{{1}}, {{2}}, {{2}}}, {0});
  BOOST_TEST((verdict(after, Bed::eventually) == Verdict::holds));
  const FairGraph around = graph_of({{{1}, {2}}, {{2}}, {{2}}}, {1});
  BOOST_TEST((story(around, Bed::eventually, 1) == Nodes{0, 2, 2}));
}

BOOST_AUTO_TEST_CASE(leads_to_asks_only_after_a_cause) {
  FairGraph graph = graph_of({{{0}, {1}}, {{2}}, {{3}}, {{2}, {1}}}, {2});
  // Nothing causes anything: it holds, emptily.
  const SearchResult vacuous = check(graph);
  BOOST_TEST((outcome(vacuous, Bed::leads_to).verdict == Verdict::holds));
  BOOST_TEST(!outcome(vacuous, Bed::leads_to).engaged);
  graph.nodes[1].cause = true;
  const SearchResult holds = check(graph);
  BOOST_TEST((outcome(holds, Bed::leads_to).verdict == Verdict::holds));
  BOOST_TEST(outcome(holds, Bed::leads_to).engaged);
  // A state that is both cause and goal owes nothing.
  graph.nodes[2].cause = true;
  BOOST_TEST((verdict(graph, Bed::leads_to) == Verdict::holds));
  // From node 3 one can go back to 1, and round without 2: not yet, as 1 leads to 2 only.
  graph.nodes[1].edges.push_back({3, 0, false});
  BOOST_TEST((story(graph, Bed::leads_to, 1) == Nodes{0, 1, 3, 1}));
}

BOOST_AUTO_TEST_CASE(leads_to_may_go_through_goals_before_the_cause) {
  FairGraph graph = graph_of({{{1}}, {{2}}, {{3}}, {{3}}}, {0, 1});
  graph.nodes[2].cause = true;
  BOOST_TEST((story(graph, Bed::leads_to, 3) == Nodes{0, 1, 2, 3, 3}));
}

BOOST_AUTO_TEST_CASE(a_path_that_ends_never_meets_the_goal_again) {
  const FairGraph graph = graph_of({{{1}, {2}}, {{1}}, {}}, {1});
  BOOST_TEST((story(graph, Bed::eventually, std::nullopt) == Nodes{0, 2}));
  BOOST_TEST((story(graph, Bed::always_eventually, std::nullopt) == Nodes{0, 2}));
  BOOST_TEST((story(graph, Bed::eventually_always, std::nullopt) == Nodes{0, 2}));
  FairGraph caused = graph;
  caused.nodes[0].cause = true;
  BOOST_TEST((story(caused, Bed::leads_to, std::nullopt) == Nodes{0, 2}));
  // An end at the goal is a rightful one.
  const FairGraph rightful = graph_of({{{1}, {2}}, {{1}}, {}}, {1, 2});
  BOOST_TEST((check(rightful).properties.at(2).verdict == Verdict::holds));
  BOOST_TEST((verdict(rightful, Bed::eventually) == Verdict::holds));
  BOOST_TEST((verdict(rightful, Bed::always_eventually) == Verdict::holds));
}

BOOST_AUTO_TEST_CASE(weak_fairness_leaves_what_is_enabled_without_interruption) {
  // Waiting in 0 for ever starves the step to 1.
  FairGraph graph = graph_of({{{0}, {1, a}}, {{1}}}, {1});
  BOOST_TEST((verdict(graph, Bed::eventually) == Verdict::violated));
  graph.constraints = {{"go", Fairness::weak}};
  BOOST_TEST((verdict(graph, Bed::eventually) == Verdict::holds));
}

BOOST_AUTO_TEST_CASE(strong_fairness_leaves_what_is_enabled_again_and_again) {
  // 0 and 1 alternate; only 0 offers the step to the goal.
  FairGraph graph = graph_of({{{1}, {2, a}}, {{0}}, {{2}}}, {2}, {{"go", Fairness::weak}});
  BOOST_TEST((story(graph, Bed::eventually, 0) == Nodes{0, 1, 0}));
  graph.constraints[0].strength = Fairness::strong;
  BOOST_TEST((verdict(graph, Bed::eventually) == Verdict::holds));
}

BOOST_AUTO_TEST_CASE(a_strong_constraint_splits_a_component) {
  // The cycle 1 2 never enables the constraint, the larger cycle through 0 does and never takes it.
  const FairGraph graph =
      graph_of({{{1}, {3, a}}, {{2}, {0}}, {{1}}, {{3}}}, {3}, {{"go", Fairness::strong}});
  BOOST_TEST((story(graph, Bed::eventually, 1) == Nodes{0, 1, 2, 1}));
}

BOOST_AUTO_TEST_CASE(splitting_one_constraint_off_may_break_another) {
  // Without 0, which enables a, the rest cannot take b, which 1 enables.
  const FairGraph graph = graph_of({{{1, b}, {3, a}}, {{2}, {0}, {3, b}}, {{1}}, {{3}}}, {3},
                                   {{"a", Fairness::strong}, {"b", Fairness::strong}});
  BOOST_TEST((verdict(graph, Bed::eventually) == Verdict::holds));
}

BOOST_AUTO_TEST_CASE(a_step_that_changes_nothing_satisfies_no_constraint) {
  // The loop belongs to the constraint, but stays: neither taken nor enabled by it.
  const FairGraph enabled = graph_of({{{0, a}, {1, a}}, {{1}}}, {1}, {{"go", Fairness::weak}});
  BOOST_TEST((verdict(enabled, Bed::eventually) == Verdict::holds));
  const FairGraph only_loop = graph_of({{{0, a}, {1}}, {{1}}}, {1}, {{"go", Fairness::strong}});
  BOOST_TEST((story(only_loop, Bed::eventually, 0) == Nodes{0, 0}));
}

BOOST_AUTO_TEST_CASE(a_single_state_is_no_cycle) {
  const FairGraph graph = graph_of({{{1}}, {{2}}, {{2}}}, {2});
  BOOST_TEST((verdict(graph, Bed::eventually) == Verdict::holds));
}

BOOST_AUTO_TEST_CASE(what_was_pruned_is_enabled_all_the_same) {
  // Without the pruned step, waiting in 0 would starve nothing.
  const FairGraph graph = graph_of({{{0}, {1}, {2, a, true}}, {{1}}, {}}, {1}, {{"go", Fairness::weak}});
  const SearchResult result = check(graph);
  BOOST_TEST(result.pruned == 1U);
  BOOST_TEST((result.stop == Stop::exhausted));
  BOOST_TEST((outcome(result, Bed::eventually).verdict == Verdict::inconclusive));
  BOOST_TEST((result.verdict == Verdict::inconclusive));
  // A cycle that is fair whatever was pruned is a violation.
  const FairGraph real = graph_of({{{0}, {1}, {2, a, true}}, {{1}}, {}}, {1});
  BOOST_TEST((story(real, Bed::eventually, 0) == Nodes{0, 0}));
}

BOOST_AUTO_TEST_CASE(a_state_all_of_whose_steps_were_pruned_is_no_end) {
  const FairGraph graph = graph_of({{{1}}, {{2, 0, true}}, {}}, {});
  for (const PropertyOutcome& found : check(graph).properties) {
    BOOST_TEST((found.verdict == Verdict::inconclusive || found.property == Bed::leads_to));
    BOOST_TEST((found.verdict != Verdict::holds));
  }
}

BOOST_AUTO_TEST_CASE(the_loop_shows_the_fairness_it_needs) {
  // Both constraints are always enabled in the component: the loop has to take both, in different arms.
  const FairGraph graph =
      graph_of({{{1, a}, {2, b}, {0}}, {{0, a}, {0, b, true}}, {{0, b}, {0, a, true}}, {}}, {3},
               {{"a", Fairness::weak}, {"b", Fairness::weak}});
  const SearchResult result = check(graph);
  const PropertyOutcome& found = outcome(result, Bed::eventually);
  BOOST_REQUIRE(found.path.has_value());
  BOOST_TEST(found.path->states.size() == 5U);
  BOOST_TEST((found.path->loop == 0U));
}

BOOST_AUTO_TEST_CASE(the_shorter_story_is_told) {
  // A long cycle near by, a short one a step further.
  const FairGraph graph = graph_of({{{1}}, {{2}, {6}}, {{3}}, {{4}}, {{5}}, {{1}}, {{7}}, {{7}}}, {});
  BOOST_TEST((story(graph, Bed::eventually, 3) == Nodes{0, 1, 6, 7, 7}));
}

BOOST_AUTO_TEST_CASE(only_selected_liveness_properties_are_judged) {
  const FairGraph graph = graph_of({{{0}}}, {0});
  const Bed system(graph);
  SearchOptions options;
  options.selected = property_bit(Bed::safe) | property_bit(Bed::eventually_always);
  const SearchResult result = check_liveness(system, options);
  BOOST_REQUIRE(result.properties.size() == 1U);
  BOOST_TEST(result.properties[0].property == std::size_t{Bed::eventually_always});
  BOOST_TEST(result.properties[0].engaged);
  BOOST_TEST((result.verdict == Verdict::holds));
  BOOST_TEST((result.stop == Stop::exhausted));
}

/// A System without constraints is not asked which ones its transitions belong to.
BOOST_AUTO_TEST_CASE(without_constraints_transitions_belong_to_none) {
  const FairGraph graph = graph_of({{{1, a}}, {{0, a | b}}}, {});
  BOOST_TEST(story(graph, Bed::eventually, 0) == Nodes({0, 1, 0}));
}

BOOST_AUTO_TEST_CASE(without_all_the_first_violated_property_ends_it) {
  const FairGraph graph = graph_of({{{1}}, {{0}}}, {0});
  const SearchResult result = check_liveness(Bed(graph), {});
  BOOST_TEST((result.stop == Stop::violated));
  BOOST_TEST((result.verdict == Verdict::violated));
  BOOST_TEST((outcome(result, Bed::eventually).verdict == Verdict::holds));
  BOOST_TEST((outcome(result, Bed::always_eventually).verdict == Verdict::holds));
  BOOST_TEST((outcome(result, Bed::eventually_always).verdict == Verdict::violated));
  BOOST_TEST((outcome(result, Bed::leads_to).verdict == Verdict::inconclusive));
  const SearchResult all = check(graph);
  BOOST_TEST((all.stop == Stop::exhausted));
  BOOST_TEST((outcome(all, Bed::leads_to).verdict == Verdict::holds));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
