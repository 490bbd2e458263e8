// What every message goes through: its term first (Raft paper 5.1), then the role that handles it.
//
// Statements: RAFT-E6 (higher terms), RAFT-E7 (lower terms), RAFT-R6 (what waits for durability), RAFT-S4.
#include "impl/base/assert.hpp"
#include "impl/raft/server.hpp"

namespace plimsoll::raft {
namespace {

using Type = MessageType;

bool is_vote_message(Type type) {
  return type == Type::vote || type == Type::vote_resp || type == Type::pre_vote ||
         type == Type::pre_vote_resp;
}

// Only a leader sends these, so their sender is the leader of their term.
bool is_from_leader(Type type) {
  return type == Type::app || type == Type::heartbeat || type == Type::snap;
}

// Whoever gets one of these relies on what its sender has written.
bool waits_for_append(Type type) {
  return type == Type::app_resp || type == Type::vote_resp || type == Type::pre_vote_resp;
}

}  // namespace

StepResult Server::step(const PlainMessage& message) {
  if (message.term > raft.term && !enter_higher_term(message)) {
    return {};
  }
  // A message of term 0 is local, or one that is forwarded whatever the term.
  if (message.term != 0 && message.term < raft.term) {
    answer_lower_term(message);
    return {};
  }
  switch (message.type) {
    case Type::hup:
      // R11: candidates ask nobody, and raise their term.
      hup(config.pre_vote && !has(Defect::R11) ? Campaign::pre_election : Campaign::election);
      return {};
    case Type::storage_append_resp:
      handle_storage_append_response(message);
      return {};
    case Type::storage_apply_resp:
      handle_storage_apply_response(message);
      return {};
    case Type::vote:
    case Type::pre_vote:
      handle_vote_request(message);
      return {};
    default:
      break;
  }
  switch (raft.role) {
    case Role::leader:
      return step_leader(message);
    case Role::follower:
      return step_follower(message);
    default:
      return step_candidate(message);
  }
}

// Returns whether the message is to be handled at all.
bool Server::enter_higher_term(const PlainMessage& message) {
  const bool is_request = message.type == Type::vote || message.type == Type::pre_vote;
  if (is_request && in_lease() && message.context != campaign_transfer) {
    return false;
  }
  // A pre-vote's term is one that nobody has entered; that of a granted answer is the one that was asked
  // about.
  if (message.type == Type::pre_vote || (message.type == Type::pre_vote_resp && !message.reject)) {
    return true;
  }
  become_follower(message.term, is_from_leader(message.type) ? message.from : nobody);
  return true;
}

void Server::answer_lower_term(const PlainMessage& message) {
  switch (message.type) {
    case Type::heartbeat:
    case Type::app: {
      // A server that raised its term alone ignores its leader, and pre-votes or leases keep it from being
      // elected: its term, in an answer, is what ends this.
      const bool silent = has(Defect::R9) && !config.check_quorum;
      if ((config.check_quorum || config.pre_vote) && !silent) {
        send(message_to(message.from, Type::app_resp));
      }
      return;
    }
    case Type::pre_vote: {
      // A candidate whose term is lower cannot win, and would not learn why.
      PlainMessage response = message_to(message.from, Type::pre_vote_resp);
      response.term = raft.term;
      response.reject = true;
      if (!has(Defect::R8)) {
        send(std::move(response));
      }
      return;
    }
    case Type::storage_append_resp:
      // The entries written may have been overwritten in a later term and be on their way to storage again,
      // with the same index and term (an ABA). A snapshot is committed, whatever the term.
      if (has(Defect::R12)) {
        handle_storage_append_response(message);
      } else if (message.snapshot) {
        applied_snapshot(*message.snapshot);
      }
      return;
    default:
      return;
  }
}

StepResult Server::step_leader(const PlainMessage& message) {
  switch (message.type) {
    case Type::beat:
      broadcast_heartbeat();
      return {};
    case Type::check_quorum:
      check_quorum();
      return {};
    case Type::prop:
      return propose(message);
    case Type::read_index:
      read_index(message);
      return {};
    default:
      break;
  }
  if (Progress* const progress = raft.tracker.find(message.from); progress != nullptr) {
    step_leader_for(message, *progress);
  }
  return {};
}

void Server::step_leader_for(const PlainMessage& message, Progress& progress) {
  switch (message.type) {
    case Type::app_resp:
      handle_append_response(message, progress);
      return;
    case Type::heartbeat_resp:
      handle_heartbeat_response(message, progress);
      return;
    case Type::snap_status:
      handle_snapshot_status(message, progress);
      return;
    case Type::unreachable:
      handle_unreachable(progress);
      return;
    case Type::transfer_leader:
      transfer_leadership(message.from, progress);
      return;
    default:
      return;
  }
}

StepResult Server::step_candidate(const PlainMessage& message) {
  switch (message.type) {
    case Type::prop:
      return tl::unexpected(RaftError::proposal_dropped);
    case Type::app:
    case Type::heartbeat:
    case Type::snap:
      // There is a leader of this very term.
      become_follower(message.term, message.from);
      handle_from_leader(message);
      return {};
    case Type::vote_resp:
    case Type::pre_vote_resp:
      // Answers to the pre-vote before this candidacy may still arrive, in the same term.
      if ((message.type == Type::pre_vote_resp) == (raft.role == Role::pre_candidate)) {
        handle_vote_response(message);
      }
      return {};
    default:
      return {};
  }
}

StepResult Server::step_follower(const PlainMessage& message) {
  switch (message.type) {
    case Type::prop:
      return forward_proposal(message);
    case Type::app:
    case Type::heartbeat:
    case Type::snap:
      raft.election_elapsed = 0;
      raft.lead = message.from;
      handle_from_leader(message);
      return {};
    case Type::transfer_leader:
    case Type::read_index:
      forward_to_leader(message);
      return {};
    case Type::forget_leader:
      forget_leader();
      return {};
    case Type::timeout_now:
      // Never a pre-vote: no partition is being recovered from, and the leader wants it.
      hup(Campaign::transfer);
      return {};
    case Type::read_index_resp:
      handle_read_index_response(message);
      return {};
    default:
      return {};
  }
}

void Server::handle_from_leader(const PlainMessage& message) {
  if (message.type == Type::app) {
    handle_append_entries(message);
  } else if (message.type == Type::heartbeat) {
    handle_heartbeat(message);
  } else {
    handle_snapshot(message);
  }
}

void Server::handle_storage_append_response(const PlainMessage& message) {
  if (message.index != 0) {
    raft.log.unstable.stable_to({message.log_term, message.index});
  }
  if (message.snapshot) {
    applied_snapshot(*message.snapshot);
  }
}

void Server::handle_storage_apply_response(const PlainMessage& message) {
  if (!message.entries.empty()) {
    applied_to(message.entries.back().index, wire_size(message.entries));
    reduce_uncommitted_size(payload_size(message.entries));
  }
}

void Server::send(PlainMessage message) {
  if (message.from == nobody) {
    message.from = raft.id;
  }
  // A vote message says which term it is about; a proposal or read is good in whatever term it arrives.
  PLIMSOLL_ASSERT_KNOWN(is_vote_message(message.type) == (message.term != 0),
                        base::enumerator_text(message.type));
  if (!is_vote_message(message.type) && message.type != Type::prop && message.type != Type::read_index) {
    message.term = raft.term;
  }
  const bool to_itself = message.to == raft.id;
  const bool too_early = !to_itself && ((has(Defect::R3) && message.type == Type::vote_resp) ||
                                        (has(Defect::R4) && message.type == Type::app_resp));
  if (waits_for_append(message.type) && !too_early) {
    raft.messages_after_append.push_back(std::move(message));
    return;
  }
  PLIMSOLL_ASSERT_KNOWN(!to_itself, "message should not be self-addressed when sending");
  raft.messages.push_back(std::move(message));
}

}  // namespace plimsoll::raft
