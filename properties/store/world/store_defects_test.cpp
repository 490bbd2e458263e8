// The table of defects is true: every row's search ends as it says.
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "checker/trace/replay.hpp"
#include "properties/store/world/defects.hpp"
#include "properties/store/world/loaded_scenario.hpp"

namespace plimsoll::properties::store {
namespace {

using checker::SearchResult;
using checker::Verdict;

std::string id_of(plimsoll::store::Defect defect) {
  return std::string(plimsoll::store::defect_stories.at(static_cast<std::size_t>(defect)).id);
}

/// Empty if the search ends with the property, the length and the number of states that the row says, with a
/// trace that replays, and as the scenario expects; otherwise what is different.
std::string difference(const ShownDefect& row) {
  const LoadedScenario loaded = load(row.scenario, {{}, {id_of(row.defect)}});
  const auto expected = scenario::expectation(loaded.scenario);
  if (!expected || expected->property != row.property ||
      expected->length.value_or(row.length) != row.length) {
    return "the scenario expects something else";
  }
  const SearchResult result = loaded.search(checker::VisitedMode::fingerprint, 2);
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

BOOST_AUTO_TEST_SUITE(store_defects_test)

BOOST_AUTO_TEST_CASE(every_row_of_the_table_is_found_again) {
  BOOST_TEST(!shown_defects().empty());
  for (const ShownDefect& row : shown_defects()) {
    BOOST_TEST_CONTEXT(id_of(row.defect) << " in " << row.scenario) {
      BOOST_TEST(difference(row) == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(every_defect_is_shown_here_or_said_to_be_shown_elsewhere) {
  BOOST_TEST(defect_entries().size() == plimsoll::store::defect_stories.size());
  for (const auto& story : plimsoll::store::defect_stories) {
    const auto here = std::ranges::count(shown_defects(), story.defect, &ShownDefect::defect);
    const auto there = std::ranges::count(defects_elsewhere(), story.defect, &DefectElsewhere::defect);
    BOOST_TEST_CONTEXT(story.id) {
      BOOST_TEST(here + there == 1);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
