// Leader election: roles, campaigns, votes.
//
// Source: Raft paper 5.2 and 5.4.1; dissertation 9.6 (pre-vote), 6.4.1 (leases), 3.10 (transfer). Statements:
// RAFT-E1 to RAFT-E5, RAFT-E8.
#include "impl/base/assert.hpp"
#include "impl/raft/server.hpp"

namespace plimsoll::raft {

// Every change of role but that to pre-candidate starts from here.
void Server::reset(Term term) {
  if (raft.term != term) {
    raft.term = term;
    raft.vote = nobody;
  }
  raft.lead = nobody;
  raft.lead_transferee = nobody;
  raft.election_elapsed = 0;
  raft.heartbeat_elapsed = 0;
  raft.randomized_election_timeout = 0;
  raft.pending_conf_index = 0;
  raft.uncommitted_size = 0;
  raft.read_only = {};
  raft.tracker.reset_votes();
  clear_progress();
}

// Only a leader knows how far the others are.
void Server::clear_progress() {
  for (auto& [id, progress] : raft.tracker.progress) {
    const bool is_learner = progress.is_learner;
    progress = {};
    progress.is_learner = is_learner;
  }
}

void Server::become_follower(Term term, ServerId lead) {
  reset(term);
  raft.role = Role::follower;
  raft.lead = lead;
}

// RAFT-E2: neither term nor vote change.
void Server::become_pre_candidate() {
  PLIMSOLL_ASSERT_KNOWN(!is_leader(), "invalid transition [leader -> pre-candidate]");
  raft.role = Role::pre_candidate;
  raft.tracker.reset_votes();
  if (!has(Defect::R10)) {
    raft.lead = nobody;
  }
}

void Server::become_candidate() {
  PLIMSOLL_ASSERT_KNOWN(!is_leader(), "invalid transition [leader -> candidate]");
  reset(raft.term + 1);
  raft.role = Role::candidate;
  raft.vote = raft.id;
}

// RAFT-E8.
void Server::become_leader() {
  PLIMSOLL_ASSERT_KNOWN(raft.role != Role::follower, "invalid transition [follower -> leader]");
  reset(raft.term);
  raft.role = Role::leader;
  raft.lead = raft.id;
  const Index last = last_index();
  for (auto& [id, progress] : raft.tracker.progress) {
    progress.next = last + 1;
  }
  Progress& own = raft.tracker.progress.at(raft.id);
  own.match = last;
  own.become_replicate();
  own.recent_active = true;
  // Some entry up to here may be a configuration change: another one waits until all of them are applied,
  // which is cheaper than looking. R1: a change of an earlier term is forgotten.
  raft.pending_conf_index = has(Defect::R1) ? 0 : last;
  const bool appended = append_entries({Entry{}});
  PLIMSOLL_ASSERT_KNOWN(appended, "empty entry was dropped");
}

bool Server::promotable() const {
  const Progress* const own = raft.tracker.find(raft.id);
  return own != nullptr && !own->is_learner && !raft.log.unstable.snapshot;
}

// RAFT-E1.
void Server::hup(Campaign kind) {
  if (is_leader() || !promotable() || has_unapplied_conf_changes()) {
    return;
  }
  campaign(kind);
}

void Server::campaign(Campaign kind) {
  const bool only_asks = kind == Campaign::pre_election;
  if (only_asks) {
    become_pre_candidate();
  } else {
    become_candidate();
  }
  const EntryId last = raft.log.last_entry_id(storage);
  for (const ServerId voter : raft.tracker.voters()) {
    PlainMessage message = message_to(voter, only_asks ? MessageType::pre_vote : MessageType::vote);
    // RAFT-E2: a pre-vote asks about the term that comes next.
    message.term = only_asks ? raft.term + 1 : raft.term;
    if (voter == raft.id) {
      // Its own vote counts once it is durable, like any other's.
      message.type = only_asks ? MessageType::pre_vote_resp : MessageType::vote_resp;
    } else {
      message.index = last.index;
      message.log_term = last.term;
      message.context = kind == Campaign::transfer ? base::Bytes(campaign_transfer) : base::Bytes();
    }
    send(std::move(message));
  }
}

bool Server::in_lease() const {
  return config.check_quorum && raft.lead != nobody && raft.election_elapsed < config.election_tick;
}

// RAFT-E3. Learners vote, too (RAFT-E4): a server may have been promoted without knowing it yet.
bool Server::may_vote_for(const PlainMessage& message) const {
  if (has(Defect::R7) && raft.is_learner()) {
    return false;
  }
  const bool free_to_vote = raft.vote == message.from || (raft.vote == nobody && raft.lead == nobody) ||
                            (message.type == MessageType::pre_vote && message.term > raft.term);
  return free_to_vote && raft.log.is_up_to_date(storage, {message.log_term, message.index});
}

void Server::handle_vote_request(const PlainMessage& message) {
  const bool is_real = message.type == MessageType::vote;
  PlainMessage response =
      message_to(message.from, is_real ? MessageType::vote_resp : MessageType::pre_vote_resp);
  response.reject = !may_vote_for(message);
  // The term of a pre-vote lies ahead: the candidate knows its own question by it, and takes a rejection's
  // term for a reason to stand back.
  response.term = response.reject ? raft.term : message.term;
  if (!response.reject && is_real) {
    raft.election_elapsed = 0;
    raft.vote = message.from;
  }
  send(std::move(response));
}

void Server::handle_vote_response(const PlainMessage& message) {
  raft.tracker.record_vote(message.from, !message.reject);
  switch (raft.tracker.tally_votes(config.defects).result) {
    case VoteResult::won:
      if (raft.role == Role::pre_candidate) {
        campaign(Campaign::election);
      } else {
        become_leader();
        broadcast_append();
      }
      return;
    case VoteResult::lost:
      become_follower(raft.term, nobody);
      return;
    case VoteResult::pending:
      return;
  }
}

}  // namespace plimsoll::raft
