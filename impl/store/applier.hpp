// One entry of the log and what it does: to the rows, the leases and the consistent index, all in one batch.
//
// Source: etcd server/etcdserver/server.go (applyEntryNormal, applyConfChange), apply.go (v3.5). Statements:
// ETCD-3, 8, 9. What an entry changes depends on the entries before it and on nothing else, so that members
// that have applied the same ones are equal; the answer may depend on the member (quota.hpp), and so may
// timers, which only the primary lessor has.
#pragma once

#include <optional>
#include <vector>

#include "impl/base/kv.hpp"
#include "impl/raft/types.hpp"
#include "impl/store/defects.hpp"
#include "impl/store/internal_request.hpp"
#include "impl/store/lessor.hpp"
#include "impl/store/mvcc.hpp"

namespace plimsoll::store {

/// What is the same for all entries.
struct ApplierConfig {
  LessorConfig leases = {};
  std::uint64_t quota_bytes = 0;  ///< of the database; 0: no limit
  Defects defects = {};
};

/// What an entry did.
struct Applied {
  using Result = decltype(kv::Response::result);

  ProposalId id = {};          ///< whose proposal it was; member nobody: no client's
  Result result = {};          ///< for that client; of a configuration change, an empty MemberListResult
  kv::Revision revision = {};  ///< the store's, afterwards
  std::vector<kv::Event> events = {};  ///< of that revision, in order; none: nothing was changed
  LeaseTimerChanges timers = {};
  kv::LeaseId revoked = {};  ///< 0: none. WaitingRenewals of the lease are to be resumed
  bool is_empty = false;     ///< a leader's first entry: it has applied all that earlier leaders left
};

/// Applies entries in order. Holds references; make one where it is needed.
class Applier {
 public:
  Applier(const ApplierConfig& config, Mvcc& store, Lessor& lessor)
      : config_(config), store_(store), lessor_(lessor) {}

  /// A normal entry, with data or without. Nothing, and nothing is changed, if the consistent index says that
  /// it was applied before (ETCD-8). Linear in what it changes, times the logarithm of the store's size.
  [[nodiscard]] std::optional<Applied> apply(const raft::Entry& entry);
  /// As apply(entry), for whoever has decoded the entry or made the request itself.
  [[nodiscard]] std::optional<Applied> apply(raft::Index index, raft::Term term, InternalRequest request);
  /// An entry with a configuration change, of which Raft says that it leads to `conf_state`. Requires: the
  /// context of the change is empty or a ProposalId.
  [[nodiscard]] std::optional<Applied> apply_conf_change(const raft::Entry& entry,
                                                         raft::ConfState conf_state);

 private:
  [[nodiscard]] bool is_applied(raft::Index index) const;

  const ApplierConfig& config_;
  Mvcc& store_;
  Lessor& lessor_;
};

}  // namespace plimsoll::store
