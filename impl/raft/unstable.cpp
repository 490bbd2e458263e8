#include "impl/raft/unstable.hpp"

#include <algorithm>

#include "impl/base/assert.hpp"

namespace plimsoll::raft {

std::optional<Index> Unstable::first_index() const {
  return snapshot ? std::optional(snapshot->metadata.index + 1) : std::nullopt;
}

std::optional<Index> Unstable::last_index() const {
  if (!entries.empty()) {
    return end() - 1;
  }
  return snapshot ? std::optional(snapshot->metadata.index) : std::nullopt;
}

std::optional<Term> Unstable::term(Index index) const {
  if (snapshot && snapshot->metadata.index == index) {
    return snapshot->metadata.term;
  }
  if (index < offset || index >= end()) {
    return std::nullopt;
  }
  return entries[index - offset].term;
}

std::span<const Entry> Unstable::slice(Index lo, Index hi) const {
  PLIMSOLL_ASSERT_KNOWN(offset <= lo && lo <= hi && hi <= end(),
                        "unstable.slice[" + std::to_string(lo) + "," + std::to_string(hi) +
                            ") out of bound [" + std::to_string(offset) + "," + std::to_string(end()) + "]");
  return std::span(entries).subspan(lo - offset, hi - lo);
}

void Unstable::accept_in_progress() {
  offset_in_progress = end();
  snapshot_in_progress = snapshot.has_value();
}

void Unstable::stable_to(EntryId id) {
  // The log may have changed since the write began: what was written then says nothing about what is here
  // now.
  if (id.index < offset || term(id.index) != id.term) {
    return;
  }
  entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(id.index + 1 - offset));
  offset = id.index + 1;
  offset_in_progress = std::max(offset_in_progress, offset);
}

void Unstable::stable_snapshot_to(Index index) {
  if (snapshot && snapshot->metadata.index == index) {
    snapshot.reset();
    snapshot_in_progress = false;
  }
}

void Unstable::restore(Snapshot received) {
  offset = received.metadata.index + 1;
  offset_in_progress = offset;
  entries.clear();
  snapshot = std::move(received);
  snapshot_in_progress = false;
}

void Unstable::truncate_and_append(std::span<const Entry> added) {
  const Index first = added.front().index;
  PLIMSOLL_ASSERT_KNOWN(first <= end(), "a gap before entry " + std::to_string(first));
  if (first <= offset) {
    // Replaces entries that may be durable, too: writing starts over from there.
    entries.assign(added.begin(), added.end());
    offset = first;
    offset_in_progress = first;
    return;
  }
  entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(first - offset), entries.end());
  entries.insert(entries.end(), added.begin(), added.end());
  offset_in_progress = std::min(offset_in_progress, first);
}

}  // namespace plimsoll::raft
