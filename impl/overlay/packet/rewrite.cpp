#include "impl/overlay/packet/rewrite.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/overlay/packet/build.hpp"
#include "impl/overlay/packet/checksum.hpp"
#include "impl/overlay/packet/parse.hpp"

namespace plimsoll::overlay {
namespace {

/// The checksum field of UDP and TCP after the change; UDP writes a sum of 0 as 0xffff.
std::uint16_t checksum_after(const Ipv4Packet& packet, const Endpoints& to) {
  std::uint16_t sum = *packet.odd_checksum;
  sum = updated_checksum(updated_checksum(sum, packet.src, to.src), packet.dst, to.dst);
  sum = updated_checksum(updated_checksum(sum, packet.src_port, to.src_port), packet.dst_port, to.dst_port);
  return packet.is_udp() && sum == 0 ? std::uint16_t{0xffff} : sum;
}

/// The packet with its transport header as plain bytes before the payload, where fragments are cut.
Payload ip_payload(const Ipv4Packet& packet) {
  return Payload(build(packet).substr(packet.header_length()));
}

/// Reads the transport header again, which is the beginning of `bytes` if the packet is a first fragment.
std::optional<Ipv4Packet> with_ip_payload(const Ipv4Packet& header, const Payload& bytes) {
  Ipv4Packet bare;
  bare.src = header.src, bare.dst = header.dst;
  bare.tos = header.tos, bare.ttl = header.ttl, bare.protocol = header.protocol;
  bare.df = header.df, bare.mf = header.mf, bare.reserved_flag = header.reserved_flag;
  bare.id = header.id, bare.fragment_offset = header.fragment_offset;
  bare.ip_options = header.ip_options;
  if (!bare.has_transport()) {
    bare.payload = bytes;
    return bare;
  }
  // Built under a protocol without header of its own; what differs is one field of the IP header.
  constexpr std::uint8_t protocol_none = 255;
  constexpr std::size_t protocol_at = 9;
  constexpr std::size_t checksum_at = 10;
  bare.protocol = protocol_none;
  bare.payload = bytes;
  std::string whole = build(bare);
  whole[protocol_at] = static_cast<char>(header.protocol);
  whole[checksum_at] = whole[checksum_at + 1] = '\0';
  const std::uint16_t sum = checksum_of(std::string_view(whole).substr(0, header.header_length()));
  whole[checksum_at] = static_cast<char>(sum >> 8U);
  whole[checksum_at + 1] = static_cast<char>(sum & 0xffU);
  ParseOptions options;
  options.verify_transport = false;
  Parsed<Ipv4Packet> parsed = parse_ip(whole, options);
  return parsed ? std::optional(std::move(*parsed)) : std::nullopt;
}

}  // namespace

Endpoints endpoints_of(const Ipv4Packet& packet) {
  return {packet.src, packet.dst, packet.src_port, packet.dst_port};
}

void readdress(Ipv4Packet& packet, const Endpoints& to) {
  const bool no_checksum = packet.is_udp() && packet.odd_checksum == 0;
  if (packet.odd_checksum && packet.has_ports() && !no_checksum) {
    packet.odd_checksum = checksum_after(packet, to);
  }
  packet.src = to.src;
  packet.dst = to.dst;
  if (packet.has_ports()) {
    packet.src_port = to.src_port;
    packet.dst_port = to.dst_port;
  }
}

std::vector<Ipv4Packet> fragments_of(const Ipv4Packet& packet, std::size_t mtu) {
  PLIMSOLL_ASSERT(mtu >= packet.header_length() + std::max<std::size_t>(8, packet.transport_length()));
  if (packet.total_length() <= mtu) {
    return {packet};
  }
  const Payload bytes = ip_payload(packet);
  const std::size_t step = (mtu - packet.header_length()) / 8 * 8;
  std::vector<Ipv4Packet> fragments;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    const std::size_t count = std::min(step, bytes.size() - at);
    Ipv4Packet header = packet;
    header.mf = packet.mf || at + count < bytes.size();
    header.fragment_offset = static_cast<std::uint16_t>(packet.fragment_offset + at);
    std::optional<Ipv4Packet> fragment = with_ip_payload(header, bytes.part(at, count));
    PLIMSOLL_ASSERT_KNOWN(fragment.has_value(), "the first fragment ends in the transport's header");
    fragments.push_back(std::move(*fragment));
  }
  return fragments;
}

std::optional<Ipv4Packet> reassembled(std::vector<Ipv4Packet> fragments) {
  std::sort(fragments.begin(), fragments.end(),
            [](const Ipv4Packet& a, const Ipv4Packet& b) { return a.fragment_offset < b.fragment_offset; });
  std::string bytes;
  for (const Ipv4Packet& fragment : fragments) {
    const bool is_last = &fragment == &fragments.back();
    if (fragment.fragment_offset != bytes.size() || fragment.mf == is_last) {
      return std::nullopt;
    }
    bytes += ip_payload(fragment).text();
  }
  if (fragments.empty() || bytes.size() + fragments.front().header_length() > Ipv4Packet::most_bytes) {
    return std::nullopt;
  }
  Ipv4Packet header = std::move(fragments.front());
  header.mf = false;
  return with_ip_payload(header, Payload(bytes));
}

}  // namespace plimsoll::overlay
