// For tests: a scenario of this domain, loaded and searched as the command line does.
#pragma once

#include <string>
#include <utility>

#include "checker/trace/loaded_scenario.hpp"
#include "properties/ipam/system.hpp"

namespace plimsoll::properties::ipam {

using checker::LoadedScenario;

/// @param file  From the root of the project: "model/scenarios/ipam/scarcity.yaml".
inline LoadedScenario load(const std::string& file, scenario::Overrides overrides = {}) {
  return checker::load_scenario_of(file, system_entry().build, std::move(overrides));
}

}  // namespace plimsoll::properties::ipam
