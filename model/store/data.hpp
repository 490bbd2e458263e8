// What the store holds, and everything that can change it: puts, deletes, transactions, the end of a lease.
//
// Source: ETCD-1..4 and 9 of the semantics; etcd server/etcdserver/txn, server/storage/mvcc, server/lease
// (v3.5). Deviates: compares name one key, not a range, and transactions do not nest, since kv.hpp has no
// words for either.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "impl/base/describe_macro.hpp"
#include "impl/base/ids.hpp"
#include "impl/base/kv.hpp"

namespace plimsoll::model::store {

/// The present. Default: a fresh store, which is at revision 1 (ETCD-1).
///
/// Invariants: (1) no mod_revision is above `revision`; (2) a key's lease is 0 or in `leases`. Which keys a
/// lease would take with it is read off the keys, so there is nothing to keep in step.
struct Data {
  kv::Revision revision{1};
  std::map<std::string, kv::KeyValue> keys;
  std::map<kv::LeaseId, base::Ticks> leases;  ///< the live ones, with the TTL that a keep-alive restores
  PLIMSOLL_DESCRIBE(Data, revision, keys, leases)
};

/// One for each operation, in order.
using OperationResults = std::vector<std::variant<kv::RangeResult, kv::PutResult, kv::DeleteResult>>;

/// What operations did. Events are those of the one new revision, in order; none: nothing changed, and no
/// revision was used up (ETCD-1).
struct Executed {
  OperationResults results;
  std::vector<kv::Event> events;
};

/// Runs the operations in order, each seeing the effects of those before it; all writes get the same revision
/// (ETCD-1, 3).
/// @return the results, or lease_not_found with nothing changed if a put names a lease that is not live.
[[nodiscard]] tl::expected<Executed, kv::ErrorCode> execute(Data& data,
                                                            const std::vector<kv::Operation>& operations);

/// Whether a compare holds on the data as they are (ETCD-4).
[[nodiscard]] bool holds(const Data& data, const kv::Compare& compare);

/// Whether a put's key is put or deleted by another operation of the list. Such a branch is refused before it
/// is known whether it would run (ETCD-3), which is why one revision never changes a key twice. Source:
/// checkIntervals, server/etcdserver/api/v3rpc/key.go.
[[nodiscard]] bool changes_a_key_twice(const std::vector<kv::Operation>& operations);

/// Ends a lease: it is gone, and its keys with it, in sorted order and in one revision (ETCD-9).
/// Requires: the lease is live. Returns the events of that revision; none if no key was attached.
[[nodiscard]] std::vector<kv::Event> revoke(Data& data, kv::LeaseId lease);

}  // namespace plimsoll::model::store
