// One random walk: what choices are made is a function of the seed and the walk's number.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/search/random_stream.hpp"
#include "checker/search/search.hpp"

namespace plimsoll::checker {

/// Usage: begin(); then look() and, if there is a transition, choose() and move(), again and again.
///
/// Thread-safety: none; one for each thread. `worker` and `initial` must outlive it.
class Walker {
 public:
  /// @param initial  The System's initial states; not empty.
  Walker(Worker& worker, const Successors& initial);

  /// Starts walk number `walk` in an initial state, chosen uniformly.
  void begin(std::uint64_t seed, std::uint64_t walk);
  [[nodiscard]] StateView state() const { return state_; }
  [[nodiscard]] Fingerprint fingerprint() const { return fingerprint_; }

  /// Finds the transitions from the present state.
  const Successors& look();
  /// Chooses one of them uniformly, and returns its number. Requires: there is one.
  std::size_t choose() { return static_cast<std::size_t>(random_.below(transitions_.size())); }
  /// Takes transition `i`.
  void move(std::size_t i);

 private:
  Worker& worker_;
  const Successors& initial_;
  RandomStream random_{0, 0};
  Successors transitions_;
  std::vector<Slot> state_;
  Fingerprint fingerprint_ = 0;
};

/// The first `steps` steps of a walk, made concrete. Requires: the walk has as many.
[[nodiscard]] Path retrace_walk(Walker& walker, std::uint64_t seed, std::uint64_t walk, std::uint32_t steps);

}  // namespace plimsoll::checker
