// A server of the store: a member, its consensus, and its disk.
//
// Source: etcd server/etcdserver/server.go, raft.go, bootstrap.go (v3.5). Statements: ETCD-8, 14. A
// RaftProcess says what is to be written, applied and answered; a write-ahead log (wal/) takes what is to be
// written; a Member applies and answers. Nothing but the disk survives a crash, and a server that starts
// learns everything from it. A disk that cannot be read ends the server: it never guesses.
//
//   input -> RaftProcess -> Told -> disk: append, sync
//              ^                 -> Member -> Wants -> disk: batches; answers, events
//              +---- proposals, read indexes ---+
//
// Deviates: the database is in the write-ahead log: all of it with each snapshot, and batches of changes
// since. Batches are not synced, for what a crash takes of them is in the entries. A snapshot that is sent
// is, as in etcd, of what the leader has applied then, and no older one.
//
// Who does what: server.cpp (the step), server_recovery.cpp (starting).
#pragma once

#include <string>
#include <variant>

#include <tl/expected.hpp>

#include "impl/raft/process.hpp"
#include "impl/store/member.hpp"
#include "impl/store/wal/writer.hpp"

namespace plimsoll::store {

// The timers of a server besides those of its member.

struct ElectionTimeout {
  PLIMSOLL_DESCRIBE(ElectionTimeout)
};
struct Heartbeat {
  PLIMSOLL_DESCRIBE(Heartbeat)
};
struct CheckQuorum {
  PLIMSOLL_DESCRIBE(CheckQuorum)
};
struct RaftWrite {
  PLIMSOLL_DESCRIBE(RaftWrite)
};
/// Of a leader that has sent a snapshot: it may have got lost.
struct SnapshotTimeout {
  PLIMSOLL_DESCRIBE(SnapshotTimeout)
};

/// The component (impl/base/step.hpp).
struct Server {
  struct Config {
    raft::RaftProcess::Config raft = {};  ///< writes: atomic, or separate
    raft::ConfState initial_members =
        {};  ///< of a cluster that starts: the same at all its servers, for ever
    std::uint64_t cluster = 0;
    MemberConfig member = {};  ///< the id is raft.id
    wal::Config wal = {};
    /// A snapshot is taken after so many entries, and the log before it is dropped; etcd's is 100 000. 0:
    /// never.
    std::uint64_t snapshot_entries = 0;
    raft::Index kept_entries = 0;  ///< of the log that is dropped, the last ones, for slow followers; 5000
    base::Ticks heartbeat = {};
    base::Ticks election = {};  ///< also between checks of the quorum
    base::Ticks snapshot_timeout = {};
    bool has_slow_watchers = false;  ///< the environment says when a watcher's channel is full
  };
  /// Everything is volatile.
  struct State {
    raft::Storage log = {};  ///< what Raft has on the disk
    raft::Memory raft = {};
    wal::Writer wal = {};
    Mvcc kv = {};
    Lessor lessor = {};
    WatchHub watches = {};
    Waiting waiting = {};
    raft::Index received_database = 0;  ///< the snapshot being installed whose database is at hand; 0: none
    PLIMSOLL_DESCRIBE(State, log, raft, wal, kv, lessor, watches, waiting, received_database)
  };
  using Incoming = std::variant<raft::PlainMessage, kv::Request>;
  using Outgoing = std::variant<raft::PlainMessage, kv::Response, kv::WatchResponse>;
  using Timer = std::variant<ElectionTimeout, Heartbeat, CheckQuorum, RaftWrite, SnapshotTimeout,
                             BackendCommit, CompactStep, DefragmentStep, SyncWatchers, RetryVictims,
                             WatchProgress, ReadRetry, RequestTimeout, LeaseExpiry, LeaseCheckpointDue>;

  using Input = base::Input<Incoming, Timer>;
  using Outputs = base::Outputs<Outgoing, Timer>;

  static void step(const Config& config, State& state, const Input& input, Outputs& outputs);
  static base::TimerKind timer_kind(const Timer& timer);
};

/// The question whether a watcher's channel is full; 1: it is.
inline constexpr std::string_view full_question = "the watcher's channel is full";

/// The state of a server that starts, before Raft has done anything. Error: what is wrong with the disk.
[[nodiscard]] tl::expected<Server::State, std::string> recover(const Server::Config& config,
                                                               const base::Started& started);

}  // namespace plimsoll::store
