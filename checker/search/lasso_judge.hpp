// Does a path violate a liveness property? Judged from the System alone, state by state, and by nothing that
// the search for such paths uses: what finds a counterexample must not be what believes it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "checker/search/search.hpp"

namespace plimsoll::checker {

/// Judges whether `path` is a behaviour of `system`, is maximal (it loops, or nothing can happen at its end),
/// is fair, and violates liveness property number `property`. Returns nothing if so, else the first
/// objection, a clause without full stop: "the loop starves 'clock': it is always enabled and never taken".
/// Requires: `worker` is a worker of `system`. Cost: the successors of every state of the path.
[[nodiscard]] std::optional<std::string> judge_lasso(const System& system, Worker& worker,
                                                     std::size_t property, const Path& path);

}  // namespace plimsoll::checker
