// The multi-version store: every change of every key by revision, until it is compacted.
//
// Source: etcd server/storage/mvcc/kvstore.go, kvstore_txn.go, watchable_store.go (v3.5). Statements: ETCD-1,
// 2, 5, 7, 8, 14. The rows are the truth; the index says which row to read, and is built from them on
// restart. What changes is noted until commit() takes it as a batch, which is what goes to disk.
//
// Who does what: mvcc.cpp (restart, batches, leases, meta), range.cpp (reads), write_txn.cpp (writes),
// compaction.cpp, defragment.cpp, hash.hpp, snapshot.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "impl/base/kv.hpp"
#include "impl/store/backend.hpp"
#include "impl/store/compaction.hpp"
#include "impl/store/defects.hpp"
#include "impl/store/tree_index.hpp"

namespace plimsoll::store {

class WriteTxn;

/// A described value. Default: a fresh store, which is at revision 1 (ETCD-1). Not thread-safe.
///
/// Invariants: (1) no row is above `current`; (2) each row above the revision of an unfinished compaction's
/// progress is in the index, and each revision of the index has its row; (3) `current` and `compacted` never
/// go down, restarts included, as long as what was committed is restored.
/// Pointers to versions hold until the next write, compact_step() or install().
struct Mvcc {
  Backend backend = {};
  Uncommitted uncommitted = {};
  TreeIndex index = {};
  kv::Revision current{1};
  kv::Revision compacted = {};
  std::optional<Compaction> compaction = {};
  std::optional<Backend> defragmented = {};  ///< what a defragmentation under way will leave
  std::uint64_t rows_bytes = 0;              ///< sum of size_bytes() over all rows
  PLIMSOLL_DESCRIBE(Mvcc, backend, uncommitted, index, current, compacted, compaction, defragmented,
                    rows_bytes)

  // Restart, batches: mvcc.cpp

  /// From what was committed. Builds the index; a compaction that was scheduled and not finished is under way
  /// again. Linear in rows, times the logarithm of keys.
  [[nodiscard]] static Mvcc restore(Backend backend, Defects defects = {});
  /// Takes what changed since the last commit: the batches to be made durable, in this order. Normally there
  /// is one, or none if nothing changed; a crash may lose any number of the last ones. Linear in changes.
  [[nodiscard]] std::vector<Batch> commit(Defects defects = {});
  [[nodiscard]] bool has_uncommitted() const { return !uncommitted.empty(backend); }
  /// Everything is replaced by what a snapshot says, and counts as committed. A defragmentation under way is
  /// abandoned: what it copied is no longer the database.
  void install(Backend received, Defects defects = {});

  // Leases and meta, in the same batches as the rows: mvcc.cpp

  void put_lease(kv::LeaseId id, LeaseRow row);
  void remove_lease(kv::LeaseId id);
  /// ETCD-8: the effects of entry `index` are here. Call it in the same step as the effects, before commit().
  void set_consistent_index(std::uint64_t index, std::uint64_t term);
  void set_conf_state(raft::ConfState conf_state);
  [[nodiscard]] const Meta& meta() const { return backend.meta; }

  // Reads: range.cpp

  [[nodiscard]] kv::Revision revision() const { return current; }
  [[nodiscard]] kv::Revision compact_revision() const { return compacted; }  ///< 0: never compacted
  /// ETCD-5. `at` is what counts as the current revision; 0: the store's.
  /// Errors: future_revision, compacted.
  [[nodiscard]] tl::expected<kv::RangeResult, kv::ErrorCode> range(const kv::RangeRequest& request,
                                                                   kv::Revision at = {}) const;
  /// The live version now, or nullptr.
  [[nodiscard]] const kv::KeyValue* find(const std::string& key) const;
  /// All live versions now, in order of keys: from them a restarted member knows what its leases hold.
  [[nodiscard]] std::vector<const kv::KeyValue*> live() const;
  /// All changes of revisions `from` to `to`, in order. Requires: `from` is not below compact_revision().
  [[nodiscard]] std::vector<kv::Event> changes(kv::Revision from, kv::Revision to) const;
  /// The version just before revision `at`; none if the key was absent, or if that is compacted.
  [[nodiscard]] std::optional<kv::KeyValue> before(const std::string& key, kv::Revision at) const;

  // Writes: write_txn.hpp

  /// Requires: no other transaction is open.
  [[nodiscard]] WriteTxn begin();

  // Compaction: compaction.cpp

  /// ETCD-7. From now on reads below `revision` are refused; rows go with compact_step().
  /// Errors: compacted (also if it is the last compacted revision), future_revision.
  [[nodiscard]] tl::expected<void, kv::ErrorCode> schedule_compaction(kv::Revision revision,
                                                                      Defects defects = {});
  /// Looks at up to `rows_max` (1 or more) rows and deletes those not needed. Returns whether nothing is left
  /// to do; finished_compact_revision says so after a restart.
  bool compact_step(std::size_t rows_max);
  [[nodiscard]] bool compacting() const { return compaction.has_value(); }

  // Defragmentation, ETCD-14: defragment.cpp

  /// Copies the database. Returns what must be made durable before, as commit() does. What is committed while
  /// it is under way goes into the copy too. Starting again starts over.
  [[nodiscard]] std::vector<Batch> start_defragment(Defects defects = {});
  /// The copy, to take the place of everything on disk at once; nullopt if it was abandoned or not started.
  [[nodiscard]] std::optional<Backend> finish_defragment();

  /// The rows of the database, in bytes (what quotas are about).
  [[nodiscard]] std::uint64_t size_bytes() const { return rows_bytes; }
};

}  // namespace plimsoll::store

#include "impl/store/write_txn.hpp"  // begin() returns it
