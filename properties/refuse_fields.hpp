// What systems of servers refuse in a scenario: the fields that describe a whole cluster.
#pragma once

#include <string>

#include "checker/scenario/reader.hpp"
#include "checker/scenario/scenario.hpp"

namespace plimsoll::properties {

/// Errors at time, processes, network, nodes and manifests, where the scenario has them.
/// @param processes_from  What decides the processes instead: "the parameter servers".
inline void refuse_cluster_fields(const scenario::Scenario& scenario, const std::string& processes_from,
                                  scenario::FirstError& errors) {
  const std::string system = "system " + scenario.system;
  if (scenario.time.is_discrete) {
    errors.add({scenario.time.where, system + " is untimed: its timers fire at any moment, within budgets"});
  }
  if (!scenario.processes.empty()) {
    errors.add({scenario.processes.front().where, system + " takes its processes from " + processes_from});
  }
  if (scenario.network) {
    errors.add({scenario.network->where, system + " has no field 'network', but a parameter"});
  }
  if (scenario.nodes) {
    errors.add({scenario.nodes->where, system + " has no field 'nodes'"});
  }
  if (!scenario.manifests.empty()) {
    errors.add({scenario.manifests.front().where, system + " has no use for manifests"});
  }
}

}  // namespace plimsoll::properties
