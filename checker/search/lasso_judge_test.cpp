// The judge of lassos refuses whatever is not a counterexample, for the right reason.
#include "checker/search/lasso_judge.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checker/search/liveness_bed.hpp"

namespace plimsoll::checker {
namespace {

/// Nodes 0 and 1 alternate; 2 is the goal, a loop; 3 an end; 0 may stay.
FairGraph alternating(Fairness strength) {
  FairGraph graph;
  graph.nodes = {{{{1, 0, false}, {2, 1, false}, {0, 1, false}}, false, true},
                 {{{0, 0, false}, {3, 0, false}}, false, false},
                 {{{2, 0, false}}, true, false},
                 {{}, false, false}};
  graph.constraints = {{"go", strength}};
  return graph;
}

Path path_of(const FairGraph& graph, const std::vector<std::uint32_t>& nodes,
             std::optional<std::size_t> loop) {
  Path path;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    path.states.push_back({nodes[i] % FairGraphSystem::digits, nodes[i] / FairGraphSystem::digits});
    if (i == 0) {
      continue;
    }
    Action action{99, 0};
    const std::vector<FairGraph::Edge>& edges = graph.nodes[nodes[i - 1]].edges;
    for (std::size_t k = 0; k < edges.size(); ++k) {
      action.payload = edges[k].target == nodes[i] ? k : action.payload;
    }
    path.actions.push_back(action);
  }
  path.loop = loop;
  return path;
}

std::string objection(const FairGraph& graph, std::size_t property, const std::vector<std::uint32_t>& nodes,
                      std::optional<std::size_t> loop) {
  const FairGraphSystem system(graph);
  const auto worker = system.worker();
  return judge_lasso(system, *worker, property, path_of(graph, nodes, loop)).value_or("");
}

BOOST_AUTO_TEST_SUITE(lasso_judge_test)

BOOST_AUTO_TEST_CASE(counterexamples_are_believed) {
  const FairGraph weak = alternating(Fairness::weak);
  BOOST_TEST(objection(weak, FairGraphSystem::eventually, {0, 1, 0}, 0) == "");
  BOOST_TEST(objection(weak, FairGraphSystem::eventually, {0, 1, 3}, std::nullopt) == "");
  BOOST_TEST(objection(weak, FairGraphSystem::eventually_always, {0, 1, 0}, 0) == "");
  BOOST_TEST(objection(weak, FairGraphSystem::leads_to, {0, 1, 0, 1, 0}, 2) == "");
  BOOST_TEST(objection(weak, FairGraphSystem::always_eventually, {0, 1, 0}, 0) == "");
}

BOOST_AUTO_TEST_CASE(what_is_no_behaviour_is_refused) {
  const FairGraph weak = alternating(Fairness::weak);
  BOOST_TEST(objection(weak, FairGraphSystem::eventually, {}, std::nullopt) ==
             "it has not one state more than steps");
  BOOST_TEST(objection(weak, FairGraphSystem::eventually, {1, 0, 1}, 0) ==
             "it does not begin in an initial state");
  BOOST_TEST(objection(weak, FairGraphSystem::eventually, {0, 1, 2, 2}, 2) == "step 2 is not possible");
  BOOST_TEST(objection(weak, FairGraphSystem::eventually, {0, 1}, std::nullopt) ==
             "it does not loop, and something can happen after its last state");
  BOOST_TEST(objection(weak, FairGraphSystem::eventually, {0, 1, 0}, 1) ==
             "it does not end where its loop begins");
  BOOST_TEST(objection(weak, FairGraphSystem::eventually, {0, 1, 3}, 2) ==
             "it does not end where its loop begins");
}

BOOST_AUTO_TEST_CASE(unfair_loops_are_refused) {
  BOOST_TEST(objection(alternating(Fairness::strong), FairGraphSystem::eventually, {0, 1, 0}, 0) ==
             "the loop starves 'go': it is enabled again and again and never taken");
  // The loop from 0 to 0 belongs to the constraint, but changes nothing.
  BOOST_TEST(objection(alternating(Fairness::weak), FairGraphSystem::eventually, {0, 0}, 0) ==
             "the loop starves 'go': it is always enabled and never taken");
  FairGraph pruned = alternating(Fairness::weak);
  pruned.nodes[0].edges[1].pruned = true;
  BOOST_TEST(objection(pruned, FairGraphSystem::eventually, {0, 0}, 0) ==
             "the loop starves 'go': it is always enabled and never taken");
  pruned.nodes[3].edges.push_back({0, 0, true});
  BOOST_TEST(objection(pruned, FairGraphSystem::eventually, {0, 1, 3}, std::nullopt) ==
             "it does not loop, and something can happen after its last state");
}

BOOST_AUTO_TEST_CASE(what_keeps_the_promise_is_refused) {
  const FairGraph weak = alternating(Fairness::weak);
  BOOST_TEST(objection(weak, FairGraphSystem::eventually, {0, 2, 2}, 1) == "what must happen does happen");
  BOOST_TEST(objection(weak, FairGraphSystem::always_eventually, {0, 2, 2}, 1) ==
             "what must happen again and again does");
  BOOST_TEST(objection(weak, FairGraphSystem::eventually_always, {0, 2, 2}, 1) ==
             "what must hold from some state on does");
  BOOST_TEST(objection(weak, FairGraphSystem::leads_to, {0, 2, 2}, 1) ==
             "every cause is followed by its effect");
  // A cause inside the loop is followed by an effect before it, round the loop.
  FairGraph round = weak;
  round.nodes[2].edges.push_back({0, 0, false});
  BOOST_TEST(objection(round, FairGraphSystem::leads_to, {0, 2, 0}, 0) ==
             "every cause is followed by its effect");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
