// The invariants of RaftSpec: true in every state it can reach, and of every step.
//
// Source: figure 3 of Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm" (2014), and
// the invariants of Raft in the semantics. Cost: quadratic in the logs.
#pragma once

#include "model/raft/raft_spec.hpp"

namespace plimsoll::model::raft {

/// ElectionSafety: a term has at most one leader.
[[nodiscard]] bool one_leader_a_term(const RaftState& state);
/// LogMatching: logs whose entries at an index have the same term are the same up to there.
[[nodiscard]] bool logs_match(const RaftState& state);
/// LeaderCompleteness: what a leader has committed is in the logs of the leaders of all later terms.
[[nodiscard]] bool later_leaders_have_what_is_committed(const RaftState& state);
/// StateMachineSafety: of what two know to be committed, one begins with the other.
[[nodiscard]] bool committed_entries_agree(const RaftState& state);
/// Leaders who can still commit entries, and servers that can still be elected, do so under configurations no
/// two of which have disjoint quorums.
[[nodiscard]] bool quorums_intersect(const RaftSpec& spec, const RaftState& state);

/// LeaderAppendOnly, of a step.
[[nodiscard]] bool leaders_only_append(const RaftState& before, const RaftState& after);
/// Of a step: nobody's term falls, and nobody who has voted in a term votes differently in it.
[[nodiscard]] bool terms_and_votes_stay(const RaftState& before, const RaftState& after);
/// Of a step: what a server or leader knows to be committed stays in its log, and no commit index falls
/// unless `restarted`.
[[nodiscard]] bool commits_stay(const RaftState& before, const RaftState& after, bool restarted);

}  // namespace plimsoll::model::raft
