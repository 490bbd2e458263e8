// System `raft` for the registry: scenario in, world out.
#pragma once

#include "properties/registry.hpp"

namespace plimsoll::properties::raft {

[[nodiscard]] SystemEntry system_entry();

}  // namespace plimsoll::properties::raft
