// Does a recorded liveness counterexample violate its property today? From descriptions back to states, then
// the judge of lassos.
#pragma once

#include <optional>
#include <string>

#include "checker/system/system.hpp"
#include "checker/trace/behaviour.hpp"

namespace plimsoll::checker {

/// Tries the behaviours of today that are described as `recorded` until one violates liveness property number
/// `property`. Returns nothing then, else the first objection of judge_lasso(). Requires: there is such a
/// behaviour, as replay() finds out.
/// Cost: one expansion for each step, unless several of today's states have one description; then more of
/// them are tried, up to a fixed number.
[[nodiscard]] std::optional<std::string> judge_recorded_lasso(const System& system, std::size_t property,
                                                              const Behaviour& recorded);

}  // namespace plimsoll::checker
