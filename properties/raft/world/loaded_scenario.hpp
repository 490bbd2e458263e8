// For tests: a scenario of this domain, loaded and searched as the command line does.
#pragma once

#include <string>
#include <utility>

#include "checker/trace/loaded_scenario.hpp"
#include "properties/raft/world/system.hpp"

namespace plimsoll::properties::raft {

using checker::LoadedScenario;

/// @param file  From the root of the project: "model/scenarios/raft/divergence.yaml".
inline LoadedScenario load(const std::string& file, scenario::Overrides overrides = {}) {
  return checker::load_scenario_of(file, system_entry().build, std::move(overrides));
}

}  // namespace plimsoll::properties::raft
