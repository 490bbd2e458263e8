// Configuration changes taking effect, and the bookkeeping of what is applied.
//
// Source: dissertation 4.1 to 4.3, 4.2.2 (a leader that is removed); etcd-io/raft raft.go. Statements:
// RAFT-M1, RAFT-M5, RAFT-M6, RAFT-E1.
#include <algorithm>

#include "impl/base/assert.hpp"
#include "impl/raft/conf_change.hpp"
#include "impl/raft/server.hpp"

namespace plimsoll::raft {

tl::expected<ConfState, std::string> Server::apply_conf_change(const ConfChangeV2& change) {
  const Membership now = raft.tracker.membership();
  MembershipResult next;
  if (leaves_joint(change)) {
    next = leave_joint(now);
  } else if (enters_joint(change)) {
    next = enter_joint(now, last_index(), leaves_automatically(change), change.changes);
  } else {
    next = simple_change(now, last_index(), change.changes);
  }
  if (!next) {
    return tl::unexpected(std::move(next).error());
  }
  switch_to(*std::move(next));
  return raft.tracker.conf_state();
}

void Server::switch_to(Membership membership) {
  raft.tracker.set_membership(std::move(membership));
  if (!is_leader()) {
    clear_progress();
    return;
  }
  const Progress* const own = raft.tracker.find(raft.id);
  if (own == nullptr || own->is_learner) {
    // RAFT-M6: it leads on, without counting itself, so that what it has begun can be committed.
    if (config.step_down_on_removal) {
      become_follower(raft.term, nobody);
    }
    return;
  }
  replicate_under_new_configuration();
}

void Server::replicate_under_new_configuration() {
  if (maybe_commit()) {
    // Fewer voters may be needed now.
    broadcast_append();
  } else {
    // New members need not wait for a heartbeat.
    for (const auto& [id, progress] : raft.tracker.progress) {
      if (id != raft.id) {
        maybe_send_append(id, false);
      }
    }
  }
  if (!raft.tracker.config.voters.contains(raft.lead_transferee)) {
    raft.lead_transferee = nobody;
  }
}

void Server::restore_configuration(const ConfState& conf_state) {
  MembershipResult restored = restore_membership(conf_state, last_index());
  PLIMSOLL_ASSERT_KNOWN(restored.has_value(), "unable to restore config: " + restored.error());
  switch_to(*std::move(restored));
  PLIMSOLL_ASSERT_KNOWN(raft.tracker.conf_state() == conf_state, "ConfStates not equivalent after restoring");
}

void Server::applied_to(Index index, std::uint64_t size) {
  // A snapshot may have overtaken what was being applied.
  raft.log.applied_to(std::max(index, raft.log.applied), size, config.committed_size_limit());
  // RAFT-M5: tried again at every occasion, for the proposal may be dropped.
  if (raft.tracker.config.auto_leave && raft.log.applied >= raft.pending_conf_index && is_leader()) {
    PlainMessage message = message_to(nobody, MessageType::prop);
    Entry leave;
    leave.type = EntryType::conf_change_v2;
    message.entries.push_back(std::move(leave));
    handle(message);
  }
}

bool Server::has_unapplied_conf_changes() const {
  if (has(Defect::R17)) {
    return false;
  }
  for (Index index = raft.log.applied + 1; index <= raft.log.committed; ++index) {
    const auto entry = raft.log.slice(storage, index, index + 1, no_limit);
    PLIMSOLL_ASSERT_KNOWN(entry.has_value(), "error scanning unapplied entries");
    if (entry->front().type != EntryType::normal) {
      return true;
    }
  }
  return false;
}

}  // namespace plimsoll::raft
