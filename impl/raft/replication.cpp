// Log replication: what a leader sends, what a follower takes, and what is committed by it.
//
// Source: Raft paper 5.3 and 5.4.2; etcd-io/raft raft.go, tracker/. Statements: RAFT-R1, RAFT-R2, RAFT-R5,
// RAFT-R7 to RAFT-R9, RAFT-S1.
#include <algorithm>

#include "impl/raft/server.hpp"

namespace plimsoll::raft {

bool Server::maybe_send_append(ServerId to, bool send_if_empty) {
  Progress& progress = raft.tracker.progress.at(to);
  if (progress.is_paused()) {
    return false;
  }
  const Index previous = progress.next - 1;
  auto previous_term = raft.log.term(storage, previous);
  const bool full = progress.state == ProgressState::replicate && progress.inflights.full(config.inflight);
  if (!previous_term && full && has(Defect::R13)) {
    previous_term = 0;
  }
  if (!previous_term) {
    // Compacted: the log alone cannot bring the follower up any more.
    return maybe_send_snapshot(to, progress);
  }
  // RAFT-R8: while the window is full only empty messages go out. They keep replication going if everything
  // in the window was lost: the follower's answer empties it.
  if (full && has(Defect::R14)) {
    return false;
  }
  tl::expected<std::vector<Entry>, StorageError> entries;
  if (!full) {
    entries = raft.log.entries(storage, progress.next, config.max_size_per_message);
  }
  if (!entries) {
    return send_if_empty && maybe_send_snapshot(to, progress);
  }
  if (entries->empty() && !send_if_empty) {
    return false;
  }
  progress.sent_entries(entries->size(), payload_size(*entries), config.inflight);
  progress.sent_commit = raft.log.committed;
  PlainMessage message = message_to(to, MessageType::app);
  message.index = previous;
  message.log_term = *previous_term;
  message.entries = *std::move(entries);
  message.commit = raft.log.committed;
  send(std::move(message));
  return true;
}

void Server::broadcast_append() {
  for (const auto& [id, progress] : raft.tracker.progress) {
    if (id != raft.id) {
      send_append(id);
    }
  }
}

bool Server::maybe_commit() {
  const Index index = raft.tracker.committed(config.defects);
  // Entries of earlier terms are committed only by one of this term after them (Raft paper, figure 8).
  const bool own_term = raft.log.matches(storage, {raft.term, index}) || has(Defect::R5);
  if (index <= raft.log.committed || !own_term) {
    return false;
  }
  raft.log.commit_to(storage, index);
  return true;
}

// R13: where there is no entry its term is taken for 0, too.
bool Server::is_absent_and_of_term_0(EntryId previous) const {
  return has(Defect::R13) && previous.term == 0 && !raft.log.term(storage, previous.index);
}

// RAFT-R1, RAFT-R2.
void Server::handle_append_entries(const PlainMessage& message) {
  PlainMessage response = message_to(message.from, MessageType::app_resp);
  const EntryId previous{message.log_term, message.index};
  if (previous.index < raft.log.committed) {
    response.index = raft.log.committed;
  } else if (raft.log.matches(storage, previous) || is_absent_and_of_term_0(previous)) {
    response.index = previous.index + message.entries.size();
    raft.log.append_received(storage, message.entries);
    const Index reach = has(Defect::R13) ? std::min(response.index, last_index()) : response.index;
    raft.log.commit_to(storage, std::min(message.commit, reach));
  } else {
    const Hint hint =
        raft.log.find_conflict_by_term(storage, std::min(previous.index, last_index()), previous.term);
    response.index = previous.index;
    response.reject = true;
    response.reject_hint = hint.index;
    response.log_term = hint.term;
  }
  send(std::move(response));
}

void Server::handle_append_response(const PlainMessage& message, Progress& progress) {
  progress.recent_active = true;
  if (message.reject) {
    handle_append_rejection(message, progress);
  } else if (is_news(message, progress)) {
    acknowledge_append(message, progress);
  }
}

// RAFT-R2, the leader's side: what the follower has in the hint's term or before may match where this log has
// such an entry. Both sides skip whole terms, so there is at most one probe for each.
void Server::handle_append_rejection(const PlainMessage& message, Progress& progress) {
  if (progress.state == ProgressState::snapshot) {
    // It rejects what was sent before the snapshot, which answers it. Upstream lowers next until the snapshot
    // arrives.
    return;
  }
  Index next_probe = message.reject_hint;
  if (message.log_term > 0) {
    next_probe = raft.log.find_conflict_by_term(storage, message.reject_hint, message.log_term).index;
  }
  if (progress.maybe_decrease(message.index, next_probe)) {
    if (progress.state == ProgressState::replicate) {
      progress.become_probe();
    }
    send_append(message.from);
  }
}

// RAFT-R9: an answer that says nothing new still ends a probe.
bool Server::is_news(const PlainMessage& message, Progress& progress) const {
  return progress.maybe_update(message.index) ||
         (message.index == progress.match && progress.state == ProgressState::probe && !has(Defect::R15));
}

void Server::acknowledge_append(const PlainMessage& message, Progress& progress) {
  const bool snapshot_arrived = progress.match + 1 >= raft.log.first_index(storage) &&
                                (!has(Defect::R16) || progress.match >= progress.pending_snapshot);
  if (progress.state == ProgressState::probe) {
    progress.become_replicate();
  } else if (progress.state == ProgressState::replicate) {
    progress.inflights.free_le(message.index, config.defects);
  } else if (snapshot_arrived) {
    // RAFT-R9: which snapshot it was does not matter, as long as the log goes on from there.
    progress.become_probe();
    progress.become_replicate();
  }
  const bool is_other = message.from != raft.id;
  if (maybe_commit()) {
    release_pending_reads();
    broadcast_append();
  } else if (is_other && progress.can_bump_commit(raft.log.committed)) {
    // The next heartbeat would tell it, too, but later.
    send_append(message.from);
  }
  if (!is_other) {
    return;
  }
  // Room in the window may allow several messages.
  while (maybe_send_append(message.from, false)) {
  }
  if (message.from == raft.lead_transferee && progress.match == last_index()) {
    send_timeout_now(message.from);
  }
}

}  // namespace plimsoll::raft
