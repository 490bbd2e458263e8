// What has been computed already: short keys of 32-bit ids to a number. One thread's own, so that a look-up
// takes no lock and touches one cache line.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "checker/system/content_hash.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {

/// Open addressing, keys of up to `key_words` inline. Not thread-safe.
template <std::size_t key_words>
class MemoTable {
 public:
  static constexpr std::size_t key_words_max = key_words;
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  using Key = std::span<const std::uint32_t>;

  MemoTable() : entries_(1024) {}

  /// The number remembered for `key`, or `none`.
  [[nodiscard]] std::uint32_t find(Key key) const {
    for (std::size_t i = hash(key) & (entries_.size() - 1);; i = (i + 1) & (entries_.size() - 1)) {
      const Entry& entry = entries_[i];
      if (entry.value == none) {
        return none;
      }
      if (matches(entry, key)) {
        return entry.value;
      }
    }
  }
  /// Requires: the key is not there yet and not longer than key_words_max; value != none.
  void insert(Key key, std::uint32_t value) {
    PLIMSOLL_ASSERT(key.size() <= key_words_max && value != none);
    if (size_ * 2 >= entries_.size()) {
      grow();
    }
    place(key, value);
    ++size_;
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::uint64_t memory_bytes() const { return entries_.size() * sizeof(Entry); }

 private:
  struct alignas(64) Entry {
    std::uint32_t value = none;
    std::uint32_t length = 0;
    std::array<std::uint32_t, key_words_max> key{};
  };

  /// Keys are a few words long and nearly always equal: a call of memcmp costs more than the comparison.
  static bool matches(const Entry& entry, Key key) {
    if (entry.length != key.size()) {
      return false;
    }
    std::uint32_t differing = 0;
    for (std::size_t i = 0; i < key.size(); ++i) {
      differing |= entry.key[i] ^ key[i];
    }
    return differing == 0;
  }
  static std::size_t hash(Key key) {
    std::uint64_t bits = 0x9e3779b97f4a7c15ULL + key.size();
    for (const std::uint32_t word : key) {
      bits = fold_multiply(bits ^ word, 0xd6e8feb86659fd93ULL);
    }
    return static_cast<std::size_t>(bits ^ (bits >> 32U));
  }
  void place(Key key, std::uint32_t value) {
    std::size_t i = hash(key) & (entries_.size() - 1);
    while (entries_[i].value != none) {
      i = (i + 1) & (entries_.size() - 1);
    }
    entries_[i].value = value;
    entries_[i].length = static_cast<std::uint32_t>(key.size());
    std::copy(key.begin(), key.end(), entries_[i].key.begin());
  }
  void grow() {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.value != none) {
        place({entry.key.data(), entry.length}, entry.value);
      }
    }
  }

  std::vector<Entry> entries_;
  std::size_t size_ = 0;
};

/// As MemoTable, for pairs of ids: mailbox and message, say. 12 bytes an entry.
class PairMemo {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  PairMemo() : entries_(1024) {}

  [[nodiscard]] std::uint32_t find(std::uint32_t a, std::uint32_t b) const {
    for (std::size_t i = hash(a, b) & (entries_.size() - 1);; i = (i + 1) & (entries_.size() - 1)) {
      const Entry& entry = entries_[i];
      if (entry.value == none || (entry.a == a && entry.b == b)) {
        return entry.value;
      }
    }
  }
  /// Requires: the pair is not there yet; value != none.
  void insert(std::uint32_t a, std::uint32_t b, std::uint32_t value) {
    if (size_ * 2 >= entries_.size()) {
      std::vector<Entry> old(entries_.size() * 2);
      old.swap(entries_);
      for (const Entry& entry : old) {
        if (entry.value != none) {
          place(entry);
        }
      }
    }
    place({a, b, value});
    ++size_;
  }
  [[nodiscard]] std::uint64_t memory_bytes() const { return entries_.size() * sizeof(Entry); }

 private:
  struct Entry {
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    std::uint32_t value = none;
  };
  static std::size_t hash(std::uint32_t a, std::uint32_t b) {
    return static_cast<std::size_t>(mix(static_cast<std::uint64_t>(a) << 32U | b));
  }
  void place(const Entry& entry) {
    std::size_t i = hash(entry.a, entry.b) & (entries_.size() - 1);
    while (entries_[i].value != none) {
      i = (i + 1) & (entries_.size() - 1);
    }
    entries_[i] = entry;
  }

  std::vector<Entry> entries_;
  std::size_t size_ = 0;
};

}  // namespace plimsoll::checker
