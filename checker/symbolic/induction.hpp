// Is a predicate true of every state that can be reached, in any number of steps?
//
// Source: Sheeran, Singh and Stålmarck, "Checking Safety Properties Using Induction and a SAT-Solver"
// (FMCAD 2000), algorithm 2: the predicate holds if it holds in the first k states of every path that begins
// initially (base), and if after any k different states where it holds it holds in the next one, too (step).
// With states that differ this is complete for finite systems, if k may become large enough; k = 1 is
// ordinary induction. Counterexamples are shortest, because every smaller k was tried.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "checker/symbolic/solver.hpp"
#include "checker/symbolic/transition_system.hpp"

namespace plimsoll::symbolic {

struct Induction {
  Answer answer = Answer::inconclusive;
  /// holds: the k it needed. violated: steps of the path. inconclusive: violations of fewer steps are
  /// excluded.
  unsigned depth = 0;
  /// violated: from an initial state to one where the predicate is false. inconclusive because no k was large
  /// enough: `depth` steps from some state, perhaps never reached, with the predicate true until the last
  /// state.
  std::optional<Path> path = std::nullopt;
  std::string reason = {};  ///< inconclusive: why
};

/// Wishes for the path that will be shown, tried one after the other: each is kept if such a path exists.
using Wishes = std::function<std::vector<Bool>(std::span<const Words> states, std::span<const Words> inputs)>;

struct InductionOptions {
  unsigned k_max = 8;  ///< at least 1
  Limits limits = {};
  Wishes wishes = {};  ///< may be empty
};

/// k-induction, with k = 1, 2, ... k_max. Only one result is never given: `violated` without a path.
/// Cost: k_max base and step cases, each worst-case exponential in the width of k_max states.
[[nodiscard]] Induction prove_always(const TransitionSystem& system, const Predicate& predicate,
                                     const InductionOptions& options);

/// The base cases alone: looks for violations of at most `steps_max` steps, shortest first. Never `holds`.
[[nodiscard]] Induction find_violation(const TransitionSystem& system, const Predicate& predicate,
                                       unsigned steps_max, const InductionOptions& options);

}  // namespace plimsoll::symbolic
