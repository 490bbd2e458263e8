// Numbers in order of their first coming: a hash table from 64 bits to 0, 1, 2, ...
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace plimsoll::properties::overlay {

/// Open addressing, linear probing, at most half full. Thread-safety: as a plain value.
class NumberIndex {
 public:
  static constexpr std::uint32_t absent = 0xffffffffU;

  /// The number of `key`, a new one if it was not there. Cost: amortised constant.
  std::uint32_t add(std::uint64_t key) {
    if (keys_.size() * 2 >= slots_.size()) {
      grow();
    }
    const std::size_t slot = slot_of(key);
    if (slots_[slot] == absent) {
      slots_[slot] = static_cast<std::uint32_t>(keys_.size());
      keys_.push_back(key);
    }
    return slots_[slot];
  }
  /// `absent` if it is not there. Cost: constant.
  [[nodiscard]] std::uint32_t find(std::uint64_t key) const {
    return slots_.empty() ? absent : slots_[slot_of(key)];
  }
  [[nodiscard]] std::size_t size() const { return keys_.size(); }
  [[nodiscard]] const std::vector<std::uint64_t>& keys() const { return keys_; }

 private:
  [[nodiscard]] std::size_t slot_of(std::uint64_t key) const {
    constexpr std::uint64_t golden_ratio = 0x9e3779b97f4a7c15U;
    std::size_t slot = static_cast<std::size_t>((key * golden_ratio) >> shift_);
    while (slots_[slot] != absent && keys_[slots_[slot]] != key) {
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return slot;
  }
  void grow() {
    constexpr std::size_t least = 16;
    constexpr unsigned width = 64;
    const std::size_t size = slots_.empty() ? least : slots_.size() * 2;
    slots_.assign(size, absent);
    shift_ = width - static_cast<unsigned>(std::countr_zero(size));
    for (std::uint32_t number = 0; number < keys_.size(); ++number) {
      slots_[slot_of(keys_[number])] = number;
    }
  }

  std::vector<std::uint64_t> keys_ = {};
  std::vector<std::uint32_t> slots_ = {};
  unsigned shift_ = 0;
};

}  // namespace plimsoll::properties::overlay
