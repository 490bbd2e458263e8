// Routes (net/ipv4/fib_frontend.c, fib_trie.c fib_table_insert and fib_table_delete, fib_semantics.c
// fib_check_nh).
#include <algorithm>

#include "impl/overlay/node/fib.hpp"
#include "impl/overlay/node/table_changes.hpp"

namespace plimsoll::overlay {
namespace {

bool same_place(const Route& a, const Route& b) {
  return a.table == b.table && a.destination == b.destination && a.tos == b.tos && a.metric == b.metric;
}

bool has_next_hop(RouteType type) {
  return type == RouteType::unicast || type == RouteType::local || type == RouteType::broadcast;
}

/// fib_check_nh_v4_gw: the gateway must be a neighbour. Fills in the device if it was not given.
ChangeResult check_gateway(const Tables& tables, Route& route) {
  const CompiledTables compiled = compile(tables);
  const Fib fib(tables, compiled);
  const base::Ipv4 gateway = *route.gateway;
  const DeviceId device = route.device.empty() ? no_device : compiled.find(route.device);
  if (route.onlink) {
    // fib_check_nh: onlink needs a device, and a gateway that is nobody's own.
    if (device == no_device) {
      return tl::unexpected(Errno::enodev);
    }
    if (!compiled[device].up) {
      return tl::unexpected(Errno::enetdown);
    }
    return fib.address_type(gateway) == RouteType::unicast ? ChangeResult() : tl::unexpected(Errno::einval);
  }
  const FibResult found = fib.lookup({.destination = gateway, .out = device});
  if (found.route == nullptr || found.unsupported) {
    return tl::unexpected(Errno::enetunreach);
  }
  if (found.route->type != RouteType::unicast) {
    return tl::unexpected(found.route->type == RouteType::local ? Errno::einval : Errno::enetunreach);
  }
  if (found.route->gateway || found.route->scope < Scope::link) {
    return tl::unexpected(Errno::enetunreach);
  }
  if (route.device.empty()) {
    route.device = compiled[found.route->device].name;
  }
  return {};
}

ChangeResult check_next_hop(const Tables& tables, Route& route) {
  if (!has_next_hop(route.type)) {
    return {};
  }
  if (!route.device.empty()) {
    const Link* link = find_link(tables, route.device);
    if (link == nullptr) {
      return tl::unexpected(Errno::enodev);
    }
    if (!link->up) {
      return tl::unexpected(Errno::enetdown);
    }
  }
  if (route.gateway) {
    return check_gateway(tables, route);
  }
  if (route.device.empty()) {
    return tl::unexpected(Errno::enodev);
  }
  // iproute2 asks for scope link where there is no gateway.
  route.scope = route.type == RouteType::local       ? Scope::host
                : route.type == RouteType::broadcast ? Scope::link
                                                     : std::max(route.scope, Scope::link);
  return {};
}

bool agrees(const Route& known, const Route& asked) {
  return known.table == asked.table && known.destination == asked.destination &&
         (asked.tos == 0 || known.tos == asked.tos) && (asked.metric == 0 || known.metric == asked.metric) &&
         (!asked.gateway || known.gateway == asked.gateway) &&
         (asked.device.empty() || known.device == asked.device) &&
         (asked.type == RouteType::unicast || known.type == asked.type) &&
         (!asked.preferred_source || known.preferred_source == asked.preferred_source);
}

}  // namespace

ChangeResult add_route(Tables& tables, Route route, bool replace) {
  if (route.destination.has_host_bits()) {
    return tl::unexpected(Errno::einval);
  }
  if (auto checked = check_next_hop(tables, route); !checked) {
    return checked;
  }
  if (route.preferred_source) {
    const bool ours = std::ranges::any_of(tables.addresses, [&](const InterfaceAddress& address) {
      return address.address.address() == *route.preferred_source;
    });
    if (!ours) {
      return tl::unexpected(Errno::einval);
    }
  }
  const auto known =
      std::ranges::find_if(tables.routes, [&](const Route& other) { return same_place(other, route); });
  if (known == tables.routes.end()) {
    tables.routes.push_back(route);
    return {};
  }
  if (!replace) {
    return tl::unexpected(Errno::eexist);
  }
  *known = route;
  return {};
}

ChangeResult delete_route(Tables& tables, const Route& route) {
  const auto known =
      std::ranges::find_if(tables.routes, [&](const Route& other) { return agrees(other, route); });
  if (known == tables.routes.end()) {
    return tl::unexpected(Errno::esrch);
  }
  tables.routes.erase(known);
  return {};
}

}  // namespace plimsoll::overlay
