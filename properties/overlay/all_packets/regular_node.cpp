#include "properties/overlay/all_packets/regular_node.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "impl/base/stable_sort.hpp"

namespace plimsoll::properties::overlay {
namespace {

using namespace plimsoll::overlay;  // NOLINT(google-build-using-namespace): what is asked

constexpr std::uint32_t vxlan_header = 50;  // outer Ethernet, IP, UDP and VXLAN

bool is_running(const Link& link) {
  return link.up && link.carrier;
}

/// The addresses of a device.
std::vector<base::Ipv4Prefix> addresses_on(const Tables& tables, const std::string& device) {
  std::vector<base::Ipv4Prefix> own;
  for (const InterfaceAddress& address : tables.addresses) {
    if (address.device == device) {
      own.push_back(address.address);
    }
  }
  return own;
}

InterfaceSysctls merged(const Sysctls& sysctls, const std::string& device) {
  const auto of = [&](const std::string& name) {
    const auto found = sysctls.conf.find(name);
    return found == sysctls.conf.end() ? InterfaceSysctls{} : found->second;
  };
  const InterfaceSysctls all = of(std::string(conf_all));
  InterfaceSysctls own = of(device);
  own.rp_filter = std::max(own.rp_filter, all.rp_filter);
  own.proxy_arp = own.proxy_arp || all.proxy_arp;
  own.arp_ignore = std::max(own.arp_ignore, all.arp_ignore);
  own.arp_filter = std::max(own.arp_filter, all.arp_filter);
  return own;
}

Oddity odd_conf(const Tables& node, const std::string& device) {
  constexpr std::uint8_t strict = 1;
  const InterfaceSysctls conf = merged(node.sysctls, device);
  const auto says = [&](std::string_view what) { return std::string(what) + " of " + device; };
  if (!conf.forwarding) {
    return says("forwarding");
  }
  if (conf.rp_filter == strict) {
    return says("strict rp_filter");
  }
  if (conf.proxy_arp || conf.arp_ignore > 1 || conf.arp_filter != 0) {
    return says("proxy_arp, arp_ignore or arp_filter");
  }
  return std::nullopt;
}

bool has_default_route(const Tables& node) {
  return std::ranges::any_of(node.routes, [](const Route& route) {
    return route.destination.length() == 0 && route.type == RouteType::unicast && route.table == table_main;
  });
}

Oddity odd_rules(const Tables& tables) {
  constexpr std::array usual = {table_local, table_main, table_default};
  const bool is_usual =
      tables.rules.size() == usual.size() &&
      std::ranges::equal(tables.rules, usual, [](const RoutingRule& rule, std::uint32_t table) {
        return rule.table == table && rule.source.length() == 0 && rule.destination.length() == 0 &&
               rule.mark_mask == 0 && rule.in_device.empty() && rule.unsupported.empty();
      });
  return is_usual ? Oddity{} : "its routing rules are not the kernel's own";
}

/// The routes of a node as rows, one of each prefix.
class RouteRows {
 public:
  RouteRows(const Tables& node, const NodeDevices& devices, const UnderlayNeighbours& others)
      : node_(node), devices_(devices), others_(others) {}

  tl::expected<std::vector<FlatRoute>, std::string> rows() {
    std::vector<const Route*> routes;
    for (const Route& route : node_.routes) {
      routes.push_back(&route);
    }
    base::stable_sort(routes, {}, [](const Route* route) {
      return std::tuple(route->table != table_local, route->destination, route->metric);
    });
    std::set<base::Ipv4Prefix> seen;
    for (const Route* route : routes) {
      if (const Oddity odd = odd_route(*route)) {
        return tl::unexpected(*odd);
      }
      if (seen.insert(route->destination).second) {
        add(*route);
      }
    }
    if (!sees_underlay_) {
      return tl::unexpected(std::string("its underlay is not on a link of its own"));
    }
    const bool has_bridge =
        std::ranges::any_of(rows_, [](const FlatRoute& row) { return row.way == FlatWay::bridge; });
    if (devices_.bridge != nullptr && !has_bridge) {
      return tl::unexpected(std::string("it has no route to its own pods"));
    }
    return std::move(rows_);
  }

