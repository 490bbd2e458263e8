// The raft defects as `plimsoll list` shows them: what each breaks, and the scenario that shows it. The table
// is in defects.cpp; a test finds every row again.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "impl/raft/defects.hpp"
#include "properties/registry.hpp"

namespace plimsoll::properties::raft {

/// The cheapest way to find it: how a scenario is searched.
enum class FoundBy : std::uint8_t {
  breadth_first,  ///< the trace is a shortest one
  depth_first,    ///< with one worker; the trace is shortened
  symmetry,       ///< breadth-first, one state of each orbit
  liveness,       ///< fair cycles of the graph of all states; the trace is short, not a shortest one
  walks,          ///< random walks of the mixture of schedules, seed 0; the trace is shortened
};
[[nodiscard]] std::string_view to_text(FoundBy engine);

/// A row of the table: what a search with the defect switched on ends with.
struct ShownDefect {
  plimsoll::raft::Defect defect = {};
  const char* scenario = "";  ///< the file's name in model/scenarios/raft, without .yaml
  FoundBy engine = FoundBy::breadth_first;
  const char* property = "";  ///< that is violated
  std::uint32_t length = 0;   ///< steps of the trace
  std::uint64_t states = 0;   ///< distinct ones until it was found; of walks, the steps of all of them
};
[[nodiscard]] std::span<const ShownDefect> shown_defects();

/// One for each defect of impl/raft. Those that no row shows break nothing and name no scenario.
[[nodiscard]] std::vector<DefectEntry> defect_entries();

}  // namespace plimsoll::properties::raft
