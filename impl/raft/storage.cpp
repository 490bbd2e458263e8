#include "impl/raft/storage.hpp"

#include "impl/base/assert.hpp"
#include "impl/raft/wire_size.hpp"

namespace plimsoll::raft {
namespace {

std::ptrdiff_t distance(Index from, Index to) {
  return static_cast<std::ptrdiff_t>(to - from);
}

}  // namespace

Storage Storage::bootstrapped(ConfState conf_state) {
  Storage storage;
  storage.snapshot.metadata.conf_state = std::move(conf_state);
  return storage;
}

tl::expected<Term, StorageError> Storage::term(Index index) const {
  if (index < compacted.index) {
    return tl::unexpected(StorageError::compacted);
  }
  if (index > last_index()) {
    return tl::unexpected(StorageError::unavailable);
  }
  return index == compacted.index ? compacted.term : entries[index - first_index()].term;
}

tl::expected<std::span<const Entry>, StorageError> Storage::slice(Index lo, Index hi,
                                                                  std::uint64_t max_bytes) const {
  if (lo <= compacted.index) {
    return tl::unexpected(StorageError::compacted);
  }
  PLIMSOLL_ASSERT_KNOWN(lo <= hi && hi <= last_index() + 1, "entries " + std::to_string(lo) + " to " +
                                                                std::to_string(hi) + ", last is " +
                                                                std::to_string(last_index()));
  return limit_size(std::span(entries).subspan(lo - first_index(), hi - lo), max_bytes);
}

void Storage::append(std::span<const Entry> added) {
  while (!added.empty() && added.front().index <= compacted.index) {
    added = added.subspan(1);
  }
  if (added.empty()) {
    return;
  }
  const Index first = added.front().index;
  PLIMSOLL_ASSERT_KNOWN(first <= last_index() + 1, "missing log entry: last is " +
                                                       std::to_string(last_index()) + ", appended is " +
                                                       std::to_string(first));
  entries.erase(entries.begin() + distance(first_index(), first), entries.end());
  entries.insert(entries.end(), added.begin(), added.end());
}

tl::expected<void, StorageError> Storage::apply_snapshot(Snapshot installed) {
  const bool pristine = snapshot.empty() && last_index() == 0;
  if (installed.metadata.index <= snapshot.metadata.index && !pristine) {
    return tl::unexpected(StorageError::snapshot_out_of_date);
  }
  compacted = {installed.metadata.term, installed.metadata.index};
  entries.clear();
  snapshot = std::move(installed);
  return {};
}

tl::expected<void, StorageError> Storage::create_snapshot(Index index, ConfState conf_state,
                                                          base::Bytes data) {
  if (index <= snapshot.metadata.index) {
    return tl::unexpected(StorageError::snapshot_out_of_date);
  }
  const auto of_index = term(index);
  PLIMSOLL_ASSERT_KNOWN(of_index.has_value(),
                        "snapshot of " + std::to_string(index) + ", last is " + std::to_string(last_index()));
  snapshot = {{std::move(conf_state), index, *of_index}, std::move(data)};
  return {};
}

tl::expected<void, StorageError> Storage::compact(Index index) {
  if (index <= compacted.index) {
    return tl::unexpected(StorageError::compacted);
  }
  PLIMSOLL_ASSERT_KNOWN(index <= last_index(), "compacting up to " + std::to_string(index) + ", last is " +
                                                   std::to_string(last_index()));
  const Term of_index = *term(index);
  entries.erase(entries.begin(), entries.begin() + distance(compacted.index, index));
  compacted = {of_index, index};
  return {};
}

}  // namespace plimsoll::raft
