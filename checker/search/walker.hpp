// One random walk: what choices are made is a function of the seed and the walk's number.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/search/priorities.hpp"
#include "checker/search/random_stream.hpp"
#include "checker/search/search.hpp"
#include "checker/search/swarm.hpp"
#include "checker/system/offering.hpp"

namespace plimsoll::checker {

/// Usage: begin(); then look() and, if there is a transition, choose() and move(), again and again.
///
/// Where the worker is Offering, an offer is chosen as scheduled, and one of its transitions uniformly;
/// otherwise one of all transitions as scheduled.
///
/// Thread-safety: none; one for each thread. What it was made with must outlive it.
class Walker {
 public:
  /// @param initial  The System's initial states; not empty.
  Walker(const System& system, Worker& worker, const Successors& initial, const SearchOptions& options);

  /// Starts walk number `walk` in an initial state, chosen uniformly.
  void begin(std::uint64_t walk);
  [[nodiscard]] StateView state() const { return state_; }
  [[nodiscard]] Fingerprint fingerprint() const { return fingerprint_; }
  /// What the present walk is scheduled by: no mixture.
  [[nodiscard]] Schedule schedule() const { return schedule_; }

  /// Finds transitions from the present state: all of them, or those of the offer that was chosen. If there
  /// are none, none is possible, and pruned() counts the ones that leave the bounds.
  const Successors& look();
  /// Chooses one of them, and returns its number. Requires: there is one, and it is taken.
  std::size_t choose();
  /// Takes transition `i`.
  void move(std::size_t i);

  [[nodiscard]] WalkSummary summary() const;

 private:
  void look_at_offers();
  std::size_t choose_as_scheduled();

  Worker& worker_;
  Offering* const offering_;  ///< the worker, if it is
  const Successors& initial_;
  const SearchOptions& options_;
  RandomStream random_{0, 0};
  Schedule schedule_ = Schedule::uniform;
  Priorities priorities_;
  Swarm swarm_;
  std::uint32_t actors_;
  Successors transitions_;
  std::vector<Action> choices_;  ///< offers, or the transitions' actions
  std::vector<Slot> state_;
  Fingerprint fingerprint_ = 0;
};

/// What walk number `walk` is scheduled by.
[[nodiscard]] Schedule schedule_of(Schedule wanted, std::uint64_t walk);

/// The first `steps` steps of a walk, made concrete. Requires: the walk has as many.
[[nodiscard]] Path retrace_walk(Walker& walker, std::uint64_t walk, std::uint32_t steps);

}  // namespace plimsoll::checker
