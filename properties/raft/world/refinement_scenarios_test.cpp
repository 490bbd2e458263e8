// With every step held against the spec, scenarios hold as before, in as many states where nothing is
// announced before it is written; and defects are found in the step in which they show, before a promise is
// broken.
#include <boost/test/unit_test.hpp>

#include "properties/raft/world/loaded_scenario.hpp"
#include "properties/raft/world/setup.hpp"

namespace plimsoll::properties::raft {
namespace {

using checker::SearchResult;
using checker::Verdict;
using checker::VisitedMode;

LoadedScenario checked(const std::string& name, bool is_checked, std::vector<std::string> defects = {}) {
  return load(
      "model/scenarios/raft/" + name + ".yaml",
      {{is_checked ? "parameters.refinement=true" : "parameters.refinement=false"}, std::move(defects)});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(refinement_scenarios_test)

BOOST_AUTO_TEST_CASE(the_states_are_the_same) {
  for (const char* const name : {"figure-eight", "joint", "reads", "window"}) {
    const SearchResult without = checked(name, false).search(VisitedMode::fingerprint, 2);
    const SearchResult with = checked(name, true).search(VisitedMode::fingerprint, 2);
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST((with.verdict == Verdict::holds));
      BOOST_TEST(with.properties.size() == without.properties.size() + 1);
      BOOST_TEST(with.distinct == without.distinct);
      BOOST_TEST(with.generated == without.generated);
    }
  }
}

/// Traces are shorter than those to a broken promise, which the scenarios pin.
BOOST_AUTO_TEST_CASE(defects_are_found_early) {
  struct Row {
    std::string scenario = {};
    std::string defect = {};
    std::size_t steps = 0;
    std::string missing = {};
  };
  const Row rows[] = {
      {"servers-replaced", "R1", 4, "an entry that a leader may append"},
      {"joint", "R2", 3, "a quorum that elected it in term 2"},
      {"separate-writes", "R3", 3, "vote-resp to server 2: what it says on disk, before it is sent"},
      {"separate-writes", "R4", 6, "app-resp to server 3: what it says on disk, before it is sent"},
      {"figure-eight", "R5", 7, "a quorum that has what the leader takes for committed"},
      {"divergence", "R6", 6, "heartbeat to server 3: an acknowledgement of what it says is committed"},
      {"window", "R13", 14, "app to server 3: its log"},
      {"one-voter-replaced", "R17", 7, "a candidacy under this configuration"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.defect) {
      const LoadedScenario loaded = checked(row.scenario, true, {row.defect});
      const SearchResult result = loaded.search(VisitedMode::fingerprint, 2);
      BOOST_REQUIRE((result.verdict == Verdict::violated));
      const checker::Trace trace = loaded.trace_of(result);
      BOOST_TEST(trace.property == "refines-raft-spec");
      BOOST_TEST(trace.behaviour.steps() == row.steps);
      const std::string text = checker::write_itf(trace);
      BOOST_TEST(text.find(row.missing) != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(disks_that_are_lost_are_refused) {
  const auto read = scenario::parse_scenario(
      "apiVersion: plimsoll/v1\nkind: Scenario\nmetadata: {name: test}\nsystem: raft\n"
      "parameters: {refinement: true}\nfaults: {disk-loss: 1}\nexpect: {default: holds}\n",
      "test.yaml");
  BOOST_REQUIRE(read.has_value());
  const auto setup = decode_setup(*read, {});
  BOOST_REQUIRE(!setup.has_value());
  BOOST_TEST(setup.error().to_string().find("'disk-loss' breaks promises") != std::string::npos,
             setup.error().to_string());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
