// The scenarios of system `services` hold without defects, with the numbers of states pinned; each row of the
// table of defects is found again.
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "checker/trace/replay.hpp"
#include "properties/service/world/defects.hpp"
#include "properties/service/world/loaded_scenario.hpp"

namespace plimsoll::properties::services_world {
namespace {

using checker::SearchResult;
using checker::Verdict;
using checker::VisitedMode;
using plimsoll::service::Defect;
using plimsoll::service::defect_stories;
using plimsoll::service::DefectStory;

struct Counts {
  const char* scenario;
  std::uint64_t distinct;
  std::uint64_t generated;
  std::uint32_t depth;
};

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

BOOST_AUTO_TEST_SUITE(services_scenarios_test)

BOOST_AUTO_TEST_CASE(they_hold) {
  const Counts all[] = {
      {"affinity-iptables", 23'246, 127'655, 22},
      {"affinity-kept", 242, 928, 27},
      {"same-node", 4, 9, 3},
      {"endpoint-replaced", 25'204, 155'643, 23},
      {"hairpin", 1'056, 5'293, 15},
      {"node-port-twice", 788, 3'657, 16},
      {"open-connection", 15'137, 73'287, 88},
      {"port-used-again", 1'539, 6'059, 50},
      {"rolling-update", 3'009, 19'263, 15},
      {"rules-flushed", 2'468, 12'599, 17},
      {"scaled-to-zero-and-back", 12'419, 85'987, 23},
      {"service-appears", 5'900, 35'873, 18},
      {"service-deleted", 7'277, 36'881, 20},
      {"session-affinity", 1'157, 4'562, 49},
      {"stray-segments", 12, 45, 5},
      {"two-services", 26'316, 163'773, 20},
  };
  for (const Counts& counts : all) {
    BOOST_TEST_CONTEXT(counts.scenario) {
      const SearchResult result = load(counts.scenario).search(VisitedMode::fingerprint, 2);
      BOOST_TEST((result.verdict == Verdict::holds));
      BOOST_TEST((result.stop == checker::Stop::exhausted));
      BOOST_TEST(result.distinct == counts.distinct);
      BOOST_TEST(result.generated == counts.generated);
      BOOST_TEST(result.depth == counts.depth);
    }
  }
}

/// Services that nobody uses make tables larger, and nothing else.
BOOST_AUTO_TEST_CASE(bystanders_change_no_count) {
  const SearchResult among =
      load("hairpin", {{"parameters.bystanders=20"}, {}}).search(VisitedMode::fingerprint, 2);
  BOOST_TEST((among.verdict == Verdict::holds));
  BOOST_TEST(among.distinct == 1'056U);
  BOOST_TEST(among.generated == 5'293U);
}

/// Ids of interned values are a run's private matter: one worker or two, ids or fingerprints.
BOOST_AUTO_TEST_CASE(what_a_state_is_does_not_depend_on_who_keeps_it) {
  const SearchResult exact = load("rolling-update").search(VisitedMode::exact, 1);
  const SearchResult fingerprints = load("rolling-update").search(VisitedMode::fingerprint, 2);
  BOOST_TEST(exact.distinct == fingerprints.distinct);
  BOOST_TEST(exact.generated == fingerprints.generated);
}

BOOST_AUTO_TEST_CASE(every_defect_of_the_table_is_found) {
  for (const ShownDefect& row : shown_defects()) {
    BOOST_TEST(difference(row) == "", id_of(row.defect) << " in " << row.scenario);
  }
}

/// What no kube-proxy can mend breaks the two properties that no defect breaks.
BOOST_AUTO_TEST_CASE(properties_that_no_defect_breaks_can_fail) {
  for (const auto& [scenario, property] : {std::pair{"affinity-taken-away", "session-affinity"},
                                           std::pair{"bridged-answers", "reply-from-service"}}) {
    const LoadedScenario loaded = load(scenario);
    const SearchResult result = loaded.search(VisitedMode::fingerprint, 2);
    BOOST_TEST_REQUIRE((result.verdict == Verdict::violated));
    BOOST_TEST(loaded.trace_of(result).property == property);
  }
}

/// P8 and P17 have no rows: see defects.cpp.
BOOST_AUTO_TEST_CASE(every_defect_has_a_row) {
  for (const DefectStory& story : defect_stories) {
    BOOST_TEST(std::ranges::count(shown_defects(), story.defect, &ShownDefect::defect) >= 1, story.id);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::services_world
