// Shortening a behaviour that was not found breadth-first: a random walk wanders, and people read what is
// left.
//
// Algorithm: first what costs next to nothing. Circles are cut, and where some state leads to a much later
// one in a single step, that step is taken: after it a walk of a thousand steps may have a hundred left. Then
// chunks of steps are left out, the largest first, in the manner of Zeller and Hildebrandt, "Simplifying and
// isolating failure-inducing input" (IEEE TSE 28(2), 2002). Deviates in three ways. A step which is no longer
// enabled once others are gone is left out too instead of ending the attempt, since budgets and timers make
// most steps depend on some earlier one. One that is possible but for the numbers in its label is taken
// instead: without this, a behaviour in which requests, lives or terms are counted hardly gets shorter. And
// an attempt ends at the first state that shows the violation, so that what comes after it goes as well.
#pragma once

#include <cstddef>
#include <limits>

#include "checker/search/search.hpp"
#include "checker/system/system.hpp"

namespace plimsoll::checker {

/// Returns a behaviour of `system` that shows the same about property number `property` and has no more steps
/// than `path`. Requires: `path` is a behaviour of `system` that shows it; no liveness property.
/// @param executions  Re-executions at most; with none left the best so far is returned. 0 returns `path`.
/// @param steps  The same limit on the steps that all re-executions take together.
/// Cost: each step finds the successors of a state, and labels of those that might be the one looked for.
[[nodiscard]] Path minimise(const System& system, Path path, std::size_t property, std::size_t executions,
                            std::size_t steps = std::numeric_limits<std::size_t>::max());

}  // namespace plimsoll::checker
