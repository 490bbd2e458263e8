#include "impl/raft/tracker.hpp"

namespace plimsoll::raft {
namespace {

// The mistake of R2: one majority of everybody, where each half must have its own.
MajorityConfig everybody(const JointConfig& voters) {
  return {voters.ids()};
}

}  // namespace

void ProgressTracker::set_membership(Membership membership) {
  config = std::move(membership.config);
  progress = std::move(membership.progress);
}

Progress* ProgressTracker::find(ServerId id) {
  const auto found = progress.find(id);
  return found == progress.end() ? nullptr : &found->second;
}

const Progress* ProgressTracker::find(ServerId id) const {
  const auto found = progress.find(id);
  return found == progress.end() ? nullptr : &found->second;
}

bool ProgressTracker::is_singleton() const {
  return config.voters.incoming.voters.size() == 1 && !config.joint();
}

Index ProgressTracker::committed(Defects defects) const {
  const auto acked = [this](ServerId id) -> std::optional<Index> {
    const Progress* member = find(id);
    return member == nullptr ? std::nullopt : std::optional<Index>(member->match);
  };
  if (defects.has(Defect::R2)) {
    return everybody(config.voters).committed_index(acked);
  }
  return config.voters.committed_index(acked);
}

bool ProgressTracker::quorum_active(Defects defects) const {
  Votes active;
  for (const auto& [id, member] : progress) {
    if (!member.is_learner) {
      active.emplace(id, member.recent_active);
    }
  }
  return vote_result(active, defects) == VoteResult::won;
}

Tally ProgressTracker::tally_votes(Defects defects) const {
  Tally tally;
  for (const auto& [id, granted] : votes) {
    const Progress* member = find(id);
    if (member != nullptr && !member->is_learner) {
      ++(granted ? tally.granted : tally.rejected);
    }
  }
  tally.result = vote_result(votes, defects);
  return tally;
}

VoteResult ProgressTracker::vote_result(const Votes& answers, Defects defects) const {
  if (defects.has(Defect::R2)) {
    return everybody(config.voters).vote_result(answers);
  }
  return config.voters.vote_result(answers);
}

}  // namespace plimsoll::raft
