// The window of append messages that a follower has not acknowledged yet.
//
// Source: etcd-io/raft tracker/inflights.go. Upstream keeps a ring of fixed capacity and its limits in each
// window; here the limits are part of the node's Config, and the window is exactly what is in it, so that
// equal windows are equal values.
//
// Complexity: add is constant, free_le linear in the window. Thread-safety: a value.
#pragma once

#include "impl/raft/defects.hpp"
#include "impl/raft/types.hpp"

namespace plimsoll::raft {

/// How much may be under way to one follower. Part of a Config.
struct InflightLimits {
  std::uint64_t messages = std::numeric_limits<std::uint64_t>::max();  ///< at least 1
  std::uint64_t bytes = 0;  ///< of entries' data; 0: no limit. The message that crosses it is still sent.
};

/// An append message that has been sent.
struct Inflight {
  Index index = 0;          ///< of its last entry
  std::uint64_t bytes = 0;  ///< of its entries' data
  PLIMSOLL_DESCRIBE(Inflight, index, bytes)
};

/// Invariants: the indexes never decrease; `bytes` is the sum over the window.
struct Inflights {
  std::vector<Inflight> window = {};  ///< oldest first
  std::uint64_t bytes = 0;
  PLIMSOLL_DESCRIBE(Inflights, window, bytes)

  [[nodiscard]] std::uint64_t count() const { return window.size(); }
  [[nodiscard]] bool full(const InflightLimits& limits) const {
    return count() >= limits.messages || (limits.bytes != 0 && bytes >= limits.bytes);
  }
  /// A message was sent whose last entry has `index`. Requires: not full (the caller asks first), `index` not
  /// below the last one.
  void add(Index index, std::uint64_t message_bytes);
  /// The follower acknowledged `to`: drops every message that ends there or before.
  void free_le(Index to, Defects defects = {});
  void clear() { *this = {}; }
};

}  // namespace plimsoll::raft
