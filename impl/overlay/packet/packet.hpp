// Packets in the form that everything works on: every field of every header by name, no bytes to count.
//
// parse.hpp makes them of bytes and build.hpp bytes of them; checksums and lengths appear in neither
// direction unless they are not the right ones. An ordinary packet is one flat value without heap; what is
// carried inside (an ICMP error's quote, a VXLAN frame) and payload bytes are immutable and shared by copies.
//
// Source: RFC 791 (IPv4), RFC 768 (UDP), RFC 9293 (TCP), RFC 792 (ICMP), RFC 826 (ARP), RFC 7348 (VXLAN),
// IEEE 802.3 (Ethernet II).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "impl/base/described.hpp"
#include "impl/base/described_net.hpp"
#include "impl/base/ipv4.hpp"
#include "impl/base/mac.hpp"
#include "impl/overlay/packet/payload.hpp"

namespace plimsoll::overlay {

/// The protocol numbers of RFC 790 that have fields of their own here; others carry bytes.
namespace protocol {
inline constexpr std::uint8_t icmp = 1;
inline constexpr std::uint8_t tcp = 6;
inline constexpr std::uint8_t udp = 17;
}  // namespace protocol

/// ICMP types (RFC 792).
namespace icmp_type {
inline constexpr std::uint8_t echo_reply = 0;
inline constexpr std::uint8_t unreachable = 3;
inline constexpr std::uint8_t source_quench = 4;
inline constexpr std::uint8_t redirect = 5;
inline constexpr std::uint8_t echo = 8;
inline constexpr std::uint8_t time_exceeded = 11;
inline constexpr std::uint8_t parameter_problem = 12;
/// True of the types whose message quotes the packet that it is about.
[[nodiscard]] constexpr bool is_error(std::uint8_t type) {
  return type == unreachable || type == source_quench || type == redirect || type == time_exceeded ||
         type == parameter_problem;
}
}  // namespace icmp_type

/// Codes of icmp_type::unreachable (RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1).
namespace icmp_unreachable {
inline constexpr std::uint8_t net = 0;
inline constexpr std::uint8_t host = 1;
inline constexpr std::uint8_t protocol = 2;
inline constexpr std::uint8_t port = 3;
inline constexpr std::uint8_t fragmentation_needed = 4;
inline constexpr std::uint8_t source_route_failed = 5;
inline constexpr std::uint8_t net_prohibited = 9;
inline constexpr std::uint8_t host_prohibited = 10;
inline constexpr std::uint8_t admin_prohibited = 13;
}  // namespace icmp_unreachable

/// Bits of Ipv4Packet::tcp_flags.
namespace tcp_flag {
inline constexpr std::uint16_t fin = 0x01;
inline constexpr std::uint16_t syn = 0x02;
inline constexpr std::uint16_t rst = 0x04;
inline constexpr std::uint16_t psh = 0x08;
inline constexpr std::uint16_t ack = 0x10;
inline constexpr std::uint16_t urg = 0x20;
inline constexpr std::uint16_t ece = 0x40;
inline constexpr std::uint16_t cwr = 0x80;
}  // namespace tcp_flag

struct Inner;

/// An IPv4 datagram or a fragment of one.
///
/// The fields of a transport header have a meaning if the protocol has them and has_transport(); they are
/// 0 otherwise.
struct Ipv4Packet {
  static constexpr std::size_t header_size = 20;     ///< without options
  static constexpr std::size_t most_options = 40;    ///< bytes of IP or of TCP options; a multiple of 4
  static constexpr std::size_t most_bytes = 0xffff;  ///< of total_length()

  base::Ipv4 src = {};
  base::Ipv4 dst = {};
  std::uint8_t tos = 0;
  std::uint8_t ttl = 64;
  std::uint8_t protocol = 0;
  bool df = false;             ///< don't fragment
  bool mf = false;             ///< more fragments
  bool reserved_flag = false;  ///< the bit that must be zero
  std::uint16_t id = 0;
  std::uint16_t fragment_offset = 0;  ///< in bytes, a multiple of 8

