#include "impl/overlay/netfilter/tuple.hpp"

#include <array>
#include <utility>

namespace plimsoll::overlay::netfilter {
namespace {

constexpr std::uint8_t none = 0xff;

/// Queries and their replies: echo 8/0, timestamp 13/14, information 15/16, address mask 17/18.
constexpr std::uint8_t answer_of(std::uint8_t icmp_type) {
  constexpr std::array<std::uint8_t, 19> answers = {8,    none, none, none, none, none, none, none, 0, none,
                                                    none, none, none, 14,   13,   16,   15,   18,   17};
  return icmp_type < answers.size() ? answers[icmp_type] : none;
}

}  // namespace

std::optional<Tuple> tuple_of(const Ipv4Packet& packet) {
  if (!packet.has_transport()) {
    return std::nullopt;
  }
  Tuple tuple{packet.src, packet.dst, 0, 0, packet.protocol};
  if (packet.has_ports()) {
    tuple.src_port = packet.src_port;
    tuple.dst_port = packet.dst_port;
  } else if (packet.is_icmp()) {
    tuple.src_port = packet.icmp_id;
    tuple.dst_port = static_cast<std::uint16_t>(packet.icmp_type << 8U | packet.icmp_code);
  }
  return tuple;
}

std::optional<Tuple> inverted(const Tuple& tuple) {
  Tuple answer{tuple.dst, tuple.src, tuple.dst_port, tuple.src_port, tuple.protocol};
  if (tuple.protocol == protocol::icmp) {
    const std::uint8_t type = answer_of(static_cast<std::uint8_t>(tuple.dst_port >> 8U));
    if (type == none) {
      return std::nullopt;
    }
    answer.src_port = tuple.src_port;
    answer.dst_port = static_cast<std::uint16_t>(unsigned{type} << 8U | (tuple.dst_port & 0xffU));
  }
  return answer;
}

}  // namespace plimsoll::overlay::netfilter
