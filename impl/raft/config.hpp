// How a Raft server is set up: the same for its whole life, and as a rule for all servers of a cluster.
//
// Source: etcd-io/raft raft.go (Config). Limits that are 0 upstream for "none" are so here.
#pragma once

#include "impl/raft/defects.hpp"
#include "impl/raft/inflights.hpp"
#include "impl/raft/storage.hpp"
#include "impl/raft/wire_size.hpp"

namespace plimsoll::raft {

/// How a read learns that its server is still the leader.
enum class ReadOnlyOption : std::uint8_t {
  safe,         ///< a quorum answers a heartbeat (RAFT-Q1)
  lease_based,  ///< it trusts its lease (RAFT-Q3): needs check_quorum, and clocks that do not drift or stop
};
PLIMSOLL_DESCRIBE_ENUM(ReadOnlyOption, safe, lease_based)

struct Config {
  std::uint32_t election_tick =
      10;  ///< ticks without a leader's message until an election; above heartbeat_tick
  std::uint32_t heartbeat_tick = 1;  ///< ticks between a leader's heartbeats; at least 1
  bool pre_vote = false;      ///< ask whether an election could be won before disturbing anybody (thesis 9.6)
  bool check_quorum = false;  ///< leaders that hear of no quorum step down, voters keep leases (thesis 6.2)

  std::uint64_t max_size_per_message = no_limit;   ///< of entries in one app, wire_size(); one always fits
  std::uint64_t max_committed_size_per_ready = 0;  ///< of committed entries handed out; 0: as above
  std::uint64_t max_uncommitted_entries_size = 0;  ///< of data that a leader has not committed; 0: no limit
  InflightLimits inflight;                         ///< bytes, if limited, at least max_size_per_message
  ReadOnlyOption read_only = ReadOnlyOption::safe;
  bool disable_proposal_forwarding = false;     ///< followers drop proposals
  bool disable_conf_change_validation = false;  ///< what stands above Raft refuses bad changes (RAFT-M2)
  bool step_down_on_removal = false;            ///< RAFT-M6
  bool async_storage_writes = false;            ///< RAFT-S4
  Defects defects;

  /// The limits in force.
  [[nodiscard]] std::uint64_t committed_size_limit() const {
    const std::uint64_t limit =
        max_committed_size_per_ready == 0 ? max_size_per_message : max_committed_size_per_ready;
    return limit == 0 ? 1 : limit;  // one entry is always handed out
  }
  [[nodiscard]] std::uint64_t uncommitted_size_limit() const {
    return max_uncommitted_entries_size == 0 ? no_limit : max_uncommitted_entries_size;
  }
  /// What is wrong with it, in one sentence; nothing if it can be used.
  [[nodiscard]] std::optional<std::string_view> complaint() const;
};

/// What a server may look at while it handles an input, besides its own state.
struct Context {
  const Config& config;
  const Storage& storage;
};

}  // namespace plimsoll::raft
