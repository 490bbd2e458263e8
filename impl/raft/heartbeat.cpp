// Time: election timers, heartbeats, and the leader's check that a quorum still hears it.
//
// Source: Raft paper 5.2; dissertation 6.2 (check quorum). Statements: RAFT-E9, RAFT-E10 (its end), RAFT-R3,
// RAFT-R8.
#include <algorithm>

#include "impl/raft/server.hpp"

namespace plimsoll::raft {
namespace {

PlainMessage own_message(const Raft& raft, MessageType type) {
  PlainMessage message;
  message.type = type;
  message.from = raft.id;
  return message;
}

}  // namespace

void Server::tick() {
  if (is_leader()) {
    tick_heartbeat();
  } else {
    tick_election();
  }
}

void Server::tick_election() {
  const std::uint32_t timeout =
      raft.randomized_election_timeout == 0 ? config.election_tick : raft.randomized_election_timeout;
  // Beyond the time-out and the lease the count says nothing more.
  raft.election_elapsed = std::min(raft.election_elapsed + 1, std::max(timeout, config.election_tick));
  if (promotable() && raft.election_elapsed >= timeout) {
    raft.election_elapsed = 0;
    handle(own_message(raft, MessageType::hup));
  }
}

void Server::tick_heartbeat() {
  ++raft.heartbeat_elapsed;
  ++raft.election_elapsed;
  if (raft.election_elapsed >= lease_ticks()) {
    raft.election_elapsed = 0;
    if (config.check_quorum) {
      handle(own_message(raft, MessageType::check_quorum));
    }
    // A transfer that has not succeeded by now is given up.
    raft.lead_transferee = nobody;
  }
  if (is_leader() && raft.heartbeat_elapsed >= config.heartbeat_tick) {
    raft.heartbeat_elapsed = 0;
    handle(own_message(raft, MessageType::beat));
  }
}

// A leader may trust its lease for as long as nobody else would be elected: one election time-out.
std::uint32_t Server::lease_ticks() const {
  return has(Defect::R20) ? 3 * config.election_tick : config.election_tick;
}

void Server::broadcast_heartbeat() {
  const base::Bytes context = raft.read_only.heartbeat_context(config.defects);
  for (auto& [id, progress] : raft.tracker.progress) {
    if (id == raft.id) {
      continue;
    }
    PlainMessage message = message_to(id, MessageType::heartbeat);
    // RAFT-R3: what follows match may differ in the follower's log, committed here or not.
    message.commit = has(Defect::R6) ? raft.log.committed : std::min(progress.match, raft.log.committed);
    message.context = context;
    progress.sent_commit = message.commit;
    send(std::move(message));
  }
}

void Server::check_quorum() {
  if (!raft.tracker.quorum_active(config.defects)) {
    become_follower(raft.term, nobody);
    return;
  }
  for (auto& [id, progress] : raft.tracker.progress) {
    progress.recent_active = id == raft.id;
  }
}

void Server::handle_heartbeat(const PlainMessage& message) {
  // Shows that acknowledged entries were lost. That ends the program, unless a defect explains it: then the
  // server is as good as crashed.
  if (!config.defects.empty() && message.commit > last_index()) {
    return;
  }
  raft.log.commit_to(storage, message.commit);
  PlainMessage response = message_to(message.from, MessageType::heartbeat_resp);
  response.context = message.context;
  send(std::move(response));
}

void Server::handle_heartbeat_response(const PlainMessage& message, Progress& progress) {
  progress.recent_active = true;
  progress.msg_app_flow_paused = false;
  // Even to a follower that has everything, if it is being probed: its answer lets replication go on
  // (RAFT-R9).
  if (progress.match < last_index() || progress.state == ProgressState::probe) {
    send_append(message.from);
  }
  acknowledge_reads(message.from, message.context);
}

// An append that was sent ahead is probably lost.
void Server::handle_unreachable(Progress& progress) {
  if (progress.state == ProgressState::replicate) {
    progress.become_probe();
  }
}

}  // namespace plimsoll::raft
