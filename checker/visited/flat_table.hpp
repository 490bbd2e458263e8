// An insert-only hash table of 16-byte entries (key, origin) that many threads fill at once and that grows in
// place.
//
// Open addressing with linear probing; an entry's home is key_hash scaled to the capacity, so homes are
// ordered as hashes are. That makes growth possible without a second table: from the highest to the lowest,
// entries move upwards into room that is already free (flat_table_growth.cpp). Peak memory is therefore the
// new table alone. The key is claimed by compare-and-swap (Maier, Sanders, Dementiev, "Concurrent Hash
// Tables: Fast and General(?)!", 2016); the origin word beside it is lowered by compare-and-swap, so that of
// all parents that reach a state in the same level the least one stays, whichever thread comes first.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "checker/system/content_hash.hpp"
#include "checker/system/successors.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {

/// What is remembered of how a state was reached: bits 63..24 the top 40 bits of the parent's fingerprint,
/// bits 23..0 its level plus 1.
using Origin = std::uint64_t;
constexpr std::uint32_t level_max = (1U << 24U) - 2;
[[nodiscard]] constexpr Origin make_origin(std::uint64_t parent_fingerprint, std::uint32_t level) {
  return (parent_fingerprint & ~std::uint64_t{0xffffff}) | (level + 1);
}
[[nodiscard]] constexpr std::uint32_t level_of(Origin origin) {
  return static_cast<std::uint32_t>(origin & 0xffffffU) - 1;
}
/// Does `fingerprint` agree with the parent that `origin` names?
[[nodiscard]] constexpr bool names_parent(Origin origin, std::uint64_t fingerprint) {
  return (origin & ~std::uint64_t{0xffffff}) == (fingerprint & ~std::uint64_t{0xffffff});
}

/// Thread-safety: prefetch(), insert() and insert_value() may be called from any number of threads as long as
/// there is room; everything else needs quiescence. Invariants: (1) a key, once in, stays; (2) at most
/// `load_max` of the capacity is used; (3) key 0 is never stored.
class FlatTable {
 public:
  /// How a key is spread: fingerprints are already random, packed pairs are mixed first.
  enum class Keys : std::uint8_t { random, packed };

  /// Throws std::bad_alloc if the machine has no addresses for even a small table.
  /// @param growers  How many threads grow() may use.
  explicit FlatTable(Keys keys, unsigned growers = 1);
  ~FlatTable();
  FlatTable(const FlatTable&) = delete;
  FlatTable& operator=(const FlatTable&) = delete;
  FlatTable(FlatTable&&) = delete;
  FlatTable& operator=(FlatTable&&) = delete;

  /// Requires: random keys. Until the next growth.
  [[nodiscard]] TableHint hint() const;
  void prefetch(std::uint64_t key) const { __builtin_prefetch(&entries_[home(key)], 1, 3); }

  /// Inserts `key`, and gives it the least of all origins offered in the level it was first seen in.
  /// Requires: room was reserved; key != 0; origin != 0. Returns true for exactly one of any number of
  /// concurrent callers.
  bool insert(std::uint64_t key, Origin origin);
  /// The same, and says which origin the key has now; other threads may still lower it.
  bool insert(std::uint64_t key, Origin origin, Origin& now);
  /// Inserts `key` with a number made by `next` on first insertion; returns the key's number. A table is used
  /// with either insert() or insert_value(), never both.
  std::uint32_t insert_value(std::uint64_t key, std::atomic<std::uint32_t>& next, bool& is_new);
  /// The same with a number that `next()` makes, which may not throw.
  template <class Next>
    requires std::is_invocable_r_v<std::uint32_t, Next>
  std::uint32_t insert_value(std::uint64_t key, const Next& next, bool& is_new) {
    Entry& entry = find_or_claim(key, is_new);
    if (is_new) {
      const std::uint32_t number = next();
      entry.origin.store(std::uint64_t{number} + 1, std::memory_order_release);
      return number;
    }
    std::uint64_t held = entry.origin.load(std::memory_order_acquire);
    while (held == 0) {
      held = entry.origin.load(std::memory_order_acquire);
    }
    return static_cast<std::uint32_t>(held - 1);
  }

  /// Promises room for `count` insertions. Returns false, promising nothing, if the table must grow first.
  [[nodiscard]] bool reserve(std::uint64_t count);
  /// Gives back what was promised and not used.
  void release(std::uint64_t unused) { promised_.fetch_sub(unused, std::memory_order_relaxed); }
  /// Grows by half, or until `count` further insertions fit. Returns false if that would take more than
  /// `memory_bytes_max`.
  [[nodiscard]] bool grow(std::uint64_t count, std::uint64_t memory_bytes_max);

