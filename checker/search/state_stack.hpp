// A worker's stack of states that wait for their expansion: pushed and popped at the top, given away from the
// bottom.
#pragma once

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <vector>

#include "checker/system/slots.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {

/// States lie back to back in blocks, so that nothing is allocated for a state and growth copies nothing.
///
/// Thread-safety: none.
class StateStack {
 public:
  explicit StateStack(std::uint32_t width)
      : width_(width),
        record_(width + header),
        block_bits_(bits_of_block(record_)),
        block_states_(std::size_t{1} << block_bits_) {}

  /// @param depth  States on the path to it, the initial one and itself included.
  void push(StateView state, Fingerprint fingerprint, std::uint32_t depth) {
    if (top_ == blocks_.size() * block_states_) {
      blocks_.push_back(std::make_unique_for_overwrite<Slot[]>(block_states_ * record_));
      ++held_;
    }
    Slot* record = at(top_);
    std::memcpy(record, &fingerprint, sizeof(fingerprint));
    record[2] = depth;
    std::memcpy(record + header, state.data(), width_ * sizeof(Slot));
    ++top_;
  }
  /// The slots stay where they are until the next push or pop.
  [[nodiscard]] StateView top() const { return {at(top_ - 1) + header, width_}; }
  [[nodiscard]] Fingerprint top_fingerprint() const {
    Fingerprint fingerprint = 0;
    std::memcpy(&fingerprint, at(top_ - 1), sizeof(fingerprint));
    return fingerprint;
  }
  [[nodiscard]] std::uint32_t top_depth() const { return at(top_ - 1)[2]; }
  void pop() {
    PLIMSOLL_ASSERT(!empty());
    --top_;
    // One empty block is kept: a stack that goes up and down between two would allocate all the time.
    if (blocks_.size() * block_states_ - top_ >= 2 * block_states_) {
      blocks_.pop_back();
      --held_;
    }
  }
  /// Moves the `count` lowest states of `from` to the top of this one, in their order. Cost: copies them.
  void take_bottom(StateStack& from, std::size_t count) {
    PLIMSOLL_ASSERT(count <= from.size());
    for (; count > 0; --count) {
      const Slot* record = from.at(from.bottom_);
      Fingerprint fingerprint = 0;
      std::memcpy(&fingerprint, record, sizeof(fingerprint));
      push({record + header, width_}, fingerprint, record[2]);
      ++from.bottom_;
      if (from.bottom_ % block_states_ == 0) {
        from.blocks_[(from.bottom_ >> block_bits_) - 1].reset();
        --from.held_;
      }
    }
  }

  [[nodiscard]] bool empty() const { return top_ == bottom_; }
  [[nodiscard]] std::size_t size() const { return top_ - bottom_; }
  [[nodiscard]] std::uint64_t memory_bytes() const { return held_ * block_states_ * record_ * sizeof(Slot); }

 private:
  static constexpr std::size_t header = 3;  ///< slots before those of the state: fingerprint and depth
  static constexpr std::size_t block_slots = std::size_t{1}
                                             << 14U;  ///< 64 KiB, unless a few states take more

  static unsigned bits_of_block(std::size_t record) {
    return static_cast<unsigned>(std::bit_width(std::max<std::size_t>(8, block_slots / record))) - 1;
  }
  [[nodiscard]] Slot* at(std::size_t i) const {
    return blocks_[i >> block_bits_].get() + (i & (block_states_ - 1)) * record_;
  }

  std::size_t width_;
  std::size_t record_;
  unsigned block_bits_;
  std::size_t block_states_;
  std::vector<std::unique_ptr<Slot[]>> blocks_;  ///< those below `bottom_` are gone
  std::size_t bottom_ = 0;
  std::size_t top_ = 0;
  std::size_t held_ = 0;  ///< blocks that are there
};

}  // namespace plimsoll::checker
