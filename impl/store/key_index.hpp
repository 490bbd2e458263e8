// The revisions of one key, in generations: one from each creation to the deletion that ends it.
//
// Source: etcd server/storage/mvcc/key_index.go (v3.5). Its example: put(1), put(2), delete(3), put(4),
// delete(5) make the generations {1, 2, 3(tombstone)} {4, 5(tombstone)}, and compact(2) leaves
// {2, 3(t)} {4, 5(t)}; compact(3) {3(t)} {4, 5(t)}; compact(4) {4, 5(t)}; compact(5) {5(t)}; compact(6)
// nothing, and the key leaves the index (ETCD-7).
//
// Deviates: the generations are laid end to end in one list, in which the tombstones are where they end, for
// with a million keys every list more is a cache miss more for each put. When and how often changed is kept
// of the present generation alone; of the others nobody asks.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "impl/store/rows.hpp"

namespace plimsoll::store {

/// A row of the key.
struct KeyRevision {
  BucketKey at = {};
  bool is_tombstone = false;
  PLIMSOLL_DESCRIBE(KeyRevision, at, is_tombstone)
};

/// What a tombstone at exactly the compacted revision becomes.
enum class TombstoneAtRevision : std::uint8_t { kept, removed };

/// Invariants: (1) `revisions` ascend; (2) version is 0, and created too, if and only if `revisions` is empty
/// or ends in a tombstone. A value; not thread-safe.
struct KeyIndex {
  kv::Revision created = {};  ///< of the present generation; 0: the key is dead
  std::uint64_t version = 0;  ///< changes in the present generation
  std::vector<KeyRevision> revisions = {};
  PLIMSOLL_DESCRIBE(KeyIndex, created, version, revisions)

  [[nodiscard]] bool live() const { return version > 0; }
  /// Requires: `at` is above all revisions here. Amortised constant.
  void put(const BucketKey& at);
  /// The key is deleted. Requires: live(), and as put().
  void tombstone(const BucketKey& at);
  /// A row that is found on restart, in order; the first one need not be a creation.
  void restore(const BucketKey& at, const Row& row);

  /// The row of the version that a reader at `revision` sees; none: the key is absent. Logarithmic.
  [[nodiscard]] std::optional<BucketKey> find(kv::Revision revision) const;
  /// The row of the present version. Requires: live().
  [[nodiscard]] const BucketKey& newest() const { return revisions.back().at; }
  /// Whether a row is one of this key that is not compacted. Logarithmic.
  [[nodiscard]] bool holds(const BucketKey& at) const;

  /// Forgets the revisions up to `revision` that no reader at `revision` or above, and no watcher from
  /// `revision` on, needs. Afterwards revisions.empty() if nothing is left. Linear.
  void compact(kv::Revision revision, TombstoneAtRevision tombstone);
};

}  // namespace plimsoll::store
