// From a scenario to the system it describes, with every reference in it checked.
#pragma once

#include <memory>

#include <tl/expected.hpp>

#include "checker/scenario/scenario.hpp"
#include "checker/system/system.hpp"

namespace plimsoll::cli {

/// Builds the system by the registry. Errors, at their place in the scenario: an unknown system or defect,
/// and whatever the system's factory refuses.
[[nodiscard]] tl::expected<std::unique_ptr<checker::System>, scenario::Error> build_system(
    const scenario::Scenario& scenario);

/// The properties the scenario asks for; all if it names none. Errors: one that the system does not have,
/// asked for or expected.
[[nodiscard]] tl::expected<checker::PropertyMask, scenario::Error> selected_properties(
    const scenario::Scenario& scenario, const checker::System& system);

/// What this run should find. What the file is silent about (a defect without expectation, several defects)
/// should hold.
[[nodiscard]] scenario::Expectation expected_of(const scenario::Scenario& scenario);

}  // namespace plimsoll::cli
