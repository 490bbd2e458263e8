// The tables of one network namespace: all that decides what its kernel does with a packet, as the commands
// ip, bridge, sysctl and iptables show it.
//
// Source: Linux, include/uapi/linux/rtnetlink.h, neighbour.h, if_link.h and Documentation/networking/
// ip-sysctl.rst; the names of fields are those of iproute2. Plain described values, so that tables may live
// in the states of worlds. What the kernel learns by itself while packets pass (dynamic neighbours, learned
// FDB entries, conntrack) is not here but in the state of a node (node.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "impl/base/described.hpp"
#include "impl/base/described_net.hpp"
#include "impl/overlay/netfilter/ip_set.hpp"
#include "impl/overlay/netfilter/ruleset.hpp"

namespace plimsoll::overlay {

/// How a device moves frames. `other`: a kind that the pipeline does not know, named by Link::kind_name.
enum class LinkKind : std::uint8_t { loopback, ethernet, veth, bridge, vxlan, tun, dummy, other };
PLIMSOLL_DESCRIBE_ENUM(LinkKind, loopback, ethernet, veth, bridge, vxlan, tun, dummy, other)

/// What a device is to the bridge that it belongs to (bridge link show).
struct BridgePort {
  std::string bridge = {};  ///< the master's name
  bool forwarding = true;   ///< the state of the port; a port that is down is disabled
  bool hairpin = false;     ///< frames may leave through the port they came in by
  bool learning = true;     ///< source addresses enter the FDB
  bool flood = true;        ///< unicast frames to unknown addresses leave here
  bool mcast_flood = true;
  bool bcast_flood = true;
  bool isolated = false;  ///< no frames between isolated ports

  PLIMSOLL_DESCRIBE_OPTIONS(forwarding)
  PLIMSOLL_DESCRIBE(BridgePort, bridge, forwarding, hairpin, learning, flood, mcast_flood, bcast_flood,
                    isolated)
};

/// The DF bit of the outer header of a VXLAN device.
enum class VxlanDf : std::uint8_t { unset, set, inherit };
PLIMSOLL_DESCRIBE_ENUM(VxlanDf, unset, set, inherit)

/// What belongs to a VXLAN device alone (ip -d link show).
struct VxlanInfo {
  std::uint32_t vni = 1;      ///< 0 .. 2^24-1
  base::Ipv4 local = {};      ///< source of the outer header; 0.0.0.0: chosen by routing
  std::string link = {};      ///< the device below; empty: any
  std::uint16_t port = 8472;  ///< UDP, here and at the other end
  bool learning = false;
  std::uint8_t ttl = 0;  ///< of the outer header; 0: the default of the system
  VxlanDf df = VxlanDf::unset;
  bool udp_checksum = true;

  PLIMSOLL_DESCRIBE_OPTIONS(learning)
  PLIMSOLL_DESCRIBE(VxlanInfo, vni, local, link, port, learning, ttl, df, udp_checksum)
};

/// A network device (ip -d link show).
struct Link {
  std::string name = {};
  std::uint32_t index = 0;  ///< ifindex; 0 in an addition: the next free one
  LinkKind kind = LinkKind::ethernet;
  std::uint32_t mtu = 1500;  ///< bytes, without the Ethernet header
  base::Mac address = {};
  bool up = false;      ///< IFF_UP
  bool carrier = true;  ///< IFF_LOWER_UP
  std::optional<BridgePort> port = {};
  std::optional<VxlanInfo> vxlan = {};  ///< of kind vxlan
  std::string kind_name = {};           ///< of kind other

  PLIMSOLL_DESCRIBE_OPTIONS(up)
  PLIMSOLL_DESCRIBE(Link, name, index, kind, mtu, address, up, carrier, port, vxlan, kind_name)
};

/// Where an address or a route's destination is valid (RT_SCOPE_*): nearer is greater.
enum class Scope : std::uint8_t { global, site, link, host, nowhere };
PLIMSOLL_DESCRIBE_ENUM(Scope, global, site, link, host, nowhere)

/// An address of a device (ip addr show), with the length of its network.
struct InterfaceAddress {
  std::string device = {};
  base::Ipv4Prefix address = {};  ///< with host bits
  Scope scope = Scope::global;
  std::optional<base::Ipv4> broadcast = {};

