// HashKV: a hash of what can be read at a revision, by which members are compared.
//
// Source: etcd server/storage/mvcc/hash.go (unsafeHashByRev), revision.go, kvstore.go (v3.5). CRC-32C over
// the bucket's name and the rows up to the revision, as they are in etcd's database: the revision as key, a
// protobuf message as value. A real etcd that did the same has the same hash. Rows that a compaction did not
// reach yet do not count, so a member that is slower at it agrees with the others.
// Deviates: etcd counts such rows if nothing at all is live at the revision.
#pragma once

#include <cstdint>

#include <tl/expected.hpp>

#include "impl/base/kv.hpp"
#include "impl/store/mvcc.hpp"

namespace plimsoll::store {

/// @param revision  0: the current one.
/// Errors: compacted, future_revision. Linear in rows, times the logarithm of keys for the compacted ones.
[[nodiscard]] tl::expected<kv::HashResult, kv::ErrorCode> hash_kv(const Mvcc& store, kv::Revision revision);

}  // namespace plimsoll::store
