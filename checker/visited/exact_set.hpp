// States seen, without loss: tree compression.
//
// Algorithm: recursive pairing of slots into a binary tree of hash tables, after Laarman, van de Pol and
// Weber, "Parallel Recursive State Compression for Free" (SPIN 2011). Pairs of slots become node numbers,
// pairs of those again, until one pair, the root, stands for the state: 8 bytes. All inner nodes of all
// depths share one table. Successive states of a batch are siblings, so only the nodes above the slots in
// which they differ are looked up again. Deviates: a whole batch climbs the tree together, level by level, so
// that the look-ups of a level are prefetched; one state after another, each would wait for memory once a
// level.
#pragma once

#include <atomic>
#include <memory>

#include "checker/visited/visited_set.hpp"

namespace plimsoll::checker {

/// Requires: no two paired slots (2i and 2i+1) both hold 0xffffffff, whose pair has no key; checked.
/// Invariants: (1) a node number denotes the same pair for ever; (2) equal roots exactly for equal states.
class ExactSet final : public VisitedSet {
 public:
  ExactSet(std::uint32_t width, std::function<Fingerprint(StateView)> fingerprint);
  ~ExactSet() override;

  [[nodiscard]] std::unique_ptr<Scratch> scratch() const override;
  [[nodiscard]] bool reserve(std::uint64_t count) override;
  void retract(std::uint64_t count) override;
  void insert(const Successors& batch, std::uint32_t level, std::vector<std::uint8_t>& is_new,
              Scratch& scratch) override;
  [[nodiscard]] bool grow(std::uint64_t count, std::uint64_t memory_bytes_max) override;
  [[nodiscard]] std::uint64_t size() const override { return roots_.size(); }
  [[nodiscard]] std::uint64_t memory_bytes() const override;
  [[nodiscard]] std::uint64_t parents_memory_bytes() const override { return roots_.memory_bytes() / 2; }
  [[nodiscard]] double omission_probability() const override { return 0; }
  void for_each_at_level(std::uint32_t level, const Visit& visit) const override;

 private:
  class Tree;
  static constexpr std::uint32_t segment_bits = 16;
  static constexpr std::uint32_t segment_count = 1U << 16U;

  void find_roots(const Successors& batch, Tree& tree);
  void pair_up(Tree& tree, std::size_t at, std::size_t count);
  std::uint32_t node(std::uint64_t pair, std::uint64_t& fresh);
  void unpack(std::uint64_t root, std::vector<Slot>& state) const;
  [[nodiscard]] std::uint64_t pair_of(std::uint32_t node) const;
  [[nodiscard]] std::uint64_t pairs_memory_bytes() const;

  std::uint32_t width_;
  std::uint32_t inner_nodes_per_state_;
  std::function<Fingerprint(StateView)> fingerprint_;
  FlatTable roots_;
  FlatTable nodes_;
  std::atomic<std::uint32_t> node_count_{0};
  std::unique_ptr<std::atomic<std::uint64_t*>[]>
      pairs_;  ///< node number -> pair, in segments that never move
};

}  // namespace plimsoll::checker
