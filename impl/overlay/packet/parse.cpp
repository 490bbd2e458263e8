#include "impl/overlay/packet/parse.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "impl/base/assert.hpp"
#include "impl/overlay/packet/build.hpp"
#include "impl/overlay/packet/checksum.hpp"
#include "impl/overlay/packet/window.hpp"

namespace plimsoll::overlay {
namespace {

constexpr std::size_t udp_header = 8;
constexpr std::size_t icmp_header = 8;
constexpr std::size_t tcp_header = 20;
constexpr std::size_t quoted_beyond_header = 8;  // RFC 792: "plus the first 64 bits"

/// Reads one datagram. A quote's checksums are whatever they were; everything else's must be right.
class IpParser {
 public:
  enum class Role : std::uint8_t { datagram, quote };
  IpParser(const ParseOptions& options, Role role) : options_(options), role_(role) {}

  Parsed<Ipv4Packet> parse(const Window& bytes);

 private:
  [[nodiscard]] bool is_quote() const { return role_ == Role::quote; }
  Parsed<void> header(const Window& bytes);
  Parsed<void> transport(const Window& bytes);
  Parsed<void> udp(const Window& bytes);
  Parsed<void> tcp(const Window& bytes);
  Parsed<void> icmp(const Window& bytes);
  Parsed<void> checksum(const Window& bytes, std::size_t at);
  void content(const Window& bytes);
  void open_tunnel(const Window& bytes);

