// Whether a scenario wants a property that is not checked unless somebody wants it: liveness, which costs as
// much as the search again.
#pragma once

#include <algorithm>
#include <string>

#include "checker/scenario/scenario.hpp"

namespace plimsoll::scenario {

/// Does the scenario name the property, in `properties` or in what it expects?
[[nodiscard]] inline bool asks_for(const Scenario& scenario, const std::string& property) {
  if (scenario.properties && std::ranges::count(*scenario.properties, property) > 0) {
    return true;
  }
  const auto expected = expectation(scenario);
  return expected && expected->property == property;
}

}  // namespace plimsoll::scenario
