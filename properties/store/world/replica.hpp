// A member of the store over a log that is agreed on somewhere else (agreed_log.hpp), with a disk of its own.
//
// Entries are applied one at a time. A replica hears of them by messages, or, after a crash, by looking. It
// may take its time to notice that somebody else leads now: its Raft knows, and forwards what it proposes,
// and the member has not been told (RaftStatus::is_held_up).
//
// The disk: a batch of changes is a record, and batches before the last commit are synced, as a bbolt
// transaction is before the next one begins. A crash may take what the last commit wrote, or a part of it.
#pragma once

#include <variant>

#include "impl/base/step.hpp"
#include "impl/store/member.hpp"
#include "properties/store/world/agreed_log.hpp"

namespace plimsoll::properties::store {

/// The log has grown, or somebody else leads: there is something to do for each of these.
struct Advance {
  bool looks_again = false;  ///< some of these may be lost: whoever is behind sees to it that it catches up
  PLIMSOLL_DESCRIBE(Advance, looks_again)
};

// The timers of a replica besides those of its member.

/// It is behind the log, or does not know who leads.
struct CatchUp {
  PLIMSOLL_DESCRIBE(CatchUp)
};
/// It becomes the leader.
struct LeaderChange {
  PLIMSOLL_DESCRIBE(LeaderChange)
};
/// The leader drops the entries that it has applied.
struct LogCompaction {
  PLIMSOLL_DESCRIBE(LogCompaction)
};

/// What a replica did that none may do.
enum class Misdeed : std::uint8_t {
  none,
  renewed_a_lost_lease,     ///< it told a client so, and the lease was gone
  revoked_without_leading,  ///< of its own accord
};
PLIMSOLL_DESCRIBE_ENUM(Misdeed, none, renewed_a_lost_lease, revoked_without_leading)

/// What else a replica knows.
struct Seat {
  raft::Term term = 0;  ///< whose leader the member has been told of
  Misdeed misdeed = Misdeed::none;
  PLIMSOLL_DESCRIBE(Seat, term, misdeed)
};

/// A record of the disk: a batch, or a database that takes the place of everything before it.
struct DiskRecord {
  bool is_database = false;
  base::Bytes bytes = {};
  PLIMSOLL_DESCRIBE(DiskRecord, is_database, bytes)
};

/// The component (impl/base/step.hpp).
struct Replica {
  struct Config {
    core::MemberConfig member = {};
    raft::ServerSet members = {};
    std::vector<base::ProcessId> others = {};
    bool may_lead = false;         ///< LeaderChange is armed where somebody else leads
    bool may_compact_log = false;  ///< LogCompaction is armed where it leads
    bool has_slow_watchers = false;
  };
  /// All volatile but the log, which is nobody's own.
  struct State {
    core::Mvcc kv = {};
    core::Lessor lessor = {};
    core::WatchHub watches = {};
    core::Waiting waiting = {};
    Seat seat = {};
    AgreedLog log = {};
    PLIMSOLL_DESCRIBE(State, kv, lessor, watches, waiting, seat, log)
  };
  static constexpr std::size_t log_part = 5;
  using Incoming = std::variant<Advance, kv::Request>;
  using Outgoing = std::variant<Advance, kv::Response, kv::WatchResponse>;
  using Timer =
      std::variant<CatchUp, LeaderChange, LogCompaction, core::BackendCommit, core::CompactStep,
                   core::DefragmentStep, core::SyncWatchers, core::RetryVictims, core::WatchProgress,
                   core::ReadRetry, core::RequestTimeout, core::LeaseExpiry, core::LeaseCheckpointDue>;

  using Input = base::Input<Incoming, Timer>;
  using Outputs = base::Outputs<Outgoing, Timer>;
  static void step(const Config& config, State& state, const Input& input, Outputs& outputs);
  static base::TimerKind timer_kind(const Timer& timer);
};

}  // namespace plimsoll::properties::store
