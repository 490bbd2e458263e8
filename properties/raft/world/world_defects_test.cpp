// Every defect that is listed is found by the property it is said to break, with a shortest trace of the
// length that its scenario pins.
#include <boost/test/unit_test.hpp>

#include "checker/trace/replay.hpp"
#include "properties/raft/world/defects.hpp"
#include "properties/raft/world/loaded_scenario.hpp"

namespace plimsoll::properties::raft {
namespace {

using checker::Verdict;
using checker::VisitedMode;

}  // namespace

BOOST_AUTO_TEST_SUITE(world_defects_test)

BOOST_AUTO_TEST_CASE(each_is_found_by_a_shortest_trace_that_replays) {
  BOOST_TEST(!defect_entries().empty());
  for (const DefectEntry& defect : defect_entries()) {
    BOOST_TEST_CONTEXT(defect.id) {
      const LoadedScenario loaded = load(defect.scenario, {{}, {defect.id}});
      const auto expected = scenario::expectation(loaded.scenario);
      BOOST_REQUIRE(expected.has_value());
      BOOST_TEST(expected->property.value() == defect.breaks);
      const checker::SearchResult result = loaded.search(VisitedMode::fingerprint, 2);
      BOOST_TEST((result.verdict == Verdict::violated));
      const checker::Trace trace = loaded.trace_of(result);
      BOOST_TEST(trace.property == defect.breaks);
      BOOST_TEST(trace.behaviour.steps() == expected->length.value());
      const auto replayed = checker::replay(*loaded.system, trace);
      BOOST_REQUIRE(replayed.has_value());
      BOOST_TEST(!replayed->divergence.has_value());
    }
  }
}

/// A defect breaks more than the property that is violated first.
BOOST_AUTO_TEST_CASE(committed_entries_differ_in_the_end) {
  for (const auto& [scenario, defect] :
       {std::pair("separate-writes", "R3"), {"separate-writes", "R4"}, {"divergence", "R6"}}) {
    const LoadedScenario loaded = load(std::string("model/scenarios/raft/") + scenario + ".yaml",
                                       {{"properties=[state-machine-safety]"}, {defect}});
    BOOST_TEST((loaded.search(VisitedMode::fingerprint, 2).verdict == Verdict::violated));
  }
}

/// Where everything is written in the step that brings it about, nothing can be said before it is written.
BOOST_AUTO_TEST_CASE(what_is_written_at_once_is_not_said_too_early) {
  for (const char* const defect : {"R3", "R4"}) {
    const LoadedScenario loaded = load("model/scenarios/raft/two-servers.yaml",
                                       {{"parameters.storage=atomic", "faults.proposal=0"}, {defect}});
    BOOST_TEST((loaded.search(VisitedMode::fingerprint, 2).verdict == Verdict::holds));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
