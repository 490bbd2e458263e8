// Lossless keys of states: tree compression.
//
// Algorithm: recursive pairing of slots into a binary tree of hash tables, after Laarman, van de Pol and
// Weber, "Parallel Recursive State Compression for Free" (SPIN 2011). Pairs of slots become node numbers,
// pairs of those again, until one pair, the root, stands for the state: 8 bytes. All inner nodes of all
// depths share one table. A successor differs from the state it comes from in a few slots, so only the nodes
// above these are looked up. Deviates: a whole batch climbs the tree together, level by level, so that the
// look-ups of a level are prefetched; one state after another, each would wait for memory once a level.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "checker/system/successors.hpp"
#include "checker/visited/flat_table.hpp"
#include "checker/visited/slot_order.hpp"

namespace plimsoll::checker {

/// The root of a state: equal exactly for equal states, never 0. A run's private matter, as node numbers are.
using StateKey = std::uint64_t;

/// Thread-safety: reserve(), retract() and find_keys() from any number of threads, each with its own Scratch;
/// the rest needs quiescence. Invariant: a node number denotes the same pair for ever.
class StateTree {
 public:
  class Scratch;

  /// @param order  The slots in the order of the leaves, a permutation of 0 .. width - 1: what is paired with
  ///               what. Empty: as they come.
  /// @param growers  How many threads grow() may use.
  explicit StateTree(std::uint32_t width, SlotOrder order = {}, unsigned growers = 1);
  ~StateTree() = default;
  StateTree(const StateTree&) = delete;
  StateTree& operator=(const StateTree&) = delete;
  StateTree(StateTree&&) = delete;
  StateTree& operator=(StateTree&&) = delete;

  [[nodiscard]] std::unique_ptr<Scratch> scratch() const;

  /// Promises room for the nodes of `count` states. False: call grow() when all threads are at rest.
  [[nodiscard]] bool reserve(std::uint64_t count);
  /// Takes such a promise back unused.
  void retract(std::uint64_t count);
  /// Works out the keys of all states of `batch`, adding nodes as needed. Requires: reserve(batch.size())
  /// succeeded; the promise is used up. The states that successors come from, where the batch gives them,
  /// have been in a batch before. Cost: a look-up for each node above a slot in which a state differs from
  /// the one it comes from; if that is not given, from the state before it.
  void find_keys(const Successors& batch, std::vector<StateKey>& keys, Scratch& scratch);
  /// Makes room for the nodes of `count` further states. False: that would take more than `memory_bytes_max`.
  [[nodiscard]] bool grow(std::uint64_t count, std::uint64_t memory_bytes_max);

  /// As FlatTable::reach_bytes().
  [[nodiscard]] std::uint64_t reach_bytes() const { return nodes_.reach_bytes(); }
  [[nodiscard]] const SlotOrder& order() const { return slot_of_; }
  /// The state that `key` stands for. Requires: find_keys() gave it.
  void unpack(StateKey key, std::vector<Slot>& state) const;
  [[nodiscard]] std::uint64_t memory_bytes() const { return nodes_.memory_bytes() + pairs_memory_bytes(); }

 private:
  static constexpr std::uint32_t segment_bits = 16;
  static constexpr std::uint32_t stretch = 512;  ///< node numbers a worker takes at a time; a power of two

  void add_rows(const Successors& batch, Scratch& scratch) const;
  void climb(Scratch& scratch, std::size_t level);
  void complete_bases(Scratch& scratch, std::size_t level) const;
  void make_segments();
  std::uint32_t node(std::uint64_t pair, Scratch& scratch);
  std::uint32_t node_of_all_ones(Scratch& scratch);
  std::uint32_t next_number(Scratch& scratch);
  void file(std::uint32_t number, std::uint64_t pair, Scratch& scratch);
  [[nodiscard]] std::uint64_t pair_of(std::uint32_t node) const;
  [[nodiscard]] std::uint64_t pairs_memory_bytes() const;

  SlotOrder slot_of_;                   ///< by leaf
  std::vector<std::uint16_t> leaf_of_;  ///< by slot
  std::vector<std::uint32_t> sizes_;    ///< values of each level, from the slots to the root's one or two
  std::uint32_t inner_nodes_per_state_;
  FlatTable nodes_;
  std::atomic<std::uint32_t> node_count_{0};
  std::mutex all_ones_mutex_;
  std::optional<std::uint32_t> all_ones_;  ///< the node of two slots that both hold 0xffffffff
  /// Node number -> pair, in segments that never move. There are always as many as the table has room for, so
  /// that none is made while others read; memory that was not written to costs nothing.
  std::vector<std::unique_ptr<std::uint64_t[]>> pairs_;
};

/// One thread's working space: a batch of states as trees. Level 0 of a tree holds the slots, each further
/// level the pairs of the one below; an odd last value is carried up as it is; the last level has one or two
/// values: the root. Of each state, a row, only the values that differ from those of its base are kept. Bases
/// are kept whole: the states that were expanded, and those that come from nowhere.
class StateTree::Scratch {
 public:
  explicit Scratch(const StateTree& tree)
      : recents_(std::size_t{1} << recent_bits), bases_(tree.sizes_.size()) {}

 private:
  friend class StateTree;
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  struct Row {
    std::uint32_t base = none;     ///< the base it differs from; for the very first, none
    std::uint32_t becomes = none;  ///< the base it is itself
    bool wanted = false;           ///< its key is
    std::uint32_t end = 0;  ///< of its values at the current level; they begin where the row before ends
  };
  /// A value in which a row differs from its base; while climbing, a pair whose number is wanted.
  struct Value {
    std::uint64_t pair = 0;
    std::uint32_t number = 0;
    std::uint16_t position = 0;
    bool known = false;
  };
  /// Pairs low in the tree are few and come again and again; the shared table would spread them over a cache
  /// line each.
  struct Recent {
    std::uint64_t pair = 0;
    std::uint32_t number = 0;
    bool used = false;
  };
  void make_room(std::size_t values) {
    if (values_.size() < values) {
      values_.resize(values);
      above_.resize(values);
    }
  }
  [[nodiscard]] Recent& recent(std::uint64_t pair) {
    return recents_[(pair * 0x9e3779b97f4a7c15ULL) >> (64 - recent_bits)];
  }

  static constexpr unsigned recent_bits = 13;  ///< 128 KiB: a part of a core's own cache
  std::vector<Recent> recents_;
  std::vector<Row> rows_;
  std::vector<Value> values_;  ///< of the current level; as many as the rows say
  std::vector<Value> above_;   ///< of the next one, while it is made
  /// By level: all values of every base, the last one of the batch before being number 0.
  std::vector<std::vector<std::uint32_t>> bases_;
  std::uint32_t base_count_ = 0;
  std::uint64_t fresh_nodes_ = 0;
  std::uint32_t next_number_ = 0;  ///< of the node numbers that only this thread hands out
  std::uint32_t numbers_end_ = 0;
};

}  // namespace plimsoll::checker
