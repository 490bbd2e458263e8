// For tests: a scenario of this domain, loaded and searched as the command line does.
#pragma once

#include <string>
#include <utility>

#include "checker/trace/loaded_scenario.hpp"
#include "properties/store/world/system.hpp"

namespace plimsoll::properties::store {

using checker::LoadedScenario;

/// @param name  Of a file in model/scenarios/store, without .yaml.
inline LoadedScenario load(const std::string& name, scenario::Overrides overrides = {}) {
  return checker::load_scenario_of("model/scenarios/store/" + name + ".yaml", system_entry().build,
                                   std::move(overrides));
}

}  // namespace plimsoll::properties::store
