// How a member of the store is set up, what it sees of its consensus, which timers it has, and what it wants
// done: everything between a Member and whoever runs it.
//
// Source: etcd server/config/config.go, server/etcdserver/server.go (v3.5); the defaults are etcd's.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "impl/base/step.hpp"
#include "impl/raft/raft.hpp"
#include "impl/store/applier.hpp"
#include "impl/store/check.hpp"
#include "impl/store/watch_hub.hpp"

namespace plimsoll::store {

struct MemberConfig {
  raft::ServerId id = raft::nobody;
  ApplierConfig applier = {};
  WatchConfig watches = {};
  std::size_t operations_max = default_operations_max;
  std::uint64_t unapplied_max = 5000;        ///< entries committed and not applied, beyond which it refuses
  std::size_t rows_per_compact_step = 1000;  ///< 1 or more
  bool commits_at_once = false;   ///< what an input changes goes to the disk with it, and not some time later
  base::Ticks lease_extend = {};  ///< what a new leader gives every lease besides: an election time-out
  base::Ticks read_retry = {};    ///< a read index is asked for again after so long: 500 ms
  base::Ticks request_timeout = {};  ///< requests that wait are given up after so long; 0: never
  base::Ticks watch_progress = {};   ///< between two progress notifications: ten minutes
  Defects defects = {};
};

/// What a member sees of Raft while it handles an input.
struct RaftStatus {
  raft::Term term = 0;
  raft::ServerId lead = raft::nobody;
  raft::Index last = 0;
  raft::Index committed = 0;
  raft::ConfState members = {};
  const raft::ProgressMap* progress = nullptr;  ///< a leader's, else null
  /// Something is being written. The member does not hear of what Raft does meanwhile, not even of a new
  /// leader.
  bool is_held_up = false;
  bool is_installing = false;  ///< what is being written is a snapshot: nothing else may go into the database
};

// One type for each kind of timer: a world's budgets are by their names.

struct BackendCommit {
  PLIMSOLL_DESCRIBE(BackendCommit)
};
struct CompactStep {
  PLIMSOLL_DESCRIBE(CompactStep)
};
struct DefragmentStep {
  PLIMSOLL_DESCRIBE(DefragmentStep)
};
struct SyncWatchers {
  PLIMSOLL_DESCRIBE(SyncWatchers)
};
struct RetryVictims {
  PLIMSOLL_DESCRIBE(RetryVictims)
};
struct WatchProgress {
  PLIMSOLL_DESCRIBE(WatchProgress)
};
struct ReadRetry {
  PLIMSOLL_DESCRIBE(ReadRetry)
};
struct RequestTimeout {
  base::ProcessId client = {};
  kv::RequestId request = {};
  PLIMSOLL_DESCRIBE(RequestTimeout, client, request)
};
struct LeaseExpiry {
  kv::LeaseId lease = {};
  PLIMSOLL_DESCRIBE(LeaseExpiry, lease)
};
struct LeaseCheckpointDue {
  kv::LeaseId lease = {};
  PLIMSOLL_DESCRIBE(LeaseCheckpointDue, lease)
};
using MemberTimer = std::variant<BackendCommit, CompactStep, DefragmentStep, SyncWatchers, RetryVictims,
                                 WatchProgress, ReadRetry, RequestTimeout, LeaseExpiry, LeaseCheckpointDue>;

[[nodiscard]] base::TimerKind timer_kind(const MemberTimer& timer);

/// What a member wants done, each list in order. The lists are independent of each other, but that batches
/// come before the database.
struct Wants {
  struct Answer {
    base::ProcessId client = {};
    kv::Response response = {};
  };
  struct Proposal {
    std::uint64_t counter = 0;  ///< for Member::dropped()
    base::Bytes data = {};
  };
  struct Change {
    std::uint64_t counter = 0;
    raft::ConfChange change = {};
  };
  struct TimerChange {
    MemberTimer timer = {};
    std::optional<base::Ticks> after = {};  ///< none: disarm it, if it is armed
  };

  std::vector<Answer> answers = {};
  WatchOut watch_out = {};
  std::vector<Proposal> proposals = {};
  std::vector<Change> changes = {};
  std::vector<base::Bytes> reads = {};  ///< keys of the read indexes to ask for
  std::vector<TimerChange> timers = {};
  /// Changes of the database, for the disk, each to survive whole or not at all. They need not be synced: a
  /// member that lost some would apply the entries again.
  std::vector<base::Bytes> batches = {};
  std::optional<base::Bytes> database = {};  ///< to take the place of the database on the disk
};

}  // namespace plimsoll::store
