// Transactions: which branches run, whether they may, and what comes out. Every read and write of the store
// is one; a request of its own is a transaction with one operation.
//
// Source: ETCD-3, 4 and 5 of the semantics; etcd server/etcdserver/txn (v3.5), apply.go (v3.4).
// Deviates: etcd stops if a put is to keep the value or the lease of a key that its own transaction has
// removed before, which the checks of check.hpp let pass in two cases. Here the transaction is refused.
#pragma once

#include <vector>

#include <tl/expected.hpp>

#include "impl/base/kv.hpp"
#include "model/store/config.hpp"
#include "model/store/data.hpp"
#include "model/store/history.hpp"

namespace plimsoll::model::store {

/// What a transaction did. Events are those of the one new revision, in order; none: nothing changed, and no
/// revision was used up (ETCD-1).
struct Executed {
  kv::TxnResult result = {};
  std::vector<kv::Event> events = {};
};

/// Chooses all branches by the state before, then looks whether every operation on them can be carried out,
/// then runs them in order, each operation seeing the effects of those before it; all writes get one
/// revision. Requires: the request is not refused by check.hpp.
/// @return an error, with nothing changed: lease_not_found, key_not_found (a put that ignores the value or
/// the lease), compacted, future_revision.
[[nodiscard]] tl::expected<Executed, kv::ErrorCode> execute(const Config& config, Data& data,
                                                            const History& history,
                                                            const kv::TxnRequest& txn);

/// Whether a compare holds on the keys as they are (ETCD-4).
[[nodiscard]] bool holds(const Data& data, const kv::Compare& compare);

}  // namespace plimsoll::model::store
