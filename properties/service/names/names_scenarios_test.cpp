// The scenarios of system `names` hold without defects, with the numbers of states pinned; each defect is
// found by the scenario that is named for it.
#include <boost/test/unit_test.hpp>

#include "checker/trace/loaded_scenario.hpp"
#include "checker/trace/replay.hpp"
#include "properties/service/names/defects.hpp"
#include "properties/service/names/system.hpp"

namespace plimsoll::properties::names {
namespace {

using checker::LoadedScenario;
using checker::SearchResult;
using checker::Verdict;
using checker::VisitedMode;

LoadedScenario load(const std::string& name, scenario::Overrides overrides = {}) {
  return checker::load_scenario_of("model/scenarios/service/" + name + ".yaml", system_entry().build,
                                   std::move(overrides));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(names_scenarios_test)

BOOST_AUTO_TEST_CASE(they_hold) {
  const std::pair<const char*, std::uint64_t> all[] = {{"dns-dead-watch", 1'056},
                                                       {"dns-restart-before-sync", 358},
                                                       {"headless-scale", 304},
                                                       {"pod-recreated", 625}};
  for (const auto& [scenario, distinct] : all) {
    const SearchResult result = load(scenario).search(VisitedMode::fingerprint, 2);
    // What must happen in the end is not judged by this search.
    BOOST_TEST((result.verdict != Verdict::violated), scenario);
    BOOST_TEST((result.stop == checker::Stop::exhausted), scenario);
    BOOST_TEST(result.distinct == distinct, scenario);
  }
}

/// D4 breaks what must happen in the end, which the command line's tests judge.
BOOST_AUTO_TEST_CASE(defects_of_answers_are_found) {
  for (const ShownDefect& row : shown_defects()) {
    const std::string id(dns::defect_stories[static_cast<std::size_t>(row.defect)].id);
    if (id == "D4") {
      continue;
    }
    const LoadedScenario loaded = load(row.scenario, {{}, {id}});
    const SearchResult result = loaded.search(VisitedMode::fingerprint, 2);
    BOOST_REQUIRE((result.verdict == Verdict::violated));
    const checker::Trace trace = loaded.trace_of(result);
    BOOST_TEST(trace.property == row.property, id);
    const auto replayed = checker::replay(*loaded.system, trace);
    BOOST_TEST((replayed && !replayed->divergence), id);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::names
