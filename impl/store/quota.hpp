// The size that a member's database may have, and which requests are refused for it.
//
// Source: etcd server/storage/quota.go, server/etcdserver/apply.go (quotaApplierV3; v3.5). Each member looks
// at the size of its own database, which depends on how far its compaction is, so what an entry does must not
// depend on it: a request that does not fit is refused before it is proposed, and if it no longer fits when
// it is applied, it is done and the client told no_space.
//
// Deviates: etcd then raises an alarm, through the log, and all members refuse puts until an operator clears
// it; here each goes on as soon as there is room. Puts of nested transactions are counted, which etcd
// forgets.
#pragma once

#include <cstdint>

#include "impl/store/internal_request.hpp"
#include "impl/store/mvcc.hpp"

namespace plimsoll::store {

/// What a request may add to the database, in bytes, as etcd estimates it; 0: it is never refused.
[[nodiscard]] std::uint64_t cost(const kv::PutRequest& request);
[[nodiscard]] std::uint64_t cost(const kv::TxnRequest& request);  ///< of the more costly branch
[[nodiscard]] std::uint64_t cost(const kv::LeaseGrantRequest& request);
[[nodiscard]] std::uint64_t cost(const InternalRequest& request);

/// Whether the database stays below `quota_bytes` (0: no limit).
[[nodiscard]] bool has_room(const Mvcc& store, const InternalRequest& request, std::uint64_t quota_bytes);

}  // namespace plimsoll::store
