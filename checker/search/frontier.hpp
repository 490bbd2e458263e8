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
      add_block();
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
  /// Takes a block that has been expanded out; its memory is there to be used again.
  [[nodiscard]] Block extract(std::size_t i) { return std::exchange(blocks_[i], Block{}); }
  /// Gives memory for a block to come: fresh pages cost the system more than filling them costs us.
  void recycle(Block block) {
    if (spare_.size() < spare_max) {
      block.slots.clear();
      block.fingerprints.clear();
      spare_.push_back(std::move(block));
    }
  }
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
  static constexpr std::size_t spare_max = 16;

  void add_block() {
    if (!spare_.empty()) {
      blocks_.push_back(std::move(spare_.back()));
      spare_.pop_back();
      return;
    }
    Block& fresh = blocks_.emplace_back();
    fresh.slots.reserve(width_ * block_states);
    fresh.fingerprints.reserve(block_states);
  }

  std::uint32_t width_;
  std::vector<Block> blocks_;
  std::vector<Block> spare_;  ///< empty, with memory
  std::uint64_t size_ = 0;
};

}  // namespace plimsoll::checker
