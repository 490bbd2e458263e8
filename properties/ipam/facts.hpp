// Facts about a state of the ipam world that several properties and the refinement look at.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "checker/world/view.hpp"
#include "impl/ipam/flannel/lease_watcher.hpp"
#include "properties/ipam/assembly.hpp"

namespace plimsoll::properties::ipam {

/// The live leases in the store, by subnet. Requires: the property declared the store's data.
[[nodiscard]] plimsoll::ipam::LeaseTable live_leases(const checker::WorldView& view,
                                                     const Assembly& assembly);

/// The subnet a node believes it holds. Requires: the property declared the node's manager.
[[nodiscard]] std::optional<base::Ipv4Prefix> held_subnet(const checker::WorldView& view,
                                                          const NodePlaces& node);

/// Addresses that the node's pods send and receive with. Requires: the property declared the node's
/// sandboxes.
[[nodiscard]] std::vector<base::Ipv4> used_addresses(const checker::WorldView& view, const NodePlaces& node);

}  // namespace plimsoll::properties::ipam
