// What a server's log says, wherever its entries are: on disk, or on their way there.
#pragma once

#include <algorithm>
#include <optional>

#include "impl/raft/process.hpp"

namespace plimsoll::properties::raft {

namespace core = plimsoll::raft;

/// A log to look at. Valid as long as what it was made from.
class KnownLog {
 public:
  /// What is on disk.
  explicit KnownLog(const core::Storage& storage) : storage_(storage) {}
  /// What the server has in mind: `unstable` replaces what it overlaps.
  KnownLog(const core::Storage& storage, const core::Unstable& unstable)
      : storage_(storage), unstable_(&unstable) {}

  [[nodiscard]] core::Index last_index() const {
    return unstable_ == nullptr ? storage_.last_index()
                                : unstable_->last_index().value_or(storage_.last_index());
  }
  /// The first index whose term is known: entries before it are in a snapshot.
  [[nodiscard]] core::Index known_from() const {
    return is_replaced() ? unstable_->snapshot->metadata.index : storage_.compacted.index;
  }
  /// Requires: known_from() <= index <= last_index().
  [[nodiscard]] core::Term term(core::Index index) const {
    if (const core::Entry* const found = entry(index)) {
      return found->term;
    }
    return is_replaced() ? unstable_->snapshot->metadata.term : storage_.compacted.term;
  }
  /// Null for what is in a snapshot, and for what is not there.
  [[nodiscard]] const core::Entry* entry(core::Index index) const {
    if (index <= known_from() || index > last_index()) {
      return nullptr;
    }
    if (unstable_ != nullptr && index >= unstable_->offset) {
      return &unstable_->entries[static_cast<std::size_t>(index - unstable_->offset)];
    }
    return &storage_.entries[static_cast<std::size_t>(index - storage_.compacted.index - 1)];
  }

 private:
  [[nodiscard]] bool is_replaced() const { return unstable_ != nullptr && unstable_->snapshot.has_value(); }

  const core::Storage& storage_;
  const core::Unstable* unstable_ = nullptr;
};

/// Both have the same from where both are known up to `last`, which is not beyond the end of either.
[[nodiscard]] inline bool agree_up_to(const KnownLog& a, const KnownLog& b, core::Index last) {
  for (core::Index i = std::max(a.known_from(), b.known_from()); i <= last; ++i) {
    const core::Entry* const x = a.entry(i);
    const core::Entry* const y = b.entry(i);
    if (x != nullptr && y != nullptr ? *x != *y : a.term(i) != b.term(i)) {
      return false;
    }
  }
  return true;
}

/// The highest index at which both have an entry of one term; 0 if there is none that is known.
[[nodiscard]] inline core::Index last_match(const KnownLog& a, const KnownLog& b) {
  const core::Index from = std::max(a.known_from(), b.known_from());
  for (core::Index i = std::min(a.last_index(), b.last_index()); i >= from && i > 0; --i) {
    if (a.term(i) == b.term(i)) {
      return i;
    }
  }
  return 0;
}

}  // namespace plimsoll::properties::raft
