#include "impl/raft/quorum.hpp"

#include <functional>

namespace plimsoll::raft {

Index MajorityConfig::majority_index(std::vector<Index>& indexes) {
  if (indexes.empty()) {
    return everything;
  }
  // Of n voters, n/2 + 1 are a majority: in falling order, everybody up to position n/2 has at least what is
  // there.
  const auto last_of_majority = indexes.begin() + static_cast<std::ptrdiff_t>(indexes.size() / 2);
  std::nth_element(indexes.begin(), last_of_majority, indexes.end(), std::greater<>());
  return *last_of_majority;
}

VoteResult MajorityConfig::vote_result(const Votes& votes) const {
  if (voters.empty()) {
    return VoteResult::won;
  }
  std::size_t granted = 0;
  std::size_t rejected = 0;
  for (const ServerId id : voters) {
    if (const auto vote = votes.find(id); vote != votes.end()) {
      ++(vote->second ? granted : rejected);
    }
  }
  const std::size_t majority = voters.size() / 2 + 1;
  if (granted >= majority) {
    return VoteResult::won;
  }
  // With an even number of voters, half of them saying no is enough to lose.
  return voters.size() - rejected >= majority ? VoteResult::pending : VoteResult::lost;
}

ServerSet JointConfig::ids() const {
  ServerSet all = incoming.voters;
  all.insert(outgoing.voters.begin(), outgoing.voters.end());
  return all;
}

VoteResult JointConfig::vote_result(const Votes& votes) const {
  const VoteResult one = incoming.vote_result(votes);
  const VoteResult other = outgoing.vote_result(votes);
  if (one == other) {
    return one;
  }
  return one == VoteResult::lost || other == VoteResult::lost ? VoteResult::lost : VoteResult::pending;
}

}  // namespace plimsoll::raft
