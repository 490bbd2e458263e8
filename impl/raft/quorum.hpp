// Quorums: what a majority has acknowledged, and how a vote stands, for one majority and for two at once.
//
// Source: Ongaro's dissertation, 4.3 (joint consensus); etcd-io/raft quorum/. A joint configuration decides
// what both of its halves decide. The empty half decides everything, so that a configuration that is not
// joint is one whose outgoing half is empty.
//
// Complexity: n log n of the number of voters. Thread-safety: values.
#pragma once

#include <algorithm>
#include <map>
#include <optional>

#include "impl/raft/types.hpp"

namespace plimsoll::raft {

enum class VoteResult : std::uint8_t {
  pending,  ///< neither won nor lost: it depends on those who have not voted
  lost,     ///< so many said no that it cannot be won any more
  won,      ///< a quorum said yes
};
PLIMSOLL_DESCRIBE_ENUM(VoteResult, pending, lost, won)

/// Who said yes (true) or no (false); who is missing has not voted.
using Votes = std::map<ServerId, bool>;

/// What an empty majority has committed: everything.
inline constexpr Index everything = std::numeric_limits<Index>::max();

/// A set of voters that decides by majority.
struct MajorityConfig {
  ServerSet voters = {};
  PLIMSOLL_DESCRIBE(MajorityConfig, voters)

  [[nodiscard]] bool contains(ServerId id) const { return voters.contains(id); }
  [[nodiscard]] bool empty() const { return voters.empty(); }

  /// The largest index that a majority has acknowledged, or `everything` for the empty set. `acked(id)` is
  /// the std::optional<Index> that a voter has acknowledged; nothing counts as 0.
  template <class Acked>
  [[nodiscard]] Index committed_index(const Acked& acked) const {
    std::vector<Index> indexes;
    indexes.reserve(voters.size());
    for (const ServerId id : voters) {
      const std::optional<Index> index = acked(id);
      indexes.push_back(index.value_or(0));
    }
    return majority_index(indexes);
  }

  /// How the vote stands; `won` for the empty set. Votes of others than the voters do not count.
  [[nodiscard]] VoteResult vote_result(const Votes& votes) const;

 private:
  /// Reorders `indexes`.
  static Index majority_index(std::vector<Index>& indexes);
};

/// Two majorities that must agree. `outgoing` is empty unless the configuration is joint.
struct JointConfig {
  MajorityConfig incoming = {};  ///< the configuration in force, or the one to come
  MajorityConfig outgoing = {};  ///< the one that is being left
  PLIMSOLL_DESCRIBE(JointConfig, incoming, outgoing)

  [[nodiscard]] bool joint() const { return !outgoing.empty(); }
  [[nodiscard]] bool contains(ServerId id) const { return incoming.contains(id) || outgoing.contains(id); }
  /// The voters of either half.
  [[nodiscard]] ServerSet ids() const;

  /// The largest index that is committed in both halves (RAFT-R5).
  template <class Acked>
  [[nodiscard]] Index committed_index(const Acked& acked) const {
    return std::min(incoming.committed_index(acked), outgoing.committed_index(acked));
  }

  /// Won if won in both halves, lost if lost in one of them.
  [[nodiscard]] VoteResult vote_result(const Votes& votes) const;
};

}  // namespace plimsoll::raft
