// A node of a B-tree of texts: a sorted array of keys, each with what belongs to it.
//
// Source: Bayer and Unterauer, "Prefix B-trees" (ACM TODS 2, 1977). The node remembers what all its keys
// begin with, and in one array of numbers how each of them goes on, so that a search reads a few neighbouring
// numbers, and the text of a key only if its number is the one looked for. Texts are far apart in memory: to
// read one is a cache miss.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plimsoll::store {

/// How texts compare by their first eight bytes, the highest first; a shorter one has zeros behind it. Those
/// that differ further on are equal, and "a" equals "a\0".
[[nodiscard]] inline std::uint64_t head_of(std::string_view text) {
  std::uint64_t head = 0;
  for (std::size_t i = 0; i < sizeof(head); ++i) {
    head = head << 8U | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
  }
  return head;
}

/// A value. Not thread-safe.
///
/// Invariants: (1) keys ascend; (2) each begins with `shared_`, and `heads_` has the head_of() what follows.
template <class T>
class SortedRun {
 public:
  using value_type = std::pair<std::string, T>;
  struct Place {
    std::size_t number = 0;  ///< of the first key at or after the one looked for
    bool is_there = false;   ///< it is that key
  };

  [[nodiscard]] bool empty() const { return items_.empty(); }
  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] const value_type& operator[](std::size_t number) const { return items_[number]; }
  [[nodiscard]] T& at(std::size_t number) { return items_[number].second; }
  [[nodiscard]] auto begin() const { return items_.begin(); }
  [[nodiscard]] auto end() const { return items_.end(); }

  /// Logarithmic.
  [[nodiscard]] Place search(std::string_view key) const {
    const std::string_view start = key.substr(0, shared_.size());
    if (start != shared_) {
      return {start < shared_ ? 0 : size(), false};
    }
    const std::uint64_t head = head_of(key.substr(shared_.size()));
    auto alike = std::ranges::equal_range(heads_, head);
    if (alike.empty()) {
      return {static_cast<std::size_t>(alike.begin() - heads_.begin()), false};
    }
    const auto first = items_.begin() + (alike.begin() - heads_.begin());
    const auto last = items_.begin() + (alike.end() - heads_.begin());
    const auto item = std::lower_bound(
        first, last, key, [](const value_type& each, std::string_view text) { return each.first < text; });
    return {static_cast<std::size_t>(item - items_.begin()), item != last && item->first == key};
  }

  /// Linear. Requires: the place is where search() says.
  T& insert(std::size_t number, const std::string& key, T value = {}) {
    const auto at = static_cast<std::ptrdiff_t>(number);
    const auto added = items_.emplace(items_.begin() + at, key, std::move(value));
    if (size() > 1 && key.starts_with(shared_)) {
      heads_.insert(heads_.begin() + at, head_of(std::string_view(key).substr(shared_.size())));
    } else {
      summarise();
    }
    return added->second;
  }
  /// The first key becomes a lesser one. Linear.
  void lower_first(const std::string& key) {
    items_.front().first = key;
    summarise();
  }
  void reserve(std::size_t items) {
    items_.reserve(items);
    heads_.reserve(items);
  }
  /// Takes away the upper half and returns it. Requires: at least two keys.
  [[nodiscard]] SortedRun split(std::size_t reserved) {
    SortedRun upper;
    upper.reserve(reserved);
    const auto middle = items_.begin() + static_cast<std::ptrdiff_t>(size() / 2);
    upper.items_.assign(std::move_iterator(middle), std::move_iterator(items_.end()));
    items_.erase(middle, items_.end());
    summarise();
    upper.summarise();
    return upper;
  }
  /// Calls `keep` with the value of each key, in order, which it may change. Keys of which it returns false
  /// go.
  template <class Keep>
  void retain(const Keep& keep) {
    std::size_t kept = 0;
    for (value_type& item : items_) {
      if (keep(item.second)) {
        if (&items_[kept] != &item) {
          items_[kept] = std::move(item);
        }
        ++kept;
      }
    }
    if (kept < size()) {
      items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(kept), items_.end());
      summarise();
    }
  }

 private:
  /// Makes invariant (2) true, with as much shared as can be.
  void summarise() {
    heads_.clear();
    shared_.clear();
    if (empty()) {
      return;
    }
    const std::string& least = items_.front().first;
    const auto end = std::ranges::mismatch(least, items_.back().first).in1;
    shared_.assign(least.begin(), end);
    for (const auto& [key, value] : items_) {
      heads_.push_back(head_of(std::string_view(key).substr(shared_.size())));
    }
  }

  std::string shared_ = {};
  std::vector<std::uint64_t> heads_ = {};
  std::vector<value_type> items_ = {};
};

}  // namespace plimsoll::store