 private:
  /// Whether the prefix lies inside the other, and is smaller.
  static bool is_within(const base::Ipv4Prefix& inner, const base::Ipv4Prefix& outer) {
    return inner.length() > outer.length() && outer.contains(inner.first());
  }

  Oddity odd_route(const Route& route) {
    const std::string name = "its route to " + to_text(route.destination);
    if (!route.unsupported.empty() || route.tos != 0 || route.mtu != 0 || route.type == RouteType::throw_) {
      return name + " has what no usual one has";
    }
    if (route.table == table_local) {
      const bool is_own_underlay = route.destination.first() == devices_.address;
      const bool is_loopback = is_within(route.destination, {base::Ipv4(127, 0, 0, 0), 7});
      if (route.destination.length() != base::Ipv4::width_bits && !is_loopback) {
        return name + " makes a whole network local";
      }
      return !is_own_underlay && others_.macs.contains(route.destination.first()) ? name + " hides a node"
                                                                                  : Oddity{};
    }
    if (route.table != table_main) {
      return route.table == table_default ? name + " is in table default" : Oddity{};
    }
    if (devices_.bridge != nullptr && is_within(route.destination, devices_.subnet)) {
      return name + " splits the network of its own pods";
    }
    return odd_way(route, name);
  }

  Oddity odd_way(const Route& route, const std::string& name) {
    if (route.type != RouteType::unicast) {
      return std::nullopt;
    }
    if (route.device == devices_.underlay->name) {
      const bool is_underlay = !route.gateway && route.destination.contains(devices_.address);
      const bool cuts = std::ranges::any_of(others_.macs, [&](const auto& other) {
        return !is_underlay && route.destination.length() > 0 && route.destination.contains(other.first);
      });
      sees_underlay_ |= is_underlay && std::ranges::all_of(others_.macs, [&](const auto& other) {
                          return route.destination.contains(other.first);
                        });
      return cuts ? name + " cuts the underlay" : Oddity{};
    }
    const bool by_bridge = devices_.bridge != nullptr && route.device == devices_.bridge->name;
    if (by_bridge && (route.gateway || route.destination != devices_.subnet.network())) {
      return name + " is not that of its bridge";
    }
    const bool by_vtep = devices_.vtep != nullptr && route.device == devices_.vtep->name;
    if (by_vtep && !route.gateway) {
      return name + " leads into the VXLAN without a gateway";
    }
    return by_bridge || by_vtep ? Oddity{} : name + " leads by " + route.device;
  }

  void add(const Route& route) {
    if (route.table != table_local && route.table != table_main) {
      return;  // no rule asks that table
    }
    FlatRoute row = {.first = route.destination.first().value(),
                     .length = static_cast<std::uint8_t>(route.destination.length())};
    if (route.table == table_local) {
      row.way = FlatWay::itself;
    } else if (route.type != RouteType::unicast) {
      row.way = FlatWay::unreachable;
    } else if (devices_.bridge != nullptr && route.device == devices_.bridge->name) {
      row.way = FlatWay::bridge;
    } else if (devices_.vtep != nullptr && route.device == devices_.vtep->name) {
      row.way = FlatWay::vxlan;
      row.gateway = route.gateway->value();
    } else if (route.gateway && others_.macs.contains(*route.gateway)) {
      row.way = FlatWay::direct;
      row.gateway = route.gateway->value();
    } else {
      row.way = FlatWay::away;
    }
    rows_.push_back(row);
  }

