// The scenarios of system `store` hold without defects, with the numbers of states pinned. Too large for a
// test: snapshot-while-copying.yaml holds with 719,490 states.
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
      {"restarts", 4'135, 12'084, 20},
      {"defragmentation", 19'959, 66'982, 25},
      {"compaction", 20'573, 48'472, 31},
      {"compacted-reads", 127'090, 474'887, 36},
      {"progress", 3'332, 7'370, 26},
      {"snapshots", 36'220, 109'655, 27},
      {"transactions", 4'752, 16'594, 19},
      {"slow-watcher", 620, 1'792, 32},
      {"later-watch", 32'441, 120'506, 26},
      {"lease-of-old-leader", 183'775, 717'884, 25},
      {"late-keep-alive", 843, 2'252, 21},
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
BOOST_AUTO_TEST_CASE(walks_through_a_cluster_find_nothing) {
  const LoadedScenario loaded = load("store-cluster");
  checker::SearchOptions options;
  options.runs = 10;
  options.walk_steps_max = 400;
  const SearchResult result = checker::search_random_walks(*loaded.system, options);
  BOOST_TEST((result.verdict != Verdict::violated));
  BOOST_TEST((result.stop == checker::Stop::runs));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
