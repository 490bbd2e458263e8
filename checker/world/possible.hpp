// What can happen at all in a world, by its model and budgets: worked out before anything is explored.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "checker/world/layout.hpp"

namespace plimsoll::checker {

/// Names of the kinds of messages or timers: a variant's alternatives, an enumeration's enumerators, else
/// one.
[[nodiscard]] std::vector<std::string> kinds_of(const base::Schema& schema);

// Of timers that are an enumeration the enumerators are the kinds, of a variant the alternatives: for all
// timers of one alternative Process::timer_kind() says the same. Of other timers nothing is known.

/// Would a timer of this kind spend a budget that is called after it? One of which nothing is known may.
[[nodiscard]] bool may_spend(const WorldModel& model, std::size_t process, std::size_t kind);
/// May a timer of this kind fire? One of which nothing is known may.
[[nodiscard]] bool may_fire(const WorldModel& model, const WorldLayout& layout, std::size_t process,
                            std::size_t kind);
/// Is a timer of this kind known to be a whim? Requires: as may_fire.
[[nodiscard]] bool is_whim(const WorldModel& model, std::size_t process, std::size_t kind);

/// The number of the patient timer of this kind, or no_patience.
[[nodiscard]] std::size_t find_patience(const WorldModel& model, std::size_t process, std::size_t kind);
inline constexpr std::size_t no_patience = ~std::size_t{0};

/// Is the process in a unit that may crash, with its disk or without?
[[nodiscard]] bool may_crash(const WorldModel& model, const WorldLayout& layout, std::size_t process);

}  // namespace plimsoll::checker
