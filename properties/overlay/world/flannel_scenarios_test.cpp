// The scenarios of system `flannel` hold without defects, with the numbers of states pinned. The largest one,
// restart-with-leftovers.yaml, is in flannel_backends_test.cpp, for time.
#include <boost/test/unit_test.hpp>

#include "properties/overlay/world/loaded_scenario.hpp"

namespace plimsoll::properties::flannel_world {
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
      {"subnet-moves", 235'488, 1'142'805, 30},
      {"udp-backend", 78'838, 815'382, 16},
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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::flannel_world
