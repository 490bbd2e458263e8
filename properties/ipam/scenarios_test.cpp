// Every scenario of the system holds without defects, with the same counts for every visited set and number
// of workers.
#include <boost/test/unit_test.hpp>

#include "properties/ipam/facts.hpp"
#include "properties/ipam/loaded_scenario.hpp"

namespace plimsoll::properties::ipam {
namespace {

using checker::SearchResult;
using checker::Verdict;
using checker::VisitedMode;

struct Counts {
  std::uint64_t distinct;
  std::uint64_t generated;
  std::uint32_t depth;
  std::uint64_t pruned = 0;
};

void holds_with(const std::string& file, const Counts& counts) {
  for (const VisitedMode visited : {VisitedMode::exact, VisitedMode::fingerprint}) {
    for (const unsigned workers : {1U, 2U, 4U}) {
      BOOST_TEST_CONTEXT(file << ", " << checker::to_text(visited) << ", workers " << workers) {
        const SearchResult result = load(file).search(visited, workers);
        BOOST_TEST((result.verdict == Verdict::holds));
        BOOST_TEST((result.stop == checker::Stop::exhausted));
        BOOST_TEST(result.distinct == counts.distinct);
        BOOST_TEST(result.generated == counts.generated);
        BOOST_TEST(result.depth == counts.depth);
        BOOST_TEST(result.pruned == counts.pruned);
        BOOST_TEST((visited == VisitedMode::exact) == (result.omission_probability == 0));
      }
    }
  }
}

/// A described state's text at a path of member names.
std::string text_at(const checker::Datum& state, std::initializer_list<const char*> path) {
  const checker::Datum* datum = &state;
  for (const char* name : path) {
    datum = datum->member(name);
    BOOST_REQUIRE_MESSAGE(datum != nullptr, "no member " << name);
  }
  return checker::to_line(*datum);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scenarios_test)

BOOST_AUTO_TEST_CASE(founding_example) {
  holds_with("model/scenarios/default/founding-example.yaml", {1'565'687, 7'103'497, 47});
}
BOOST_AUTO_TEST_CASE(scarcity) {
  holds_with("model/scenarios/ipam/scarcity.yaml", {51'302, 133'441, 43});
}
BOOST_AUTO_TEST_CASE(rejoin_after_expiry) {
  // Pruned are the ticks beyond the horizon.
  holds_with("model/scenarios/ipam/rejoin-after-expiry.yaml", {616'321, 2'228'841, 103, 10'982});
}
BOOST_AUTO_TEST_CASE(crash_during_allocation) {
  holds_with("model/scenarios/ipam/crash-during-allocation.yaml", {1'943'362, 6'451'368, 69});
}
BOOST_AUTO_TEST_CASE(compaction_while_disconnected) {
  holds_with("model/scenarios/ipam/compaction-while-disconnected.yaml", {2'057'258, 6'722'142, 49});
}

/// The founding document's picture: without faults, every way leads to 10.1.15.2 for web-app and 10.1.20.3
/// for backend.
BOOST_AUTO_TEST_CASE(the_founding_example_ends_with_the_founding_addresses) {
  const LoadedScenario loaded = load("model/scenarios/default/founding-example.yaml",
                                     {{"faults.disconnect=0", "faults.retry=0", "faults.delete-pod=0"}, {}});
  const std::unique_ptr<checker::Worker> worker = loaded.system->worker();
  checker::Successors initial(loaded.system->width());
  loaded.system->initial(initial);
  BOOST_REQUIRE(initial.size() == 1U);
  // Without faults the world always comes to rest in one state; any run shows it, so take the first and the
  // last successor.
  for (const bool first : {true, false}) {
    std::vector<checker::Slot> state(initial.state(0).begin(), initial.state(0).end());
    for (std::size_t steps = 0;; ++steps) {
      BOOST_REQUIRE(steps < 1000);
      checker::Successors out(loaded.system->width());
      worker->successors(state, loaded.system->fingerprint(state), out);
      if (out.size() == 0) {
        break;
      }
      const checker::StateView next = out.state(first ? 0 : out.size() - 1);
      state.assign(next.begin(), next.end());
    }
    const checker::Datum end = loaded.system->describe(state);
    BOOST_TEST(text_at(end, {"node-1/runtime.sandboxes", "by-container", "web-app.0", "addresses"}) ==
               "[10.1.15.2]");
    BOOST_TEST(text_at(end, {"node-2/runtime.sandboxes", "by-container", "backend.0", "addresses"}) ==
               "[10.1.20.3]");
    BOOST_TEST(text_at(end, {"node-1.network", "subnet"}) == "10.1.15.0/24");
    BOOST_TEST(text_at(end, {"node-2.network", "subnet"}) == "10.1.20.0/24");
  }
}

BOOST_AUTO_TEST_CASE(calls_that_fail_again_and_again_are_told_apart) {
  // A late answer to one of them would be taken for that of another call, of another kind.
  const LoadedScenario loaded =
      load("model/scenarios/ipam/crash-during-allocation.yaml",
           {{"faults.cni-timeout=20", "faults.kubelet-crash=5", "faults.node-reboot=5"}, {}});
  checker::SearchOptions options;
  options.runs = 300;
  options.walk_steps_max = 20'000;
  const SearchResult result = checker::search_random_walks(*loaded.system, options);
  BOOST_TEST((result.stop == checker::Stop::runs));
  BOOST_TEST((result.verdict != Verdict::violated));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::ipam
