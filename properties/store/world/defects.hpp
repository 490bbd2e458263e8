// The store's defects as `plimsoll list` shows them: what each breaks, and the scenario that shows it. The
// table is in defects.cpp; a test finds every row again.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "impl/store/defects.hpp"
#include "properties/registry.hpp"

namespace plimsoll::properties::store {

/// How a scenario is searched.
enum class FoundBy : std::uint8_t {
  breadth_first,  ///< the trace is a shortest one
  walks,  ///< random walks by priorities, as the scenario says (found_by_walks); the trace is shortened
};

/// A row of the table: what a search with the defect switched on ends with.
struct ShownDefect {
  plimsoll::store::Defect defect = {};
  const char* scenario = "";  ///< the file's name in model/scenarios/store, without .yaml
  FoundBy engine = FoundBy::breadth_first;
  const char* property = "";  ///< that is violated
  std::uint32_t length = 0;   ///< steps of the trace
  std::uint64_t states = 0;   ///< distinct ones until it was found; of walks, the steps of all of them
};
[[nodiscard]] std::span<const ShownDefect> shown_defects();

/// The random walks that find what needs too many things in the right order for a search: pct.
struct FoundByWalks {
  std::uint32_t bug_depth = 5;
  std::uint32_t steps_max = 50;
  std::uint64_t seed = 2;
};
inline constexpr FoundByWalks found_by_walks = {};

/// One for each defect of impl/store.
[[nodiscard]] std::vector<DefectEntry> defect_entries();

}  // namespace plimsoll::properties::store
