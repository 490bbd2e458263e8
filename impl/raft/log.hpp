// The replicated log as one server sees it: what storage holds, what is on its way there, and how far it is
// committed and applied.
//
//   storage ........ | unstable .............
//   1 .. applied .. applying .. committed .. last_index
//
// Source: Raft paper, section 5.3; etcd-io/raft log.go. Statements: RAFT-R1 (append), RAFT-R2 (back-off),
// RAFT-R4 (commit index), RAFT-S3 (a pending snapshot comes first).
//
// Complexity: look-ups are constant, find_conflict_by_term is linear in the log. Thread-safety: a value.
#pragma once

#include "impl/raft/unstable.hpp"

namespace plimsoll::raft {

/// What find_conflict_by_term found.
struct Hint {
  Index index = 0;
  Term term = 0;  ///< of that entry; 0: not known
};

/// Invariants: applied <= applying <= committed <= last_index.
struct Log {
  Unstable unstable;
  Index committed = 0;              ///< the highest entry known to be committed
  Index applying = 0;               ///< handed out to be applied
  Index applied = 0;                ///< applied, as far as acknowledged
  std::uint64_t applying_size = 0;  ///< wire_size() of what is handed out and not acknowledged
  bool applying_paused = false;     ///< nothing more is handed out until something is acknowledged
  PLIMSOLL_DESCRIBE(Log, unstable, committed, applying, applied, applying_size, applying_paused)

  /// The log of a server that starts: what is compacted, or in the snapshot, is known to be committed and
  /// applied.
  [[nodiscard]] static Log from(const Storage& storage);

  [[nodiscard]] Index first_index(const Storage& storage) const;
  [[nodiscard]] Index last_index(const Storage& storage) const;
  [[nodiscard]] EntryId last_entry_id(const Storage& storage) const;
  /// Known from first_index()-1 to last_index(). Errors: compacted, unavailable.
  [[nodiscard]] tl::expected<Term, StorageError> term(const Storage& storage, Index index) const;
  [[nodiscard]] bool matches(const Storage& storage, EntryId id) const;
  /// RAFT-E3: a log that ends in `theirs` is at least as up-to-date as this one.
  [[nodiscard]] bool is_up_to_date(const Storage& storage, EntryId theirs) const;

  /// Entries lo to hi-1, as many as `max_bytes` hold, but at least one. Requires: lo <= hi <= last_index()+1.
  /// Error: compacted.
  [[nodiscard]] tl::expected<std::vector<Entry>, StorageError> slice(const Storage& storage, Index lo,
                                                                     Index hi, std::uint64_t max_bytes) const;
  /// Entries from `from` on; none beyond the last. Error: compacted.
  [[nodiscard]] tl::expected<std::vector<Entry>, StorageError> entries(const Storage& storage, Index from,
                                                                       std::uint64_t max_bytes) const;
  /// The latest snapshot, pending or stored. May be empty.
  [[nodiscard]] const Snapshot& latest_snapshot(const Storage& storage) const;

  /// Puts `added` after what precedes them, which is truncated if it goes on. Requires: nothing committed is
  /// lost.
  void append(const Storage& storage, std::span<const Entry> added);
  /// The first of `received` that is not in the log; 0 if all are.
  [[nodiscard]] Index find_conflict(const Storage& storage, std::span<const Entry> received) const;
  /// RAFT-R2: the largest index up to `from` whose term is at most `limit`, or at which the term is not
  /// known.
  [[nodiscard]] Hint find_conflict_by_term(const Storage& storage, Index from, Term limit) const;
  /// RAFT-R1, the accepting half: `received` follow an entry that matches. Appends from the first conflict
  /// on.
  void append_received(const Storage& storage, std::span<const Entry> received);

  /// RAFT-R4. Requires: `index` is at most last_index().
  void commit_to(const Storage& storage, Index index);
  /// The log is replaced by a snapshot.
  void restore(Snapshot received);

  /// What may be handed out to be applied; from memory too if `allow_unstable`. `limit`: applying_size stays
  /// below it.
  [[nodiscard]] std::vector<Entry> next_committed_entries(const Storage& storage, bool allow_unstable,
                                                          std::uint64_t limit) const;
  [[nodiscard]] bool has_next_committed_entries(bool allow_unstable) const;
  /// Entries up to `index`, `size` bytes, were handed out to be applied.
  void accept_applying(Index index, std::uint64_t size, bool allow_unstable, std::uint64_t limit);
  /// Entries up to `index` are applied; `size` as handed out. Requires: applied <= index <= committed.
  void applied_to(Index index, std::uint64_t size, std::uint64_t limit);

 private:
  [[nodiscard]] Index max_appliable_index(bool allow_unstable) const;
};

}  // namespace plimsoll::raft
