// The tables that a backend is for, computed from nothing but the live leases: the oracle of its tests.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "impl/overlay/flannel/backend.hpp"
#include "impl/overlay/flannel/test_bed.hpp"
#include "impl/overlay/node/tables.hpp"

namespace plimsoll::overlay::flannel {

/// Of a node's tables, what flannel is to blame for.
struct FlannelTables {
  std::set<std::pair<base::Ipv4Prefix, base::Ipv4>> routes = {};  ///< in the network: via
  std::set<std::pair<base::Ipv4, base::Mac>> neighbours = {};     ///< on flannel's device
  std::set<std::pair<base::Mac, base::Ipv4>> fdb = {};            ///< on flannel's device
  std::set<base::Ipv4> addresses = {};                            ///< of flannel's device
  bool up = false;                                                ///< flannel's device is
  friend bool operator==(const FlannelTables&, const FlannelTables&) = default;
};

/// What the tables say. A route counts only if it leaves by the right device: flannel's if its gateway is in
/// the network, the external one if not.
inline FlannelTables read(const Backend::Config& config, const Tables& tables, const std::string& device) {
  FlannelTables found;
  for (const Route& route : tables.routes) {
    const bool is_ours = route.table == table_main && config.network.contains(route.destination);
    if (is_ours && route.gateway &&
        route.device == (config.network.contains(*route.gateway) ? device : config.external.device)) {
      found.routes.emplace(route.destination, *route.gateway);
    }
  }
  for (const Neighbour& neighbour : tables.neighbours) {
    if (neighbour.device == device && neighbour.state == NeighbourState::permanent) {
      found.neighbours.emplace(neighbour.address, neighbour.mac);
    }
  }
  for (const FdbEntry& entry : tables.fdb) {
    if (entry.device == device) {
      found.fdb.emplace(entry.mac, entry.remote.value_or(base::Ipv4()));
    }
  }
  for (const InterfaceAddress& address : tables.addresses) {
    if (address.device == device) {
      found.addresses.insert(address.address.address());
    }
  }
  const Link* link = find_link(tables, device);
  found.up = link != nullptr && link->up;
  return found;
}

/// What they shall say. `is_direct`: whether a peer of that address is on the node's own link.
template <class IsDirect>
FlannelTables wanted(const Backend::Config& config, const base::Ipv4Prefix& own,
                     const std::map<base::Ipv4Prefix, LeaseAttributes>& leases, IsDirect is_direct) {
  FlannelTables tables;
  const bool has_device = config.kind != BackendKind::host_gw;
  tables.up = has_device;
  if (has_device) {
    tables.addresses.insert(own.address());
  }
  for (const auto& [subnet, attributes] : leases) {
    const bool is_ours = attributes.backend_type == backend_type(config.kind) &&
                         (config.kind != BackendKind::vxlan || attributes.vxlan.has_value());
    if (subnet == own || !is_ours || config.kind == BackendKind::udp) {
      continue;
    }
    if (config.kind == BackendKind::host_gw || (config.direct_routing && is_direct(attributes.public_ip))) {
      tables.routes.emplace(subnet, attributes.public_ip);
    } else {
      tables.routes.emplace(subnet, subnet.address());
      tables.neighbours.emplace(subnet.address(), attributes.vxlan->vtep_mac);
      tables.fdb.emplace(attributes.vxlan->vtep_mac, attributes.public_ip);
    }
  }
  return tables;
}

inline FlannelTables found(const TestBed& bed) {
  return read(bed.config, bed.tables, bed.state.node.device);
}
inline FlannelTables oracle(const TestBed& bed) {
  return wanted(bed.config, bed.own_subnet, bed.leases, [](base::Ipv4 ip) { return own_link.contains(ip); });
}

}  // namespace plimsoll::overlay::flannel
