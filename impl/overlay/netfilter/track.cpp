// What conntrack does to packets that come in, and to those that leave.
#include "impl/base/assert.hpp"
#include "impl/overlay/netfilter/conntrack.hpp"
#include "impl/overlay/netfilter/tcp_tracking.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

/// An ICMP error belongs to the flow of the packet that it quotes, if it is addressed to whom that flow
/// would send it (nf_conntrack_inet_error).
CtInfo track_error(const Conntrack& conntrack, const Ipv4Packet& packet, Flow& flow) {
  const Quote* const quote = packet.quote();
  const std::optional<Tuple> quoted = quote == nullptr ? std::nullopt : tuple_of(quote->packet);
  const std::optional<Tuple> answer = quoted ? inverted(*quoted) : std::nullopt;
  const Conntrack::Found found = answer ? conntrack.find(*answer) : Conntrack::Found{};
  if (!found || found.flow->tuple(found.direction).dst != packet.dst) {
    return CtInfo::invalid;
  }
  flow = *found.flow;
  return found.direction == Direction::reply ? CtInfo::related_reply : CtInfo::related;
}

/// The flow that the packet belongs to, or a new one (resolve_normal_ct).
CtInfo resolve(const Conntrack& conntrack, const Tuple& tuple, Flow& flow) {
  if (const Conntrack::Found found = conntrack.find(tuple)) {
    flow = *found.flow;
    if (found.direction == Direction::reply) {
      return CtInfo::established_reply;
    }
    return flow.seen_reply ? CtInfo::established : CtInfo::new_;
  }
  const std::optional<Tuple> answer = inverted(tuple);
  if (!answer) {
    return CtInfo::invalid;
  }
  flow = Flow{};
  flow.original = tuple;
  flow.reply = *answer;
  return CtInfo::new_;
}

/// Flows begin with queries, not with the answers to them (nf_conntrack_icmp_packet).
bool is_query(const Ipv4Packet& packet) {
  constexpr std::uint8_t timestamp = 13;
  constexpr std::uint8_t information = 15;
  constexpr std::uint8_t address_mask = 17;
  return packet.icmp_type == icmp_type::echo || packet.icmp_type == timestamp ||
         packet.icmp_type == information || packet.icmp_type == address_mask;
}

TcpVerdict handle(Flow& flow, const ConntrackConfig& config, Direction direction, const Ipv4Packet& packet) {
  if (packet.is_tcp()) {
    return track_tcp(flow, config, direction, packet);
  }
  const bool is_answer_to_nothing = packet.is_icmp() && !flow.confirmed && !is_query(packet);
  return is_answer_to_nothing ? TcpVerdict::invalid : TcpVerdict::valid;
}

}  // namespace

Tracked tracked_of_answer(const Tracked& cause) {
  if (!cause.has_flow()) {
    return {};
  }
  return {cause.direction() == Direction::original ? CtInfo::related_reply : CtInfo::related, cause.flow};
}

void track(Conntrack& conntrack, const ConntrackConfig& config, const Ipv4Packet& packet, Tracked& tracked) {
  if (tracked.has_flow() || tracked.info == CtInfo::untracked) {
    return;
  }
  if (packet.is_icmp_error()) {
    tracked.info = track_error(conntrack, packet, tracked.flow);
    return;
  }
  const std::optional<Tuple> tuple = tuple_of(packet);
  tracked.info = tuple ? resolve(conntrack, *tuple, tracked.flow) : CtInfo::invalid;
  if (tracked.info == CtInfo::invalid) {
    return;
  }
  Flow& flow = tracked.flow;
  const TcpTracking tcp_before = flow.tcp;
  const bool assured_before = flow.assured;
  const bool seen_reply_before = flow.seen_reply;
  switch (handle(flow, config, tracked.direction(), packet)) {
    case TcpVerdict::valid:
      break;
    case TcpVerdict::kill:
      conntrack.forget(flow.original);
      return;
    case TcpVerdict::reopen:
      conntrack.forget(flow.original);
      tracked = Tracked{};
      track(conntrack, config, packet, tracked);
      return;
    case TcpVerdict::invalid:
      tracked.info = CtInfo::invalid;
      return;
  }
  flow.seen_reply = flow.seen_reply || tracked.info == CtInfo::established_reply;
  const bool has_changed =
      flow.seen_reply != seen_reply_before || flow.assured != assured_before || flow.tcp != tcp_before;
  if (flow.confirmed && has_changed) {
    conntrack.update(flow);
  }
}

bool confirm(Conntrack& conntrack, Tracked& tracked) {
  // Errors do not confirm the flows of the packets that caused them.
  if (!tracked.has_flow() || tracked.info == CtInfo::related_reply || tracked.flow.confirmed) {
    return true;
  }
  tracked.flow.confirmed = true;
  if (conntrack.insert(tracked.flow)) {
    return true;
  }
  // Copies of one first packet, flooded by a bridge, share their flow: the first one has confirmed it. For
  // another packet of the same two ends, the winner's entry serves as well (nf_ct_resolve_clash).
  const Conntrack::Found winner = conntrack.find(tracked.flow.original);
  return winner && winner.direction == Direction::original && winner.flow->reply == tracked.flow.reply;
}

}  // namespace plimsoll::overlay::netfilter
