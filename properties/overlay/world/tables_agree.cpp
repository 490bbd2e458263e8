// What the leases of others come to on a node, written down a second time: after rules FLN-U, FLN-V and FLN-H
// of the semantics, and not by what flannel's backends compute.

#include <algorithm>
#include <set>
#include <string>
#include <tuple>

#include "properties/overlay/world/steps.hpp"

namespace plimsoll::properties::flannel_world {
namespace {

using RouteLine = std::tuple<base::Ipv4Prefix, base::Ipv4, std::string>;
using NeighbourLine = std::pair<base::Ipv4, base::Mac>;
using FdbLine = std::pair<base::Mac, base::Ipv4>;

const base::Ipv4Prefix network(base::Ipv4(10, 244, 0, 0), 16);

struct Lines {
  std::multiset<RouteLine> routes = {};
  std::multiset<NeighbourLine> neighbours = {};
  std::set<FdbLine> fdb = {};
  std::multiset<std::tuple<base::Ipv4Prefix, base::Ipv4, std::uint16_t>> relayed = {};  ///< by flanneld
  friend bool operator==(const Lines&, const Lines&) = default;
};

/// All nodes are on one link, so that direct routing needs no tunnel at all.
Lines wanted_lines(const Setup& setup, const Place& own, const Registry& registry) {
  const bool by_tunnel = setup.backend == flannel::BackendKind::vxlan && !setup.direct_routing;
  const bool by_flanneld = setup.backend == flannel::BackendKind::udp;
  Lines lines;
  if (by_flanneld) {
    lines.routes.emplace(network, base::Ipv4(), "flannel0");
  }
  for (const auto& [subnet, lease] : registry.leases) {
    const flannel::LeaseAttributes& attributes = lease.published.attributes;
    if (lease.node == own.node) {
      continue;
    }
    if (by_flanneld) {
      lines.relayed.emplace(subnet, attributes.public_ip, flannel::default_udp_port);
      continue;
    }
    if (!by_tunnel) {
      lines.routes.emplace(subnet, attributes.public_ip, "eth0");
      continue;
    }
    lines.routes.emplace(subnet, subnet.first(), "flannel.1");
    lines.neighbours.emplace(subnet.first(), attributes.vxlan->vtep_mac);
    lines.fdb.emplace(attributes.vxlan->vtep_mac, attributes.public_ip);
  }
  return lines;
}

Lines found_lines(const net::Tables& kernel, const std::optional<Relay>& relay) {
  Lines lines;
  for (const flannel::UdpRoute& route : relay ? relay->routes : flannel::UdpRoutes()) {
    lines.relayed.emplace(route.subnet, route.node, route.port);
  }
  for (const net::Route& route : kernel.routes) {
    if (!route.kernel && route.table == net::table_main && network.contains(route.destination)) {
      lines.routes.emplace(route.destination, route.gateway.value_or(base::Ipv4()), route.device);
    }
  }
  for (const net::Neighbour& neighbour : kernel.neighbours) {
    if (neighbour.device == "flannel.1") {
      lines.neighbours.emplace(neighbour.address, neighbour.mac);
    }
  }
  for (const net::FdbEntry& entry : kernel.fdb) {
    if (entry.device == "flannel.1" && entry.remote) {
      lines.fdb.emplace(entry.mac, *entry.remote);
    }
  }
  return lines;
}

}  // namespace

bool tables_agree(const Setup& setup, const Place& own, const net::Tables& kernel,
                  const std::optional<Relay>& relay, const Registry& registry) {
  return found_lines(kernel, relay) == wanted_lines(setup, own, registry);
}

}  // namespace plimsoll::properties::flannel_world
