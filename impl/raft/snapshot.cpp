// Snapshots: for followers whose next entry is compacted.
//
// Source: Raft paper, section 7; etcd-io/raft raft.go. Statements: RAFT-S1 (sending), RAFT-S2 (installing).
#include "impl/base/assert.hpp"
#include "impl/raft/server.hpp"

namespace plimsoll::raft {

bool Server::maybe_send_snapshot(ServerId to, Progress& progress) {
  if (!progress.recent_active) {
    return false;
  }
  const Snapshot& snapshot = raft.log.latest_snapshot(storage);
  PLIMSOLL_ASSERT_KNOWN(!snapshot.empty(), "need non-empty snapshot");
  progress.become_snapshot(snapshot.metadata.index);
  PlainMessage message = message_to(to, MessageType::snap);
  message.snapshot = snapshot;
  send(std::move(message));
  return true;
}

void Server::handle_snapshot(const PlainMessage& message) {
  const bool restored = restore(message.snapshot.value_or(Snapshot{}));
  PlainMessage response = message_to(message.from, MessageType::app_resp);
  response.index = restored ? last_index() : raft.log.committed;
  send(std::move(response));
}

// RAFT-S2. Returns whether the log was replaced.
bool Server::restore(const Snapshot& snapshot) {
  const SnapshotMetadata& metadata = snapshot.metadata;
  if (metadata.index <= raft.log.committed) {
    return false;
  }
  const ConfState& members = metadata.conf_state;
  const bool is_member = members.voters.contains(raft.id) || members.learners.contains(raft.id) ||
                         members.voters_outgoing.contains(raft.id);
  if (!is_member) {
    return false;
  }
  if (raft.log.matches(storage, {metadata.term, metadata.index})) {
    // The log holds what the snapshot stands for: it is only news that it is committed.
    raft.log.commit_to(storage, metadata.index);
    return false;
  }
  raft.log.restore(snapshot);
  restore_configuration(members);
  return true;
}

// RAFT-R9: after a snapshot, delivered or not, the follower's answer or the next heartbeat's says how to go
// on.
void Server::handle_snapshot_status(const PlainMessage& message, Progress& progress) {
  if (progress.state != ProgressState::snapshot) {
    return;
  }
  if (message.reject) {
    // Probing starts from match, for the snapshot was not applied.
    progress.pending_snapshot = 0;
  }
  progress.become_probe();
  progress.msg_app_flow_paused = true;
}

void Server::applied_snapshot(const Snapshot& snapshot) {
  raft.log.unstable.stable_snapshot_to(snapshot.metadata.index);
  applied_to(snapshot.metadata.index, 0);
}

}  // namespace plimsoll::raft
