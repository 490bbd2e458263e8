// Answers of a function that depends on its argument alone, remembered for the next time.
//
// A node asks its routing tables the same few questions for all packets of a flow. The tables never change
// while a node is at work, so what was answered once is the answer for good, and there is nothing to be
// invalidated, which is what made the kernel give its own routing cache up (Linux 3.6).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace plimsoll::overlay {

/// A direct-mapped cache. Query: equality. Memory is taken with the first question.
///
/// Thread-safety: none.
template <class Query, class Answer>
class Memo {
 public:
  /// compute(query), or what it returned before. Good until the next call. Requires: compute is a function of
  /// the query alone. @param hash  Of the query.
  template <class Compute>
  [[nodiscard]] const Answer& operator()(const Query& query, std::uint64_t hash, const Compute& compute) {
    if (entries_ == nullptr) {
      entries_ = std::make_unique<std::array<Entry, entry_count>>();
    }
    const std::uint64_t mixed = hash * 0x9e3779b97f4a7c15U;
    Entry& entry = (*entries_)[mixed >> (64U - entry_count_log2)];
    if (!entry || entry->first != query) {
      entry.emplace(query, compute(query));
    }
    return entry->second;
  }

 private:
  static constexpr std::size_t entry_count_log2 = 5;
  static constexpr std::size_t entry_count = std::size_t{1} << entry_count_log2;
  using Entry = std::optional<std::pair<Query, Answer>>;

  std::unique_ptr<std::array<Entry, entry_count>> entries_;
};

}  // namespace plimsoll::overlay
