// Walks in which much never happens: what is absent cannot get in the way of the rest, nor use up its
// budgets.
//
// Algorithm: Groce, Zhang, Eide, Chen and Regehr, "Swarm Testing" (ISSTA 2012): each walk switches off every
// group of actions, faults among them, with a probability of one half, and chooses uniformly among what is
// left. Deviates: where that leaves nothing, or the walk goes round in circles, one of the groups that are
// possible is switched on for the rest of the walk. A protocol half of whose messages are never delivered
// would come to rest at once; so it goes on with as little as it needs, and a fault that is off happens at
// rest or not at all.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/search/random_stream.hpp"
#include "checker/search/spin_detector.hpp"
#include "checker/system/system.hpp"

namespace plimsoll::checker {

/// Usage: begin() for each walk; then choose() and arrive() for each step.
///
/// Thread-safety: none; one for each walker.
class Swarm {
 public:
  explicit Swarm(const System& system) : is_on_(system.action_groups().size()) {}

  void begin(Fingerprint state, RandomStream& random);
  /// The number of the transition to take. Requires: there is one.
  [[nodiscard]] std::size_t choose(const Successors& transitions, RandomStream& random);
  void arrive(Fingerprint state) { is_spinning_ |= circles_.arrive(state); }

 private:
  [[nodiscard]] std::uint64_t count(const Successors& transitions, bool is_on) const;
  [[nodiscard]] std::size_t pick(const Successors& transitions, bool is_on, std::uint64_t number) const;

  std::vector<bool> is_on_;  ///< [group]
  SpinDetector circles_;
  bool is_spinning_ = false;
};

}  // namespace plimsoll::checker
