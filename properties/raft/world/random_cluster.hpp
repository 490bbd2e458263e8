// Clusters drawn at random: the scenarios of the randomised tests of system `raft`.
//
// A cluster is a scenario's text, because a trace embeds its scenario and replays alone. Which features and
// faults a cluster has is drawn in the manner of Groce, Zhang, Eide, Chen and Regehr, "Swarm testing" (ISSTA
// 2012): each is there or is not, so that none always gets in another's way. How often what is there happens
// is the schedule's matter (checker/search/swarm.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "impl/raft/process.hpp"

namespace plimsoll::properties::raft {

namespace core = plimsoll::raft;

struct RandomCluster {
  std::uint32_t servers = 1;
  std::uint32_t voters = 1;    ///< at first
  std::uint32_t learners = 0;  ///< at first
  core::StorageWrites writes = core::StorageWrites::atomic;
  bool is_fifo = false;
  std::vector<std::string> flags;               ///< parameters that are true
  std::map<std::string, std::uint64_t> limits;  ///< parameters that are numbers
  std::vector<std::string> changes;             ///< of the configuration
  std::map<std::string, std::uint32_t> faults;
  std::uint32_t mailbox = 8;
};

/// What a cluster is drawn for.
struct RandomWish {
  std::optional<core::StorageWrites> writes;
  /// Every step is held against the spec, which takes most of the time.
  bool refines = true;
};

/// 1 to 5 servers, three as a rule. The same seed and wish give the same cluster, on every machine. Cost:
/// constant.
[[nodiscard]] RandomCluster random_cluster(std::uint64_t seed, const RandomWish& wish = {});

/// The scenario, which expects that nothing is found.
[[nodiscard]] std::string scenario_text(const RandomCluster& cluster);

}  // namespace plimsoll::properties::raft
