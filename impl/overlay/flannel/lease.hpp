// What a backend is told of the subnet leases of the network's nodes.
//
// Source: flannel, pkg/lease/lease.go (LeaseAttrs, Event), pkg/backend/vxlan/vxlan.go (vxlanLeaseAttrs), at
// cdf76059. In the store the attributes are JSON; whoever reads it there has taken it apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "impl/base/described_net.hpp"

namespace plimsoll::overlay::flannel {

/// How packets travel between nodes.
enum class BackendKind : std::uint8_t { udp, vxlan, host_gw };
PLIMSOLL_DESCRIBE_ENUM(BackendKind, udp, vxlan, host_gw)

/// A lease's BackendType: "udp", "vxlan", "host-gw".
[[nodiscard]] constexpr std::string_view backend_type(BackendKind kind) {
  switch (kind) {
    case BackendKind::udp:
      return "udp";
    case BackendKind::vxlan:
      return "vxlan";
    case BackendKind::host_gw:
      break;
  }
  return "host-gw";
}

/// A vxlan lease's BackendData: {"VNI":1,"VtepMAC":"..."}.
struct VxlanData {
  std::uint32_t vni = 1;
  base::Mac vtep_mac = {};  ///< of the node's VXLAN device
  PLIMSOLL_DESCRIBE(VxlanData, vni, vtep_mac)
};

/// What a lease says about its node.
struct LeaseAttributes {
  base::Ipv4 public_ip = {};
  std::string backend_type = {};        ///< see backend_type(); a foreign writer's word is none of ours
  std::optional<VxlanData> vxlan = {};  ///< none: not there, or it cannot be read
  PLIMSOLL_DESCRIBE_OPTIONS(vxlan)
  PLIMSOLL_DESCRIBE(LeaseAttributes, public_ip, backend_type, vxlan)
};

/// A piece of news about one subnet's lease.
struct LeaseEvent {
  base::Ipv4Prefix subnet = {};
  /// As they are now. None: the lease is gone.
  std::optional<LeaseAttributes> attributes = {};
  PLIMSOLL_DESCRIBE(LeaseEvent, subnet, attributes)
};

/// News, in their order. The first batch after the acquisition is a listing of all leases there are, perhaps
/// of none.
struct LeaseEvents {
  std::vector<LeaseEvent> events = {};
  bool listing = false;  ///< what is not in it is gone
  PLIMSOLL_DESCRIBE(LeaseEvents, events, listing)
};

}  // namespace plimsoll::overlay::flannel
