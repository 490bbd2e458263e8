// The end of the log that may not be durable yet: entries, or a snapshot, on their way to storage.
//
// Source: etcd-io/raft log_unstable.go. A prefix of it may have been handed out already to be written ("in
// progress"); it stays here until the write is acknowledged. Entry offset+i is entries[i]; storage may hold
// entries at these indexes too, which are about to be overwritten.
//
// Complexity: linear in the entries moved. Thread-safety: a value.
#pragma once

#include <span>

#include "impl/raft/storage.hpp"

namespace plimsoll::raft {

/// Invariants: offset <= offset_in_progress <= offset + entries.size(); snapshot_in_progress only with a
/// snapshot, whose index is then offset - 1.
struct Unstable {
  std::optional<Snapshot> snapshot;  ///< received, to be installed before anything else
  std::vector<Entry> entries;
  Index offset = 1;
  bool snapshot_in_progress = false;  ///< the snapshot is being written
  Index offset_in_progress = 1;       ///< entries before this one are being written
  PLIMSOLL_DESCRIBE(Unstable, snapshot, entries, offset, snapshot_in_progress, offset_in_progress)

  /// One past the last entry held.
  [[nodiscard]] Index end() const { return offset + entries.size(); }
  /// What is held of the log's first and last index: nothing if storage has to say.
  [[nodiscard]] std::optional<Index> first_index() const;
  [[nodiscard]] std::optional<Index> last_index() const;
  [[nodiscard]] std::optional<Term> term(Index index) const;
  /// Requires: offset <= lo <= hi <= end().
  [[nodiscard]] std::span<const Entry> slice(Index lo, Index hi) const;

  /// What has not been handed out to be written.
  [[nodiscard]] std::span<const Entry> next_entries() const { return slice(offset_in_progress, end()); }
  [[nodiscard]] const Snapshot* next_snapshot() const {
    return snapshot && !snapshot_in_progress ? &*snapshot : nullptr;
  }
  /// All that is held has been handed out.
  void accept_in_progress();

  /// Entries up to `id` are durable. Ignored if that entry is not held any more, or another one is in its
  /// place.
  void stable_to(EntryId id);
  void stable_snapshot_to(Index index);

  /// `received` replaces the log.
  void restore(Snapshot received);
  /// Writes `added` over whatever stands at their indexes and after. Requires: not empty, and no gap.
  void truncate_and_append(std::span<const Entry> added);
};

}  // namespace plimsoll::raft
