// Walks in which much never happens, and the rest at rates that differ by orders of magnitude: what is absent
// cannot get in the way, nor use up its budgets, and what is frequent hardly notices what is rare.
//
// Algorithm: Groce, Zhang, Eide, Chen and Regehr, "Swarm Testing" (ISSTA 2012): each walk switches off every
// group of actions with a probability of one half. Deviates in four ways. A group that is on has a rate, 1,
// 4, 16 or 64, drawn for the walk; a group is chosen by its rate and one of its actions uniformly, so that a
// fault which can strike in forty places is no more frequent than another. Where there are spontaneous
// actors, only what they do may be off, since a protocol of which half of the messages are never delivered
// gets nowhere. What they do comes up once in 2, 5, 17 or 65 steps, again drawn for the walk, as long as
// there is something else to do: where time-outs are as likely as messages, no leader lasts. And where
// everything is off, or the walk goes round in circles, one of the groups that are possible is switched on
// for the rest of the walk; after a circle those that are on come at one rate.
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
class Swarm {
 public:
  explicit Swarm(const System& system);

  void begin(Fingerprint state, RandomStream& random);
  /// The number of the action to take. Requires: there is one. Cost: linear in the actions.
  [[nodiscard]] std::size_t choose(std::span<const Action> actions, RandomStream& random);
  void arrive(Fingerprint state) { is_spinning_ |= circles_.arrive(state); }

 private:
  struct Group {
    std::uint32_t rate = 0;      ///< 0: off
    std::uint32_t possible = 0;  ///< actions
    bool is_known = false;       ///< it is known whether
    bool is_spontaneous = false;
  };

  void count(std::span<const Action> actions);
  void switch_on(RandomStream& random);
  void even_out();
  [[nodiscard]] std::uint64_t sum_of_rates(bool spontaneous) const;
  [[nodiscard]] std::uint32_t group_in_turn(RandomStream& random) const;

  const System& system_;
  std::vector<Group> groups_;
  std::vector<std::uint32_t> present_;  ///< groups that are possible
  bool has_spontaneous_ = false;
  std::uint32_t patience_ = 1;
  SpinDetector circles_;
  bool is_spinning_ = false;
};

}  // namespace plimsoll::checker
