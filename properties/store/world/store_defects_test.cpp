// The table of defects is true: every row's search ends as it says.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <limits>

#include "checker/trace/minimise.hpp"
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

SearchResult search(const LoadedScenario& loaded, FoundBy engine) {
  if (engine == FoundBy::breadth_first) {
    return loaded.search(checker::VisitedMode::fingerprint, 2);
  }
  checker::SearchOptions options;
  options.workers = 1;
  options.runs = 10'000;
  options.schedule = checker::Schedule::pct;
  options.bug_depth = found_by_walks.bug_depth;
  options.walk_steps_max = found_by_walks.steps_max;
  options.seed = found_by_walks.seed;
  SearchResult result = checker::search_random_walks(*loaded.system, options);
  for (checker::PropertyOutcome& outcome : result.properties) {
    if (outcome.path) {
      constexpr std::size_t steps_max = 1'000'000;
      outcome.path = checker::minimise(*loaded.system, *std::move(outcome.path), outcome.property,
                                       std::numeric_limits<std::size_t>::max(), steps_max);
    }
  }
  return result;
}
std::uint64_t states_of(const SearchResult& result, FoundBy engine) {
  return engine == FoundBy::breadth_first ? result.distinct : result.generated;
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
  const SearchResult result = search(loaded, row.engine);
  if (result.verdict != Verdict::violated) {
    return "nothing is violated";
  }
  const checker::Trace trace = loaded.trace_of(result);
  if (trace.property != row.property || trace.behaviour.steps() != row.length ||
      states_of(result, row.engine) != row.states) {
    return trace.property + " after " + std::to_string(trace.behaviour.steps()) + " steps, with " +
           std::to_string(states_of(result, row.engine)) + " states";
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

BOOST_AUTO_TEST_CASE(every_defect_is_shown) {
  BOOST_TEST(defect_entries().size() == plimsoll::store::defect_stories.size());
  for (const auto& story : plimsoll::store::defect_stories) {
    BOOST_TEST_CONTEXT(story.id) {
      BOOST_TEST(std::ranges::count(shown_defects(), story.defect, &ShownDefect::defect) == 1);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
