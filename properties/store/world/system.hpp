// System `store` for the registry: scenario in, world out.
#pragma once

#include "properties/registry.hpp"

namespace plimsoll::properties::store {

[[nodiscard]] SystemEntry system_entry();

}  // namespace plimsoll::properties::store
