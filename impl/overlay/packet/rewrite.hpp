// What a node does to a packet on its way: other addresses and ports, and cutting it into fragments.
//
// Source: RFC 3022 section 4.1 (checksums of translated packets), RFC 791 section 3.2 (fragmentation and
// reassembly); Linux, net/ipv4/ip_output.c (ip_do_fragment).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "impl/base/ipv4.hpp"
#include "impl/overlay/packet/packet.hpp"

namespace plimsoll::overlay {

/// Source and destination of a packet. Ports have a meaning if it has_ports().
struct Endpoints {
  base::Ipv4 src = {};
  base::Ipv4 dst = {};
  std::uint16_t src_port = 0;
  std::uint16_t dst_port = 0;
  friend bool operator==(const Endpoints&, const Endpoints&) = default;
};
[[nodiscard]] Endpoints endpoints_of(const Ipv4Packet& packet);

/// Gives the packet other addresses and ports. A checksum that build() would not make anew (odd_checksum: a
/// first fragment, a quote that was cut) is updated by the difference; UDP's 0 stays 0, there is no checksum.
/// An ordinary packet is as fast as four assignments.
void readdress(Ipv4Packet& packet, const Endpoints& to);

/// The fragments of a datagram, in order, such that none is longer than `mtu`; the datagram itself if it
/// fits. A fragment may be cut again. Options are copied to the first fragment only, except those with the
/// copied bit (RFC 791), which this room does not know apart: to all if there are any.
/// Requires: mtu - packet.header_length() is at least 8 and has room for the whole transport header, at a
/// multiple of 8. O(bytes) if cut.
[[nodiscard]] std::vector<Ipv4Packet> fragments_of(const Ipv4Packet& packet, std::size_t mtu);

/// The datagram that the fragments, in any order, are of; nothing if one is missing or two overlap. What the
/// content is, is not looked at: open_vxlan() and parse_quote() do.
/// Requires: same src, dst, protocol, id.
[[nodiscard]] std::optional<Ipv4Packet> reassembled(std::vector<Ipv4Packet> fragments);

}  // namespace plimsoll::overlay
