// A number for each state, dense from 0 in order of first insertion: what engines need that keep the graph of
// all states and not only the set.
//
// A state is known by its fingerprint or, without loss, by the root of its tree (state_tree.hpp); one
// FlatTable gives each such key its number.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "checker/visited/state_tree.hpp"
#include "checker/visited/visited_set.hpp"

namespace plimsoll::checker {

/// Thread-safety: reserve(), retract() and number() from any number of threads, each with its own Scratch;
/// the rest needs quiescence. Invariants: (1) a state's number never changes; (2) numbers are 0 .. size()-1.
class StateNumbers {
 public:
  /// One thread's working space.
  struct Scratch {
    std::unique_ptr<StateTree::Scratch> tree;  ///< of an exact set
    std::vector<std::uint64_t> keys;
  };

  /// Requires: `mode` is exact or fingerprint; a bitstate set tells no two states apart for sure.
  /// @param growers  How many threads grow() may use.
  StateNumbers(VisitedMode mode, std::uint32_t width, unsigned growers = 1);

  [[nodiscard]] Scratch scratch() const;

  /// Promises room for a batch of `count` states. False: call grow() when all threads are at rest.
  [[nodiscard]] bool reserve(std::uint64_t count);
  /// Takes such a promise back unused.
  void retract(std::uint64_t count);
  /// numbers[i] becomes the number of state i of `batch`; is_new[i] is set for exactly one of all equal
  /// states ever numbered. Requires: reserve(batch.size()) succeeded; the promise is used up.
  void number(const Successors& batch, std::vector<std::uint32_t>& numbers, std::vector<std::uint8_t>& is_new,
              Scratch& scratch);
  /// Makes room for `count` further states. False: that would take more than `memory_bytes_max` altogether,
  /// or more numbers than 32 bits have.
  [[nodiscard]] bool grow(std::uint64_t count, std::uint64_t memory_bytes_max);

  [[nodiscard]] std::uint32_t size() const { return next_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t memory_bytes() const;
  /// Upper bound of the probability that two states share a number.
  [[nodiscard]] double omission_probability() const;

 private:
  std::unique_ptr<StateTree> tree_;  ///< null: fingerprints
  FlatTable table_;
  std::atomic<std::uint32_t> next_{0};
};

}  // namespace plimsoll::checker
