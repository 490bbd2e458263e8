#include "impl/raft/log.hpp"

#include <algorithm>
#include <tuple>

#include "impl/base/assert.hpp"
#include "impl/raft/wire_size.hpp"

namespace plimsoll::raft {

Log Log::from(const Storage& storage) {
  Log log;
  log.unstable.offset = storage.last_index() + 1;
  log.unstable.offset_in_progress = log.unstable.offset;
  // Both are of what was applied: the snapshot may go further than the log was compacted.
  log.committed = std::max(storage.compacted.index, storage.snapshot.metadata.index);
  log.applying = log.committed;
  log.applied = log.committed;
  return log;
}

Index Log::first_index(const Storage& storage) const {
  return unstable.first_index().value_or(storage.first_index());
}

Index Log::last_index(const Storage& storage) const {
  return unstable.last_index().value_or(storage.last_index());
}

EntryId Log::last_entry_id(const Storage& storage) const {
  const Index last = last_index(storage);
  const auto last_term = term(storage, last);
  PLIMSOLL_ASSERT_KNOWN(last_term.has_value(), "the term of the last entry, " + std::to_string(last));
  return {*last_term, last};
}

tl::expected<Term, StorageError> Log::term(const Storage& storage, Index index) const {
  if (const std::optional<Term> held = unstable.term(index)) {
    return *held;
  }
  if (index + 1 < first_index(storage)) {
    return tl::unexpected(StorageError::compacted);
  }
  if (index > last_index(storage)) {
    return tl::unexpected(StorageError::unavailable);
  }
  return storage.term(index);
}

bool Log::matches(const Storage& storage, EntryId id) const {
  return term(storage, id.index) == id.term;
}

bool Log::is_up_to_date(const Storage& storage, EntryId theirs) const {
  const EntryId ours = last_entry_id(storage);
  return std::tie(theirs.term, theirs.index) >= std::tie(ours.term, ours.index);
}

tl::expected<std::vector<Entry>, StorageError> Log::slice(const Storage& storage, Index lo, Index hi,
                                                          std::uint64_t max_bytes) const {
  if (lo < first_index(storage)) {
    return tl::unexpected(StorageError::compacted);
  }
  PLIMSOLL_ASSERT_KNOWN(lo <= hi && hi <= last_index(storage) + 1,
                        "slice[" + std::to_string(lo) + "," + std::to_string(hi) + ") out of bound");
  std::vector<Entry> found;
  std::uint64_t size = 0;
  if (lo < unstable.offset) {
    const Index cut = std::min(hi, unstable.offset);
    const auto stored = storage.slice(lo, cut, max_bytes);
    if (!stored) {
      return tl::unexpected(stored.error());
    }
    found.assign(stored->begin(), stored->end());
    size = wire_size(found);
    if (found.size() < cut - lo || size >= max_bytes) {
      return found;
    }
  }
  if (hi > unstable.offset) {
    const auto held = limit_size(unstable.slice(std::max(lo, unstable.offset), hi), max_bytes - size);
    // A single entry may be too large for what is left: it is needed only if nothing else was found.
    if (found.empty() || held.size() != 1 || size + wire_size(held) <= max_bytes) {
      found.insert(found.end(), held.begin(), held.end());
    }
  }
  return found;
}

tl::expected<std::vector<Entry>, StorageError> Log::entries(const Storage& storage, Index from,
                                                            std::uint64_t max_bytes) const {
  const Index last = last_index(storage);
  if (from > last) {
    return {};
  }
  return slice(storage, from, last + 1, max_bytes);
}

const Snapshot& Log::latest_snapshot(const Storage& storage) const {
  return unstable.snapshot ? *unstable.snapshot : storage.snapshot;
}

void Log::append(const Storage& storage, std::span<const Entry> added) {
  if (added.empty()) {
    return;
  }
  PLIMSOLL_ASSERT_KNOWN(added.front().index > committed, "after(" + std::to_string(added.front().index - 1) +
                                                             ") is out of range [committed(" +
                                                             std::to_string(committed) + ")]");
  PLIMSOLL_ASSERT(added.front().index <= last_index(storage) + 1);
  unstable.truncate_and_append(added);
}

Index Log::find_conflict(const Storage& storage, std::span<const Entry> received) const {
  const auto conflict = std::find_if_not(received.begin(), received.end(),
                                         [&](const Entry& entry) { return matches(storage, id_of(entry)); });
  return conflict == received.end() ? 0 : conflict->index;
}

Hint Log::find_conflict_by_term(const Storage& storage, Index from, Term limit) const {
  for (Index index = from; index > 0; --index) {
    const auto ours = term(storage, index);
    if (!ours) {
      // Whether it matches cannot be known: take it for possible.
      return {index, 0};
    }
    if (*ours <= limit) {
      return {index, *ours};
    }
  }
  return {};
}

void Log::append_received(const Storage& storage, std::span<const Entry> received) {
  const Index conflict = find_conflict(storage, received);
  if (conflict == 0) {
    return;
  }
  PLIMSOLL_ASSERT_KNOWN(conflict > committed, "entry " + std::to_string(conflict) +
                                                  " conflict with committed entry [committed(" +
                                                  std::to_string(committed) + ")]");
  append(storage, received.subspan(conflict - received.front().index));
}

void Log::commit_to(const Storage& storage, Index index) {
  if (index <= committed) {
    return;
  }
  PLIMSOLL_ASSERT_KNOWN(index <= last_index(storage),
                        "tocommit(" + std::to_string(index) + ") is out of range [lastIndex(" +
                            std::to_string(last_index(storage)) +
                            ")]. Was the raft log corrupted, truncated, or lost?");
  committed = index;
}

void Log::restore(Snapshot received) {
  committed = received.metadata.index;
  unstable.restore(std::move(received));
}

Index Log::max_appliable_index(bool allow_unstable) const {
  return allow_unstable ? committed : std::min(committed, unstable.offset - 1);
}

bool Log::has_next_committed_entries(bool allow_unstable) const {
  // RAFT-S3: a pending snapshot is applied before anything that comes after it.
  return !applying_paused && !unstable.snapshot && applying < max_appliable_index(allow_unstable);
}

std::vector<Entry> Log::next_committed_entries(const Storage& storage, bool allow_unstable,
                                               std::uint64_t limit) const {
  if (!has_next_committed_entries(allow_unstable)) {
    return {};
  }
  PLIMSOLL_ASSERT_KNOWN(applying_size < limit, "applying entry size " + std::to_string(applying_size));
  auto found = slice(storage, applying + 1, max_appliable_index(allow_unstable) + 1, limit - applying_size);
  PLIMSOLL_ASSERT_KNOWN(found.has_value(), "unexpected error when getting unapplied entries");
  return *std::move(found);
}

void Log::accept_applying(Index index, std::uint64_t size, bool allow_unstable, std::uint64_t limit) {
  PLIMSOLL_ASSERT_KNOWN(index <= committed, "applying(" + std::to_string(index) + ") is out of range");
  applying = index;
  applying_size += size;
  // Paused if the limit is reached, or if only the limit can have kept the next entry back.
  applying_paused = applying_size >= limit || index < max_appliable_index(allow_unstable);
}

void Log::applied_to(Index index, std::uint64_t size, std::uint64_t limit) {
  PLIMSOLL_ASSERT_KNOWN(applied <= index && index <= committed,
                        "applied(" + std::to_string(index) + ") is out of range [prevApplied(" +
                            std::to_string(applied) + "), committed(" + std::to_string(committed) + ")]");
  applied = index;
  applying = std::max(applying, index);
  applying_size -= std::min(applying_size, size);
  applying_paused = applying_size >= limit;
}

}  // namespace plimsoll::raft
