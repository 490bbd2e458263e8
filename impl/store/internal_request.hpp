// What the entries of the log say: requests that change the store, as the members agree on them.
//
// Source: etcd api/etcdserverpb/raft_internal.proto (InternalRaftRequest, v3.5). Deviates: what no member
// proposes is left out (users, roles, alarms, ranges).
#pragma once

#include <compare>
#include <cstdint>
#include <variant>
#include <vector>

#include "impl/base/describe_macro.hpp"
#include "impl/base/kv.hpp"
#include "impl/raft/types.hpp"

namespace plimsoll::store {

/// Names a proposal, so that the member that made it knows its entry when it is applied. `counter` is never
/// used twice by a member, restarts included.
struct ProposalId {
  raft::ServerId member = raft::nobody;
  std::uint64_t counter = 0;
  PLIMSOLL_DESCRIBE(ProposalId, member, counter)
};

/// A lease had so much time left, seen by the primary lessor; 0: it was renewed.
struct LeaseCheckpoint {
  kv::LeaseId id = {};
  base::Ticks remaining = {};
  PLIMSOLL_DESCRIBE(LeaseCheckpoint, id, remaining)
};
struct LeaseCheckpointRequest {
  std::vector<LeaseCheckpoint> checkpoints = {};
  PLIMSOLL_DESCRIBE(LeaseCheckpointRequest, checkpoints)
};

/// The data of a normal entry, encoded as described values are. Configuration changes have a ProposalId for
/// their context; empty entries, and changes that leave a joint configuration, are nobody's proposals.
struct InternalRequest {
  ProposalId id = {};
  std::variant<kv::PutRequest, kv::DeleteRequest, kv::TxnRequest, kv::CompactRequest, kv::LeaseGrantRequest,
               kv::LeaseRevokeRequest, LeaseCheckpointRequest>
      body = {};
  PLIMSOLL_DESCRIBE(InternalRequest, id, body)
};

}  // namespace plimsoll::store
