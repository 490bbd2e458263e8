// Partial-order reduction on request: refused with a reason where it is not possible, traces are behaviours
// of the world itself, and a cluster in which everybody may talk to everybody stays as large as it is.
#include <boost/test/unit_test.hpp>

#include "checker/cli/engines.hpp"
#include "checker/cli/prepare.hpp"
#include "checker/reduce/partial_order_bed.hpp"
#include "checker/reduce/test_bed.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::cli {
namespace {

using checker::Engine;
using checker::WorldModel;
using checker::WorldSystem;

/// The complaint, or nothing.
std::string complaint(EngineChoice wanted) {
  const WorldSystem system(checker::pipeline_world(3, 1));
  const auto scenario = scenario::parse_scenario(
      "apiVersion: plimsoll/v1\nkind: Scenario\nmetadata: {name: x}\nsystem: line\n", "x.yaml");
  BOOST_REQUIRE(scenario.has_value());
  wanted.partial_order = true;
  const auto plan = plan_search(*scenario, system, wanted);
  BOOST_TEST((!plan || plan->partial_order));
  return plan ? "" : plan.error().to_string();
}

EngineChoice with_engine(Engine engine) {
  EngineChoice choice;
  choice.engine = engine;
  return choice;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(partial_order_plan_test)

BOOST_AUTO_TEST_CASE(it_is_for_breadth_first_search_of_worlds) {
  BOOST_TEST(complaint({}) == "");
  BOOST_TEST(complaint(with_engine(Engine::dfs)) ==
             "--por:1:1: partial order reduction needs engine: bfs, found dfs");
  BOOST_TEST(complaint(with_engine(Engine::walk)) ==
             "--por:1:1: partial order reduction needs engine: bfs, found walk");
}

BOOST_AUTO_TEST_CASE(traces_are_the_worlds_own) {
  WorldModel model = checker::pipeline_world(4, 4);
  const checker::PartId collected = model.processes[3].parts[1];
  model.properties = {checker::about(checker::PropertyKind::always, collected, std::uint8_t{3})};
  const WorldSystem system(model);
  SearchPlan plan;
  const checker::SearchResult without = search(system, plan, {});
  plan.partial_order = true;
  const checker::SearchResult with = search(system, plan, {});
  BOOST_TEST(with.distinct < without.distinct);
  BOOST_REQUIRE(with.properties[0].path.has_value());
  BOOST_TEST((with.properties[0].verdict == checker::Verdict::violated));
  BOOST_TEST(checker::is_behaviour(system, *with.properties[0].path));
}

BOOST_AUTO_TEST_CASE(a_cluster_of_servers_stays_as_large_as_it_is) {
  const auto scenario =
      scenario::load_scenario(std::string(PLIMSOLL_SOURCE_DIR) + "/model/scenarios/raft/reads.yaml", {});
  BOOST_REQUIRE(scenario.has_value());
  const auto system = build_system(*scenario);
  BOOST_REQUIRE(system.has_value());
  SearchPlan plan;
  const checker::SearchResult without = search(**system, plan, {});
  plan.partial_order = true;
  const checker::SearchResult with = search(**system, plan, {});
  BOOST_TEST((with.verdict == without.verdict));
  BOOST_TEST(with.distinct == without.distinct);
  BOOST_TEST(with.generated == without.generated);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::cli
