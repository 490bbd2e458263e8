// From a path through representatives back to a behaviour of the raw system.
#pragma once

#include "checker/reduce/symmetric_system.hpp"
#include "checker/search/search.hpp"

namespace plimsoll::checker {

/// A behaviour of `reduced.raw()` that visits the orbits of `path` one by one, so of the same length, and
/// shows of `property` (an index into properties()) what `path` shows: its last state does, or for step
/// properties its last step. At each step the first transition that leads on is taken, so the behaviour is
/// the same in every run.
/// Requires: `path` comes from a search of `reduced`, is no lasso, and the symmetry keeps its promises.
/// Cost: one expansion and its canonicalisation for each step.
[[nodiscard]] Path concretise(const SymmetricSystem& reduced, const Path& path, std::size_t property);

}  // namespace plimsoll::checker
