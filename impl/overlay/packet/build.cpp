#include "impl/overlay/packet/build.hpp"

#include <algorithm>
#include <string_view>
#include <variant>

#include "impl/base/assert.hpp"
#include "impl/overlay/packet/checksum.hpp"

namespace plimsoll::overlay {
namespace {

// Offsets of checksum fields in their headers.
constexpr std::size_t ip_checksum_at = 10;
constexpr std::size_t udp_checksum_at = 6;
constexpr std::size_t tcp_checksum_at = 16;
constexpr std::size_t icmp_checksum_at = 2;

/// Appends integers in network order.
class Bytes {
 public:
  Bytes& u8(std::size_t value) {
    text.push_back(static_cast<char>(value));
    return *this;
  }
  Bytes& u16(std::size_t value) { return u8(value >> 8U & 0xffU).u8(value & 0xffU); }
  Bytes& u32(std::size_t value) { return u16(value >> 16U & 0xffffU).u16(value & 0xffffU); }
  Bytes& mac(const base::Mac& address) {
    for (const std::uint8_t byte : address.bytes()) {
      u8(byte);
    }
    return *this;
  }
  Bytes& payload(const Payload& payload) {
    text.append(payload.given());
    text.append(payload.size() - payload.given().size(), '\0');
    return *this;
  }
  void set_u16(std::size_t at, std::uint16_t value) {
    text[at] = static_cast<char>(value >> 8U);
    text[at + 1] = static_cast<char>(value & 0xffU);
  }
  std::string text = {};
};

void append_ip(Bytes& out, const Ipv4Packet& packet);
void append_frame(Bytes& out, const Frame& frame);

void append_vxlan(Bytes& out, const VxlanFrame& vxlan) {
  PLIMSOLL_ASSERT(vxlan.vni < 1U << 24U);
  out.u32(0x08000000).u32(std::size_t{vxlan.vni} << 8U);
  append_frame(out, vxlan.frame);
}

void append_quote(Bytes& out, const Quote& quote) {
  Bytes whole;
  append_ip(whole, quote.packet);
  if (quote.odd_header_checksum) {
    whole.set_u16(ip_checksum_at, *quote.odd_header_checksum);
  }
  PLIMSOLL_ASSERT(quote.shown <= whole.text.size());
  out.text.append(whole.text, 0, quote.shown);
}

void append_inner(Bytes& out, const Inner& inner) {
  if (const auto* quote = std::get_if<Quote>(&inner.content)) {
    append_quote(out, *quote);
  } else if (const auto* vxlan = std::get_if<VxlanFrame>(&inner.content)) {
    append_vxlan(out, *vxlan);
  } else {
    append_ip(out, std::get<TunnelledPacket>(inner.content).packet);
  }
}

void append_content(Bytes& out, const Ipv4Packet& packet) {
  if (packet.inner) {
    append_inner(out, *packet.inner);
  }
  out.payload(packet.payload);
}

void check_options(const Payload& options) {
  PLIMSOLL_ASSERT(options.size() % 4 == 0 && options.size() <= Ipv4Packet::most_options);
}

/// The header of the transport, its checksum field 0.
/// @return where in the header that field is.
std::size_t append_transport(Bytes& out, const Ipv4Packet& packet, std::size_t length) {
  if (packet.is_udp()) {
    out.u16(packet.src_port).u16(packet.dst_port).u16(packet.odd_udp_length.value_or(length)).u16(0);
    return udp_checksum_at;
  }
  if (packet.is_tcp()) {
    check_options(packet.tcp_options);
    out.u16(packet.src_port).u16(packet.dst_port).u32(packet.tcp_seq).u32(packet.tcp_ack);
    out.u16((5 + packet.tcp_options.size() / 4) << 12U | (packet.tcp_flags & 0xfffU));
    out.u16(packet.tcp_window).u16(0).u16(packet.tcp_urgent).payload(packet.tcp_options);
    return tcp_checksum_at;
  }
  out.u8(packet.icmp_type).u8(packet.icmp_code).u16(0).u16(packet.icmp_id).u16(packet.icmp_seq);
  return icmp_checksum_at;
}

/// The sum over `bytes`, the transport's header and all that follows, its checksum field 0.
std::uint16_t sum_of_transport(const Ipv4Packet& packet, std::string_view bytes) {
  ChecksumSum sum;
  std::size_t length = bytes.size();
  if (packet.is_udp() && packet.odd_udp_length) {
    length = *packet.odd_udp_length;
    bytes = bytes.substr(0, length);
  }
  if (!packet.is_icmp()) {
    sum.add_pseudo_header(packet.src, packet.dst, packet.protocol, length);
  }
  const std::uint16_t checksum = sum.add(bytes).checksum();
  return packet.is_udp() && checksum == 0 ? std::uint16_t{0xffff} : checksum;
}

void append_ip_header(Bytes& out, const Ipv4Packet& packet, std::size_t total_length) {
  const std::size_t begin = out.text.size();
  out.u8(0x40U | packet.header_length() / 4).u8(packet.tos).u16(total_length).u16(packet.id);
  const std::size_t flags = (packet.reserved_flag ? 4U : 0U) | (packet.df ? 2U : 0U) | (packet.mf ? 1U : 0U);
  out.u16(flags << 13U | packet.fragment_offset / 8U);
  out.u8(packet.ttl).u8(packet.protocol).u16(0);
  out.u32(packet.src.value()).u32(packet.dst.value()).payload(packet.ip_options);
  out.set_u16(begin + ip_checksum_at, checksum_of(std::string_view(out.text).substr(begin)));
}

void append_ip(Bytes& out, const Ipv4Packet& packet) {
  check_options(packet.ip_options);
  const std::size_t total_length = packet.total_length();
  PLIMSOLL_ASSERT(packet.fragment_offset % 8 == 0 && total_length <= Ipv4Packet::most_bytes);
  append_ip_header(out, packet, total_length);
  if (packet.transport_length() == 0) {
    append_content(out, packet);
    return;
  }
  const std::size_t begin = out.text.size();
  const std::size_t field = append_transport(out, packet, total_length - packet.header_length());
  append_content(out, packet);
  out.set_u16(begin + field, packet.odd_checksum.value_or(0));
  if (!packet.odd_checksum) {
    out.set_u16(begin + field, sum_of_transport(packet, std::string_view(out.text).substr(begin)));
  }
}

void append_arp(Bytes& out, const ArpPacket& arp) {
  constexpr std::size_t hardware_ethernet = 1;
  out.u16(hardware_ethernet).u16(ethertype::ipv4).u8(6).u8(4).u16(arp.operation);
  out.mac(arp.sender_mac).u32(arp.sender_ip.value()).mac(arp.target_mac).u32(arp.target_ip.value());
}

void append_frame(Bytes& out, const Frame& frame) {
  out.mac(frame.dst).mac(frame.src).u16(frame.ethertype());
  if (const Ipv4Packet* packet = frame.ip()) {
    append_ip(out, *packet);
  } else if (const ArpPacket* arp = frame.arp()) {
    append_arp(out, *arp);
  } else {
    out.payload(std::get<OtherBody>(frame.body).bytes);
  }
  out.payload(frame.trailer);
}

}  // namespace

std::string build(const Frame& frame) {
  Bytes out;
  out.text.reserve(frame.size());
  append_frame(out, frame);
  return std::move(out.text);
}

std::string build(const Ipv4Packet& packet) {
  Bytes out;
  out.text.reserve(packet.total_length());
  append_ip(out, packet);
  return std::move(out.text);
}

std::string build(const VxlanFrame& vxlan) {
  Bytes out;
  append_vxlan(out, vxlan);
  return std::move(out.text);
}

std::string build_content(const Ipv4Packet& packet) {
  Bytes out;
  append_content(out, packet);
  return std::move(out.text);
}

std::uint16_t transport_checksum(const Ipv4Packet& packet) {
  PLIMSOLL_ASSERT(packet.transport_length() > 0);
  Bytes out;
  append_transport(out, packet, packet.total_length() - packet.header_length());
  append_content(out, packet);
  return sum_of_transport(packet, out.text);
}

}  // namespace plimsoll::overlay
