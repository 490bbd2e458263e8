// Symmetry that is asked for and is not there: who asks is told why.
#include <boost/test/unit_test.hpp>

#include "checker/cli/engines.hpp"
#include "checker/reduce/voters_bed.hpp"

namespace plimsoll::cli {
namespace {

using checker::Election;
using checker::WorldModel;
using checker::WorldSystem;

/// The complaint, or nothing.
std::string complaint(WorldModel model) {
  const WorldSystem system(std::move(model));
  const auto scenario = scenario::parse_scenario(
      "apiVersion: plimsoll/v1\nkind: Scenario\nmetadata: {name: x}\nsystem: election\n", "x.yaml");
  BOOST_REQUIRE(scenario.has_value());
  EngineChoice wanted;
  wanted.symmetry = true;
  const auto plan = plan_search(*scenario, system, wanted);
  return plan ? "" : plan.error().to_string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(symmetry_plan_test)

BOOST_AUTO_TEST_CASE(a_world_of_equals_has_one) {
  BOOST_TEST(complaint(election_world(Election{})) == "");
}

BOOST_AUTO_TEST_CASE(without_a_declaration_there_is_none) {
  WorldModel model = election_world(Election{});
  model.interchangeable.clear();
  model.not_interchangeable = "voter-1 is the chairman";
  BOOST_TEST(complaint(model) ==
             "--symmetry:1:1: system 'election' has no symmetry that is known: voter-1 is the chairman");
}

BOOST_AUTO_TEST_CASE(a_wrong_declaration_is_seen_in_the_first_states) {
  std::vector<checker::Voter::Config> configs = voter_configs(Election{});
  for (checker::Voter::Config& config : configs) {
    config.asks_first_only = true;
  }
  const std::string found = complaint(election_world(Election{}, configs));
  const std::string expected =
      "--symmetry:1:1: system 'election' is not as symmetric as it says: transitions do not commute with "
      "renaming: ";
  BOOST_TEST(found.substr(0, expected.size()) == expected);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::cli
