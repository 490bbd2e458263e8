// What a world says it holds, after walks that left many values behind, is what the allocator gave it.
#include <malloc.h>

#include <boost/test/unit_test.hpp>
#include <memory>

#include "checker/search/walker.hpp"
#include "properties/raft/world/random_cluster.hpp"
#include "properties/raft/world/system.hpp"

namespace plimsoll::properties::raft {
namespace {

/// Bytes in use; 0 where another allocator stands in for glibc's, as sanitizers' do.
std::uint64_t allocated() {
  const struct mallinfo2 now = mallinfo2();
  return now.uordblks + now.hblkhd;
}

struct Walked {
  std::uint64_t said = 0;
  std::uint64_t given = 0;
};

/// Walks with every property judged, and compares what was said with what was given.
Walked walk_in(const RandomCluster& cluster, std::uint64_t walks) {
  const auto scenario = scenario::parse_scenario(scenario_text(cluster), "random-cluster.yaml", {});
  BOOST_REQUIRE(scenario.has_value());
  const std::uint64_t before = allocated();
  const auto system = system_entry().build(*scenario, {});
  BOOST_REQUIRE(system.has_value());
  const std::unique_ptr<checker::Worker> worker = (*system)->worker();
  checker::Successors initial((*system)->width());
  (*system)->initial(initial);
  checker::SearchOptions options;
  options.schedule = checker::Schedule::swarm;
  checker::Walker walker(**system, *worker, initial, options);
  const checker::PropertyMask all = checker::property_bit((*system)->properties().size()) - 1;
  for (std::uint64_t walk = 0; walk < walks; ++walk) {
    walker.begin(walk);
    for (int step = 0; step < 1'500 && walker.look().size() > 0; ++step) {
      walker.move(walker.choose());
      static_cast<void>(worker->evaluate(walker.state(), all));
    }
  }
  return {worker->statistics().memory_bytes + (*system)->statistics().memory_bytes, allocated() - before};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(walk_memory_test)

BOOST_AUTO_TEST_CASE(what_is_said_is_what_was_given) {
  if (allocated() == 0) {
    BOOST_TEST_MESSAGE("the allocator does not tell");
    return;
  }
  for (const core::StorageWrites writes : {core::StorageWrites::atomic, core::StorageWrites::asynchronous}) {
    RandomCluster cluster;
    cluster.servers = cluster.voters = 3;
    cluster.writes = writes;
    cluster.faults = {{"election-timeout", 100}, {"heartbeat", 500}, {"proposal", 200}, {"crash", 20}};
    const Walked walked = walk_in(cluster, 6);
    BOOST_TEST_MESSAGE("said " << walked.said << ", given " << walked.given);
    BOOST_TEST(walked.given > 4'000'000U);
    BOOST_TEST(walked.said * 3 > walked.given * 2);
    BOOST_TEST(walked.said * 2 < walked.given * 3);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
