// Is a Quotient one? Tested on reachable states of its raw system: what tests call before anything is
// searched in its place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "checker/system/quotient.hpp"

namespace plimsoll::checker {

/// Explores the raw system, breadth-first, up to `states_max` states, and tests that each is bisimilar to the
/// state that stands for it: both have transitions of the same groups to the same representatives, of which
/// all step properties say the same; the same groups are pruned; safety properties and rightful ends agree.
/// Besides, representatives stand for themselves.
/// Returns a sentence about the first state where that is not so, if any. Cost: two expansions for each state
/// and a representative for each transition.
[[nodiscard]] std::optional<std::string> check_quotient(const Quotient& quotient, std::uint64_t states_max);

}  // namespace plimsoll::checker
