// Linearizable reads that do not go through the log.
//
// Source: dissertation 6.4 (read index), 6.4.1 (leases); read_only.hpp. Statements: RAFT-Q1 to RAFT-Q3.
#include <utility>

#include "impl/raft/server.hpp"

namespace plimsoll::raft {

void Server::read_index(const PlainMessage& request) {
  // RAFT-Q2: until then, the commit index may lag behind what earlier leaders have answered. Deviates: for
  // upstream a single voter is an exception, which answers at once. But a commit index need not be synced
  // (RAFT-S5), so after a crash it may be older than what was applied before.
  if (!committed_entry_in_current_term() && !has(Defect::R18)) {
    raft.pending_read_index_messages.push_back(request);
    return;
  }
  queue_read(request);
}

void Server::queue_read(const PlainMessage& request) {
  // A single voter has nobody to ask. Deviates: upstream does not look who it is. A leader that was removed
  // leads on (RAFT-M6), while the voter that is left may be elected, and commit, without anybody's noticing.
  const bool decides_alone = raft.tracker.is_singleton() && raft.tracker.config.voters.contains(raft.id);
  if (config.read_only == ReadOnlyOption::lease_based || decides_alone) {
    answer_read(request, raft.log.committed);
    return;
  }
  raft.read_only.add(raft.id, request, raft.log.committed);
  broadcast_heartbeat();
}

void Server::release_pending_reads() {
  if (!committed_entry_in_current_term()) {
    return;
  }
  for (const PlainMessage& request : std::exchange(raft.pending_read_index_messages, {})) {
    queue_read(request);
  }
}

void Server::acknowledge_reads(ServerId from, const base::Bytes& context) {
  if (config.read_only != ReadOnlyOption::safe || context.empty()) {
    return;
  }
  raft.read_only.acknowledge(from, context, config.defects);
  for (const PendingRead& read : raft.read_only.take_confirmed(raft.tracker.config.voters)) {
    answer_read(read.request, read.index);
  }
}

void Server::answer_read(const PlainMessage& request, Index index) {
  if (request.from == nobody || request.from == raft.id) {
    raft.read_states.push_back({index, request.entries.front().data});
    return;
  }
  PlainMessage response = message_to(request.from, MessageType::read_index_resp);
  response.index = index;
  response.entries = request.entries;
  send(std::move(response));
}

void Server::handle_read_index_response(const PlainMessage& message) {
  if (message.entries.size() == 1) {
    raft.read_states.push_back({message.index, message.entries.front().data});
  }
}

bool Server::committed_entry_in_current_term() const {
  return raft.log.term(storage, raft.log.committed) == raft.term;
}

}  // namespace plimsoll::raft
