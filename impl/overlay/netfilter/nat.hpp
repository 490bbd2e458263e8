// Network address translation of flows.
//
// Source: Linux, net/netfilter/nf_nat_core.c (nf_nat_inet_fn, nf_nat_setup_info, get_unique_tuple,
// nf_nat_l4proto_unique_tuple, nf_nat_alloc_null_binding, nf_nat_packet), nf_nat_proto.c
// (nf_nat_manip_pkt, nf_nat_icmp_reply_translation), nf_nat_masquerade.c, nf_nat_redirect.c.
//
// The first packet of a flow decides for all of it: rules are asked once for the destination (PREROUTING,
// OUTPUT) and once for the source (POSTROUTING, INPUT), and where no rule says anything, it is decided that
// nothing changes (a null binding). What was decided is kept as the flow's reply tuple; packets of either
// direction, and ICMP errors about them, are made to look accordingly.
//
// Deviates: (1) of an address range, the kernel takes one by a hash of the addresses; here it is a choice.
// (2) Connections in TIME_WAIT are not evicted to reuse their ports (nf_nat_used_tuple_harder).
#pragma once

#include "impl/overlay/netfilter/conntrack.hpp"
#include "impl/overlay/netfilter/evaluate.hpp"

namespace plimsoll::overlay::netfilter {

/// Which end of a packet a hook translates.
enum class Manip : std::uint8_t { source, destination };
[[nodiscard]] constexpr Manip manip_of(Hook hook) {
  return hook == Hook::postrouting || hook == Hook::input ? Manip::source : Manip::destination;
}

/// What a flow's end may be mapped to (struct nf_nat_range2).
struct NatRange {
  base::Ipv4 first = {};  ///< 0.0.0.0: the address stays
  base::Ipv4 last = {};
  std::uint16_t first_port = 0;  ///< 0: no ports are given
  std::uint16_t last_port = 0;
  std::uint16_t base_port = 0;
  bool random = false;  ///< even a free port is not kept (NF_NAT_RANGE_PROTO_RANDOM_ALL)
};

/// Decides about one end of a flow that is not confirmed (nf_nat_setup_info): its reply tuple becomes one
/// that no other flow has, if one is found in the range. Requires: that end is undecided.
void set_up(Conntrack& conntrack, base::Choices& choices, Flow& flow, const NatRange& range, Manip manip);

/// The NAT part of a hook: asks the nat table if the flow's end is undecided, then translates the packet.
/// Packets without a flow pass as they are. Decisions are accept, drop or unknown.
[[nodiscard]] Walked translate(const Program& program, Environment& environment, AtHook& at);

}  // namespace plimsoll::overlay::netfilter
