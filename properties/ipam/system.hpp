// System `ipam` for the registry: scenario in, world out.
#pragma once

#include "properties/registry.hpp"

namespace plimsoll::properties::ipam {

[[nodiscard]] SystemEntry system_entry();

}  // namespace plimsoll::properties::ipam
