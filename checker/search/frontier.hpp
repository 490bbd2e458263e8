// The states of one level, unpacked, in blocks that are handed out whole and freed as soon as they are
// expanded.
#pragma once

#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "checker/system/slots.hpp"

namespace plimsoll::checker {

/// Not thread-safe: each worker fills its own; taking blocks from a merged one is the caller's atomic
/// counter.
class Frontier {
 public:
  static constexpr std::size_t block_states = 512;

  struct Block {
    std::vector<Slot> slots;
    std::vector<Fingerprint> fingerprints;
  };

  explicit Frontier(std::uint32_t width) : width_(width) {}

  void push(StateView state, Fingerprint fingerprint) {
    if (blocks_.empty() || blocks_.back().fingerprints.size() == block_states) {
      Block& fresh = blocks_.emplace_back();
      fresh.slots.reserve(width_ * block_states);
      fresh.fingerprints.reserve(block_states);
    }
    Block& block = blocks_.back();
    block.slots.insert(block.slots.end(), state.begin(), state.end());
    block.fingerprints.push_back(fingerprint);
    ++size_;
  }
  /// Moves all of `other` to the end of this one.
  void take(Frontier& other) {
    for (Block& block : other.blocks_) {
      blocks_.push_back(std::move(block));
    }
    size_ += std::exchange(other.size_, 0);
    other.blocks_.clear();
  }
  [[nodiscard]] std::size_t block_count() const { return blocks_.size(); }
  [[nodiscard]] const Block& block(std::size_t i) const { return blocks_[i]; }
  /// Frees a block that has been expanded.
  void drop(std::size_t i) { blocks_[i] = Block{}; }
  void clear() {
    blocks_.clear();
    size_ = 0;
  }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::uint64_t memory_bytes() const { return blocks_.size() * block_bytes(); }
  [[nodiscard]] std::uint64_t block_bytes() const {
    return block_states * (width_ * sizeof(Slot) + sizeof(Fingerprint)) + sizeof(Block);
  }

 private:
  std::uint32_t width_;
  std::vector<Block> blocks_;
  std::uint64_t size_ = 0;
};

}  // namespace plimsoll::checker