  const ParseOptions& options_;
  Role role_;
  Ipv4Packet packet_ = {};
};

Parsed<void> IpParser::header(const Window& bytes) {
  const std::size_t length = std::size_t{bytes.u8(0)} % 16 * 4;
  packet_.tos = bytes.u8(1);
  packet_.id = bytes.u16(4);
  const std::uint16_t fragment = bytes.u16(6);
  packet_.reserved_flag = (fragment & 0x8000U) != 0;
  packet_.df = (fragment & 0x4000U) != 0;
  packet_.mf = (fragment & 0x2000U) != 0;
  packet_.fragment_offset = static_cast<std::uint16_t>((fragment & 0x1fffU) * 8U);
  packet_.ttl = bytes.u8(8);
  packet_.protocol = bytes.u8(9);
  packet_.src = bytes.address(12);
  packet_.dst = bytes.address(16);
  packet_.ip_options = bytes.part(Ipv4Packet::header_size, length - Ipv4Packet::header_size).payload();
  if (is_quote()) {
    return {};
  }
  const Window all = bytes.part(0, length);
  if (checksum_of(all.given()) != 0) {
    return refuse(bytes, 10, "header checksum " + hex(bytes.u16(10)) + " is wrong");
  }
  if (bytes.u16(10) == 0xffff) {
    return refuse(bytes, 10, "header checksum 0xffff, expected 0x0000");
  }
  return {};
}

Parsed<Ipv4Packet> IpParser::parse(const Window& bytes) {
  if (bytes.size() < Ipv4Packet::header_size) {
    return ended(bytes, "the IP header", Ipv4Packet::header_size);
  }
  if (bytes.u8(0) / 16 != 4) {
    return wrong(bytes, 0, "IP version", bytes.u8(0) / 16U, "4");
  }
  const std::size_t header_length = std::size_t{bytes.u8(0)} % 16 * 4;
  if (header_length < Ipv4Packet::header_size) {
    return wrong(bytes, 0, "IP header length", header_length, "at least 20");
  }
  if (bytes.size() < header_length) {
    return ended(bytes, "the IP header", header_length);
  }
  const std::size_t total = bytes.u16(2);
  if (total < header_length || total > bytes.size()) {
    return wrong(bytes, 2, "total length", total,
                 std::to_string(header_length) + " to " + std::to_string(bytes.size()));
  }
  PLIMSOLL_ASSERT(total == bytes.size());  // who called has cut what comes behind
  if (const Parsed<void> read = header(bytes); !read) {
    return Refused(read.error());
  }
  if (const Parsed<void> read = transport(bytes.from(header_length)); !read) {
    return Refused(read.error());
  }
  return std::move(packet_);
}

Parsed<void> IpParser::transport(const Window& bytes) {
  if (packet_.is_udp()) {
    return udp(bytes);
  }
  if (packet_.is_tcp()) {
    return tcp(bytes);
  }
  if (packet_.is_icmp()) {
    return icmp(bytes);
  }
  packet_.payload = bytes.payload();
  return {};
}

Parsed<void> IpParser::udp(const Window& bytes) {
  if (bytes.size() < udp_header) {
    return ended(bytes, "the UDP header", udp_header);
  }
  packet_.src_port = bytes.u16(0);
  packet_.dst_port = bytes.u16(2);
  const std::uint16_t length = bytes.u16(4);
  const bool is_first_part = packet_.is_fragment() || is_quote();
  if (!is_first_part && (length < udp_header || length > bytes.size())) {
    return wrong(bytes, 4, "UDP length", length, "8 to " + std::to_string(bytes.size()));
  }
  if (length != bytes.size()) {
    packet_.odd_udp_length = length;
  }
  content(bytes.from(udp_header));
  return checksum(bytes, 6);
}

Parsed<void> IpParser::tcp(const Window& bytes) {
  if (bytes.size() < tcp_header) {
    return ended(bytes, "the TCP header", tcp_header);
  }
  constexpr std::size_t length_at = 12;
  std::size_t length = std::size_t{bytes.u8(length_at)} / 16 * 4;
  if (is_quote() && bytes.given().size() <= length_at) {
    length = tcp_header;  // cut before it says
  }
  if (length < tcp_header || length > bytes.size()) {
    return wrong(bytes, length_at, "TCP header length", length, "20 to " + std::to_string(bytes.size()));
  }
  packet_.src_port = bytes.u16(0);
  packet_.dst_port = bytes.u16(2);
  packet_.tcp_seq = bytes.u32(4);
  packet_.tcp_ack = bytes.u32(8);
  packet_.tcp_flags = static_cast<std::uint16_t>(bytes.u16(length_at) & 0xfffU);
  packet_.tcp_window = bytes.u16(14);
  packet_.tcp_urgent = bytes.u16(18);
  packet_.tcp_options = bytes.part(tcp_header, length - tcp_header).payload();
  content(bytes.from(length));
  return checksum(bytes, 16);
}

Parsed<void> IpParser::icmp(const Window& bytes) {
  if (bytes.size() < icmp_header) {
    return ended(bytes, "the ICMP header", icmp_header);
  }
  packet_.icmp_type = bytes.u8(0);
  packet_.icmp_code = bytes.u8(1);
  packet_.icmp_id = bytes.u16(4);
  packet_.icmp_seq = bytes.u16(6);
  content(bytes.from(icmp_header));
  return checksum(bytes, 2);
}

/// What the sum of a packet's own bytes leaves in the field is not stored, anything else is.
Parsed<void> IpParser::checksum(const Window& bytes, std::size_t at) {
  const std::uint16_t field = bytes.u16(at);
  const std::uint16_t right = transport_checksum(packet_);
  if (field == right) {
    return {};
  }
  const bool unchecked = is_quote() || packet_.is_fragment() || !options_.verify_transport;
  const bool no_checksum = packet_.is_udp() && field == 0;
  const bool other_zero = field == 0xffff && right == 0;  // one's complement has two
  if (!unchecked && !no_checksum && !other_zero) {
    return refuse(bytes, at, "checksum " + hex(field) + ", expected " + hex(right));
  }
  if (!is_quote() || bytes.given().size() > at) {
    packet_.odd_checksum = field;
  }
  return {};
}

void IpParser::content(const Window& bytes) {
  packet_.payload = bytes.payload();
  if (is_quote() || packet_.is_fragment()) {
    return;
  }
  if (packet_.is_udp()) {
    open_tunnel(bytes);
  } else if (packet_.is_icmp_error()) {
    if (std::optional<Quote> quote = parse_quote(bytes.given())) {
      packet_.payload = bytes.from(quote->shown).payload();
      packet_.inner = Inner{std::move(*quote)};
    }
  }
}

void IpParser::open_tunnel(const Window& bytes) {
  if (packet_.odd_udp_length || packet_.dst_port == 0) {
    return;
  }
  if (packet_.dst_port == options_.vxlan_port) {
    if (Parsed<VxlanFrame> vxlan = parse_vxlan(bytes.given(), options_)) {
      packet_.payload = {};
      packet_.inner = Inner{std::move(*vxlan)};
    }
  } else if (packet_.dst_port == options_.flannel_udp_port) {
    if (Parsed<Ipv4Packet> tunnelled = parse_ip(bytes.given(), options_)) {
      packet_.payload = {};
      packet_.inner = Inner{TunnelledPacket{std::move(*tunnelled)}};
    }
  }
}

/// The window cut at the datagram's own end, if it says one.
Window cut_at_total_length(const Window& bytes) {
  const bool can_say = bytes.size() >= Ipv4Packet::header_size;
  return can_say && bytes.u16(2) <= bytes.size() && bytes.u16(2) >= Ipv4Packet::header_size
             ? bytes.part(0, bytes.u16(2))
             : bytes;
}

Parsed<Ipv4Packet> ip_at(const Window& bytes, const ParseOptions& options) {
  return IpParser(options, IpParser::Role::datagram).parse(bytes);
}

Parsed<ArpPacket> arp_at(const Window& bytes) {
  struct Constant {
    std::size_t at;
    std::uint16_t value;
    const char* name;
  };
  constexpr std::array<Constant, 3> constants = {{{0, 1, "ARP hardware type"},
                                                  {2, ethertype::ipv4, "ARP protocol type"},
                                                  {4, 6 << 8 | 4, "ARP lengths"}}};
  if (bytes.size() < ArpPacket::size) {
    return ended(bytes, "the ARP packet", ArpPacket::size);
  }
  for (const Constant& constant : constants) {
    if (bytes.u16(constant.at) != constant.value) {
      return wrong(bytes, constant.at, constant.name, bytes.u16(constant.at), std::to_string(constant.value));
    }
  }
  return ArpPacket{bytes.u16(6), bytes.mac(8), bytes.address(14), bytes.mac(18), bytes.address(24)};
}

Parsed<Frame> frame_at(const Window& bytes, const ParseOptions& options) {
  if (bytes.size() < Frame::header_size) {
    return ended(bytes, "the Ethernet header", Frame::header_size);
  }
  Frame frame{bytes.mac(6), bytes.mac(0), {}, {}};
  const std::uint16_t type = bytes.u16(12);
  const Window body = bytes.from(Frame::header_size);
  if (type == ethertype::ipv4) {
    const Window datagram = cut_at_total_length(body);
    Parsed<Ipv4Packet> packet = ip_at(datagram, options);
    if (!packet) {
      return Refused(packet.error());
    }
    frame.body = std::move(*packet);
    frame.trailer = body.from(datagram.size()).payload();
  } else if (type == ethertype::arp) {
    const Parsed<ArpPacket> arp = arp_at(body);
    if (!arp) {
      return Refused(arp.error());
    }
    frame.body = *arp;
    frame.trailer = body.from(ArpPacket::size).payload();
  } else {
    frame.body = OtherBody{type, body.payload()};
  }
  return frame;
}

}  // namespace

std::string to_text(const ParseError& error) {
  return "at byte " + std::to_string(error.offset) + ": " + error.what;
}

Parsed<Frame> parse_frame(std::string_view bytes, const ParseOptions& options) {
  return frame_at(Window(bytes), options);
}

Parsed<Ipv4Packet> parse_ip(std::string_view bytes, const ParseOptions& options) {
  const Window window(bytes);
  const Window datagram = cut_at_total_length(window);
  if (datagram.size() < window.size()) {
    return wrong(window, 2, "total length", datagram.size(), std::to_string(window.size()));
  }
  return ip_at(window, options);
}

Parsed<VxlanFrame> parse_vxlan(std::string_view bytes, const ParseOptions& options) {
  const Window window(bytes);
  if (window.size() < VxlanFrame::header_size) {
    return ended(window, "the VXLAN header", VxlanFrame::header_size);
  }
  constexpr std::uint32_t vni_is_valid = 0x08000000;
  if (window.u32(0) != vni_is_valid) {
    return wrong(window, 0, "VXLAN flags", window.u32(0), std::to_string(vni_is_valid));
  }
  if (window.u8(7) != 0) {
    return wrong(window, 7, "reserved VXLAN byte", window.u8(7), "0");
  }
  Parsed<Frame> frame = frame_at(window.from(VxlanFrame::header_size), options);
  if (!frame) {
    return Refused(frame.error());
  }
  return VxlanFrame{window.u32(4) >> 8U, std::move(*frame)};
}

std::optional<Quote> parse_quote(std::string_view bytes) {
  if (bytes.size() < Ipv4Packet::header_size) {
    return std::nullopt;
  }
  const Window shown = cut_at_total_length(Window(bytes));
  const std::size_t total = shown.u16(2);
  const std::size_t header_length = std::size_t{shown.u8(0)} % 16 * 4;
  if (shown.size() < std::min(total, header_length + quoted_beyond_header)) {
    return std::nullopt;
  }
  const ParseOptions options;
  Parsed<Ipv4Packet> packet = IpParser(options, IpParser::Role::quote).parse(shown.resized(total));
  if (!packet) {
    return std::nullopt;
  }
  Quote quote{std::move(*packet), static_cast<std::uint16_t>(shown.size()), {}};
  std::string header(shown.given().substr(0, header_length));
  header[10] = header[11] = '\0';
  if (checksum_of(header) != shown.u16(10)) {
    quote.odd_header_checksum = shown.u16(10);
  }
  return quote;
}

namespace {
/// Whoever opens a tunnel hands on what is inside. Its receiver looks at the transport's checksum.
constexpr ParseOptions not_the_receiver{0, 0, false};
}  // namespace

Parsed<VxlanFrame> open_vxlan(const Ipv4Packet& datagram) {
  const VxlanFrame* vxlan = datagram.vxlan();
  return vxlan != nullptr ? *vxlan : parse_vxlan(build_content(datagram), not_the_receiver);
}

Parsed<VxlanFrame> take_vxlan(Ipv4Packet& datagram) {
  Inner* const own = datagram.inner.unshared();
  VxlanFrame* const vxlan = own == nullptr ? nullptr : std::get_if<VxlanFrame>(&own->content);
  return vxlan != nullptr ? Parsed<VxlanFrame>(std::move(*vxlan)) : open_vxlan(datagram);
}

Parsed<Ipv4Packet> open_tunnelled(const Ipv4Packet& datagram) {
  const TunnelledPacket* tunnelled = datagram.tunnelled();
  return tunnelled != nullptr ? tunnelled->packet : parse_ip(build_content(datagram), not_the_receiver);
}

}  // namespace plimsoll::overlay
