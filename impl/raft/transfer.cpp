// Handing over leadership, and forgetting a leader.
//
// Source: dissertation 3.10; etcd-io/raft raft.go. Statements: RAFT-E10, RAFT-E11.
#include <utility>

#include "impl/raft/server.hpp"

namespace plimsoll::raft {

void Server::transfer_leadership(ServerId transferee, const Progress& progress) {
  if (progress.is_learner || transferee == raft.lead_transferee) {
    return;
  }
  // A transfer to somebody else is given up, even if this is one to the leader itself.
  raft.lead_transferee = nobody;
  if (transferee == raft.id) {
    return;
  }
  // It has one election time-out to succeed, from now.
  raft.election_elapsed = 0;
  raft.lead_transferee = transferee;
  if (progress.match == last_index()) {
    send_timeout_now(transferee);
  } else {
    send_append(transferee);
  }
}

void Server::send_timeout_now(ServerId to) {
  send(message_to(to, MessageType::timeout_now));
}

// The server stays in its term with its vote, but no longer refuses others for its leader's sake. The
// election timer runs on. Not with leases: the leader counts on them.
void Server::forget_leader() {
  if (config.read_only != ReadOnlyOption::lease_based) {
    raft.lead = nobody;
  }
}

void Server::forward_to_leader(PlainMessage message) {
  if (raft.lead != nobody) {
    message.to = raft.lead;
    send(std::move(message));
  }
}

}  // namespace plimsoll::raft
