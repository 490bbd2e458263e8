// What must hold of subnet leases and pod addresses. One function for each property; the names are those of
// scenarios and reports.
#pragma once

#include <string>
#include <vector>

#include "checker/world/model.hpp"
#include "properties/ipam/assembly.hpp"

namespace plimsoll::properties::ipam {

/// All safety properties of the system, in the order in which violations of one level are reported.
[[nodiscard]] std::vector<checker::WorldProperty> make_properties(const Assembly& assembly,
                                                                  const Setup& setup);

/// The world may come to rest when every node holds a lease or waits, and every pod that is wanted runs where
/// the network is up.
[[nodiscard]] checker::RightfulEnd make_rightful_end(const Assembly& assembly);

/// Id, kind and statement of each, without a world: for `plimsoll list`. Liveness properties: liveness.hpp.
[[nodiscard]] const std::vector<checker::Property>& property_list();

}  // namespace plimsoll::properties::ipam
