// For tests: a calibration model's scenario loaded, and its system searched.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "checker/scenario/scenario.hpp"
#include "checker/search/search.hpp"
#include "impl/base/assert.hpp"
#include "properties/calibration/system.hpp"

namespace plimsoll::properties::calibration {

struct Run {
  checker::VisitedMode visited;
  unsigned workers;
};
inline constexpr Run every_run[] = {
    {checker::VisitedMode::exact, 1},       {checker::VisitedMode::exact, 2},
    {checker::VisitedMode::exact, 4},       {checker::VisitedMode::fingerprint, 1},
    {checker::VisitedMode::fingerprint, 2}, {checker::VisitedMode::fingerprint, 4},
};

[[nodiscard]] inline checker::SearchResult search(const checker::System& system, const Run& run) {
  checker::SearchOptions options;
  options.visited = run.visited;
  options.workers = run.workers;
  return checker::search_breadth_first(system, options);
}

using Built = tl::expected<std::unique_ptr<checker::System>, scenario::Error>;

[[nodiscard]] inline Built build(const scenario::Scenario& scenario) {
  const SystemEntry entry = scenario.system == "mail-raft" ? mail_raft_entry() : two_phase_commit_entry();
  PLIMSOLL_ASSERT_KNOWN(entry.name == scenario.system, scenario.system);
  return entry.build(scenario, scenario.defects);
}

/// @param name  A scenario of model/scenarios/calibration, without ".yaml".
/// @param set   As for --set: "parameters.rms=3".
[[nodiscard]] inline scenario::Scenario load(const std::string& name, std::vector<std::string> set) {
  auto scenario = scenario::load_scenario(
      std::string(PLIMSOLL_SOURCE_DIR) + "/model/scenarios/calibration/" + name + ".yaml",
      {std::move(set), {}});
  PLIMSOLL_ASSERT_KNOWN(scenario.has_value(), scenario.error().to_string());
  return std::move(*scenario);
}

}  // namespace plimsoll::properties::calibration
