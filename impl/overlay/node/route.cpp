#include "impl/overlay/node/route.hpp"

namespace plimsoll::overlay {
namespace {

constexpr base::Ipv4 any = base::Ipv4();
constexpr base::Ipv4 limited_broadcast = base::Ipv4(255, 255, 255, 255);

bool is_multicast(base::Ipv4 address) {
  return address.value() >> 28 == 0xe;
}
bool is_zeronet(base::Ipv4 address) {
  return address.value() >> 24 == 0;
}
bool is_loopback(base::Ipv4 address) {
  return address.value() >> 24 == 127;
}

InputRoute dropped(InputDrop drop) {
  return InputRoute{.drop = drop};
}

InputRoute for_this_node(const CompiledTables& tables, RouteType type) {
  return {.destination = {.input = Destination::Input::deliver,
                          .type = type,
                          .device = tables.loopback,
                          .local = true,
                          .broadcast = type == RouteType::broadcast,
                          .came_in = true}};
}

/// A destination whose input function answers with an ICMP error, or drops (ip_error).
InputRoute failed(const CompiledTables& tables, Errno error) {
  return {.destination = {.input = Destination::Input::error,
                          .type = RouteType::unreachable,
                          .device = tables.loopback,
                          .error = error,
                          .came_in = true}};
}

InputRoute broadcast_in(const CompiledTables& tables, const Fib& fib, const InputQuery& query) {
  if (!query.is_ip) {
    return dropped(InputDrop::invalid_destination);
  }
  if (!is_zeronet(query.source)) {
    InputQuery towards_any = query;
    towards_any.destination = any;
    const SourceCheck check = validate_source(tables, fib, towards_any, no_device);
    if (check.drop != InputDrop::none) {
      return dropped(check.drop);
    }
  }
  return for_this_node(tables, RouteType::broadcast);
}

/// __mkroute_input
InputRoute forwarded(const CompiledTables& tables, const Fib& fib, const InputQuery& query,
                     const CompiledRoute& route) {
  const SourceCheck check = validate_source(tables, fib, query, route.device);
  if (check.drop != InputDrop::none) {
    return dropped(check.drop);
  }
  // Media are shared by default, so no further question is asked (IN_DEV_SHARED_MEDIA).
  const bool redirect = route.device == query.device && check.on_link &&
                        tables[query.device].conf.send_redirects && query.is_ip;
  return {.destination = {.input = Destination::Input::forward,
                          .type = route.type,
                          .device = route.device,
                          .gateway = route.gateway,
                          .mtu = route.mtu,
                          .came_in = true,
                          .redirect = redirect}};
}

/// The martians that can be told without a table.
InputDrop martian(const DeviceConf& conf, const InputQuery& query) {
  if (is_multicast(query.source) || query.source == limited_broadcast) {
    return InputDrop::invalid_source;
  }
  if (query.destination == limited_broadcast || (query.source == any && query.destination == any)) {
    return InputDrop::none;
  }
  if (is_zeronet(query.source)) {
    return InputDrop::invalid_source;
  }
  if (is_zeronet(query.destination)) {
    return InputDrop::invalid_destination;
  }
  if (!conf.route_localnet && is_loopback(query.destination)) {
    return InputDrop::invalid_destination;
  }
  if (!conf.route_localnet && is_loopback(query.source)) {
    return InputDrop::invalid_source;
  }
  return InputDrop::none;
}

}  // namespace

std::string_view to_text(InputDrop drop) {
  switch (drop) {
    case InputDrop::none:
      return "none";
    case InputDrop::invalid_source:
      return "invalid source address";
    case InputDrop::local_source:
      return "source address is our own";
    case InputDrop::reverse_path:
      return "reverse path filter";
    case InputDrop::invalid_destination:
      return "invalid destination address";
    case InputDrop::no_address:
      return "device without address";
    case InputDrop::unsupported:
      return "unsupported routing rule";
  }
  return "";
}

InputRoute route_input(const CompiledTables& tables, const Fib& fib, const InputQuery& query) {
  const DeviceConf& conf = tables[query.device].conf;
  if (const InputDrop drop = martian(conf, query); drop != InputDrop::none) {
    return dropped(drop);
  }
  if (query.destination == limited_broadcast || query.destination == any) {
    return broadcast_in(tables, fib, query);
  }
  const FibResult found = fib.lookup({.destination = query.destination,
                                      .source = query.source,
                                      .in = query.device,
                                      .mark = query.mark,
                                      .tos = query.tos});
  if (found.unsupported) {
    return dropped(InputDrop::unsupported);
  }
  if (found.route == nullptr) {
    return failed(tables, conf.forwarding ? found.error : Errno::ehostunreach);
  }
  switch (found.route->type) {
    case RouteType::broadcast:
      return broadcast_in(tables, fib, query);
    case RouteType::local: {
      const SourceCheck check = validate_source(tables, fib, query, no_device);
      return check.drop == InputDrop::none ? for_this_node(tables, RouteType::local) : dropped(check.drop);
    }
    default:
      break;
  }
  if (!conf.forwarding) {
    return failed(tables, Errno::ehostunreach);
  }
  if (found.route->type != RouteType::unicast) {
    return dropped(InputDrop::invalid_destination);
  }
  return forwarded(tables, fib, query, *found.route);
}

SourceCheck validate_source(const CompiledTables& tables, const Fib& fib, const InputQuery& query,
                            DeviceId out) {
  const Device& device = tables[query.device];
  const DeviceConf& conf = device.conf;
  if (conf.rp_filter == 0 && (query.device != out || !conf.send_redirects)) {
    if (conf.accept_local) {
      return {};
    }
    if (!fib.has_custom_local_routes() && !fib.has_custom_rules()) {
      return {.drop = tables.is_local(query.source) ? InputDrop::local_source : InputDrop::none};
    }
  }
  // __fib_validate_source: the way back, with source and destination exchanged.
  FlowKey back = {.destination = query.source,
                  .source = query.destination,
                  .in = out == no_device ? tables.loopback : out,
                  .mark = conf.src_valid_mark ? query.mark : 0,
                  .tos = query.tos};
  const FibResult found = fib.lookup(back);
  if (found.unsupported) {
    return {.drop = InputDrop::unsupported};
  }
  const SourceCheck last_resort = {.drop = conf.rp_filter != 0 ? InputDrop::reverse_path : InputDrop::none};
  if (found.route == nullptr) {
    return last_resort;
  }
  if (found.route->type != RouteType::unicast) {
    if (found.route->type != RouteType::local) {
      return {.drop = InputDrop::invalid_source};
    }
    if (!conf.accept_local) {
      return {.drop = InputDrop::local_source};
    }
  }
  const bool same_device = found.route->device == query.device ||
                           (found.route->type == RouteType::local && query.device == tables.loopback);
  if (same_device) {
    return {.on_link = !found.route->gateway};
  }
  if (device.addresses.empty()) {
    return last_resort;
  }
  if (conf.rp_filter == 1) {
    return {.drop = InputDrop::reverse_path};
  }
  back.out = query.device;
  const FibResult by_device = fib.lookup(back);
  return {.on_link = by_device.route != nullptr && by_device.route->type == RouteType::unicast &&
                     !by_device.route->gateway};
}

namespace {

/// fib_result_prefsrc: the route's own choice, else an address of its device.
base::Ipv4 preferred_source(const CompiledTables& tables, const CompiledRoute& route) {
  return route.preferred_source
             ? *route.preferred_source
             : select_address(tables, route.device, route.gateway.value_or(any), route.scope);
}

/// __mkroute_output
tl::expected<OutputRoute, Errno> output_by(const CompiledTables& tables, const OutputQuery& query,
                                           const CompiledRoute& route, base::Ipv4 source) {
  const bool to_self = route.type == RouteType::local;
  const DeviceId device = to_self ? tables.loopback : route.device;
  const Device& out = tables[device];
  if (is_loopback(source) && !out.conf.route_localnet && out.kind != LinkKind::loopback) {
    return tl::unexpected(Errno::einval);
  }
  const bool broadcast = route.type == RouteType::broadcast || query.destination == limited_broadcast;
  const bool local = to_self || out.kind == LinkKind::loopback || broadcast;
  const Destination destination = {
      .input = local ? Destination::Input::deliver : Destination::Input::discard,
      .type = broadcast ? RouteType::broadcast : route.type,
      .device = device,
      .gateway = to_self || broadcast ? std::nullopt : route.gateway,
      .mtu = route.mtu,
      .local = local,
      .broadcast = broadcast || is_multicast(query.destination),
  };
  return OutputRoute{destination, source};
}

}  // namespace

tl::expected<OutputRoute, Errno> route_output(const CompiledTables& tables, const Fib& fib,
                                              const OutputQuery& query) {
  if (query.source != any) {
    if (is_multicast(query.source) || query.source == limited_broadcast || is_zeronet(query.source)) {
      return tl::unexpected(Errno::einval);
    }
    if (!query.any_source && !tables.is_local(query.source) &&
        fib.address_type(query.source) != RouteType::local) {
      return tl::unexpected(Errno::einval);
    }
  }
  const base::Ipv4 destination = query.destination == any
                                     ? (query.source == any ? base::Ipv4(127, 0, 0, 1) : query.source)
                                     : query.destination;
  const FibResult found =
      fib.lookup({.destination = destination, .source = query.source, .mark = query.mark, .tos = query.tos});
  if (found.unsupported) {
    return tl::unexpected(Errno::eopnotsupp);
  }
  if (found.route == nullptr) {
    return tl::unexpected(found.error);
  }
  if (is_zeronet(destination)) {
    return tl::unexpected(Errno::einval);
  }
  base::Ipv4 source = query.source;
  if (source == any) {
    source = found.route->type == RouteType::local ? found.route->preferred_source.value_or(destination)
                                                   : preferred_source(tables, *found.route);
  }
  return output_by(tables, query, *found.route, source);
}

base::Ipv4 specific_destination(const CompiledTables& tables, const Fib& fib, const Destination& route,
                                base::Ipv4 source, base::Ipv4 destination, DeviceId in) {
  if (route.local && !route.broadcast) {
    return destination;
  }
  if (!is_zeronet(source)) {
    const FibResult found = fib.lookup({.destination = source});
    if (found.route != nullptr) {
      return preferred_source(tables, *found.route);
    }
  }
  return select_address(tables, in, source, Scope::global);
}

}  // namespace plimsoll::overlay
