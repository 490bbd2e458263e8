#include "impl/overlay/netfilter/ip_set.hpp"

#include <algorithm>

namespace plimsoll::overlay::netfilter {
namespace {

using Side = SetMatch::Side;

std::size_t dimensions_of(IpSetType type) {
  switch (type) {
    case IpSetType::bitmap_port:
    case IpSetType::hash_ip:
    case IpSetType::hash_net:
      return 1;
    case IpSetType::hash_ip_port:
      return 2;
    case IpSetType::hash_ip_port_ip:
    case IpSetType::hash_ip_port_net:
      break;
  }
  return 3;
}

base::Ipv4 address_at(const Ipv4Packet& packet, Side side) {
  return side == Side::source ? packet.src : packet.dst;
}
base::Ipv4Prefix host(base::Ipv4 address) {
  return {address, base::Ipv4::width_bits};
}

/// ICMP's type and code stand for a port; protocols without ports have 0.
std::uint16_t port_at(const Ipv4Packet& packet, Side side) {
  if (packet.is_icmp()) {
    return static_cast<std::uint16_t>(packet.icmp_type << 8U | packet.icmp_code);
  }
  return side == Side::source ? packet.src_port : packet.dst_port;
}

/// Whether the set has the entry with some network around `address` in the member.
bool contains_network(const IpSet& set, IpSetEntry entry, base::Ipv4Prefix IpSetEntry::* member,
                      base::Ipv4 address) {
  for (unsigned length = 0; length <= base::Ipv4::width_bits; ++length) {
    entry.*member = base::Ipv4Prefix(address.masked(length), length);
    if (set.entries.contains(entry)) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool contains(const IpSet& set, const Ipv4Packet& packet, std::span<const SetMatch::Side> sides) {
  if (sides.size() < dimensions_of(set.type)) {
    return false;
  }
  IpSetEntry entry;
  if (set.type == IpSetType::bitmap_port) {
    entry.port = port_at(packet, sides[0]);
    return packet.has_ports() && set.entries.contains(entry);
  }
  if (set.type == IpSetType::hash_net) {
    return contains_network(set, entry, &IpSetEntry::first, address_at(packet, sides[0]));
  }
  entry.first = host(address_at(packet, sides[0]));
  if (set.type == IpSetType::hash_ip) {
    return set.entries.contains(entry);
  }
  if (!packet.has_transport()) {
    return false;
  }
  entry.protocol = packet.protocol;
  entry.port = port_at(packet, sides[1]);
  if (set.type == IpSetType::hash_ip_port) {
    return set.entries.contains(entry);
  }
  if (set.type == IpSetType::hash_ip_port_net) {
    return contains_network(set, entry, &IpSetEntry::second, address_at(packet, sides[2]));
  }
  entry.second = host(address_at(packet, sides[2]));
  return set.entries.contains(entry);
}

}  // namespace plimsoll::overlay::netfilter
