// Does a System keep what its Symmetry promises? Tested on its reachable states: what a model's tests call
// before anything is searched under symmetry.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "checker/system/system.hpp"

namespace plimsoll::checker {

/// Explores `system` without symmetry, breadth-first, up to `states_max` states, and tests on each: renaming
/// is an action of the symmetric group and one-to-one; signatures follow renaming, and where they claim to be
/// complete they are; transitions, pruned actions, rightful ends and all safety properties, also of steps,
/// commute with renaming; so do the initial states. Swaps of neighbouring ids generate all permutations, so
/// commuting is tested with them alone; that renaming is an action, with every permutation up to degree 4 and
/// with products of two such swaps beyond.
/// Returns a sentence about the first broken promise, if any. Requires: the system has a symmetry.
/// Cost: about `degree` expansions for each state.
[[nodiscard]] std::optional<std::string> check_symmetry(const System& system, std::uint64_t states_max);

}  // namespace plimsoll::checker
