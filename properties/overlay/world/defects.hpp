// The defects of system `flannel` as `plimsoll list` shows them: what each breaks, and the scenario that
// shows it. The table is in defects.cpp; a test finds every row again.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "impl/overlay/flannel/defects.hpp"
#include "properties/registry.hpp"

namespace plimsoll::properties::flannel_world {

/// What a breadth-first search with the defect switched on ends with.
struct ShownDefect {
  plimsoll::overlay::flannel::Defect defect = {};
  const char* scenario = "";  ///< the file's name in model/scenarios/overlay, without .yaml
  const char* property = "";  ///< that is violated
  std::uint32_t length = 0;   ///< steps of the shortest trace
  std::uint64_t states = 0;   ///< distinct ones until it was found
};
[[nodiscard]] std::span<const ShownDefect> shown_defects();

[[nodiscard]] std::vector<DefectEntry> defect_entries();

}  // namespace plimsoll::properties::flannel_world