  const Tables& node_;
  const NodeDevices& devices_;
  const UnderlayNeighbours& others_;
  bool sees_underlay_ = false;
  std::vector<FlatRoute> rows_ = {};
};

/// Adds the neighbours that the VTEP knows; those of other devices must be who they say.
Oddity add_neighbours(const Tables& node, const NodeDevices& devices, const UnderlayNeighbours& others,
                      FlatNode& row) {
  std::set<base::Ipv4> seen;
  for (const Neighbour& neighbour : node.neighbours) {
    const bool is_lasting =
        neighbour.state == NeighbourState::permanent || neighbour.state == NeighbourState::noarp;
    const std::string name = "its neighbour " + to_text(neighbour.address) + " on " + neighbour.device;
    if (devices.vtep != nullptr && neighbour.device == devices.vtep->name) {
      if (!is_lasting || !seen.insert(neighbour.address).second) {
        return name + " is not written for good";
      }
      row.neighbours.push_back({neighbour.address.value(), number_of(neighbour.mac)});
    } else if (neighbour.device == devices.underlay->name) {
      const auto other = others.macs.find(neighbour.address);
      const bool is_known =
          neighbour.state != NeighbourState::failed && neighbour.state != NeighbourState::incomplete;
      if (is_known && other != others.macs.end() && other->second != neighbour.mac) {
        return name + " has another MAC address";
      }
    } else if (is_lasting && devices.bridge != nullptr && neighbour.device == devices.bridge->name) {
      return name + " is written for good";
    }
  }
  return std::nullopt;
}

Oddity add_entries(const Tables& node, const NodeDevices& devices, FlatNode& row) {
  std::set<base::Mac> seen;
  for (const FdbEntry& entry : node.fdb) {
    const bool is_vtep = devices.vtep != nullptr && entry.device == devices.vtep->name && !entry.master;
    if (is_vtep && entry.remote) {
      const bool is_plain = entry.port == 0 || entry.port == devices.vtep->vxlan->port;
      if (!is_plain || entry.vni.value_or(devices.vtep->vxlan->vni) != devices.vtep->vxlan->vni ||
          entry.mac == base::Mac() || entry.mac.is_group() || !seen.insert(entry.mac).second) {
        return "its forwarding entry of " + to_text(entry.mac) + " is not one of one VTEP";
      }
      row.entries.push_back({number_of(entry.mac), entry.remote->value()});
    } else if (entry.master && !entry.permanent) {
      return "its bridge has a written entry of " + to_text(entry.mac);
    }
  }
  return std::nullopt;
}

}  // namespace

tl::expected<NodeDevices, std::string> devices_of(const Tables& node, const std::string& underlay) {
  NodeDevices devices = {.underlay = find_link(node, underlay)};
  if (devices.underlay == nullptr) {
    return tl::unexpected(std::string("it has no device " + underlay));
  }
  for (const Link& link : node.links) {
    const auto own = addresses_on(node, link.name);
    if (link.kind == LinkKind::bridge && !own.empty()) {
      if (devices.bridge != nullptr || own.size() != 1) {
        return tl::unexpected(std::string("it has several bridges, or several addresses on one"));
      }
      devices.bridge = &link;
      devices.subnet = own.front();
    }
    if (link.kind == LinkKind::vxlan) {
      if (devices.vtep != nullptr) {
        return tl::unexpected(std::string("it has several VXLAN devices"));
      }
      devices.vtep = &link;
    }
  }
  const auto own = addresses_on(node, underlay);
  if (own.size() != 1) {
    return tl::unexpected("it has not one address on " + underlay);
  }
  devices.address = own.front().address();
  return devices;
}

Oddity odd_devices(const Tables& node, const NodeDevices& devices, std::uint32_t mtu) {
  constexpr std::uint8_t loose = 2;
  if (const Oddity odd = odd_rules(node)) {
    return odd;
  }
  for (const Link* link : {devices.underlay, devices.bridge, devices.vtep}) {
    if (link == nullptr) {
      continue;
    }
    if (!is_running(*link) || link->port) {
      return link->name + " is down, or a port of a bridge";
    }
    if (Oddity odd = odd_conf(node, link->name)) {
      return odd;
    }
    if (merged(node.sysctls, link->name).rp_filter == loose && !has_default_route(node)) {
      return "loose rp_filter of " + link->name + " without a default route";
    }
    if (link->mtu < mtu) {
      return link->name + " is too small for what pods send";
    }
  }
  if (devices.vtep != nullptr) {
    const VxlanInfo& vxlan = *devices.vtep->vxlan;
    if (vxlan.local != devices.address || vxlan.learning ||
        (!vxlan.link.empty() && vxlan.link != devices.underlay->name)) {
      return devices.vtep->name + " does not use the underlay as flannel does";
    }
    if (devices.underlay->mtu < mtu + vxlan_header) {
      return devices.underlay->name + " is too small for what pods send through the VXLAN";
    }
  }
  return std::nullopt;
}

tl::expected<FlatNode, std::string> rows_of(const Tables& node, const NodeDevices& devices,
                                            const UnderlayNeighbours& others) {
  FlatNode row = {.underlay = devices.address.value(),
                  .vtep = devices.vtep == nullptr ? 0 : number_of(devices.vtep->address)};
  auto routes = RouteRows(node, devices, others).rows();
  if (!routes) {
    return tl::unexpected(routes.error());
  }
  row.routes = std::move(*routes);
  if (const Oddity odd = add_neighbours(node, devices, others, row)) {
    return tl::unexpected(*odd);
  }
  if (const Oddity odd = add_entries(node, devices, row)) {
    return tl::unexpected(*odd);
  }
  return row;
}

Oddity odd_pod(const PodPlace& pod, const NodeDevices& node, std::uint32_t mtu) {
  const Tables& tables = *pod.tables;
  const auto own = addresses_on(tables, pod.device->name);
  if (!is_running(*pod.device) || pod.device->mtu != mtu || pod.port->mtu != mtu || !is_running(*pod.port)) {
    return "its device or the other end of it is down, or of another size than those of other pods";
  }
  if (!pod.port->port || node.bridge == nullptr || pod.port->port->bridge != node.bridge->name) {
    return "it is not on the bridge of its node";
  }
  const BridgePort& port = *pod.port->port;
  if (!port.forwarding || port.isolated || !port.learning || !port.flood || !port.bcast_flood) {
    return "its port of the bridge is not a plain one";
  }
  if (own.size() != 1 || own.front().network() != node.subnet.network()) {
    return "it has not one address in the network of its node's bridge";
  }
  const bool is_routed = std::ranges::all_of(tables.routes, [&](const Route& route) {
    const bool is_default = route.destination.length() == 0 && route.gateway == node.subnet.address();
    const bool is_link = !route.gateway && route.destination == own.front().network();
    const bool is_plain = route.type == RouteType::unicast && route.unsupported.empty() && route.tos == 0 &&
                          route.mtu == 0 && route.device == pod.device->name;
    return route.table == table_local || (is_plain && (is_default || is_link));
  });
  const auto networks =
      std::ranges::count_if(tables.routes, [](const Route& route) { return route.table == table_main; });
  constexpr std::ptrdiff_t both = 2;
  if (!is_routed || networks != both) {
    return "its routes are not the way to its node, and no more";
  }
  const bool has_rules = std::ranges::any_of(tables.ruleset.tables, [](const netfilter::Table& table) {
    return std::ranges::any_of(table.chains, [](const netfilter::Chain& chain) {
      return !chain.rules.empty() || chain.policy == netfilter::Verdict::drop;
    });
  });
  const bool has_written = std::ranges::any_of(tables.neighbours, [](const Neighbour& neighbour) {
    return neighbour.state == NeighbourState::permanent || neighbour.state == NeighbourState::noarp;
  });
  const InterfaceSysctls conf = merged(tables.sysctls, pod.device->name);
  if (has_rules || has_written || conf.rp_filter == 1 || conf.arp_ignore > 1 || conf.arp_filter != 0) {
    return "it has rules, neighbours or sysctls of its own";
  }
  return odd_rules(tables);
}

}  // namespace plimsoll::properties::overlay
