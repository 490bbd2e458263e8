// The store's defects as `plimsoll list` shows them: what each breaks, and the scenario that shows it. The
// table is in defects.cpp; a test finds every row again.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "impl/store/defects.hpp"
#include "properties/registry.hpp"

namespace plimsoll::properties::store {

/// A row of the table: what a breadth-first search with the defect switched on ends with.
struct ShownDefect {
  plimsoll::store::Defect defect = {};
  const char* scenario = "";  ///< the file's name in model/scenarios/store, without .yaml
  const char* property = "";  ///< that is violated
  std::uint32_t length = 0;   ///< steps of the trace, which is a shortest one
  std::uint64_t states = 0;   ///< distinct ones until it was found
};
[[nodiscard]] std::span<const ShownDefect> shown_defects();

/// A defect that no world of this system shows.
struct DefectElsewhere {
  plimsoll::store::Defect defect = {};
  const char* why = "";  ///< and where it is shown instead
};
[[nodiscard]] std::span<const DefectElsewhere> defects_elsewhere();

/// One for each defect of impl/store. Those that no row shows break nothing and name no scenario.
[[nodiscard]] std::vector<DefectEntry> defect_entries();

}  // namespace plimsoll::properties::store
