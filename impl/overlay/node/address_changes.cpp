// Addresses and the routes that come with them (net/ipv4/devinet.c, fib_frontend.c fib_add_ifaddr,
// fib_del_ifaddr).
#include <algorithm>

#include "impl/overlay/node/table_changes.hpp"

namespace plimsoll::overlay {
namespace {

/// Routes of the kernel's own for an address: local, to its network, and the network's broadcast address.
Route kernel_route(const InterfaceAddress& address, base::Ipv4Prefix destination, RouteType type) {
  return {.destination = destination,
          .device = address.device,
          .type = type,
          .table = type == RouteType::unicast ? table_main : table_local,
          .scope = type == RouteType::local ? Scope::host : Scope::link,
          .preferred_source = address.address.address(),
          .kernel = true};
}

base::Ipv4Prefix host(base::Ipv4 address) {
  return {address, base::Ipv4::width_bits};
}

/// The routes that appear with the address. 127.0.0.0/8 is local as a whole.
std::vector<Route> routes_of(const InterfaceAddress& address, bool is_up) {
  const base::Ipv4Prefix network = address.address.network();
  const bool loopback = network.first().value() >> 24 == 127;
  std::vector<Route> routes = {kernel_route(address, host(address.address.address()), RouteType::local)};
  if (!is_up || network.length() == base::Ipv4::width_bits) {
    return routes;
  }
  routes.push_back(kernel_route(address, network, loopback ? RouteType::local : RouteType::unicast));
  constexpr unsigned longest_with_broadcast = 30;
  if (network.length() <= longest_with_broadcast) {
    routes.push_back(kernel_route(address, host(network.last()), RouteType::broadcast));
  }
  return routes;
}

void insert_once(Tables& tables, const Route& route) {
  if (std::ranges::find(tables.routes, route) == tables.routes.end()) {
    tables.routes.push_back(route);
  }
}

}  // namespace

void add_network_routes(Tables& tables, const InterfaceAddress& address) {
  for (const Route& route : routes_of(address, true)) {
    insert_once(tables, route);
  }
}

ChangeResult add_address(Tables& tables, const InterfaceAddress& address) {  // inet_rtm_newaddr
  const Link* link = find_link(tables, address.device);
  if (link == nullptr) {
    return tl::unexpected(Errno::enodev);
  }
  for (const InterfaceAddress& known : tables.addresses) {
    if (known.device == address.device && known.address == address.address) {
      return tl::unexpected(Errno::eexist);
    }
  }
  tables.addresses.push_back(address);
  for (const Route& route : routes_of(address, link->up)) {
    insert_once(tables, route);
  }
  return {};
}

ChangeResult delete_address(Tables& tables, const InterfaceAddress& address) {  // inet_rtm_deladdr
  if (find_link(tables, address.device) == nullptr) {
    return tl::unexpected(Errno::enodev);
  }
  const auto known = std::ranges::find_if(tables.addresses, [&](const InterfaceAddress& one) {
    return one.device == address.device && one.address == address.address;
  });
  if (known == tables.addresses.end()) {
    return tl::unexpected(Errno::eaddrnotavail);
  }
  const InterfaceAddress gone = *known;
  tables.addresses.erase(known);
  const base::Ipv4 own = gone.address.address();
  for (const Route& route : routes_of(gone, true)) {
    std::erase(tables.routes, route);
  }
  // fib_sync_down_addr: routes that prefer an address which no device has any more.
  const bool elsewhere = std::ranges::any_of(
      tables.addresses, [&](const InterfaceAddress& one) { return one.address.address() == own; });
  if (!elsewhere) {
    std::erase_if(tables.routes, [&](const Route& route) { return route.preferred_source == own; });
  }
  // What the network's other addresses on the device still need.
  const Link* link = find_link(tables, address.device);
  for (const InterfaceAddress& one : tables.addresses) {
    if (one.device == address.device && link->up) {
      add_network_routes(tables, one);
    }
  }
  return {};
}

}  // namespace plimsoll::overlay
