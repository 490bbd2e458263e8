// For tests: quorums by their definition, with sets as bits, to compare the real ones with.
//
// Bit i of a mask is server i + 1. Everything is enumerated, so keep to a handful of servers.
#pragma once

#include <bit>
#include <cstdint>

#include "impl/raft/quorum.hpp"

namespace plimsoll::raft::bed {

using Mask = std::uint32_t;

[[nodiscard]] inline ServerSet servers(Mask mask) {
  ServerSet set;
  for (Mask left = mask; left != 0; left &= left - 1) {
    set.insert({static_cast<std::uint64_t>(std::countr_zero(left)) + 1});
  }
  return set;
}

[[nodiscard]] inline Mask mask_of(const ServerSet& set) {
  Mask mask = 0;
  for (const ServerId id : set) {
    mask |= Mask{1} << (id.value - 1);
  }
  return mask;
}

/// More than half of `voters` are in `set`; of no voters, nobody is needed.
[[nodiscard]] inline bool has_majority(Mask set, Mask voters) {
  return voters == 0 || 2 * std::popcount(set & voters) > std::popcount(voters);
}

[[nodiscard]] inline bool is_quorum(Mask set, const JointConfig& config) {
  return has_majority(set, mask_of(config.incoming.voters)) &&
         has_majority(set, mask_of(config.outgoing.voters));
}

/// Whether each quorum of one has a server in common with each of the other, among `everybody`.
[[nodiscard]] inline bool quorums_intersect(const JointConfig& one, const JointConfig& other,
                                            Mask everybody) {
  for (Mask set = 0; set <= everybody; ++set) {
    // The largest set that does not meet `set` is enough: a quorum stays one when it grows.
    if (is_quorum(set, one) && is_quorum(everybody & ~set, other)) {
      return false;
    }
  }
  return true;
}

}  // namespace plimsoll::raft::bed
