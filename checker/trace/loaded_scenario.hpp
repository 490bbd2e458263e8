// For tests: a scenario of the project's own, loaded and searched as the command line does.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "checker/scenario/scenario.hpp"
#include "checker/search/search.hpp"
#include "checker/system/system.hpp"
#include "checker/trace/trace.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {

struct LoadedScenario {
  scenario::Scenario scenario;
  std::unique_ptr<System> system;

  [[nodiscard]] std::size_t property(const std::string& id) const {
    const auto& properties = system->properties();
    for (std::size_t i = 0; i < properties.size(); ++i) {
      if (properties[i].id == id) {
        return i;
      }
    }
    PLIMSOLL_ASSERT_KNOWN(false, "no property " + id);
    return 0;
  }

  [[nodiscard]] SearchResult search(VisitedMode visited, unsigned workers) const {
    SearchOptions options;
    options.visited = visited;
    options.workers = workers;
    if (scenario.properties) {
      options.selected = 0;
      for (const std::string& id : *scenario.properties) {
        options.selected |= property_bit(property(id));
      }
    }
    return search_breadth_first(*system, options);
  }

  /// The trace of the first property that `result` shows violated.
  [[nodiscard]] Trace trace_of(const SearchResult& result) const {
    Trace trace = checker::trace_of(scenario);
    for (const PropertyOutcome& outcome : result.properties) {
      if (outcome.verdict != Verdict::violated || !outcome.path) {
        continue;
      }
      trace.property = system->properties()[outcome.property].id;
      trace.behaviour = describe(*system, *outcome.path);
      return trace;
    }
    PLIMSOLL_ASSERT_KNOWN(false, "nothing is violated in " + scenario.name);
    return trace;
  }
};

/// @param file   From the root of the project: "model/scenarios/ipam/scarcity.yaml".
/// @param build  Makes the system, as a registry's entry does.
template <class Build>
[[nodiscard]] LoadedScenario load_scenario_of(const std::string& file, const Build& build,
                                              scenario::Overrides overrides) {
  auto scenario =
      scenario::load_scenario(std::string(PLIMSOLL_SOURCE_DIR) + "/" + file, std::move(overrides));
  PLIMSOLL_ASSERT_KNOWN(scenario.has_value(), scenario.error().to_string());
  auto system = build(*scenario, scenario->defects);
  PLIMSOLL_ASSERT_KNOWN(system.has_value(), system.error().to_string());
  return {std::move(*scenario), std::move(*system)};
}

}  // namespace plimsoll::checker
