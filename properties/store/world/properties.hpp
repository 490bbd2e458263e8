// What must be true of members and of what clients are told, in worlds of system `store`.
#pragma once

#include <vector>

#include "checker/world/model.hpp"
#include "properties/store/world/assembly.hpp"

namespace plimsoll::properties::store {

/// All there are.
[[nodiscard]] const std::vector<checker::Property>& property_list();

/// Those that the world can judge: with Raft there is no log that everybody has agreed on, so that what needs
/// one is left out. Requires: `assembly` outlives the result.
[[nodiscard]] std::vector<checker::WorldProperty> make_properties(const Assembly& assembly);

}  // namespace plimsoll::properties::store
