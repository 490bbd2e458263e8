// The raft defects as `plimsoll list` shows them: what each breaks, and the scenario that shows it.
#pragma once

#include <vector>

#include "properties/registry.hpp"

namespace plimsoll::properties::raft {

/// Of those that a scenario finds.
[[nodiscard]] std::vector<DefectEntry> defect_entries();

}  // namespace plimsoll::properties::raft
