// Proposals: what becomes an entry of the leader's log, and what is refused.
//
// Source: etcd-io/raft raft.go; dissertation 4.1 (one change of the configuration at a time). Statements:
// RAFT-R10, RAFT-M2.
#include <algorithm>

#include "impl/base/assert.hpp"
#include "impl/raft/conf_change.hpp"
#include "impl/raft/server.hpp"

namespace plimsoll::raft {

StepResult Server::propose(const PlainMessage& message) {
  PLIMSOLL_ASSERT_KNOWN(!message.entries.empty(), "stepped empty MsgProp");
  // A leader that was removed cannot count itself, and one that hands over would never finish.
  const bool is_member = raft.tracker.find(raft.id) != nullptr;
  if (!is_member || raft.lead_transferee != nobody) {
    return tl::unexpected(RaftError::proposal_dropped);
  }
  std::vector<Entry> entries;
  entries.reserve(message.entries.size());
  for (const Entry& proposed : message.entries) {
    entries.push_back(validated(proposed, last_index() + entries.size() + 1));
  }
  if (!append_entries(std::move(entries))) {
    return tl::unexpected(RaftError::proposal_dropped);
  }
  broadcast_append();
  return {};
}

// The entry to append at `index`: an empty one in place of a configuration change that is refused.
Entry Server::validated(const Entry& proposed, Index index) {
  if (proposed.type == EntryType::normal) {
    return proposed;
  }
  const auto change = conf_change_of(proposed);
  PLIMSOLL_ASSERT_KNOWN(change.has_value(), change.error());
  if (is_refused(*change) && !config.disable_conf_change_validation) {
    return {};
  }
  raft.pending_conf_index = index;
  return proposed;
}

// RAFT-M2.
bool Server::is_refused(const ConfChangeV2& change) const {
  const bool already_pending = raft.pending_conf_index > raft.log.applied;
  const bool already_joint = raft.tracker.config.joint();
  const bool wants_leave_joint = change.changes.empty();
  return already_pending || already_joint != wants_leave_joint;
}

StepResult Server::forward_proposal(const PlainMessage& message) {
  if (raft.lead == nobody || config.disable_proposal_forwarding) {
    return tl::unexpected(RaftError::proposal_dropped);
  }
  forward_to_leader(message);
  return {};
}

bool Server::append_entries(std::vector<Entry> entries) {
  const std::uint64_t size = payload_size(entries);
  const bool exceeds = size > config.uncommitted_size_limit() -
                                  std::min(raft.uncommitted_size, config.uncommitted_size_limit());
  // An empty entry is never refused: a leader's first, and the one that leaves a joint configuration. Nor is
  // the only one, however large.
  if (raft.uncommitted_size > 0 && size > 0 && exceeds) {
    return false;
  }
  raft.uncommitted_size += size;
  Index index = last_index();
  for (Entry& entry : entries) {
    entry.term = raft.term;
    entry.index = ++index;
  }
  raft.log.append(storage, entries);
  // The leader acknowledges its own entries when they are durable, like everybody else (RAFT-R6).
  PlainMessage acknowledgement = message_to(raft.id, MessageType::app_resp);
  acknowledgement.index = index;
  send(std::move(acknowledgement));
  return true;
}

void Server::reduce_uncommitted_size(std::uint64_t size) {
  // More may be applied than was counted: entries of earlier terms are not.
  raft.uncommitted_size -= std::min(raft.uncommitted_size, size);
}

}  // namespace plimsoll::raft
