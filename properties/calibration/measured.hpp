// For tests: a calibration model's scenario loaded, and its system searched.
#pragma once

#include <algorithm>
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

/// The properties of the system that are liveness, or those that are not.
[[nodiscard]] inline checker::PropertyMask properties_of(const checker::System& system, bool liveness) {
  checker::PropertyMask found = 0;
  for (std::size_t i = 0; i < system.properties().size(); ++i) {
    found |= checker::is_liveness(system.properties()[i].kind) == liveness ? checker::property_bit(i) : 0;
  }
  return found;
}

/// Everything but liveness, breadth-first.
/// @param all  Go on after a violation.
[[nodiscard]] inline checker::SearchResult search(const checker::System& system, const Run& run,
                                                  bool all = false) {
  checker::SearchOptions options;
  options.visited = run.visited;
  options.workers = run.workers;
  options.selected = properties_of(system, false);
  options.all = all;
  return checker::search_breadth_first(system, options);
}

using Built = tl::expected<std::unique_ptr<checker::System>, scenario::Error>;

[[nodiscard]] inline std::vector<SystemEntry> every_entry() {
  return {alternating_bit_entry(),    backlog_entry(),         dining_philosophers_entry(),
          fairness_strengths_entry(), lighthouse_entry(),      mail_raft_entry(),
          peterson_entry(),           two_phase_commit_entry()};
}

[[nodiscard]] inline Built build(const scenario::Scenario& scenario) {
  const std::vector<SystemEntry> entries = every_entry();
  const auto entry = std::ranges::find(entries, scenario.system, &SystemEntry::name);
  PLIMSOLL_ASSERT_KNOWN(entry != entries.end(), scenario.system);
  return entry->build(scenario, scenario.defects);
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
