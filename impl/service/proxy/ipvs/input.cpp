#include "impl/service/proxy/ipvs/input.hpp"

#include <algorithm>

#include "impl/service/proxy/ipvs/scheduler.hpp"

namespace plimsoll::service::ipvs {

namespace {

const RealServer* find_server(const VirtualServer& service, const RealKey& key) {
  const auto found =
      std::ranges::find_if(service.servers, [&](const RealServer& each) { return each.key == key; });
  return found == service.servers.end() ? nullptr : &*found;
}

/// What a packet meets.
struct Meeting {
  const Tables& tables;
  const Sysctls& sysctls;
  State& state;
  const overlay::Ipv4Packet& packet;
  ConnectionKey key = {};
  const VirtualServer* service = nullptr;  ///< none: there is no such virtual server (any more)

  [[nodiscard]] bool is_tcp() const { return packet.is_tcp(); }
  [[nodiscard]] bool is_syn() const { return (packet.tcp_flags & overlay::tcp_flag::syn) != 0; }
};

std::optional<RealKey> schedule_by_service(Meeting& meeting) {
  const VirtualServer& service = *meeting.service;
  auto counts = count_connections(meeting.state, meeting.key.to);
  std::vector<Candidate> candidates;
  candidates.reserve(service.servers.size());
  for (const RealServer& server : service.servers) {
    candidates.push_back({server.key, server.weight, counts[server.key]});
  }
  SchedulerState& memory = meeting.state.schedulers[meeting.key.to];
  const auto chosen = schedule(service.scheduler, candidates, memory, meeting.packet.src, meeting.packet.dst);
  return chosen ? std::optional(candidates[*chosen].key) : std::nullopt;
}

/// ip_vs_check_template(): whether what is remembered of the client may still be followed.
bool is_good(const Meeting& meeting, const RealKey& remembered) {
  const RealServer* const server = find_server(*meeting.service, remembered);
  return server != nullptr && !(server->weight == 0 && meeting.sysctls.expire_quiescent_template);
}

std::optional<RealKey> choose(Meeting& meeting) {
  if (meeting.service->persistence_seconds == 0) {
    return schedule_by_service(meeting);
  }
  const TemplateKey key{meeting.packet.src, meeting.key.to};
  const auto remembered = meeting.state.templates.find(key);
  if (remembered != meeting.state.templates.end() && is_good(meeting, remembered->second)) {
    return remembered->second;
  }
  const auto chosen = schedule_by_service(meeting);
  if (chosen) {
    meeting.state.templates.insert_or_assign(key, *chosen);
  }
  return chosen;
}

Outcome open(Meeting& meeting) {
  if (meeting.service == nullptr || (meeting.is_tcp() && !meeting.is_syn())) {
    return NotOurs{};  // the middle of a TCP connection that is not remembered is no business of IPVS
  }
  const auto server = choose(meeting);
  if (!server) {
    return Refused{};
  }
  const ConnectionState first = meeting.is_tcp()
                                    ? next_state(ConnectionState::none, meeting.packet.tcp_flags, true)
                                    : ConnectionState::established;
  meeting.state.connections.insert_or_assign(meeting.key, Connection{*server, first});
  return Forwarded{*server};
}

/// Whether the client uses its port for another connection than the one remembered, so that a server is to be
/// chosen anew. @param server  None: it is gone.
bool is_rescheduled(const Meeting& meeting, const Connection& connection, const RealServer* server) {
  if (meeting.is_tcp() && !meeting.is_syn()) {
    return false;
  }
  const Sysctls& sysctls = meeting.sysctls;
  const bool asks_weight = sysctls.conn_reuse_mode != 0 || !sysctls.before_5_16;
  if (asks_weight && sysctls.expire_nodest_conn && server != nullptr && server->weight == 0) {
    return meeting.is_tcp();
  }
  return sysctls.conn_reuse_mode != 0 && meeting.is_tcp() &&
         (connection.state == ConnectionState::time_wait || connection.state == ConnectionState::close);
}

}  // namespace

Outcome ipvs_input(const Tables& tables, const Sysctls& sysctls, State& state,
                   const overlay::Ipv4Packet& packet) {
  if (packet.is_icmp_error()) {
    return Unknown{"an ICMP error, which may be about a connection of a virtual server"};
  }
  if (packet.is_fragment()) {
    return Unknown{"a fragment; conntrack puts packets together before they come here"};
  }
  if (!packet.has_ports()) {
    return NotOurs{};
  }
  const Protocol protocol = packet.is_tcp() ? Protocol::tcp : Protocol::udp;
  Meeting meeting{tables, sysctls, state, packet};
  meeting.key = {packet.src, packet.src_port, {packet.dst, packet.dst_port, protocol}};
  const auto service = tables.find(meeting.key.to);
  meeting.service = service == tables.end() ? nullptr : &service->second;
  const auto known = state.connections.find(meeting.key);
  if (known == state.connections.end()) {
    return open(meeting);
  }
  Connection& connection = known->second;
  const RealServer* const server =
      meeting.service == nullptr ? nullptr : find_server(*meeting.service, connection.server);
  if (is_rescheduled(meeting, connection, server)) {
    state.connections.erase(known);
    return open(meeting);
  }
  if (server == nullptr) {
    if (sysctls.expire_nodest_conn) {
      state.connections.erase(known);
    }
    return Dropped{};
  }
  if (packet.is_tcp()) {
    connection.state = next_state(connection.state, packet.tcp_flags, true);
  }
  return Forwarded{connection.server};
}

void ipvs_reply(State& state, const ConnectionKey& key, std::uint16_t tcp_flags) {
  const auto known = state.connections.find(key);
  if (known != state.connections.end() && key.to.protocol == Protocol::tcp) {
    known->second.state = next_state(known->second.state, tcp_flags, false);
  }
}

}  // namespace plimsoll::service::ipvs
