#include "impl/overlay/node/reassembly.hpp"

#include <algorithm>
#include <utility>

#include "impl/overlay/packet/rewrite.hpp"

namespace plimsoll::overlay {

std::optional<Skb> Reassembly::add(Skb fragment, User user) {
  const Ipv4Packet& ip = fragment.ip();
  const Key key = {user, ip.src, ip.dst, ip.protocol, ip.id};
  std::vector<Skb>& waiting = waiting_[key];
  waiting.push_back(std::move(fragment));
  std::vector<Ipv4Packet> parts;
  std::size_t largest = 0;
  std::size_t largest_unfragmentable = 0;
  for (const Skb& part : waiting) {
    parts.push_back(part.ip());
    const std::size_t length = part.ip().total_length();
    largest = std::max(largest, length);
    largest_unfragmentable = std::max(largest_unfragmentable, part.ip().df ? length : 0);
  }
  std::optional<Ipv4Packet> whole = reassembled(std::move(parts));
  if (!whole) {
    return std::nullopt;
  }
  const DeviceId last_device = waiting.back().device;
  std::ranges::sort(waiting, {}, [](const Skb& part) { return part.ip().fragment_offset; });
  std::vector<std::uint16_t> pieces;
  pieces.reserve(waiting.size());
  for (const Skb& part : waiting) {
    pieces.push_back(static_cast<std::uint16_t>(part.ip().total_length()));
  }
  Skb made = std::move(waiting.front());
  waiting_.erase(key);
  made.device = last_device;
  made.pieces = std::move(pieces);
  whole->df = largest_unfragmentable == largest;  // IPSKB_FRAG_PMTU
  made.frame.body = std::move(*whole);
  made.fragment_max = static_cast<std::uint16_t>(largest);
  return made;
}

}  // namespace plimsoll::overlay
