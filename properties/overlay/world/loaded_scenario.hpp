// For tests: a scenario of system `flannel`, loaded and searched as the command line does.
#pragma once

#include <string>
#include <utility>

#include "checker/trace/loaded_scenario.hpp"
#include "properties/overlay/world/system.hpp"

namespace plimsoll::properties::flannel_world {

using checker::LoadedScenario;

/// @param name  Of a file in model/scenarios/overlay, without .yaml.
inline LoadedScenario load(const std::string& name, scenario::Overrides overrides = {}) {
  return checker::load_scenario_of("model/scenarios/overlay/" + name + ".yaml", system_entry().build,
                                   std::move(overrides));
}

}  // namespace plimsoll::properties::flannel_world