  std::uint16_t src_port = 0;  ///< UDP, TCP
  std::uint16_t dst_port = 0;  ///< UDP, TCP
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
  std::uint16_t icmp_id = 0;    ///< the first half of the second word: the identifier of an echo
  std::uint16_t icmp_seq = 0;   ///< the second half: sequence number, or next-hop MTU (RFC 1191)
  std::uint16_t tcp_flags = 0;  ///< tcp_flag; the four reserved bits above them are bits 8 to 11
  std::uint16_t tcp_window = 0;
  std::uint16_t tcp_urgent = 0;
  std::uint32_t tcp_seq = 0;
  std::uint32_t tcp_ack = 0;
  Payload ip_options = {};   ///< padded to a multiple of 4
  Payload tcp_options = {};  ///< padded to a multiple of 4

  /// What the transport's checksum field holds if not the sum of this packet: 0 of a UDP datagram without
  /// checksum; the whole datagram's sum in its first fragment, or in a quote that was cut.
  std::optional<std::uint16_t> odd_checksum = {};
  /// What UDP's length field holds if not the length of this packet's datagram: the first fragment's, or one
  /// with bytes behind it.
  std::optional<std::uint16_t> odd_udp_length = {};

  Shared<Inner> inner = {};  ///< what comes after the transport header, if known in parts
  Payload payload = {};      ///< what comes after that

  /// True if this packet begins with its transport's header: it is not a later fragment.
  [[nodiscard]] bool has_transport() const { return fragment_offset == 0; }
  [[nodiscard]] bool is_fragment() const { return mf || fragment_offset != 0; }
  [[nodiscard]] bool is_udp() const { return protocol == protocol::udp && has_transport(); }
  [[nodiscard]] bool is_tcp() const { return protocol == protocol::tcp && has_transport(); }
  [[nodiscard]] bool is_icmp() const { return protocol == protocol::icmp && has_transport(); }
  [[nodiscard]] bool is_icmp_error() const { return is_icmp() && icmp_type::is_error(icmp_type); }
  [[nodiscard]] bool has_ports() const { return is_udp() || is_tcp(); }

  /// Bytes of the IP header with its options.
  [[nodiscard]] std::size_t header_length() const { return header_size + ip_options.size(); }
  /// Bytes of the transport's header; 0 if there is none or the protocol is not one of the three.
  [[nodiscard]] std::size_t transport_length() const;
  /// The total length field: all bytes. O(depth of what is carried inside).
  [[nodiscard]] std::size_t total_length() const;

  // What is inside, or null if it is not of this kind.
  [[nodiscard]] const struct Quote* quote() const;
  [[nodiscard]] const struct VxlanFrame* vxlan() const;
  [[nodiscard]] const struct TunnelledPacket* tunnelled() const;

  PLIMSOLL_DESCRIBE_OPTIONS(tos)
  PLIMSOLL_DESCRIBE(Ipv4Packet, src, dst, tos, ttl, protocol, df, mf, reserved_flag, id, fragment_offset,
                    src_port, dst_port, icmp_type, icmp_code, icmp_id, icmp_seq, tcp_flags, tcp_window,
                    tcp_urgent, tcp_seq, tcp_ack, ip_options, tcp_options, odd_checksum, odd_udp_length,
                    inner, payload)
};

/// A question or an answer of ARP for IPv4 over Ethernet.
struct ArpPacket {
  static constexpr std::uint16_t request = 1;
  static constexpr std::uint16_t reply = 2;
  static constexpr std::size_t size = 28;  ///< bytes

