// Which budgets a world can spend, for those who grant them: one that nothing spends is a mistake in a
// scenario.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checker/world/model.hpp"

namespace plimsoll::checker {

/// The budgets that something in `model` would spend, were they granted: faults, and timers that are whims or
/// fire without a clock. Sorted. What `model` grants itself does not matter.
[[nodiscard]] std::vector<std::string> spendable_budgets(const WorldModel& model);

/// What is wrong with granting `model` this budget, as a sentence for whoever wrote the scenario; nothing if
/// something would spend it.
[[nodiscard]] std::optional<std::string> complaint_about_budget(const WorldModel& model,
                                                                const std::string& name);

}  // namespace plimsoll::checker
