#include "impl/overlay/flannel/udp_proxy.hpp"

#include <algorithm>
#include <utility>

#include "impl/overlay/packet/parse.hpp"

namespace plimsoll::overlay::flannel {
namespace {

UdpRoutes::iterator route_of(UdpRoutes& routes, const base::Ipv4Prefix& subnet) {
  return std::ranges::find_if(routes, [&](const UdpRoute& route) { return route.subnet == subnet; });
}

/// As flanneld counts: a TTL that comes as 0 becomes 255.
bool decrement_ttl(Ipv4Packet& packet) {
  --packet.ttl;
  return packet.ttl != 0;
}

UdpFate net_unreachable(const UdpProxyConfig& config, const Ipv4Packet& about) {
  // flanneld compares with the greatest header there is and means "too long": 60 bytes are not answered.
  const bool has_longest_header = about.header_length() == Ipv4Packet::header_size + Ipv4Packet::most_options;
  if (has_longest_header || about.protocol == protocol::icmp || about.fragment_offset != 0) {
    return Vanished{Vanished::Why::no_route};
  }
  constexpr std::uint8_t its_ttl = 8;
  constexpr std::size_t beyond_header = 8;
  Ipv4Packet error;
  error.src = config.tun_address;
  error.dst = about.src;
  error.ttl = its_ttl;
  error.protocol = protocol::icmp;
  error.icmp_type = icmp_type::unreachable;
  error.icmp_code = icmp_unreachable::net;
  error.inner = Inner{quote_of(about, about.header_length() + beyond_header)};
  // What the packet lacks of the 8 bytes is read from a buffer that an earlier packet may have filled: 0
  // here.
  error.payload = Payload(about.header_length() + beyond_header - error.quote()->shown);
  return ToTun{std::move(error)};
}

}  // namespace

void set_route(UdpRoutes& routes, const UdpRoute& route) {
  const auto known = route_of(routes, route.subnet);
  if (known != routes.end()) {
    *known = route;
  } else {
    routes.push_back(route);
  }
}

bool delete_route(UdpRoutes& routes, const base::Ipv4Prefix& subnet) {
  const auto known = route_of(routes, subnet);
  if (known == routes.end()) {
    return false;
  }
  *known = routes.back();
  routes.pop_back();
  return true;
}

std::optional<UdpRoute> find_route(UdpRoutes& routes, base::Ipv4 destination) {
  const auto found =
      std::ranges::find_if(routes, [&](const UdpRoute& route) { return route.subnet.contains(destination); });
  if (found == routes.end()) {
    return std::nullopt;
  }
  std::iter_swap(routes.begin(), found);
  return routes.front();
}

UdpFate from_tun(const UdpProxyConfig& config, UdpRoutes& routes, const Ipv4Packet& packet) {
  const std::optional<UdpRoute> route = find_route(routes, packet.dst);
  if (!route) {
    return net_unreachable(config, packet);
  }
  ToPeer sent{route->node, route->port, packet};
  if (!decrement_ttl(sent.packet)) {
    return Vanished{Vanished::Why::ttl};
  }
  return sent;
}

UdpFate from_socket(const UdpProxyConfig& config, const Ipv4Packet& datagram) {
  Parsed<Ipv4Packet> packet = open_tunnelled(datagram);
  if (!packet) {
    return Vanished{Vanished::Why::not_a_packet};
  }
  if (!decrement_ttl(*packet)) {
    return Vanished{Vanished::Why::ttl};
  }
  if (packet->total_length() > config.tun_mtu) {
    return Vanished{Vanished::Why::too_large};
  }
  return ToTun{std::move(*packet)};
}

}  // namespace plimsoll::overlay::flannel
