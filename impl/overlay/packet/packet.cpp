#include "impl/overlay/packet/packet.hpp"

#include <optional>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/overlay/packet/build.hpp"
#include "impl/overlay/packet/parse.hpp"

namespace plimsoll::overlay {
namespace {

constexpr std::size_t udp_header = 8;
constexpr std::size_t icmp_header = 8;
constexpr std::size_t tcp_header = 20;

template <class Content>
const Content* content_of(const Shared<Inner>& inner) {
  return inner ? std::get_if<Content>(&inner->content) : nullptr;
}

}  // namespace

std::size_t Ipv4Packet::transport_length() const {
  if (is_udp()) {
    return udp_header;
  }
  if (is_tcp()) {
    return tcp_header + tcp_options.size();
  }
  return is_icmp() ? icmp_header : 0;
}

std::size_t Ipv4Packet::total_length() const {
  return header_length() + transport_length() + (inner ? inner->size() : 0) + payload.size();
}

const Quote* Ipv4Packet::quote() const {
  return content_of<Quote>(inner);
}
const VxlanFrame* Ipv4Packet::vxlan() const {
  return content_of<VxlanFrame>(inner);
}
const TunnelledPacket* Ipv4Packet::tunnelled() const {
  return content_of<TunnelledPacket>(inner);
}

std::uint16_t Frame::ethertype() const {
  if (ip() != nullptr) {
    return ethertype::ipv4;
  }
  return arp() != nullptr ? ethertype::arp : std::get<OtherBody>(body).ethertype;
}

std::size_t Frame::size() const {
  std::size_t body_size = ArpPacket::size;
  if (const Ipv4Packet* packet = ip()) {
    body_size = packet->total_length();
  } else if (const auto* other = std::get_if<OtherBody>(&body)) {
    body_size = other->bytes.size();
  }
  return header_size + body_size + trailer.size();
}

std::size_t Inner::size() const {
  if (const auto* quote = std::get_if<Quote>(&content)) {
    return quote->shown;
  }
  if (const auto* vxlan = std::get_if<VxlanFrame>(&content)) {
    return VxlanFrame::header_size + vxlan->frame.size();
  }
  return std::get<TunnelledPacket>(content).packet.total_length();
}

Quote quote_of(const Ipv4Packet& packet, std::size_t limit) {
  PLIMSOLL_ASSERT(limit >= packet.header_length() + 8);
  const std::size_t length = packet.total_length();
  if (length <= limit) {
    return {packet, static_cast<std::uint16_t>(length), {}};
  }
  // Fields that are cut off are 0 and yet covered by the checksum: reading what is left finds both out.
  std::optional<Quote> cut = parse_quote(build(packet).substr(0, limit));
  PLIMSOLL_ASSERT(cut.has_value());
  return std::move(*cut);
}

}  // namespace plimsoll::overlay
