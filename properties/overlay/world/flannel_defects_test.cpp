// The table of defects is true: every row's search ends as it says.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "checker/trace/replay.hpp"
#include "properties/overlay/world/defects.hpp"
#include "properties/overlay/world/loaded_scenario.hpp"

namespace plimsoll::properties::flannel_world {
namespace {

using checker::SearchResult;
using checker::Verdict;
using checker::VisitedMode;
using plimsoll::overlay::flannel::Defect;
using plimsoll::overlay::flannel::defect_stories;
using plimsoll::overlay::flannel::DefectStory;

std::string id_of(Defect defect) {
  return std::string(std::ranges::find(defect_stories, defect, &DefectStory::defect)->id);
}

/// Empty if the search ends as the row and the scenario say, with a trace that replays.
std::string difference(const ShownDefect& row) {
  const LoadedScenario loaded = load(row.scenario, {{}, {id_of(row.defect)}});
  const auto expected = scenario::expectation(loaded.scenario);
  if (!expected || expected->property != row.property || expected->length != row.length) {
    return "the scenario expects something else";
  }
  const SearchResult result = loaded.search(VisitedMode::fingerprint, 2);
  if (result.verdict != Verdict::violated) {
    return "nothing is violated";
  }
  const checker::Trace trace = loaded.trace_of(result);
  if (trace.property != row.property || trace.behaviour.steps() != row.length ||
      result.distinct != row.states) {
    return trace.property + " after " + std::to_string(trace.behaviour.steps()) + " steps, with " +
           std::to_string(result.distinct) + " states";
  }
  const auto replayed = checker::replay(*loaded.system, trace);
  return replayed && !replayed->divergence ? "" : "the trace does not replay";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(flannel_defects_test)

BOOST_AUTO_TEST_CASE(every_row_of_the_table_of_defects_is_found_again) {
  for (const ShownDefect& row : shown_defects()) {
    BOOST_TEST_CONTEXT(id_of(row.defect) << " in " << row.scenario) {
      BOOST_TEST(difference(row) == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(every_defect_is_shown_but_two_that_harm_no_packet_here) {
  BOOST_TEST(defect_entries().size() == defect_stories.size());
  for (const auto& story : defect_stories) {
    const bool is_harmless = story.defect == Defect::F7 || story.defect == Defect::F14;
    BOOST_TEST_CONTEXT(story.id) {
      const auto rows = std::ranges::count(shown_defects(), story.defect, &ShownDefect::defect);
      BOOST_TEST((rows == 0) == is_harmless);
    }
  }
  for (const char* const id : {"F7", "F14"}) {
    const SearchResult result = load("new-tunnel-address", {{}, {id}}).search(VisitedMode::fingerprint, 2);
    BOOST_TEST((result.verdict == Verdict::holds), id);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::flannel_world
