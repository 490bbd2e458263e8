// What a leader knows of one follower, and how eagerly it may send to it.
//
// Source: etcd-io/raft tracker/progress.go; RAFT-R7 to R9, R14 to R16 of the defects. In `probe` the
// follower's log is not known to match: one message that carries entries a heartbeat. In `replicate` entries
// are sent ahead, as far as the window of inflight messages goes. In `snapshot` nothing is sent until the
// snapshot has arrived.
//
//   probe --(ack)--> replicate --(rejection, unreachable)--> probe
//   probe, replicate --(entries compacted)--> snapshot --(ack: replicate; reported: probe)-->
//
// Complexity: constant but for inflights. Thread-safety: a value.
#pragma once

#include "impl/raft/inflights.hpp"
#include "impl/raft/types.hpp"

namespace plimsoll::raft {

enum class ProgressState : std::uint8_t { probe, replicate, snapshot };
PLIMSOLL_DESCRIBE_ENUM(ProgressState, probe, replicate, snapshot)

/// Invariants: match < next; in `snapshot`, next == pending_snapshot + 1; pending_snapshot is 0 in other
/// states; inflights is empty except in `replicate`.
struct Progress {
  Index match = 0;        ///< the follower's log agrees with the leader's up to here, durably
  Index next = 1;         ///< first entry to send
  Index sent_commit = 0;  ///< highest commit index that was sent and may arrive
  ProgressState state = ProgressState::probe;
  Index pending_snapshot = 0;        ///< of the snapshot under way
  bool recent_active = false;        ///< heard of since the last check of the quorum (RAFT-E9)
  bool msg_app_flow_paused = false;  ///< until the next acknowledgement or heartbeat response (RAFT-R8)
  Inflights inflights = {};
  bool is_learner = false;
  PLIMSOLL_DESCRIBE(Progress, match, next, sent_commit, state, pending_snapshot, recent_active,
                    msg_app_flow_paused, inflights, is_learner)

  /// Next is match+1, or what follows a snapshot that was under way.
  void become_probe();
  /// Next is match+1.
  void become_replicate();
  /// A snapshot of `index` is under way.
  void become_snapshot(Index index);

  /// Append messages with entries are held back. An empty one may still go out: see Raft's maybe_send_append.
  [[nodiscard]] bool is_paused() const;

  /// An append message with `entries` entries from `next` on and `bytes` of data was sent. Requires: not in
  /// `snapshot`; if entries > 0 in `replicate`, the window is not full.
  void sent_entries(std::uint64_t entries, std::uint64_t bytes, const InflightLimits& limits);

  /// Whether sending `commit` could make the follower commit more than what was sent before does.
  [[nodiscard]] bool can_bump_commit(Index commit) const {
    return commit > sent_commit && sent_commit < next - 1;
  }

  /// The follower acknowledged `index`. Returns whether that is news.
  bool maybe_update(Index index);
  /// The follower rejected what followed entry `rejected` and hints at an index that may match (RAFT-R2).
  /// Returns false for a rejection that must be old; otherwise next has gone down.
  bool maybe_decrease(Index rejected, Index match_hint);

 private:
  void reset_state(ProgressState to);
};

}  // namespace plimsoll::raft
