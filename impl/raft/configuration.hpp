// The configuration of a cluster: who votes, who only learns, and what is under way.
//
// Source: etcd-io/raft tracker.Config; dissertation 4.2.1 (learners) and 4.3 (joint consensus). A
// configuration takes effect when the entry that holds it is applied (RAFT-M1).
#pragma once

#include "impl/raft/quorum.hpp"
#include "impl/raft/types.hpp"

namespace plimsoll::raft {

/// Invariants, which check_membership() in membership.hpp tests: learners are no voters; learners_next are
/// outgoing voters; learners_next is empty and auto_leave is false unless the configuration is joint.
struct Configuration {
  JointConfig voters = {};
  ServerSet learners = {};       ///< receive the log, never count (RAFT-R5)
  ServerSet learners_next = {};  ///< outgoing voters that become learners in the end (RAFT-M4)
  bool auto_leave = false;       ///< the leader proposes to leave the joint configuration by itself (RAFT-M5)
  PLIMSOLL_DESCRIBE(Configuration, voters, learners, learners_next, auto_leave)

  [[nodiscard]] bool joint() const { return voters.joint(); }
};

/// The same, as snapshots carry it, and back. Each is the other's inverse.
[[nodiscard]] ConfState to_conf_state(const Configuration& configuration);
[[nodiscard]] Configuration to_configuration(const ConfState& conf_state);

}  // namespace plimsoll::raft
