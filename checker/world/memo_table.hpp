// What has been computed already: short keys of 32-bit ids to a number. One thread's own, so that a look-up
// takes no lock and touches one cache line.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "checker/system/content_hash.hpp"
#include "checker/system/slots.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {

[[nodiscard]] inline std::size_t memo_hash(std::span<const std::uint32_t> key) {
  std::uint64_t bits = 0x9e3779b97f4a7c15ULL + key.size();
  for (const std::uint32_t word : key) {
    bits = fold_multiply(bits ^ word, 0xd6e8feb86659fd93ULL);
  }
  return static_cast<std::size_t>(bits ^ (bits >> 32U));
}

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
    for (std::size_t i = memo_hash(key) & (entries_.size() - 1);; i = (i + 1) & (entries_.size() - 1)) {
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
  static constexpr std::size_t entry_bytes = (key_words + 2) * sizeof(std::uint32_t);
  struct alignas(std::bit_ceil(entry_bytes < 64 ? entry_bytes : std::size_t{64})) Entry {
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
  void place(Key key, std::uint32_t value) {
    std::size_t i = memo_hash(key) & (entries_.size() - 1);
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

/// As MemoTable, for a slot's id and what becomes of it: a mailbox and a message, say. Remembers the new id
/// and what the change adds to a fingerprint. 24 bytes an entry.
class ChangeMemo {
 public:
  struct Change {
    Slot id = 0;
    std::uint64_t delta = 0;
  };

  ChangeMemo() : entries_(64) {}

  /// Null: not known yet. Valid until the next insert().
  [[nodiscard]] const Change* find(Slot id, std::uint32_t by) const {
    for (std::size_t i = hash(id, by) & (entries_.size() - 1);; i = (i + 1) & (entries_.size() - 1)) {
      const Entry& entry = entries_[i];
      if (entry.id == id && entry.by == by) {
        return &entry.change;
      }
      if (entry.id == none) {
        return nullptr;
      }
    }
  }
  /// Requires: the pair is not there yet.
  Change insert(Slot id, std::uint32_t by, Change change) {
    PLIMSOLL_ASSERT(id != none);
    if (size_ * 2 >= entries_.size()) {
      std::vector<Entry> old(entries_.size() * 2);
      old.swap(entries_);
      for (const Entry& entry : old) {
        if (entry.id != none) {
          place(entry);
        }
      }
    }
    place({id, by, change});
    ++size_;
    return change;
  }
  [[nodiscard]] std::uint64_t memory_bytes() const { return entries_.size() * sizeof(Entry); }

 private:
  static constexpr Slot none = ~Slot{0};
  struct Entry {
    Slot id = none;
    std::uint32_t by = 0;
    Change change;
  };
  static std::size_t hash(Slot id, std::uint32_t by) {
    return static_cast<std::size_t>(fold_multiply(
        (static_cast<std::uint64_t>(id) << 32U | by) ^ 0x9e3779b97f4a7c15ULL, 0xd6e8feb86659fd93ULL));
  }
  void place(const Entry& entry) {
    std::size_t i = hash(entry.id, entry.by) & (entries_.size() - 1);
    while (entries_[i].id != none) {
      i = (i + 1) & (entries_.size() - 1);
    }
    entries_[i] = entry;
  }

  std::vector<Entry> entries_;
  std::size_t size_ = 0;
};

/// Memo tables for keys of every length: most are short, and take half a cache line.
class KeyMemo {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  using Key = std::span<const std::uint32_t>;
  static constexpr std::size_t key_words_max = 30;

  [[nodiscard]] std::uint32_t find(Key key) const {
    return key.size() <= short_words    ? short_.find(key)
           : key.size() <= middle_words ? middle_.find(key)
                                        : long_.find(key);
  }
  /// Requires: as MemoTable::insert().
  void insert(Key key, std::uint32_t value) {
    if (key.size() <= short_words) {
      short_.insert(key, value);
    } else if (key.size() <= middle_words) {
      middle_.insert(key, value);
    } else {
      long_.insert(key, value);
    }
  }
  [[nodiscard]] std::uint64_t memory_bytes() const {
    return short_.memory_bytes() + middle_.memory_bytes() + long_.memory_bytes();
  }

 private:
  static constexpr std::size_t short_words = 6;
  static constexpr std::size_t middle_words = 14;
  MemoTable<short_words> short_;
  MemoTable<middle_words> middle_;
  MemoTable<key_words_max> long_;
};

}  // namespace plimsoll::checker
