// Translation of packets.
#include "impl/overlay/netfilter/nat.hpp"

#include <utility>

#include "impl/overlay/packet/checksum.hpp"
#include "impl/overlay/packet/rewrite.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

bool is_done(const Flow& flow, Manip manip) {
  return manip == Manip::source ? flow.src_nat_done : flow.dst_nat_done;
}
/// Whether the hook that translates `manip` has anything to do for packets of this direction: an answer's
/// source is what the original's destination was.
bool is_translated(const Flow& flow, Manip manip, Direction direction) {
  return (manip == Manip::source) == (direction == Direction::original) ? flow.src_nat : flow.dst_nat;
}

void set_icmp_id(Ipv4Packet& packet, std::uint16_t id) {
  if (packet.odd_checksum) {
    packet.odd_checksum = updated_checksum(*packet.odd_checksum, packet.icmp_id, id);
  }
  packet.icmp_id = id;
}

/// Gives one end of the packet the address and the port that it has in `target` (nf_nat_ipv4_manip_pkt).
void set_end(Ipv4Packet& packet, const Tuple& target, Manip manip) {
  Endpoints to = endpoints_of(packet);
  if (manip == Manip::source) {
    to.src = target.src;
    to.src_port = target.src_port;
  } else {
    to.dst = target.dst;
    to.dst_port = target.dst_port;
  }
  if (packet.is_icmp() && !packet.is_icmp_error()) {
    set_icmp_id(packet, target.src_port);
  }
  readdress(packet, to);
}

/// As set_end(), for a packet of which only the beginning is there.
Quote with_end(const Quote& quote, const Tuple& target, Manip manip) {
  constexpr std::size_t tcp_checksum_end = 18;
  Quote changed = quote;
  set_end(changed.packet, target, manip);
  if (quote.packet.is_tcp() && quote.shown < quote.packet.header_length() + tcp_checksum_end) {
    changed.packet.odd_checksum = quote.packet.odd_checksum;
  }
  if (quote.odd_header_checksum) {
    changed.odd_header_checksum =
        updated_checksum(updated_checksum(*quote.odd_header_checksum, quote.packet.src, changed.packet.src),
                         quote.packet.dst, changed.packet.dst);
  }
  return changed;
}

/// The packet as the other side of the hook has to see it (nf_nat_packet).
void translate_packet(Ipv4Packet& packet, const Tracked& tracked, Manip manip) {
  const Direction direction = tracked.direction();
  if (!is_translated(tracked.flow, manip, direction)) {
    return;
  }
  if (const std::optional<Tuple> target = inverted(tracked.flow.tuple(other(direction)))) {
    set_end(packet, *target, manip);
  }
}

/// An ICMP error (nf_nat_icmp_reply_translation). The packet that it quotes went the other way, so its other
/// end is the one to be translated. The error's own address becomes the end's that it seems to come from: a
/// client learns of errors on the way to an endpoint from the service's address.
bool translate_error(Ipv4Packet& packet, const Tracked& tracked, Manip manip) {
  const Flow& flow = tracked.flow;
  const Direction direction = tracked.direction();
  if (packet.icmp_type == icmp_type::redirect) {
    const bool untouched = flow.src_nat_done && flow.dst_nat_done && !flow.src_nat && !flow.dst_nat;
    if (!untouched) {
      return false;
    }
  }
  if (!is_translated(flow, manip, direction)) {
    return true;
  }
  const Quote* const quote = packet.quote();
  const Tuple& seen_by_other = flow.tuple(other(direction));
  const std::optional<Tuple> target = inverted(seen_by_other);
  if (quote == nullptr || !target) {
    return false;
  }
  packet.inner =
      Inner{with_end(*quote, seen_by_other, manip == Manip::source ? Manip::destination : Manip::source)};
  packet.odd_checksum.reset();  // the whole message is summed up again
  (manip == Manip::source ? packet.src : packet.dst) = manip == Manip::source ? target->src : target->dst;
  return true;
}

/// Carries out a target of the nat table. Returns false if the packet is to be dropped.
bool carry_out(const Nat& nat, Environment& environment, AtHook& at) {
  Flow& flow = at.metadata.tracked.flow;
  NatRange range{nat.first,     nat.last,      nat.first_port,
                 nat.last_port, nat.base_port, nat.random || nat.random_fully};
  if (nat.kind == Nat::Kind::masquerade) {
    if (flow.original.src == base::Ipv4()) {
      return true;  // an address is still being asked for; the null binding follows
    }
    range.first = range.last = environment.surroundings.masquerade_source(at.packet, at.out);
    flow.masquerade_device = at.out;
  } else if (nat.kind == Nat::Kind::redirect) {
    range.first = range.last =
        at.hook == Hook::output ? base::Ipv4(127, 0, 0, 1) : environment.surroundings.first_address(at.in);
  }
  const bool needs_address = nat.kind == Nat::Kind::masquerade || nat.kind == Nat::Kind::redirect;
  if (needs_address && range.first == base::Ipv4()) {
    return false;
  }
  set_up(environment.state.conntrack, environment.choices, flow, range, manip_of(at.hook));
  return true;
}

/// Decides what becomes of an undecided end: what the rules say, else nothing (a null binding).
Walked decide(const Program& program, Environment& environment, AtHook& at) {
  const Manip manip = manip_of(at.hook);
  Walked walked = evaluate(program, TableName::nat, environment, at);
  if (walked.decision == Decision::nat) {
    const bool done = carry_out(*walked.nat, environment, at);
    walked.decision = done ? Decision::accept : Decision::drop;
    walked.nat = nullptr;
  }
  if (walked.decision == Decision::accept && !is_done(at.metadata.tracked.flow, manip)) {
    Flow& flow = at.metadata.tracked.flow;
    const base::Ipv4 present = manip == Manip::source ? flow.reply.dst : flow.reply.src;
    set_up(environment.state.conntrack, environment.choices, flow, {present, present, 0, 0, 0, false}, manip);
  }
  return walked;
}

/// A masqueraded flow whose packets now leave by another device (nf_nat_oif_changed).
bool device_changed(const AtHook& at) {
  const Tracked& tracked = at.metadata.tracked;
  return at.hook == Hook::postrouting && tracked.direction() == Direction::original &&
         tracked.flow.masquerade_device != 0 && tracked.flow.masquerade_device != at.out;
}

}  // namespace

Walked translate(const Program& program, Environment& environment, AtHook& at) {
  const Tracked& tracked = at.metadata.tracked;
  if (!tracked.has_flow()) {
    return {};
  }
  const Manip manip = manip_of(at.hook);
  const bool is_related = tracked.info == CtInfo::related || tracked.info == CtInfo::related_reply;
  if (is_related && at.packet.protocol == protocol::icmp) {
    const bool done = translate_error(at.packet, tracked, manip);
    return {done ? Decision::accept : Decision::drop, {}, Walked::by_policy, nullptr};
  }
  if ((is_related || tracked.info == CtInfo::new_) && !is_done(tracked.flow, manip)) {
    const Walked walked = decide(program, environment, at);
    if (walked.decision != Decision::accept) {
      return walked;
    }
  } else if (device_changed(at)) {
    environment.state.conntrack.forget(tracked.flow.original);
    return {Decision::drop, {}, Walked::by_policy, nullptr};
  }
  translate_packet(at.packet, tracked, manip);
  return {};
}

}  // namespace plimsoll::overlay::netfilter
