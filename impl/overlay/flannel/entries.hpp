// What one peer's lease comes to in a node's tables, for the backends that leave the work to the kernel.
//
// Source: flannel, pkg/backend/vxlan/vxlan_network.go (handleSubnetEvents), pkg/backend/vxlan/device.go
// (AddARP, AddFDB), pkg/backend/route_network.go and hostgw/hostgw.go (GetRoute), at cdf76059; rules FLN-V
// and FLN-H.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "impl/overlay/flannel/config.hpp"
#include "impl/overlay/flannel/kernel.hpp"

namespace plimsoll::overlay::flannel {

/// The VXLAN device, "flannel.<VNI>".
[[nodiscard]] std::string vxlan_device(const BackendConfig& config);

/// The entries of one lease. Through the tunnel: the peer's VXLAN device is the gateway and has the subnet's
/// first address; the neighbour says its hardware address, the FDB entry at which node that is. Otherwise a
/// route via the node itself is all.
struct Entries {
  Route route = {};
  std::optional<Neighbour> neighbour = {};
  std::optional<FdbEntry> fdb = {};
  PLIMSOLL_DESCRIBE(Entries, route, neighbour, fdb)
};

/// Whether the backend has anything to do for a lease of these attributes.
[[nodiscard]] bool concerns(const BackendConfig& config, const LeaseAttributes& attributes);

/// Requires: concerns(), and a VXLAN backend.
[[nodiscard]] Entries tunnel_entries(const BackendConfig& config, const base::Ipv4Prefix& subnet,
                                     const LeaseAttributes& attributes);
/// host-gw's, and those of a VXLAN peer that is reached directly: there the kernel finds the device itself.
[[nodiscard]] Entries direct_entries(const BackendConfig& config, const base::Ipv4Prefix& subnet,
                                     const LeaseAttributes& attributes);

/// Whether a route of the kernel's is the one wanted (route_network.go, routeEqual): destination, gateway,
/// device. A wanted route without device agrees with any.
[[nodiscard]] bool routes_agree(const Route& found, const Route& wanted);

}  // namespace plimsoll::overlay::flannel
