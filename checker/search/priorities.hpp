// Walks scheduled by priorities, for bugs that need few orderings: an early one here, a late one there, and
// whatever else in between.
//
// Algorithm: PCT of Burckhardt, Kothari, Musuvathi and Nagarakatte, "A Randomized Scheduler with
// Probabilistic Guarantees of Finding Bugs" (ASPLOS 2010), section 3. The actors get different random
// priorities, and the highest that can act always does. At d - 1 steps, drawn from the first k, the actor
// whose turn it is falls below all others. A bug of depth d, one that d orderings suffice for, shows with a
// probability of at least 1 / (n k^(d-1)) among n actors in k steps.
//
// Deviates in four ways. Nobody knows k beforehand, so each walk draws it: 16, 32, 64 and so on up to the
// limit of steps, which costs the number of these horizons as a factor and gains the difference between the
// limit and the steps that the bug needs. A spontaneous actor, a fault say, draws a new priority after each
// of its actions: these do not follow from each other, so that each is a chain of its own in the sense of
// Ozkan, Majumdar, Niksic, Befrouei and Weissenbacher, "Randomized Testing of Distributed Systems with
// Probabilistic Guarantees" (OOPSLA 2018), and one of n. An actor with several possible actions chooses among
// them uniformly; the guarantee is the paper's where actors have no choice, and is to be multiplied with the
// probability of the choices where they have. And an actor that goes round in circles all by itself falls
// below all others, as a thread does in the paper's tool (section 4) when it spins or yields, for the walk
// would show nothing else.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/search/random_stream.hpp"
#include "checker/search/spin_detector.hpp"
#include "checker/system/system.hpp"

namespace plimsoll::checker {

/// Usage: begin() for each walk; then choose() and arrive() for each step.
///
/// Thread-safety: none; one for each walker. `system` must outlive it.
class Priorities {
 public:
  /// @param bug_depth  d, at least 1: priorities change at d - 1 moments.
  /// @param steps_max  Steps of a walk at most, and the last of the horizons.
  Priorities(const System& system, std::uint32_t bug_depth, std::uint32_t steps_max);

  void begin(Fingerprint state, RandomStream& random);
  /// The number of the action to take. Requires: there is one. Cost: a call of System::actor_of() for each.
  [[nodiscard]] std::size_t choose(std::span<const Action> actions, RandomStream& random);
  void arrive(Fingerprint state);

  [[nodiscard]] std::uint32_t horizons() const { return static_cast<std::uint32_t>(horizons_.size()); }

 private:
  void draw(std::uint32_t actor, RandomStream& random);
  [[nodiscard]] std::uint32_t highest() const;
  [[nodiscard]] std::uint32_t actor_in_turn();

  const System& system_;
  std::vector<std::uint32_t> horizons_;
  std::vector<std::uint64_t> changes_;     ///< number i at this step, counted from 1
  std::vector<std::int64_t> priority_of_;  ///< [actor]; from d on, of those not changed yet
  std::vector<std::uint32_t> actors_;      ///< [action]
  std::uint64_t step_ = 0;
  std::int64_t lowest_ = 0;  ///< of those that have fallen below all others
  std::uint32_t last_ = 0;   ///< the actor that took the last step
  Fingerprint state_ = 0;
  SpinDetector alone_;  ///< since the last actor took over
};

}  // namespace plimsoll::checker
