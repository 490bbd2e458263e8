// The tables of IPVS: virtual servers, real servers, and the connections that the kernel remembers.
//
// Source: Linux, include/net/ip_vs.h, net/netfilter/ipvs/ip_vs_ctl.c (ip_vs_add_service, ip_vs_add_dest,
// ip_vs_edit_dest, ip_vs_del_dest), ip_vs_proto_tcp.c (tcp_states, tcp_state_active). Plain described values,
// so that they may live in the states of worlds. Forwarding is by NAT (masquerading), the one kube-proxy
// uses.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "impl/base/described.hpp"
#include "impl/base/described_net.hpp"
#include "impl/overlay/node/errno.hpp"
#include "impl/service/proxy/types.hpp"

namespace plimsoll::service::ipvs {

/// ipvsadm -s. Each is a module of its own: ip_vs_rr.c, ip_vs_wrr.c, ...
enum class Scheduler : std::uint8_t {
  rr,   ///< round robin
  wrr,  ///< weighted round robin
  lc,   ///< least connections
  wlc,  ///< weighted least connections
  sh,   ///< hash of the source address
  dh,   ///< hash of the destination address
  sed,  ///< shortest expected delay
  nq    ///< never queue
};
PLIMSOLL_DESCRIBE_ENUM(Scheduler, rr, wrr, lc, wlc, sh, dh, sed, nq)

struct VirtualKey {
  base::Ipv4 address = {};
  std::uint16_t port = 0;
  Protocol protocol = Protocol::tcp;
  PLIMSOLL_DESCRIBE(VirtualKey, address, port, protocol)
};
struct RealKey {
  base::Ipv4 address = {};
  std::uint16_t port = 0;
  PLIMSOLL_DESCRIBE(RealKey, address, port)
};

struct RealServer {
  RealKey key = {};
  std::uint32_t weight = 1;  ///< 0: no new connections
  PLIMSOLL_DESCRIBE(RealServer, key, weight)
};

struct VirtualServer {
  Scheduler scheduler = Scheduler::rr;
  std::uint32_t persistence_seconds = 0;  ///< a client keeps its real server so long; 0: it does not
  std::vector<RealServer> servers = {};   ///< the last one added comes first, as in the kernel's list
  PLIMSOLL_DESCRIBE(VirtualServer, scheduler, persistence_seconds, servers)
};
using Tables = std::map<VirtualKey, VirtualServer>;

/// ipvsadm -A or -E: scheduler and persistence. Real servers stay.
struct ServiceSet {
  VirtualKey service = {};
  Scheduler scheduler = Scheduler::rr;
  std::uint32_t persistence_seconds = 0;
  PLIMSOLL_DESCRIBE(ServiceSet, service, scheduler, persistence_seconds)
};
/// ipvsadm -D. ESRCH.
struct ServiceDelete {
  VirtualKey service = {};
  PLIMSOLL_DESCRIBE(ServiceDelete, service)
};
/// ipvsadm -a. ESRCH: no such service; EEXIST.
struct ServerAdd {
  VirtualKey service = {};
  RealServer server = {};
  PLIMSOLL_DESCRIBE(ServerAdd, service, server)
};
/// ipvsadm -e: the weight. ESRCH: no such service; ENOENT.
struct ServerEdit {
  VirtualKey service = {};
  RealServer server = {};
  PLIMSOLL_DESCRIBE(ServerEdit, service, server)
};
/// ipvsadm -d: connections to it have no destination any more. ESRCH: no such service; ENOENT.
struct ServerDelete {
  VirtualKey service = {};
  RealKey server = {};
  PLIMSOLL_DESCRIBE(ServerDelete, service, server)
};
using Change = std::variant<ServiceSet, ServiceDelete, ServerAdd, ServerEdit, ServerDelete>;

/// Makes the change, or answers why not. Cost: linear in the real servers of the service.
[[nodiscard]] std::optional<overlay::Errno> make_change(Tables& tables, const Change& change);

/// IP_VS_TCP_S_*; UDP is `established` for as long as it is remembered.
enum class ConnectionState : std::uint8_t {
  none,
  established,
  syn_sent,
  syn_recv,
  fin_wait,
  time_wait,
  close,
  close_wait,
  last_ack,
  listen,
  synack
};
PLIMSOLL_DESCRIBE_ENUM(ConnectionState, none, established, syn_sent, syn_recv, fin_wait, time_wait, close,
                       close_wait, last_ack, listen, synack)
/// Whether such a connection counts as active; else as inactive.
[[nodiscard]] constexpr bool is_active(ConnectionState state) {
  return state == ConnectionState::established || state == ConnectionState::syn_sent ||
         state == ConnectionState::syn_recv || state == ConnectionState::synack;
}
/// tcp_states[]: the state after a packet from the client, or from the real server.
[[nodiscard]] ConnectionState next_state(ConnectionState state, std::uint16_t tcp_flags, bool from_client);

struct ConnectionKey {
  base::Ipv4 client = {};
  std::uint16_t client_port = 0;
  VirtualKey to = {};
  PLIMSOLL_DESCRIBE(ConnectionKey, client, client_port, to)
};
struct Connection {
  RealKey server = {};
  ConnectionState state = ConnectionState::none;
  PLIMSOLL_DESCRIBE(Connection, server, state)
};

/// What persistence remembers of a client of a service (a template, in the kernel's words).
struct TemplateKey {
  base::Ipv4 client = {};
  VirtualKey to = {};
  PLIMSOLL_DESCRIBE(TemplateKey, client, to)
};

/// What a scheduler remembers of a service (svc->sched_data).
struct SchedulerState {
  std::optional<RealKey> last = {};  ///< rr, wrr: whose turn it was; none: the list's head
  std::int64_t current_weight = 0;   ///< wrr; 0: not begun
  PLIMSOLL_DESCRIBE(SchedulerState, last, current_weight)
};

/// What the kernel learns while packets pass. Entries run out: whoever keeps time removes them.
struct State {
  std::map<ConnectionKey, Connection> connections = {};
  std::map<TemplateKey, RealKey> templates = {};
  std::map<VirtualKey, SchedulerState> schedulers = {};
  PLIMSOLL_DESCRIBE(State, connections, templates, schedulers)
};

struct Counts {
  std::uint32_t active = 0;
  std::uint32_t inactive = 0;
  PLIMSOLL_DESCRIBE(Counts, active, inactive)
};
/// The connections of each real server of `service`. Cost: linear in all connections of it.
[[nodiscard]] std::map<RealKey, Counts> count_connections(const State& state, const VirtualKey& service);

}  // namespace plimsoll::service::ipvs
