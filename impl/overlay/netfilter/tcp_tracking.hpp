// The state machine that tells valid TCP segments from invalid ones.
//
// Source: Linux, net/netfilter/nf_conntrack_proto_tcp.c (tcp_conntracks, tcp_new, tcp_error,
// nf_conntrack_tcp_packet). Deviates: no windows (tcp_in_window), so sequence numbers matter only where a
// segment answers one that was let through without changing the state.
#pragma once

#include "impl/overlay/netfilter/conntrack.hpp"

namespace plimsoll::overlay::netfilter {

/// What becomes of a segment.
enum class TcpVerdict : std::uint8_t {
  valid,
  invalid,
  reopen,  ///< the flow is to be forgotten, and the packet looked up again
  kill     ///< valid, and the flow is to be forgotten
};

/// Takes note of a segment of `flow`, which is new if it is not confirmed.
[[nodiscard]] TcpVerdict track_tcp(Flow& flow, const ConntrackConfig& config, Direction direction,
                                   const Ipv4Packet& packet);

}  // namespace plimsoll::overlay::netfilter