  /// Entries that fit before the next growth.
  [[nodiscard]] std::uint64_t entries_max() const { return used_max(capacity_); }
  /// How large the table can grow: the addresses it was given.
  [[nodiscard]] std::uint64_t reach_bytes() const { return mapped_bytes_; }
  [[nodiscard]] std::uint64_t size() const { return promised_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t memory_bytes() const { return (capacity_ + padding) * sizeof(Entry); }
  /// Requires: `key` was inserted.
  [[nodiscard]] Origin origin_of(std::uint64_t key) const;
  /// `visit(key, origin)` for every entry.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for_each_of_piece(0, 1, visit);
  }
  /// The same for one of so many pieces, which together are the table. Requires: piece < pieces.
  template <class Visit>
  void for_each_of_piece(unsigned piece, unsigned pieces, const Visit& visit) const {
    const std::uint64_t places = capacity_ + padding;
    for (std::uint64_t i = places * piece / pieces; i < places * (piece + 1) / pieces; ++i) {
      const std::uint64_t key = entries_[i].key.load(std::memory_order_relaxed);
      if (key != 0) {
        visit(key, entries_[i].origin.load(std::memory_order_relaxed));
      }
    }
  }
  /// The same for every entry whose key agrees with `key` in the upper 40 bits. Requires: random keys, whose
  /// homes are in the order of the keys. Cost: as a look-up.
  template <class Visit>
  void for_each_like(std::uint64_t key, const Visit& visit) const {
    const std::uint64_t last = home(key | 0xffffffU);
    for (std::uint64_t i = home(key & ~std::uint64_t{0xffffff}); i < capacity_ + padding; ++i) {
      const std::uint64_t held = entries_[i].key.load(std::memory_order_relaxed);
      if (held == 0 && i >= last) {
        return;
      }
      if (held != 0 && ((held ^ key) >> 24U) == 0) {
        visit(held, entries_[i].origin.load(std::memory_order_relaxed));
      }
    }
  }

 private:
  struct Entry {
    std::atomic<std::uint64_t> key;
    std::atomic<std::uint64_t> origin;
  };
  static_assert(sizeof(Entry) == 16);
  static constexpr std::uint64_t padding =
      4096;  ///< entries beyond the capacity, so that probing never wraps around

  [[nodiscard]] std::uint64_t home(std::uint64_t key) const;
  Entry& find_or_claim(std::uint64_t key, bool& claimed);
  void map_memory();
  void rehash_in_place(std::uint64_t old_capacity);
  [[nodiscard]] std::uint64_t lowest_source(std::uint64_t end, std::uint64_t old_capacity) const;
  void move_up(std::uint64_t begin, std::uint64_t end, bool alone);
  void place(std::uint64_t key, Origin origin);
  void move_clusters(std::uint64_t end, std::vector<std::pair<std::uint64_t, Origin>>& cluster);
  [[nodiscard]] std::uint64_t used_max(std::uint64_t capacity) const { return capacity / 4 * 3; }

  Keys keys_;
  unsigned growers_;
  Entry* entries_ = nullptr;
  std::uint64_t mapped_bytes_ = 0;
  std::uint64_t capacity_ = 0;
  std::atomic<std::uint64_t> promised_{0};
};

inline std::uint64_t FlatTable::home(std::uint64_t key) const {
  const std::uint64_t hash = keys_ == Keys::random ? key : mix(key * 0x9e3779b97f4a7c15ULL);
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<Wide>(hash) * capacity_) >> 64U);
}

[[gnu::always_inline]] inline FlatTable::Entry& FlatTable::find_or_claim(std::uint64_t key, bool& claimed) {
  PLIMSOLL_ASSERT(key != 0);
  const std::uint64_t end = capacity_ + padding;
  for (std::uint64_t i = home(key); i < end; ++i) {
    Entry& entry = entries_[i];
    std::uint64_t held = entry.key.load(std::memory_order_acquire);
    if (held == 0 && entry.key.compare_exchange_strong(held, key, std::memory_order_acq_rel)) {
      claimed = true;
      return entry;
    }
    if (held == key) {
      claimed = false;
      return entry;
    }
  }
  PLIMSOLL_ASSERT_KNOWN(false, "a cluster longer than the padding: the keys are not spread");
  __builtin_unreachable();
}

inline bool FlatTable::insert(std::uint64_t key, Origin origin, Origin& now) {
  bool claimed = false;
  Entry& entry = find_or_claim(key, claimed);
  std::uint64_t held = entry.origin.load(std::memory_order_relaxed);
  // 0: the claimer has not written yet, so the state is of this very level.
  while (held == 0 || (level_of(held) == level_of(origin) && origin < held)) {
    if (entry.origin.compare_exchange_weak(held, origin, std::memory_order_relaxed)) {
      held = origin;
      break;
    }
  }
  now = held;
  return claimed;
}

}  // namespace plimsoll::checker
