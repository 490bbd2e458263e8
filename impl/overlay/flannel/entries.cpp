#include "impl/overlay/flannel/entries.hpp"

#include "impl/base/assert.hpp"

namespace plimsoll::overlay::flannel {

std::string vxlan_device(const BackendConfig& config) {
  return "flannel." + std::to_string(config.vni);
}

bool concerns(const BackendConfig& config, const LeaseAttributes& attributes) {
  switch (config.kind) {
    case BackendKind::udp:
      return true;  // it looks at no type
    case BackendKind::vxlan:
      return attributes.backend_type == backend_type(BackendKind::vxlan) && attributes.vxlan.has_value();
    case BackendKind::host_gw:
      break;
  }
  return attributes.backend_type == backend_type(BackendKind::host_gw);
}

Entries tunnel_entries(const BackendConfig& config, const base::Ipv4Prefix& subnet,
                       const LeaseAttributes& attributes) {
  PLIMSOLL_ASSERT(attributes.vxlan.has_value());
  const std::string device = vxlan_device(config);
  Entries entries;
  entries.route.destination = subnet;
  entries.route.gateway = subnet.address();
  entries.route.device = device;
  entries.route.onlink = true;
  entries.neighbour =
      Neighbour{subnet.address(), device, attributes.vxlan->vtep_mac, NeighbourState::permanent};
  FdbEntry fdb;
  fdb.mac = attributes.vxlan->vtep_mac;
  fdb.device = device;
  fdb.remote = attributes.public_ip;
  entries.fdb = fdb;
  return entries;
}

Entries direct_entries(const BackendConfig& config, const base::Ipv4Prefix& subnet,
                       const LeaseAttributes& attributes) {
  Entries entries;
  entries.route.destination = subnet;
  entries.route.gateway = attributes.public_ip;
  if (config.kind == BackendKind::host_gw) {
    entries.route.device = config.external.device;
  }
  return entries;
}

bool routes_agree(const Route& found, const Route& wanted) {
  return found.destination == wanted.destination && found.gateway == wanted.gateway &&
         (wanted.device.empty() || found.device == wanted.device);
}

}  // namespace plimsoll::overlay::flannel