  PLIMSOLL_DESCRIBE_OPTIONS(scope)
  PLIMSOLL_DESCRIBE(InterfaceAddress, device, address, scope, broadcast)
};

/// RTN_*
enum class RouteType : std::uint8_t {
  unicast,
  local,
  broadcast,
  multicast,
  blackhole,
  unreachable,
  prohibit,
  throw_
};
PLIMSOLL_DESCRIBE_ENUM(RouteType, unicast, local, broadcast, multicast, blackhole, unreachable, prohibit,
                       throw_)

/// Numbers of the routing tables that have names.
inline constexpr std::uint32_t table_default = 253;
inline constexpr std::uint32_t table_main = 254;
inline constexpr std::uint32_t table_local = 255;

/// A route (ip route show table all).
struct Route {
  base::Ipv4Prefix destination = {};  ///< without host bits
  std::optional<base::Ipv4> gateway = {};
  std::string device =
      {};  ///< empty for blackhole, unreachable, prohibit, throw; else may be left to apply()
  RouteType type = RouteType::unicast;
  std::uint32_t table = table_main;
  Scope scope = Scope::global;
  std::optional<base::Ipv4> preferred_source = {};
  std::uint32_t metric = 0;  ///< the smaller wins among equal prefixes
  std::uint8_t tos = 0;
  std::uint32_t mtu = 0;  ///< 0: the device's
  bool onlink = false;
  bool kernel = false;           ///< made by the kernel for an address (proto kernel)
  std::string unsupported = {};  ///< what the pipeline does not know of it, as several next hops; empty: none

  PLIMSOLL_DESCRIBE_OPTIONS(gateway)
  PLIMSOLL_DESCRIBE(Route, destination, gateway, device, type, table, scope, preferred_source, metric, tos,
                    mtu, onlink, kernel, unsupported)
};

/// A routing rule (ip rule show). Selectors that are at their defaults match everything.
struct RoutingRule {
  std::uint32_t priority = 0;
  std::uint32_t table = table_main;
  base::Ipv4Prefix source = {};
  base::Ipv4Prefix destination = {};
  std::uint32_t mark = 0;
  std::uint32_t mark_mask = 0;  ///< 0: any mark
  std::string in_device = {};
  std::string unsupported = {};  ///< a selector or an action that the pipeline does not know; empty: none

  PLIMSOLL_DESCRIBE_OPTIONS(source)
  PLIMSOLL_DESCRIBE(RoutingRule, priority, table, source, destination, mark, mark_mask, in_device,
                    unsupported)
};

/// NUD_*: of the entries that someone wrote, or that a listing shows.
enum class NeighbourState : std::uint8_t {
  permanent,
  noarp,
  reachable,
  stale,
  delay,
  probe,
  incomplete,
  failed
};
PLIMSOLL_DESCRIBE_ENUM(NeighbourState, permanent, noarp, reachable, stale, delay, probe, incomplete, failed)

/// A neighbour (ip neigh show).
struct Neighbour {
  base::Ipv4 address = {};
  std::string device = {};
  base::Mac mac = {};
  NeighbourState state = NeighbourState::permanent;

  PLIMSOLL_DESCRIBE_OPTIONS(state)
  PLIMSOLL_DESCRIBE(Neighbour, address, device, mac, state)
};

/// A forwarding entry (bridge fdb show): of a VXLAN device ("self", with a remote address), or of a bridge
/// ("master", on one of its ports).
struct FdbEntry {
  base::Mac mac = {};
  std::string device = {};
  std::optional<base::Ipv4> remote = {};  ///< of a VXLAN device: where such frames go
  bool master = false;                    ///< an entry of the bridge that `device` belongs to
  bool permanent = true;                  ///< of a bridge: such frames are for this node itself
  std::uint16_t port = 0;                 ///< of the remote; 0: the device's
  std::optional<std::uint32_t> vni = {};  ///< of the remote; none: the device's

