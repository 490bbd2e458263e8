// What tells one direction of one flow from all others.
//
// Source: Linux, include/net/netfilter/nf_conntrack_tuple.h, net/netfilter/nf_conntrack_core.c
// (nf_ct_get_tuple, nf_ct_invert_tuple), nf_conntrack_proto_icmp.c (icmp_pkt_to_tuple,
// nf_conntrack_invert_icmp_tuple).
#pragma once

#include <cstdint>
#include <optional>

#include "impl/base/described.hpp"
#include "impl/base/described_net.hpp"
#include "impl/base/ipv4.hpp"
#include "impl/overlay/packet/packet.hpp"

namespace plimsoll::overlay::netfilter {

/// Addresses, protocol, and what the protocol has for ports. ICMP: `src_port` is the identifier, `dst_port`
/// is type * 256 + code. Protocols other than TCP, UDP and ICMP: both are 0.
struct Tuple {
  base::Ipv4 src = {};
  base::Ipv4 dst = {};
  std::uint16_t src_port = 0;
  std::uint16_t dst_port = 0;
  std::uint8_t protocol = 0;
  PLIMSOLL_DESCRIBE(Tuple, src, dst, src_port, dst_port, protocol)
};

/// The tuple of a packet; none for a later fragment. An ICMP message that is no query has one too, but
/// nothing answers it (see inverted()).
[[nodiscard]] std::optional<Tuple> tuple_of(const Ipv4Packet& packet);
/// The tuple of an answer. None for ICMP types that nothing answers.
[[nodiscard]] std::optional<Tuple> inverted(const Tuple& tuple);

}  // namespace plimsoll::overlay::netfilter
