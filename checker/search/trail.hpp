// From a finding back to the initial state: the shortest trace, made concrete.
#pragma once

#include <optional>

#include "checker/search/level_worker.hpp"

namespace plimsoll::checker {

/// The behaviour that leads to `finding`. Goes back through the origins that the visited set remembers, then
/// forward by re-execution, which also tells apart two parents that agree in the 40 bits an origin keeps.
/// Requires: no search is running. Cost: that of an ancestry of the visited set, and one expansion for each
/// step.
[[nodiscard]] Path reconstruct(const System& system, const VisitedSet& visited, const Finding& finding,
                               std::optional<std::size_t> step_property);

}  // namespace plimsoll::checker
