// From packets to bytes: lengths and checksums are filled in.
//
// Source: the header layouts of RFC 791, 768, 9293, 792, 826 and 7348; checksums see checksum.hpp.
#pragma once

#include <string>

#include "impl/overlay/packet/packet.hpp"

namespace plimsoll::overlay {

/// The bytes of a frame, header to trailer.
///
/// Requires, here and below: IP and TCP options of 0 to 40 bytes, a multiple of 4; a fragment offset that is
/// a multiple of 8; total lengths of at most 65535; a VNI below 2^24. O(bytes).
[[nodiscard]] std::string build(const Frame& frame);
/// The bytes of a datagram, without any frame around it: what a tun device hands out.
[[nodiscard]] std::string build(const Ipv4Packet& packet);
/// The bytes of what a VXLAN tunnel's UDP datagram carries.
[[nodiscard]] std::string build(const VxlanFrame& vxlan);
/// The bytes of what lies behind the transport's header: inner and payload.
[[nodiscard]] std::string build_content(const Ipv4Packet& packet);

/// The transport's checksum as it is right for this packet: over the bytes that it has. Ignores odd_checksum.
/// Requires: is_udp(), is_tcp() or is_icmp().
[[nodiscard]] std::uint16_t transport_checksum(const Ipv4Packet& packet);

}  // namespace plimsoll::overlay
