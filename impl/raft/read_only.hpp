// Reads that wait until a quorum has confirmed that their leader still was the leader when they came.
//
// Source: dissertation 6.4 (read index); etcd-io/raft read_only.go as of v3.7 (PR #397, issue
// https://github.com/etcd-io/etcd/issues/20418). Requests queue in order of arrival. A heartbeat carries the
// position of the last request before it, and its response confirms every request up to there: an answer can
// never confirm a request that came later, whatever key the caller gave it. Positions are counted for as long
// as a leader leads.
//
// Statements: RAFT-Q1, RAFT-Q2. Complexity: linear in the requests confirmed. Thread-safety: a value.
#pragma once

#include "impl/raft/defects.hpp"
#include "impl/raft/quorum.hpp"

namespace plimsoll::raft {

/// A read may be served once everything up to `index` is applied.
struct ReadState {
  Index index = 0;
  base::Bytes request_context;  ///< the caller's key
  PLIMSOLL_DESCRIBE(ReadState, index, request_context)
};

struct PendingRead {
  PlainMessage request;
  Index index = 0;  ///< committed when it came
  PLIMSOLL_DESCRIBE(PendingRead, request, index)
};

/// Invariants: queue holds the requests at positions last_position - queue.size() + 1 to last_position.
struct ReadOnly {
  std::vector<PendingRead> queue;          ///< oldest first
  std::uint64_t last_position = 0;         ///< requests queued in this term of leadership
  std::map<ServerId, std::uint64_t> acks;  ///< the highest position that each server has confirmed
  PLIMSOLL_DESCRIBE(ReadOnly, queue, last_position, acks)

  /// A request came to `leader`, which confirms it at once; `committed` is its commit index.
  void add(ServerId leader, PlainMessage request, Index committed);
  /// What the next heartbeat carries; empty if nothing waits.
  [[nodiscard]] base::Bytes heartbeat_context(Defects defects) const;
  /// `from` answered a heartbeat that carried `context`. A context that is none of ours is ignored.
  void acknowledge(ServerId from, const base::Bytes& context, Defects defects);
  /// Takes out, in order, the requests that a quorum of `voters` has confirmed.
  [[nodiscard]] std::vector<PendingRead> take_confirmed(const JointConfig& voters);

 private:
  [[nodiscard]] std::uint64_t position_of(const base::Bytes& context, Defects defects) const;
};

}  // namespace plimsoll::raft
