#include "properties/raft/world/acting_quorums.hpp"

#include <tuple>

#include "properties/raft/world/looks.hpp"

namespace plimsoll::properties::raft {
namespace {

using checker::Truth;
using checker::WorldView;
using core::Index;
using core::Raft;
using core::Role;
using core::Storage;

/// The voters' sets are few, so every way to part the servers is tried.
bool have_disjoint_quorums(const core::JointConfig& a, const core::JointConfig& b, const Assembly& assembly) {
  for (std::uint32_t chosen = 0; chosen < 1U << assembly.servers.size(); ++chosen) {
    core::Votes in;
    core::Votes out;
    for (const ServerPlaces& server : assembly.servers) {
      const bool is_in = (chosen >> (server.id.value - 1) & 1U) != 0;
      in.emplace(server.id, is_in);
      out.emplace(server.id, !is_in);
    }
    if (a.vote_result(in) == core::VoteResult::won && b.vote_result(out) == core::VoteResult::won) {
      return true;
    }
  }
  return false;
}

bool knows_of_unapplied_change(const Raft& raft, const KnownLog& log) {
  for (Index i = raft.log.applied + 1; i <= raft.log.committed; ++i) {
    const core::Entry* const entry = log.entry(i);
    if (entry != nullptr && entry->type != core::EntryType::normal) {
      return true;
    }
  }
  return false;
}

/// May the server still decide something under the configuration that it knows: commit, for a leader whose
/// term enough others have not left behind; be elected, for one whose log is good enough for enough others?
/// One that knows of a committed change and has not applied it does not campaign (RAFT-E1), but goes on with
/// a campaign that it has begun.
bool can_act(const WorldView& view, const ServerPlaces& server, const Assembly& assembly) {
  const Raft& raft = raft_of(view, server);
  const KnownLog log = log_of(view, server);
  const core::EntryId last = {log.term(log.last_index()), log.last_index()};
  core::Votes commits;
  core::Votes votes;
  for (const ServerPlaces& other : assembly.servers) {
    const Storage& stored = durable(view, other);
    commits.emplace(other.id, raft.role == Role::leader && stored.hard_state.term <= raft.term);
    const core::EntryId theirs = {*stored.term(stored.last_index()), stored.last_index()};
    votes.emplace(other.id, std::tie(last.term, last.index) >= std::tie(theirs.term, theirs.index));
  }
  const core::JointConfig& voters = raft.tracker.config.voters;
  const bool is_campaigning = raft.role == Role::candidate || raft.role == Role::pre_candidate;
  const bool may_campaign = is_campaigning || !knows_of_unapplied_change(raft, log);
  return voters.vote_result(commits) == core::VoteResult::won ||
         (may_campaign && voters.vote_result(votes) == core::VoteResult::won);
}

}  // namespace

Truth quorums_intersect(const WorldView& view, const Assembly& assembly) {
  std::vector<const core::JointConfig*> acting;
  for (const ServerPlaces& server : assembly.servers) {
    if (raft_of(view, server).id != core::nobody && can_act(view, server, assembly)) {
      acting.push_back(&raft_of(view, server).tracker.config.voters);
    }
  }
  Truth found = Truth::vacuous;
  for (std::size_t i = 0; i < acting.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (*acting[i] == *acting[k]) {
        continue;
      }
      if (have_disjoint_quorums(*acting[i], *acting[k], assembly)) {
        return Truth::violated;
      }
      found = Truth::holds;
    }
  }
  return found;
}

}  // namespace plimsoll::properties::raft
