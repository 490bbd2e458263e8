// Sets of addresses and ports, as ipset(8) makes them, that -m set looks into.
//
// Source: ipset 7.17 ipset(8); Linux, net/netfilter/ipset/ip_set_{bitmap_port,hash_ip,hash_net,hash_ipport,
// hash_ipportip,hash_ipportnet}.c, ip_set_getport.c (ip_set_get_ip4_port). The types that kube-proxy uses.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>

#include "impl/base/described.hpp"
#include "impl/base/described_net.hpp"
#include "impl/base/prefix.hpp"
#include "impl/overlay/netfilter/rule.hpp"
#include "impl/overlay/packet/packet.hpp"

namespace plimsoll::overlay::netfilter {

enum class IpSetType : std::uint8_t {
  bitmap_port,
  hash_ip,
  hash_net,
  hash_ip_port,
  hash_ip_port_ip,
  hash_ip_port_net
};
PLIMSOLL_DESCRIBE_ENUM(IpSetType, bitmap_port, hash_ip, hash_net, hash_ip_port, hash_ip_port_ip,
                       hash_ip_port_net)

/// An element; what the type does not have is at its default.
struct IpSetEntry {
  base::Ipv4Prefix first = {};  ///< an address is a prefix of 32 bits
  std::uint8_t protocol = 0;    ///< of the port, but for bitmap:port
  std::uint16_t port = 0;
  base::Ipv4Prefix second = {};  ///< the third dimension
  PLIMSOLL_DESCRIBE(IpSetEntry, first, protocol, port, second)
};

struct IpSet {
  IpSetType type = IpSetType::hash_ip;
  std::set<IpSetEntry> entries = {};
  PLIMSOLL_DESCRIBE(IpSet, type, entries)
};
/// By name.
using IpSets = std::map<std::string, IpSet, std::less<>>;

/// Whether the packet is in the set, seen from `sides`, one for each dimension (missing ones: no match).
/// O(log n); for types with networks, times 33.
[[nodiscard]] bool contains(const IpSet& set, const Ipv4Packet& packet,
                            std::span<const SetMatch::Side> sides);

}  // namespace plimsoll::overlay::netfilter
