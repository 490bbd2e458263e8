// System `flannel` for the registry: scenario in, world out.
#pragma once

#include "properties/registry.hpp"

namespace plimsoll::properties::flannel_world {

[[nodiscard]] SystemEntry system_entry();

}  // namespace plimsoll::properties::flannel_world
