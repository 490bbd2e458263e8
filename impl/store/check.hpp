// Which requests a member refuses before it proposes anything: what can be told from the request alone.
//
// Source: etcd server/etcdserver/api/v3rpc/key.go (v3.5). Statement: ETCD-3, last sentence.
//
// Complexity: n log n in the operations of a transaction, times its deletes. Thread-safety: pure functions.
#pragma once

#include <cstddef>

#include <tl/expected.hpp>

#include "impl/base/kv.hpp"

namespace plimsoll::store {

/// etcd's --max-txn-ops.
inline constexpr std::size_t default_operations_max = 128;

using Checked = tl::expected<void, kv::ErrorCode>;

/// Error: empty_key.
[[nodiscard]] Checked check(const kv::RangeRequest& request);
/// Errors: empty_key, value_provided, lease_provided.
[[nodiscard]] Checked check(const kv::PutRequest& request);
/// Error: empty_key.
[[nodiscard]] Checked check(const kv::DeleteRequest& request);
/// Of a nested transaction only so many operations, or compares, are allowed as its parent leaves of
/// `operations_max`. Errors: too_many_operations, duplicate_key, and those above.
[[nodiscard]] Checked check(const kv::TxnRequest& request,
                            std::size_t operations_max = default_operations_max);
/// Of whatever a client sends: those above; nothing of other requests is refused here.
[[nodiscard]] Checked check(const kv::Request& request, std::size_t operations_max = default_operations_max);

/// Whether no operation, nor a nested transaction, could change anything: then it needs no entry in the log.
/// As in etcd, a nested transaction counts as a change, whatever is in it.
[[nodiscard]] bool is_read_only(const kv::TxnRequest& request);
/// Whether all operations are serializable reads: then any member answers from what it has applied (ETCD-5).
[[nodiscard]] bool is_serializable(const kv::TxnRequest& request);

}  // namespace plimsoll::store
