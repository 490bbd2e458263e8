// What of a path is in vain: circles, and detours between states of which one leads to the other.
#pragma once

#include <cstddef>

#include "checker/search/search.hpp"
#include "checker/system/system.hpp"

namespace plimsoll::checker {

/// Leaves out what leads from a state back to it. The first and the last state stay as they are.
/// @param kept  So many steps at the end are left alone.
[[nodiscard]] Path without_circles(const System& system, Path path, std::size_t kept);

/// The shortest behaviour that goes by states of `path` only, in their order, and ends with the last of them.
/// Requires: no state of it comes twice, except among the last `kept` steps, which are left alone.
/// Cost: the successors of each state.
[[nodiscard]] Path with_short_cuts(const System& system, Worker& worker, Path path, std::size_t kept);

}  // namespace plimsoll::checker
