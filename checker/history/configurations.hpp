// The configurations a search for a linearization has been in: which operations are linearized, and the
// state of the object after them.
//
// Source: Gavin Lowe, "Testing for linearizability", Concurrency and Computation 29(4), 2017, section 4: two
// orders of the same operations that lead to the same state have the same future. Sets are stored without
// the words before the first missing operation and after the last present one, since operations are
// linearized nearly in the order of their calls.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace plimsoll::history {

/// Mixes a word into a hash; after Steele, Lea and Flood, "Fast splittable pseudorandom number generators"
/// (OOPSLA 2014), the finaliser of SplitMix64.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
  std::uint64_t bits = hash ^ (word + 0x9e3779b97f4a7c15ULL);
  bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebULL;
  return bits ^ (bits >> 31U);
}

/// An exact set of (bits, state).
///
/// Thread-safety: none.
template <class State>
class Configurations {
 public:
  Configurations() : table_(1024, 0) {}

  /// @param ordered    Bits of operations that returned, by their call: stored from the first word that has a
  ///                   hole to the last that is not empty.
  /// @param others     Bits of operations that never returned: stored whole.
  /// @param state_hash Equal for equal states.
  /// @return whether it is new. Cost: linear in the words, amortised.
  bool insert(std::span<const std::uint64_t> ordered, std::span<const std::uint64_t> others,
              const State& state, std::uint64_t state_hash) {
    std::size_t first = 0;
    while (first < ordered.size() && ordered[first] == ~std::uint64_t{0}) {
      ++first;
    }
    std::size_t last = ordered.size();
    while (last > first && ordered[last - 1] == 0) {
      --last;
    }
    const std::span<const std::uint64_t> window = ordered.subspan(first, last - first);
    std::uint64_t hash = mixed(state_hash, first);
    for (const std::uint64_t word : window) {
      hash = mixed(hash, word);
    }
    for (const std::uint64_t word : others) {
      hash = mixed(hash, word);
    }
    const Key key{first, window, others};
    std::size_t slot = hash & (table_.size() - 1);
    for (; table_[slot] != 0; slot = (slot + 1) & (table_.size() - 1)) {
      const Entry& entry = entries_[table_[slot] - 1];
      if (entry.hash == hash && entry.state == state && matches(entry, key)) {
        return false;
      }
    }
    add(key, hash, state);
    table_[slot] = static_cast<std::uint32_t>(entries_.size());
    if (entries_.size() * 2 > table_.size()) {
      grow();
    }
    return true;
  }

  [[nodiscard]] std::uint64_t size() const { return entries_.size(); }
  [[nodiscard]] std::uint64_t memory_bytes() const {
    return words_.capacity() * sizeof(std::uint64_t) + entries_.capacity() * sizeof(Entry) +
           table_.capacity() * sizeof(std::uint32_t);
  }
  /// The most that insert() can be called with new ones.
  static constexpr std::uint64_t size_max = 0xffff'fff0;

 private:
  struct Key {
    std::size_t first = 0;
    std::span<const std::uint64_t> window;
    std::span<const std::uint64_t> others;
  };
  struct Entry {
    std::uint64_t hash = 0;
    std::uint64_t offset = 0;  ///< in words_: the window, then the others
    std::uint32_t first = 0;   ///< number of full words before the window
    std::uint32_t window = 0;  ///< words of it
    State state = {};
  };

  [[nodiscard]] bool matches(const Entry& entry, const Key& key) const {
    if (entry.first != key.first || entry.window != key.window.size()) {
      return false;
    }
    const std::uint64_t* stored = words_.data() + entry.offset;
    for (const std::uint64_t word : key.window) {
      if (*stored++ != word) {
        return false;
      }
    }
    for (const std::uint64_t word : key.others) {
      if (*stored++ != word) {
        return false;
      }
    }
    return true;
  }

  void add(const Key& key, std::uint64_t hash, const State& state) {
    entries_.push_back({hash, words_.size(), static_cast<std::uint32_t>(key.first),
                        static_cast<std::uint32_t>(key.window.size()), state});
    words_.insert(words_.end(), key.window.begin(), key.window.end());
    words_.insert(words_.end(), key.others.begin(), key.others.end());
  }

  void grow() {
    std::vector<std::uint32_t> larger(table_.size() * 2, 0);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      std::size_t slot = entries_[i].hash & (larger.size() - 1);
      while (larger[slot] != 0) {
        slot = (slot + 1) & (larger.size() - 1);
      }
      larger[slot] = static_cast<std::uint32_t>(i + 1);
    }
    table_ = std::move(larger);
  }

  std::vector<std::uint64_t> words_ = {};
  std::vector<Entry> entries_ = {};
  std::vector<std::uint32_t> table_;  ///< 0, or the number of an entry plus 1; a power of two
};

}  // namespace plimsoll::history
