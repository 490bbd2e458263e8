// The scenarios that show what defects break hold without them, with the numbers of states pinned. Bounded
// further here: servers-replaced.yaml, 909,757 states. Too large: slow-disk.yaml, 318,793 states, or
// 7,026,245 with three elections; they hold, too.
#include <boost/test/unit_test.hpp>

#include "checker/reduce/symmetric_system.hpp"
#include "properties/raft/world/loaded_scenario.hpp"

namespace plimsoll::properties::raft {
namespace {

using checker::Verdict;

struct Counts {
  const char* scenario;
  std::uint64_t distinct;
  std::uint64_t generated;
  std::uint32_t depth;
  std::vector<std::string> assignments = {};
};

checker::SearchResult search(const checker::System& system) {
  checker::SearchOptions options;
  options.visited = checker::VisitedMode::fingerprint;
  options.workers = 2;
  return search_breadth_first(system, options);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(safety_scenarios_test)

BOOST_AUTO_TEST_CASE(they_hold) {
  const Counts all[] = {
      {"joint", 5'544, 7'974, 20},           {"one-voter-replaced", 30'679, 84'518, 40},
      {"asked-twice", 181'097, 532'975, 40}, {"figure-eight", 21'367, 30'910, 30},
      {"window", 17'588, 38'492, 23},        {"servers-replaced", 92'851, 139'555, 34, {"bounds.messages=2"}},
  };
  for (const Counts& counts : all) {
    BOOST_TEST_CONTEXT(counts.scenario) {
      const LoadedScenario loaded =
          load(std::string("model/scenarios/raft/") + counts.scenario + ".yaml", {counts.assignments, {}});
      const checker::SearchResult result = search(*loaded.system);
      BOOST_TEST((result.verdict == Verdict::holds));
      BOOST_TEST(result.distinct == counts.distinct);
      BOOST_TEST(result.generated == counts.generated);
      BOOST_TEST(result.depth == counts.depth);
    }
  }
}

/// 1,465,270 states without symmetry: six times as many, but for some that are their own images.
BOOST_AUTO_TEST_CASE(read_keys_hold_with_symmetry) {
  const LoadedScenario loaded = load("model/scenarios/raft/read-keys.yaml");
  const checker::SearchResult result = search(checker::SymmetricSystem(*loaded.system));
  BOOST_TEST((result.verdict == Verdict::holds));
  BOOST_TEST(result.distinct == 244'379U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
