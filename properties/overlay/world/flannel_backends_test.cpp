// System `flannel` with other backends than its scenarios have, its largest scenario, and random walks
// through a larger cluster still.
#include <boost/test/unit_test.hpp>

#include "properties/overlay/world/loaded_scenario.hpp"

namespace plimsoll::properties::flannel_world {
namespace {

using checker::SearchResult;
using checker::Verdict;
using checker::VisitedMode;

}  // namespace

BOOST_AUTO_TEST_SUITE(flannel_backends_test)

/// What tunnels keep, routes between the nodes themselves keep as well.
BOOST_AUTO_TEST_CASE(they_hold_without_tunnels) {
  for (const char* const name : {"subnet-moves", "lease-not-renewed", "node-replaced", "refused-changes"}) {
    for (const char* const way : {"parameters.backend=host-gw", "parameters.direct-routing=true"}) {
      const SearchResult result = load(name, {{way}, {}}).search(VisitedMode::fingerprint, 2);
      BOOST_TEST((result.verdict == Verdict::holds), name << " " << way);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_largest_scenario_holds) {
  const SearchResult result = load("restart-with-leftovers").search(VisitedMode::fingerprint, 2);
  BOOST_TEST((result.verdict == Verdict::holds));
  BOOST_TEST(result.distinct == 434'548U);
  BOOST_TEST(result.generated == 3'537'634U);
  BOOST_TEST(result.depth == 39U);
}

/// Everything at once, in random order: nothing is broken, as far as walks find it.
BOOST_AUTO_TEST_CASE(walks_through_a_cluster_find_nothing) {
  const LoadedScenario loaded = load("flannel-cluster");
  checker::SearchOptions options;
  options.runs = 25;
  options.walk_steps_max = 150;
  const SearchResult result = checker::search_random_walks(*loaded.system, options);
  BOOST_TEST((result.verdict != Verdict::violated));
  BOOST_TEST((result.stop == checker::Stop::runs));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::flannel_world
