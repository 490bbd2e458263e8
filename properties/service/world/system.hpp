// System `services` for the registry: scenario in, world out.
#pragma once

#include "properties/registry.hpp"

namespace plimsoll::properties::services_world {

[[nodiscard]] SystemEntry system_entry();

}  // namespace plimsoll::properties::services_world
