// Transactions: what they compare, which branches run, what is refused before anything is written, and what
// the operations do.
//
// Source: etcd server/etcdserver/apply.go (applierV3backend: Put, DeleteRange, Txn, compareToPath,
// checkRequests, applyTxn; v3.5), later server/etcdserver/txn/txn.go. Statements: ETCD-3, 4.
//
// Deviates: etcd stops the whole cluster if an operation fails after others have written, and one can: a put
// with ignore_value or ignore_lease of a key that an operation before it deletes, with a range that ends with
// the byte 0 (see check.cpp). Here it is refused before anything is written: key_not_found.
#pragma once

#include <vector>

#include <tl/expected.hpp>

#include "impl/base/kv.hpp"
#include "impl/store/defects.hpp"
#include "impl/store/lessor.hpp"
#include "impl/store/mvcc.hpp"

namespace plimsoll::store {

/// ETCD-4. On what is there now.
[[nodiscard]] bool holds(const Mvcc& store, const kv::Compare& compare);

/// Whether each transaction takes its success branch: the outermost first, then those nested in the branch
/// that it takes, in order, each followed by what is nested in it.
using TxnPath = std::vector<bool>;
/// All compares are made on what is there now, before any operation runs.
[[nodiscard]] TxnPath choose_path(const Mvcc& store, const kv::TxnRequest& request);

/// Whether all operations on the path can be done (ETCD-3). Errors, puts of the whole path first:
/// key_not_found, lease_not_found; then ranges: compacted, future_revision.
[[nodiscard]] tl::expected<void, kv::ErrorCode> check_path(const Mvcc& store, const Lessor& lessor,
                                                           const kv::TxnRequest& request, const TxnPath& path,
                                                           Defects defects = {});

/// What a request of the log did. If there is an error nothing was changed, but with E10 and E19.
template <class Result>
struct Done {
  tl::expected<Result, kv::ErrorCode> result = {};
  std::vector<kv::Event> events = {};
};

/// Errors: lease_not_found, key_not_found (in this order, which is not that of transactions).
[[nodiscard]] Done<kv::PutResult> execute(Mvcc& store, Lessor& lessor, kv::PutRequest request);
[[nodiscard]] Done<kv::DeleteResult> execute(Mvcc& store, Lessor& lessor, const kv::DeleteRequest& request);
/// Errors: those of check_path().
[[nodiscard]] Done<kv::TxnResult> execute(Mvcc& store, Lessor& lessor, kv::TxnRequest request,
                                          Defects defects = {});

/// A transaction that needs no entry in the log. Requires: is_read_only(request). Errors: compacted,
/// future_revision.
[[nodiscard]] tl::expected<kv::TxnResult, kv::ErrorCode> read(const Mvcc& store,
                                                              const kv::TxnRequest& request);

}  // namespace plimsoll::store
