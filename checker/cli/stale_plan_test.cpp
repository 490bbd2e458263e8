// Stale messages made alike on request: refused with a reason where that is not known or not so, and traces
// that are found are behaviours of the world itself.
#include <boost/test/unit_test.hpp>

#include "checker/cli/engines.hpp"
#include "checker/reduce/listeners_bed.hpp"
#include "checker/reduce/voters_bed.hpp"

namespace plimsoll::cli {
namespace {

using checker::Conversation;
using checker::conversation_world;
using checker::election_world;
using checker::Engine;
using checker::WorldModel;
using checker::WorldSystem;

/// The complaint, or nothing.
std::string complaint(const WorldModel& model, std::optional<Engine> engine = std::nullopt) {
  const WorldSystem system(model);
  const auto scenario = scenario::parse_scenario(
      "apiVersion: plimsoll/v1\nkind: Scenario\nmetadata: {name: x}\nsystem: talk\n", "x.yaml");
  BOOST_REQUIRE(scenario.has_value());
  EngineChoice wanted;
  wanted.engine = engine;
  wanted.stale = true;
  const auto plan = plan_search(*scenario, system, wanted);
  BOOST_TEST((!plan || plan->stale));
  return plan ? "" : plan.error().to_string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stale_plan_test)

BOOST_AUTO_TEST_CASE(it_is_refused_where_it_is_not_known) {
  BOOST_TEST(complaint(conversation_world({})) == "");
  BOOST_TEST(complaint(election_world({})) ==
             "--stale:1:1: system 'talk' does not say which messages are ignored whenever they come");
}

BOOST_AUTO_TEST_CASE(it_is_refused_where_no_states_are_kept) {
  BOOST_TEST(complaint(conversation_world({}), Engine::walk) ==
             "--stale:1:1: engine: walk keeps no set of visited states, which is all that this could reduce");
}

BOOST_AUTO_TEST_CASE(a_wrong_declaration_is_seen_in_the_first_states) {
  Conversation conversation;
  conversation.flaw = checker::Listener::Flaw::present_is_past;
  const std::string expected =
      "--stale:1:1: system 'talk' ignores other messages than it says: what stands for this state has other "
      "transitions: ";
  BOOST_TEST(complaint(conversation_world(conversation)).substr(0, expected.size()) == expected);
}

BOOST_AUTO_TEST_CASE(traces_are_the_worlds_own) {
  const WorldSystem system(conversation_world({}));
  checker::SearchOptions options;
  options.all = true;
  SearchPlan plan;
  const checker::SearchResult without = search(system, plan, options);
  plan.stale = true;
  for (const Engine engine : {Engine::bfs, Engine::dfs}) {
    plan.engine = engine;
    const checker::SearchResult with = search(system, plan, options);
    BOOST_TEST((with.verdict == checker::Verdict::violated));
    for (std::size_t i = 0; i < with.properties.size(); ++i) {
      if (with.properties[i].verdict == checker::Verdict::violated) {
        BOOST_REQUIRE(with.properties[i].path.has_value());
        BOOST_REQUIRE(without.properties[i].path.has_value());
        const checker::Path& path = *with.properties[i].path;
        const std::size_t shortest = without.properties[i].path->actions.size();
        BOOST_TEST(path.actions.size() >= shortest);
        BOOST_TEST((engine == Engine::dfs || path.actions.size() == shortest));
        for (const std::vector<checker::Slot>& state : path.states) {
          BOOST_TEST(to_line(system.describe(state)).find("to be ignored") == std::string::npos);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::cli
