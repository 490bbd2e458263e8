// What a server keeps across crashes: hard state, the latest snapshot, and the log from where it was
// compacted.
//
// Source: Raft paper, figure 2 ("persistent state") and section 7; etcd-io/raft storage.go (MemoryStorage).
// Raft only reads it; whoever drives Raft writes to it what a Ready, or a storage_append message, asks for.
// It is a value: a disk that holds records is turned into one when a server starts.
//
// The index up to which the log is compacted and that of the snapshot are two things: an application takes a
// snapshot first and compacts later, perhaps not as far.
//
// Complexity: look-ups are constant, what copies entries is linear in them. Thread-safety: a value.
#pragma once

#include <span>

#include <tl/expected.hpp>

#include "impl/raft/types.hpp"

namespace plimsoll::raft {

/// Names an entry: two entries with equal ids are the same, and so are the logs up to them (log matching).
struct EntryId {
  Term term = 0;
  Index index = 0;
  PLIMSOLL_DESCRIBE(EntryId, term, index)
};
[[nodiscard]] inline EntryId id_of(const Entry& entry) {
  return {entry.term, entry.index};
}

enum class StorageError : std::uint8_t {
  compacted,             ///< what was asked for is in a snapshot only
  unavailable,           ///< beyond the last entry
  snapshot_out_of_date,  ///< a newer snapshot is there already
};
PLIMSOLL_DESCRIBE_ENUM(StorageError, compacted, unavailable, snapshot_out_of_date)

/// Invariants: entries follow `compacted` without gaps; hard_state.commit is at most last_index().
struct Storage {
  HardState hard_state;
  Snapshot snapshot;  ///< the latest that was taken or installed; its configuration is that of a start
  EntryId compacted;  ///< the last entry that is gone; its term is still known
  std::vector<Entry> entries;  ///< those after it
  PLIMSOLL_DESCRIBE(Storage, hard_state, snapshot, compacted, entries)

  /// The storage of a server that starts a cluster, or joins one as a member of it from the start: no
  /// entries, but a configuration, in a snapshot that has no index.
  [[nodiscard]] static Storage bootstrapped(ConfState conf_state);

  [[nodiscard]] Index first_index() const { return compacted.index + 1; }
  [[nodiscard]] Index last_index() const { return compacted.index + entries.size(); }
  /// The term of entry `index`; known from compacted.index on. Errors: compacted, unavailable.
  [[nodiscard]] tl::expected<Term, StorageError> term(Index index) const;
  /// Entries lo to hi-1, as many as `max_bytes` of wire_size() hold, but at least one. Requires: lo <= hi; hi
  /// at most last_index() + 1. Error: compacted.
  [[nodiscard]] tl::expected<std::span<const Entry>, StorageError> slice(Index lo, Index hi,
                                                                         std::uint64_t max_bytes) const;

  /// Writes `added`, which have no gaps among them, over whatever stands at their indexes and after. Entries
  /// that are compacted already are passed over. Requires: no gap before the first.
  void append(std::span<const Entry> added);
  /// Installs a snapshot that came from elsewhere: the log is gone. Error: snapshot_out_of_date.
  [[nodiscard]] tl::expected<void, StorageError> apply_snapshot(Snapshot installed);
  /// Keeps a snapshot that the application took of its state after entry `index`. Requires: that entry is
  /// there. Error: snapshot_out_of_date.
  [[nodiscard]] tl::expected<void, StorageError> create_snapshot(Index index, ConfState conf_state,
                                                                 base::Bytes data);
  /// Drops the entries up to `index`. Requires: at most last_index(); the application no longer needs them.
  /// Error: compacted, if they are gone already.
  [[nodiscard]] tl::expected<void, StorageError> compact(Index index);
};

}  // namespace plimsoll::raft
