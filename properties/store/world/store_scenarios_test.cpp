// The scenarios of system `store` hold without defects, with the numbers of states pinned. Too large for a
// test: snapshot-while-copying.yaml holds with 1,382,376 states, led.yaml with 4,326,770, two-snapshots.yaml
// with 4,667,782.
#include <boost/test/unit_test.hpp>

#include "properties/store/world/loaded_scenario.hpp"

namespace plimsoll::properties::store {
namespace {

using checker::SearchResult;
using checker::Verdict;
using checker::VisitedMode;

struct Counts {
  const char* scenario;
  std::uint64_t distinct;
  std::uint64_t generated;
  std::uint32_t depth;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(store_scenarios_test)

BOOST_AUTO_TEST_CASE(they_hold) {
  const Counts all[] = {
      {"two-clients", 19'348, 59'173, 22},
      {"restarts", 6'633, 20'175, 21},
      {"defragmentation", 70'970, 244'235, 29},
      {"compaction", 23'849, 60'051, 32},
      {"compacted-reads", 267'034, 1'013'432, 37},
      {"compacted-tombstone", 303, 645, 23},
      {"progress", 3'332, 7'370, 26},
      {"snapshots", 36'220, 109'655, 27},
      {"transactions", 4'752, 16'594, 19},
      {"slow-watcher", 620, 1'792, 32},
      {"later-watch", 32'441, 120'506, 26},
      {"lease-of-old-leader", 183'775, 717'884, 25},
      {"late-keep-alive", 843, 2'252, 21},
      {"lease-checkpoints", 13'932, 48'486, 21},
      {"lock", 22'339, 43'884, 43},
      {"lost-disk", 730'633, 2'945'094, 33},
      {"histories", 647'843, 2'875'256, 25},
      {"histories-led", 917'990, 2'249'092, 33},
      {"one-server", 10'536, 20'577, 21},
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

BOOST_AUTO_TEST_CASE(what_a_state_is_does_not_depend_on_who_keeps_it) {
  const SearchResult exact = load("two-clients").search(VisitedMode::exact, 1);
  const SearchResult fingerprints = load("two-clients").search(VisitedMode::fingerprint, 2);
  BOOST_TEST(exact.distinct == fingerprints.distinct);
  BOOST_TEST(exact.generated == fingerprints.generated);
}

/// Everything at once, in random order: nothing is broken, as far as walks find it.
BOOST_AUTO_TEST_CASE(walks_through_clusters_find_nothing) {
  for (const char* const scenario : {"store-cluster", "histories-cluster"}) {
    const LoadedScenario loaded = load(scenario);
    checker::SearchOptions options;
    options.runs = 10;
    options.walk_steps_max = 400;
    const SearchResult result = checker::search_random_walks(*loaded.system, options);
    BOOST_TEST((result.verdict != Verdict::violated), scenario);
    BOOST_TEST((result.stop == checker::Stop::runs), scenario);
  }
}

bool breaks(const char* scenario, const std::string& defect, const std::string& property) {
  const LoadedScenario loaded = load(scenario, {{}, {defect}});
  const SearchResult result = loaded.search(VisitedMode::fingerprint, 2);
  return result.verdict == Verdict::violated && loaded.trace_of(result).property == property;
}

/// E18: what somebody says who has been deposed, no store could have said then.
BOOST_AUTO_TEST_CASE(histories_show_what_no_store_could_have_said) {
  BOOST_TEST(breaks("histories", "E18", "linearizable"));
  BOOST_TEST(breaks("histories-led", "E18", "linearizable"));
  const LoadedScenario cluster = load("histories-cluster", {{}, {"E18"}});
  checker::SearchOptions options;
  options.schedule = checker::Schedule::swarm;
  options.walk_steps_max = 200;
  options.runs = 600;
  BOOST_TEST((checker::search_random_walks(*cluster.system, options).verdict == Verdict::violated));
}

/// Nothing recognises a request that comes twice, in etcd either: whose network doubles none.
BOOST_AUTO_TEST_CASE(a_proposal_that_is_doubled_is_executed_twice) {
  const LoadedScenario doubled = load("doubled-proposal");
  BOOST_TEST((doubled.search(VisitedMode::fingerprint, 2).verdict == Verdict::violated));
  const LoadedScenario single = load("doubled-proposal", {{"faults.duplicate=0"}, {}});
  BOOST_TEST((single.search(VisitedMode::fingerprint, 2).verdict == Verdict::holds));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
