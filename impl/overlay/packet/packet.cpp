#include "impl/overlay/packet/packet.hpp"

#include <optional>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/overlay/packet/build.hpp"
#include "impl/overlay/packet/parse.hpp"

namespace plimsoll::overlay {
namespace {

template <class Content>
const Content* content_of(const Shared<Inner>& inner) {
  return inner ? std::get_if<Content>(&inner->content) : nullptr;
}

}  // namespace

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

std::size_t Inner::size() const {
  if (const auto* quote = std::get_if<Quote>(&content)) {
    return quote->shown;
  }
  if (const auto* vxlan = std::get_if<VxlanFrame>(&content)) {
    return VxlanFrame::header_size + vxlan->frame.size();
  }
  return std::get<TunnelledPacket>(content).packet.total_length();
}

Shared<Inner> put_into_vxlan(std::uint32_t vni, Frame&& frame) {
  Shared<Inner> inner{Inner{}};
  VxlanFrame& vxlan = inner.unshared()->content.emplace<VxlanFrame>();
  vxlan.vni = vni;
  vxlan.frame = std::move(frame);
  return inner;
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
