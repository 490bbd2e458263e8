// The scenarios of system `flannel` hold without defects, with the numbers of states pinned; each row of the
// table of defects is found again.
#include <boost/test/unit_test.hpp>

#include <algorithm>

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

BOOST_AUTO_TEST_SUITE(flannel_scenarios_test)

BOOST_AUTO_TEST_CASE(they_hold) {
  const Counts all[] = {
      {"direct-routing", 15'425, 145'378, 16},
      {"dual-stack", 492, 2'283, 14},
      {"full-size", 123, 597, 13},
      {"lease-not-renewed", 31'084, 131'774, 31},
      {"link-flap-host-gw", 6'257, 30'591, 15},
      {"link-flap", 40'151, 174'975, 27},
      {"new-tunnel-address", 20'952, 104'697, 22},
      {"node-replaced", 43'824, 235'393, 23},
      {"pods-come-and-go", 141'079, 1'163'049, 21},
      {"refused-changes", 75'329, 340'927, 27},
      {"restart-with-leftovers", 434'548, 3'537'634, 39},
      {"subnet-moves", 235'488, 1'142'805, 30},
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

/// What tunnels keep, routes between the nodes themselves keep as well.
BOOST_AUTO_TEST_CASE(they_hold_without_tunnels) {
  for (const char* const name : {"subnet-moves", "lease-not-renewed", "node-replaced", "refused-changes"}) {
    for (const char* const way : {"parameters.backend=host-gw", "parameters.direct-routing=true"}) {
      const SearchResult result = load(name, {{way}, {}}).search(VisitedMode::fingerprint, 2);
      BOOST_TEST((result.verdict == Verdict::holds), name << " " << way);
    }
  }
}

/// Everything at once, in random order: nothing is broken, as far as walks find it.
BOOST_AUTO_TEST_CASE(walks_through_a_cluster_find_nothing) {
  const LoadedScenario loaded = load("flannel-cluster");
  checker::SearchOptions options;
  options.runs = 60;
  options.walk_steps_max = 150;
  const SearchResult result = checker::search_random_walks(*loaded.system, options);
  BOOST_TEST((result.verdict != Verdict::violated));
  BOOST_TEST((result.stop == checker::Stop::runs));
}

/// Ids of interned values are a run's private matter: one worker or two, ids or fingerprints.
BOOST_AUTO_TEST_CASE(what_a_state_is_does_not_depend_on_who_keeps_it) {
  const SearchResult exact = load("node-replaced").search(VisitedMode::exact, 1);
  const SearchResult fingerprints = load("node-replaced").search(VisitedMode::fingerprint, 2);
  BOOST_TEST(exact.distinct == fingerprints.distinct);
  BOOST_TEST(exact.generated == fingerprints.generated);
}

/// No flannel can mend a network that is smaller than a node believes.
BOOST_AUTO_TEST_CASE(a_node_with_jumbo_frames_in_an_ordinary_network_is_not_heard) {
  const LoadedScenario loaded = load("mtu-mismatch");
  const SearchResult result = loaded.search(VisitedMode::fingerprint, 2);
  BOOST_TEST_REQUIRE((result.verdict == Verdict::violated));
  BOOST_TEST(loaded.trace_of(result).property == "no-silent-size-limit");
  const LoadedScenario wide =
      load("mtu-mismatch",
           {{"parameters.underlay-mtu=9000", "parameters.nodes=2", "parameters.mtus=['9000', '9000']"}, {}});
  BOOST_TEST((wide.search(VisitedMode::fingerprint, 2).verdict == Verdict::holds));
}

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