  PLIMSOLL_DESCRIBE_OPTIONS(remote)
  PLIMSOLL_DESCRIBE(FdbEntry, mac, device, remote, master, permanent, port, vni)
};

/// net.ipv4.conf.<device>.*, as far as packets can tell.
struct InterfaceSysctls {
  std::uint8_t rp_filter = 0;  ///< 0 off, 1 strict, 2 loose
  bool forwarding = false;
  bool send_redirects = true;
  bool accept_redirects = true;
  bool accept_local = false;
  bool route_localnet = false;
  bool proxy_arp = false;
  std::uint8_t arp_ignore = 0;
  std::uint8_t arp_announce = 0;
  bool src_valid_mark = false;
  std::uint8_t arp_filter = 0;

  PLIMSOLL_DESCRIBE_OPTIONS(rp_filter)
  PLIMSOLL_DESCRIBE(InterfaceSysctls, rp_filter, forwarding, send_redirects, accept_redirects, accept_local,
                    route_localnet, proxy_arp, arp_ignore, arp_announce, src_valid_mark, arp_filter)
};

/// The names of net.ipv4.conf.* that are no devices.
inline constexpr std::string_view conf_all = "all";
inline constexpr std::string_view conf_default = "default";

/// Kernel parameters of the namespace.
struct Sysctls {
  bool ip_forward = false;  ///< net.ipv4.ip_forward, which is conf.all.forwarding
  bool bridge_nf_call_iptables = false;
  bool conntrack_tcp_be_liberal = false;
  bool conntrack_tcp_loose = true;
  std::uint8_t ip_default_ttl = 64;
  bool icmp_errors_use_inbound_ifaddr = false;
  std::map<std::string, InterfaceSysctls> conf = {};  ///< by device, and "all", "default"
  std::map<std::string, std::string> others = {};     ///< by their dotted names; packets cannot tell

  PLIMSOLL_DESCRIBE_OPTIONS(bridge_nf_call_iptables)
  PLIMSOLL_DESCRIBE(Sysctls, ip_forward, bridge_nf_call_iptables, conntrack_tcp_be_liberal,
                    conntrack_tcp_loose, ip_default_ttl, icmp_errors_use_inbound_ifaddr, conf, others)
};

/// The tables of a namespace. Order matters where the kernel's does: among routes of one prefix and metric,
/// and among FDB entries of one address, the earlier one is asked first.
///
/// Thread-safety: a plain value.
struct Tables {
  std::vector<Link> links = {};
  std::vector<InterfaceAddress> addresses = {};
  std::vector<Route> routes = {};
  std::vector<RoutingRule> rules = {};  ///< in order of priority
  std::vector<Neighbour> neighbours = {};
  std::vector<FdbEntry> fdb = {};
  Sysctls sysctls = {};
  netfilter::Ruleset ruleset = {};  ///< of iptables; empty: connections are not tracked
  netfilter::IpSets ip_sets = {};   ///< that rules look into

  PLIMSOLL_DESCRIBE_OPTIONS(ip_sets)
  PLIMSOLL_DESCRIBE(Tables, links, addresses, routes, rules, neighbours, fdb, sysctls, ruleset, ip_sets)
};

/// Tables of a namespace as the kernel makes it: loopback (down), the three routing rules, nothing else.
[[nodiscard]] Tables new_namespace();

/// The device of that name; null if there is none. Cost: linear in the number of devices.
[[nodiscard]] const Link* find_link(const Tables& tables, std::string_view name);
[[nodiscard]] Link* find_link(Tables& tables, std::string_view name);

}  // namespace plimsoll::overlay
