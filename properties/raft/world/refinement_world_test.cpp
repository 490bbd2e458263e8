// Is it enough to ask one server at a time? What the check of single steps lets pass must pass where the spec
// itself is asked, with all that was ever said in the cluster.
#include <boost/test/unit_test.hpp>

#include "properties/raft/world/whole_spec_bed.hpp"

namespace plimsoll::properties::raft {
namespace {

/// One random run, both checks beside each other.
struct Outcome {
  std::string by_steps;  ///< what the check of single steps misses first
  std::string by_whole;  ///< what the other one misses in that step or before
};
Outcome run(const ClusterKind& kind, std::uint64_t seed, int steps) {
  WholeSpec whole(kind);
  Outcome outcome;
  HaphazardCluster cluster(kind, seed, [&](const HaphazardCluster::Seen& seen) {
    if (outcome.by_whole.empty()) {
      outcome.by_whole = whole.follow(seen);
    }
  });
  for (int i = 0; i < steps && outcome.by_steps.empty() && outcome.by_whole.empty(); ++i) {
    cluster.go_on();
    for (std::size_t server = 0; server < kind.servers; ++server) {
      outcome.by_steps = outcome.by_steps.empty() ? cluster.missing(server) : outcome.by_steps;
    }
  }
  return outcome;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(refinement_world_test)

/// With slow disks a candidate may forget what it announced before it was written; then both notice.
BOOST_AUTO_TEST_CASE(a_path_for_each_server_is_one_for_all) {
  for (const ClusterKind& kind : cluster_kinds()) {
    for (std::uint64_t seed = 1; seed <= 14; ++seed) {
      const Outcome outcome = run(kind, seed, 400);
      const bool may_forget = kind.writes != core::StorageWrites::atomic;
      BOOST_TEST_CONTEXT(kind.name << ", seed " << seed) {
        BOOST_TEST((outcome.by_steps.empty() || (may_forget && outcome.by_steps.starts_with("a memory of"))),
                   outcome.by_steps);
        BOOST_TEST((outcome.by_whole.empty() || !outcome.by_steps.empty()), outcome.by_whole);
      }
    }
  }
}

/// The judge of the whole can find something missing: with defects it does, and never before the other check.
BOOST_AUTO_TEST_CASE(defects_are_found_by_both) {
  std::size_t found = 0;
  for (ClusterKind kind : cluster_kinds()) {
    kind.defects = kind.defects.with(core::Defect::R4).with(core::Defect::R6);
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      const Outcome outcome = run(kind, seed, 200);
      found += outcome.by_whole.empty() ? 0U : 1U;
      BOOST_TEST((outcome.by_whole.empty() || !outcome.by_steps.empty()), outcome.by_whole);
    }
  }
  BOOST_TEST(found > 5U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
