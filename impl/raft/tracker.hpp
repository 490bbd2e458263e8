// What a node tracks of the others: the configuration, the progress of its members, and the votes of an
// election.
//
// Source: etcd-io/raft tracker/tracker.go. Progress is complete for the members at any time; a follower's
// values have no meaning, and Raft resets them where a role begins.
#pragma once

#include "impl/raft/defects.hpp"
#include "impl/raft/membership.hpp"

namespace plimsoll::raft {

/// Voters' answers counted, and what they decide.
struct Tally {
  std::uint64_t granted = 0;
  std::uint64_t rejected = 0;
  VoteResult result = VoteResult::pending;
};

struct ProgressTracker {
  Configuration config = {};
  ProgressMap progress = {};  ///< ordered by id: whoever visits the members does so in this order
  Votes votes = {};           ///< of the election under way; empty otherwise
  PLIMSOLL_DESCRIBE(ProgressTracker, config, progress, votes)

  [[nodiscard]] Membership membership() const { return {config, progress}; }
  void set_membership(Membership membership);
  [[nodiscard]] ConfState conf_state() const { return to_conf_state(config); }

  /// nullptr for a server that is no member.
  [[nodiscard]] Progress* find(ServerId id);
  [[nodiscard]] const Progress* find(ServerId id) const;

  /// One voter, and not joint.
  [[nodiscard]] bool is_singleton() const;
  /// The voters of both halves, and the learners; in order of ids.
  [[nodiscard]] ServerSet voters() const { return config.voters.ids(); }
  [[nodiscard]] const ServerSet& learners() const { return config.learners; }

  /// The largest index that both majorities have acknowledged (RAFT-R5).
  [[nodiscard]] Index committed(Defects defects = {}) const;
  /// Both majorities are recently active (RAFT-E9). The caller has marked itself as active.
  [[nodiscard]] bool quorum_active(Defects defects = {}) const;

  void reset_votes() { votes.clear(); }
  /// The first answer of a server counts.
  void record_vote(ServerId id, bool granted) { votes.emplace(id, granted); }
  /// Counts are of members that are no learners; the result is by majorities.
  [[nodiscard]] Tally tally_votes(Defects defects = {}) const;

  /// How a set of answers stands in the configuration in force; for acknowledgements of reads, too (RAFT-Q1).
  [[nodiscard]] VoteResult vote_result(const Votes& answers, Defects defects = {}) const;
};

}  // namespace plimsoll::raft
