// What IPVS does with a packet that is for this node: the hook at local-in (and at local-out, for the node's
// own packets).
//
// Source: Linux, net/netfilter/ipvs/ip_vs_core.c (ip_vs_in_hook, ip_vs_out_hook, ip_vs_schedule,
// ip_vs_sched_persist, ip_vs_leave, is_new_conn_expected), ip_vs_conn.c (ip_vs_check_template), ip_vs_nfct.c,
// ip_vs_proto_tcp.c (tcp_conn_schedule), ip_vs_proto_sctp.c (sctp_conn_schedule). Virtual addresses are on
// kube-ipvs0, so routing delivers such packets here. Deviates: an SCTP association counts as active for as
// long as it is remembered.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "impl/overlay/packet/packet.hpp"
#include "impl/service/proxy/ipvs/tables.hpp"

namespace plimsoll::service::ipvs {

/// net.ipv4.vs.*
struct Sysctls {
  std::uint8_t conn_reuse_mode = 1;        ///< 0: a client's reused port means the old connection
  bool expire_nodest_conn = false;         ///< a connection whose server is gone is forgotten
  bool expire_quiescent_template = false;  ///< persistence does not choose servers of weight 0
  /// Before Linux 5.16, conn_reuse_mode 0 kept reused ports with servers of weight 0 as well, whatever
  /// expire_nodest_conn says (fixed by "netfilter: ipvs: Fix reuse connection if RS weight is 0").
  bool before_5_16 = false;
  bool conntrack = false;  ///< packets stay with conntrack's flows, so that they may be masqueraded too
  PLIMSOLL_DESCRIBE(Sysctls, conn_reuse_mode, expire_nodest_conn, expire_quiescent_template, before_5_16,
                    conntrack)
};

/// No virtual server of this node's: it goes on to a socket.
struct NotOurs {
  friend bool operator==(const NotOurs&, const NotOurs&) = default;
};
/// No real server takes it: the client is told, by port unreachable (3/3).
struct Refused {
  friend bool operator==(const Refused&, const Refused&) = default;
};
/// The server of its connection is gone, or the connection is over: it is dropped, silently.
struct Dropped {
  /// The connection is forgotten with this packet, and conntrack is to forget its flow. The next packet
  /// begins a new one.
  bool forget_flow = false;
  friend bool operator==(const Dropped&, const Dropped&) = default;
};
/// Its destination becomes `server`.
struct Forwarded {
  RealKey server = {};
  friend bool operator==(const Forwarded&, const Forwarded&) = default;
};
/// What the kernel does with it is not modelled.
struct Unknown {
  std::string reason = {};
  friend bool operator==(const Unknown&, const Unknown&) = default;
};
using Outcome = std::variant<NotOurs, Refused, Dropped, Forwarded, Unknown>;

/// One packet from a client. Cost: O(log n) for known connections; a new one of a service by least
/// connections is linear in the connections.
/// @param in_known_flow  Whether conntrack has its flow since an earlier packet. A flow cannot be turned to
///                       another server; so, with Sysctls::conntrack, a packet that would have to be is
///                       dropped (ip_vs_conn_uses_old_conntrack).
[[nodiscard]] Outcome ipvs_input(const Tables& tables, const Sysctls& sysctls, State& state,
                                 const overlay::Ipv4Packet& packet, bool in_known_flow = false);

/// The connections that a packet may be an answer in.
struct AnswerOf {
  std::optional<ConnectionKey> connection = {};  ///< none: there is no such connection
  /// The client uses one port for connections to several virtual servers, and they share this real server:
  /// the kernel takes the one that its hash table has first.
  bool is_ambiguous = false;
};
/// @param packet  As it comes from the real server. Cost: O(log n), and linear in the connections of its
///                client's port.
[[nodiscard]] AnswerOf connection_of_answer(const State& state, const overlay::Ipv4Packet& packet);

/// A packet of the real server's to its client, of the connection `key`: moves the connection's state on.
void ipvs_reply(State& state, const ConnectionKey& key, std::uint16_t tcp_flags);

}  // namespace plimsoll::service::ipvs
