// From bytes to packets. No byte past the end is read, whatever the bytes say about lengths.
//
// Source: RFC 791, 768, 9293, 792, 826, 7348. What is refused is what Linux drops on its way in
// (net/ipv4/ip_input.c ip_rcv_core, net/ipv4/udp.c, net/ipv4/icmp.c icmp_rcv, net/ipv4/arp.c arp_rcv,
// drivers/net/vxlan/vxlan_core.c vxlan_rcv): what is accepted is built again byte for byte. Two exceptions: a
// header checksum of 0xffff is refused where 0x0000 is meant; and a first fragment that ends in the
// transport's header is refused, which Linux would put together with the second.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "impl/overlay/packet/packet.hpp"

namespace plimsoll::overlay {

/// Why bytes are no packet.
struct ParseError {
  std::size_t offset = 0;  ///< of the field or the missing byte, from the beginning of the given bytes
  std::string what = {};   ///< "IP version 6, expected 4"
  friend bool operator==(const ParseError&, const ParseError&) = default;
};
/// "at byte 14: IP version 6, expected 4"
[[nodiscard]] std::string to_text(const ParseError& error);

template <class T>
using Parsed = tl::expected<T, ParseError>;

/// What the bytes do not say about themselves.
struct ParseOptions {
  /// UDP datagrams to these ports are opened if what they carry is well-formed; 0: none are.
  std::uint16_t vxlan_port = 0;
  std::uint16_t flannel_udp_port = 0;
  /// False: wrong checksums of transports are kept as odd_checksum, as a capture has them on a machine whose
  /// network card would have filled them in.
  bool verify_transport = true;
};

/// A frame without frame check sequence. O(bytes).
[[nodiscard]] Parsed<Frame> parse_frame(std::string_view bytes, const ParseOptions& options = {});
/// A datagram that ends where the bytes end. O(bytes).
[[nodiscard]] Parsed<Ipv4Packet> parse_ip(std::string_view bytes, const ParseOptions& options = {});
/// What a VXLAN tunnel's UDP datagram carries. As Linux does and RFC 7348 does not, refuses reserved bits
/// that are set.
[[nodiscard]] Parsed<VxlanFrame> parse_vxlan(std::string_view bytes, const ParseOptions& options = {});
/// The datagram, perhaps cut, that an ICMP error is about: none if not even the IP header and the first 8
/// bytes behind it (or as many as there are) are there. Bytes behind the datagram's end are not part of it.
[[nodiscard]] std::optional<Quote> parse_quote(std::string_view bytes);

/// The VXLAN frame in a UDP datagram, whether it was put there as a frame or as bytes. Transport checksums
/// inside are kept as they are, here and below.
[[nodiscard]] Parsed<VxlanFrame> open_vxlan(const Ipv4Packet& datagram);
/// As open_vxlan(), for the last who needs the datagram: a frame that nobody shares is moved out of it.
[[nodiscard]] Parsed<VxlanFrame> take_vxlan(Ipv4Packet& datagram);
/// The packet in a UDP datagram of flannel's udp backend, whether it was put there as packet or as bytes.
[[nodiscard]] Parsed<Ipv4Packet> open_tunnelled(const Ipv4Packet& datagram);

}  // namespace plimsoll::overlay
