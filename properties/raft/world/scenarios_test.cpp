// The scenarios of system `raft` hold, with the same counts for every visited set and number of workers.
// three-servers.yaml is too large for a test: 23,444,533 distinct states.
#include <boost/test/unit_test.hpp>

#include "properties/raft/world/loaded_scenario.hpp"

namespace plimsoll::properties::raft {
namespace {

using checker::SearchResult;
using checker::Verdict;
using checker::VisitedMode;

struct Counts {
  std::uint64_t distinct;
  std::uint64_t generated;
  std::uint32_t depth;
};

void holds_with(const std::string& file, const Counts& counts, const scenario::Overrides& overrides = {}) {
  for (const auto& [visited, workers] : {std::pair(VisitedMode::exact, 1U), std::pair(VisitedMode::exact, 2U),
                                         std::pair(VisitedMode::fingerprint, 2U)}) {
    BOOST_TEST_CONTEXT(file << ", " << checker::to_text(visited) << ", workers " << workers) {
      const SearchResult result = load(file, overrides).search(visited, workers);
      BOOST_TEST((result.verdict == Verdict::holds));
      BOOST_TEST((result.stop == checker::Stop::exhausted));
      BOOST_TEST(result.distinct == counts.distinct);
      BOOST_TEST(result.generated == counts.generated);
      BOOST_TEST(result.depth == counts.depth);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scenarios_test)

BOOST_AUTO_TEST_CASE(two_servers) {
  holds_with("model/scenarios/raft/two-servers.yaml", {274'956, 1'096'041, 43});
}
BOOST_AUTO_TEST_CASE(divergence) {
  holds_with("model/scenarios/raft/divergence.yaml", {651'097, 1'451'740, 31});
}
BOOST_AUTO_TEST_CASE(reads) {
  holds_with("model/scenarios/raft/reads.yaml", {126'001, 219'748, 27});
}

/// With as many elections as there may be, the bound on terms ends the search.
BOOST_AUTO_TEST_CASE(a_bound_on_terms_prunes) {
  const std::vector<std::string> elections = {"faults={election-timeout: 9}",
                                              "bounds={mailbox: 1, terms: 2}"};
  const SearchResult result =
      load("model/scenarios/raft/divergence.yaml", {elections, {}}).search(VisitedMode::fingerprint, 2);
  BOOST_TEST((result.verdict == Verdict::holds));
  BOOST_TEST(result.pruned > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