  std::uint16_t operation = request;
  base::Mac sender_mac = {};
  base::Ipv4 sender_ip = {};
  base::Mac target_mac = {};
  base::Ipv4 target_ip = {};
  PLIMSOLL_DESCRIBE(ArpPacket, operation, sender_mac, sender_ip, target_mac, target_ip)
};

/// The body of a frame of another ethertype.
struct OtherBody {
  std::uint16_t ethertype = 0;
  Payload bytes = {};
  PLIMSOLL_DESCRIBE(OtherBody, ethertype, bytes)
};

namespace ethertype {
inline constexpr std::uint16_t ipv4 = 0x0800;
inline constexpr std::uint16_t arp = 0x0806;
}  // namespace ethertype

inline constexpr base::Mac broadcast_mac{base::Mac::Bytes{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

/// An Ethernet frame without VLAN tag and frame check sequence.
struct Frame {
  static constexpr std::size_t header_size = 14;

  base::Mac src = {};
  base::Mac dst = {};
  std::variant<Ipv4Packet, ArpPacket, OtherBody> body = {};
  Payload trailer = {};  ///< padding behind what the body says is its end

  [[nodiscard]] const Ipv4Packet* ip() const { return std::get_if<Ipv4Packet>(&body); }
  [[nodiscard]] Ipv4Packet* ip() { return std::get_if<Ipv4Packet>(&body); }
  [[nodiscard]] const ArpPacket* arp() const { return std::get_if<ArpPacket>(&body); }
  [[nodiscard]] std::uint16_t ethertype() const;
  /// Bytes of the frame with its header.
  [[nodiscard]] std::size_t size() const;
  PLIMSOLL_DESCRIBE_OPTIONS(trailer)
  PLIMSOLL_DESCRIBE(Frame, src, dst, body, trailer)
};

/// What an ICMP error tells of the packet that it is about: its first bytes.
struct Quote {
  /// As it was when the error was sent. What lies behind the first `shown` bytes is 0.
  Ipv4Packet packet = {};
  std::uint16_t shown = 0;  ///< bytes of the packet that are quoted, at least its IP header
  /// What the quoted IP header's checksum field holds if not the sum of that header.
  std::optional<std::uint16_t> odd_header_checksum = {};
  PLIMSOLL_DESCRIBE(Quote, packet, shown, odd_header_checksum)
};

/// What a VXLAN tunnel's UDP datagram carries: the header of RFC 7348 section 5, and a frame.
struct VxlanFrame {
  static constexpr std::size_t header_size = 8;
  std::uint32_t vni = 0;  ///< 24 bits
  Frame frame = {};
  PLIMSOLL_DESCRIBE(VxlanFrame, vni, frame)
};

/// What flannel's udp backend carries in a UDP datagram: an IPv4 packet, nothing else.
struct TunnelledPacket {
  Ipv4Packet packet = {};
  PLIMSOLL_DESCRIBE(TunnelledPacket, packet)
};

/// The content of a transport that is known in parts.
struct Inner {
  std::variant<Quote, VxlanFrame, TunnelledPacket> content = {};
  /// Bytes that it takes in its packet.
  [[nodiscard]] std::size_t size() const;
  PLIMSOLL_DESCRIBE(Inner, content)
};

// Every device on the way asks for these lengths.

inline std::size_t Ipv4Packet::transport_length() const {
  constexpr std::size_t udp_header = 8;
  constexpr std::size_t icmp_header = 8;
  constexpr std::size_t tcp_header = 20;
  if (is_udp()) {
    return udp_header;
  }
  if (is_tcp()) {
    return tcp_header + tcp_options.size();
  }
  return is_icmp() ? icmp_header : 0;
}

inline std::size_t Ipv4Packet::total_length() const {
  return header_length() + transport_length() + (inner ? inner->size() : 0) + payload.size();
}

inline std::size_t Frame::size() const {
  std::size_t body_size = ArpPacket::size;
  if (const Ipv4Packet* packet = ip()) {
    body_size = packet->total_length();
  } else if (const auto* other = std::get_if<OtherBody>(&body)) {
    body_size = other->bytes.size();
  }
  return header_size + body_size + trailer.size();
}

/// The content of the UDP datagram that carries `frame` through a VXLAN tunnel. Requires: vni < 2^24.
[[nodiscard]] Shared<Inner> put_into_vxlan(std::uint32_t vni, Frame&& frame);

/// The quote of `packet` that has at most `limit` bytes, checksums as they were in the whole packet.
/// Linux: what is left of 576 bytes after the error's own headers (net/ipv4/icmp.c, __icmp_send).
/// Requires: limit >= packet.header_length() + 8. O(1) if nothing is cut, else O(bytes of the packet).
[[nodiscard]] Quote quote_of(const Ipv4Packet& packet, std::size_t limit);

}  // namespace plimsoll::overlay
