// The packet mover of flannel's udp backend: what flanneld does with packets between its TUN device and its
// UDP socket.
//
// Source: flannel, pkg/backend/udp/proxy_amd64.c (set_route, del_route, find_route, tun_to_udp, udp_to_tun,
// send_net_unreachable, decrement_ttl); rule FLN-U. Its peculiarities are kept, since packets can tell: the
// first route that matches wins, not the longest; a route that matched changes places with the first one; the
// TTL falls at both ends of the tunnel, and whoever takes it to 0 says nothing; the origin of datagrams is
// not looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "impl/base/described_net.hpp"
#include "impl/base/ipv4.hpp"
#include "impl/base/prefix.hpp"
#include "impl/overlay/packet/packet.hpp"

namespace plimsoll::overlay::flannel {

/// Where the packets for a subnet go.
struct UdpRoute {
  base::Ipv4Prefix subnet = {};
  base::Ipv4 node = {};
  std::uint16_t port = 0;
  PLIMSOLL_DESCRIBE(UdpRoute, subnet, node, port)
};

/// flanneld's own routes, in their order.
using UdpRoutes = std::vector<UdpRoute>;

/// Another destination for a subnet that is there, in its place; else a further route, behind all others.
void set_route(UdpRoutes& routes, const UdpRoute& route);
/// The last route takes the place of the one that goes.
/// @return whether there was one.
bool delete_route(UdpRoutes& routes, const base::Ipv4Prefix& subnet);
/// The first route that contains `destination`, which is the first of all from now on: it and the first
/// change places. Cost: linear, but 1 for all packets of a burst.
[[nodiscard]] std::optional<UdpRoute> find_route(UdpRoutes& routes, base::Ipv4 destination);

/// What flanneld knows besides its routes.
struct UdpProxyConfig {
  base::Ipv4 tun_address = {};   ///< source of its own ICMP errors
  std::uint32_t tun_mtu = 1472;  ///< the size of its buffer
};

/// Sent from flanneld's socket to the flanneld of another node.
struct ToPeer {
  base::Ipv4 node = {};
  std::uint16_t port = 0;
  Ipv4Packet packet = {};
  friend bool operator==(const ToPeer&, const ToPeer&) = default;
};
/// Written to the TUN device: the kernel receives it there.
struct ToTun {
  Ipv4Packet packet = {};
  friend bool operator==(const ToTun&, const ToTun&) = default;
};
/// The end of a packet, without a word to its sender.
struct Vanished {
  enum class Why : std::uint8_t {
    ttl,           ///< it fell to 0
    no_route,      ///< and no error may be sent: about ICMP, or about a later fragment
    too_large,     ///< a datagram beyond flanneld's buffer: cut, and refused by the kernel
    not_a_packet,  ///< shorter than an IP header, or with other bytes than a packet's
  };
  Why why = Why::ttl;
  friend bool operator==(const Vanished&, const Vanished&) = default;
};
using UdpFate = std::variant<ToPeer, ToTun, Vanished>;

/// The kernel has routed a packet to the TUN device. Without a route it comes back as "net unreachable", with
/// a TTL of 8 (!) and the first 8 bytes behind its IP header.
[[nodiscard]] UdpFate from_tun(const UdpProxyConfig& config, UdpRoutes& routes, const Ipv4Packet& packet);
/// A datagram has arrived at flanneld's socket, from wherever.
[[nodiscard]] UdpFate from_socket(const UdpProxyConfig& config, const Ipv4Packet& datagram);

}  // namespace plimsoll::overlay::flannel
