#include "impl/overlay/netfilter/matching.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::overlay::netfilter {
namespace {

/// Whether a TCP option of this kind is there. Options that cannot be read count as none.
bool has_tcp_option(const Ipv4Packet& packet, std::uint8_t wanted) {
  constexpr std::uint8_t no_operation = 1;
  const std::string_view bytes = packet.tcp_options.given();
  for (std::size_t at = 0; at < packet.tcp_options.size();) {
    const auto byte = [&](std::size_t index) {
      return index < bytes.size() ? static_cast<std::uint8_t>(bytes[index]) : std::uint8_t{0};
    };
    if (byte(at) == wanted) {
      return true;
    }
    at += byte(at) <= no_operation ? 1U : std::max<std::size_t>(1, byte(at + 1));
  }
  return false;
}

/// In the order of CtInfo.
constexpr std::array<std::uint8_t, 8> bit_of_info = {
    ct_state::invalid, ct_state::invalid,     ct_state::untracked, ct_state::new_,
    ct_state::related, ct_state::established, ct_state::related,   ct_state::established};

bool state_matches(const ConntrackMatch& match, const Tracked& tracked) {
  return ((match.states & state_bits(tracked, match.as_state)) != 0) != match.states_negated;
}

bool tuples_match(const ConntrackMatch& match, const Flow& flow) {
  return match.original_source.matches(flow.original.src) &&
         match.original_destination.matches(flow.original.dst) &&
         match.reply_source.matches(flow.reply.src) && match.reply_destination.matches(flow.reply.dst) &&
         match.original_source_port.matches(flow.original.src_port) &&
         match.original_destination_port.matches(flow.original.dst_port) &&
         match.reply_source_port.matches(flow.reply.src_port) &&
         match.reply_destination_port.matches(flow.reply.dst_port);
}

bool status_matches(const ConntrackMatch& match, const Flow& flow) {
  unsigned bits = 0;
  bits |= flow.seen_reply ? ct_status::seen_reply : 0U;
  bits |= flow.assured ? ct_status::assured : 0U;
  bits |= flow.confirmed ? ct_status::confirmed : 0U;
  return ((match.statuses & bits) != 0) != match.statuses_negated;
}

}  // namespace

std::uint8_t state_bits(const Tracked& tracked, bool only_state) {
  unsigned bits = bit_of_info[static_cast<std::size_t>(tracked.info)];
  if (tracked.has_flow() && !only_state) {
    bits |= tracked.flow.src_nat ? ct_state::snat : 0U;
    bits |= tracked.flow.dst_nat ? ct_state::dnat : 0U;
  }
  return static_cast<std::uint8_t>(bits);
}

Answer ask(const Comment& /*match*/, Environment& /*environment*/, const AtHook& /*at*/) {
  return Answer::yes;
}

Answer ask(const TcpMatch& match, Environment& /*environment*/, const AtHook& at) {
  const Ipv4Packet& packet = at.packet;
  if (!packet.is_tcp() || !match.source.matches(packet.src_port) ||
      !match.destination.matches(packet.dst_port)) {
    return Answer::no;
  }
  if (((packet.tcp_flags & match.flags_mask) == match.flags) == match.flags_negated) {
    return Answer::no;
  }
  return answer(match.option == 0 || has_tcp_option(packet, match.option) != match.option_negated);
}

Answer ask(const UdpMatch& match, Environment& /*environment*/, const AtHook& at) {
  return answer(at.packet.is_udp() && match.source.matches(at.packet.src_port) &&
                match.destination.matches(at.packet.dst_port));
}

Answer ask(const IcmpMatch& match, Environment& /*environment*/, const AtHook& at) {
  const Ipv4Packet& packet = at.packet;
  const bool of_type = match.type == IcmpMatch::any_type ||
                       (packet.icmp_type == match.type && match.code_first <= packet.icmp_code &&
                        packet.icmp_code <= match.code_last);
  return answer(packet.is_icmp() && of_type != match.negated);
}

Answer ask(const MarkMatch& match, Environment& /*environment*/, const AtHook& at) {
  return answer(((at.metadata.mark & match.mask) == match.value) != match.negated);
}

Answer ask(const MultiportMatch& match, Environment& /*environment*/, const AtHook& at) {
  using Side = MultiportMatch::Side;
  const Ipv4Packet& packet = at.packet;
  if (!packet.has_transport()) {
    return Answer::no;
  }
  if (!packet.has_ports()) {
    return Answer::unknown;  // a protocol with ports that packets have no fields for
  }
  const bool found = std::ranges::any_of(match.ports, [&](const PortRange& range) {
    return (match.side != Side::destination && range.contains(packet.src_port)) ||
           (match.side != Side::source && range.contains(packet.dst_port));
  });
  return answer(found != match.negated);
}

Answer ask(const RecentMatch& match, Environment& environment, const AtHook& at) {
  const std::uint8_t ttl =
      at.hook == Hook::forward ? static_cast<std::uint8_t>(at.packet.ttl + 1U) : at.packet.ttl;
  return answer(recent_matches(match, environment.state.recent,
                               match.by_destination ? at.packet.dst : at.packet.src, ttl,
                               environment.now_seconds));
}

Answer ask(const ConntrackMatch& match, Environment& /*environment*/, const AtHook& at) {
  const Tracked& tracked = at.metadata.tracked;
  const bool asks_state = match.states != 0 || match.states_negated;
  if (asks_state && !state_matches(match, tracked)) {
    return Answer::no;
  }
  if (!tracked.has_flow()) {
    return answer(asks_state);
  }
  const Flow& flow = tracked.flow;
  if (match.direction != ConntrackMatch::Direction::any &&
      (match.direction == ConntrackMatch::Direction::reply) != (tracked.direction() == Direction::reply)) {
    return Answer::no;
  }
  if (match.protocol.number != 0 &&
      (flow.original.protocol == match.protocol.number) == match.protocol.negated) {
    return Answer::no;
  }
  const bool asks_status = match.statuses != 0 || match.statuses_negated;
  return answer(tuples_match(match, flow) && (!asks_status || status_matches(match, flow)));
}

Answer ask(const AddrtypeMatch& match, Environment& environment, const AtHook& at) {
  const DeviceId device = match.limit_in ? at.in : match.limit_out ? at.out : 0;
  const auto is_of = [&](base::Ipv4 address, std::uint16_t types) {
    const AddressType type = environment.surroundings.address_type(address, device);
    return (types >> static_cast<unsigned>(type) & 1U) != 0;
  };
  if (match.source_types != 0 && is_of(at.packet.src, match.source_types) == match.source_negated) {
    return Answer::no;
  }
  return answer(match.destination_types == 0 ||
                is_of(at.packet.dst, match.destination_types) != match.destination_negated);
}

Answer ask(const SetMatch& match, Environment& environment, const AtHook& at) {
  if (environment.sets == nullptr) {
    return Answer::unknown;
  }
  const auto set = environment.sets->find(match.set);
  return set == environment.sets->end()
             ? Answer::unknown
             : answer(contains(set->second, at.packet, match.sides) != match.negated);
}

Answer ask_statistic(const StatisticMatch& match, Environment& environment, std::uint32_t nth) {
  if (match.mode == StatisticMatch::Mode::random) {
    const bool hit = match.probability >= StatisticMatch::certain ||
                     (match.probability > 0 && environment.choices.choose(2, question::statistic) == 0);
    return answer(hit != match.negated);
  }
  // A counter runs from --packet to every - 1 and then from 0; the packet that makes it 0 matches.
  std::vector<std::uint32_t>& seen = environment.state.nth;
  if (seen.size() <= nth) {
    seen.resize(nth + 1);
  }
  seen[nth] = (seen[nth] + 1) % match.every;
  return answer(((match.packet + seen[nth]) % match.every == 0) != match.negated);
}

}  // namespace plimsoll::overlay::netfilter
