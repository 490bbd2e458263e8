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

/// Which protocol and ports a packet has, if it is of one that IPVS balances.
struct Transport {
  Protocol protocol = Protocol::tcp;
  std::uint16_t src_port = 0;
  std::uint16_t dst_port = 0;
};

constexpr std::size_t sctp_header = 12;  ///< RFC 9260 section 3; then comes the first chunk, its type first

std::optional<Transport> transport_of(const overlay::Ipv4Packet& packet) {
  if (packet.has_ports()) {
    return Transport{packet.is_tcp() ? Protocol::tcp : Protocol::udp, packet.src_port, packet.dst_port};
  }
  if (packet.protocol != ip_protocol(Protocol::sctp) || packet.payload.size() <= sctp_header) {
    return std::nullopt;
  }
  const std::string bytes = packet.payload.part(0, 4).text();
  const auto number = [&](std::size_t at) {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[at]) << 8U |
                                      static_cast<unsigned char>(bytes[at + 1]));
  };
  return Transport{Protocol::sctp, number(0), number(2)};
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
  /// The packet may begin a connection (is_new_conn).
  [[nodiscard]] bool may_open() const {
    if (key.to.protocol == Protocol::sctp) {
      constexpr char init_chunk = 1;
      return packet.payload.part(sctp_header, 1).text()[0] == init_chunk;
    }
    return !is_tcp() || is_syn();
  }
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
  if (meeting.service == nullptr || !meeting.may_open()) {
    return NotOurs{};  // the middle of a connection that is not remembered is no business of IPVS
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
  if (!meeting.may_open()) {
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

/// Whether an error is about a packet that a virtual server sent: the client, or a router on the way,
/// complains.
Outcome input_of_error(const State& state, const overlay::Ipv4Packet& error) {
  const overlay::Quote* const quote = error.quote();
  const auto transport = quote == nullptr ? std::nullopt : transport_of(quote->packet);
  const bool is_readable = transport || (quote != nullptr && quote->packet.is_icmp());
  const bool is_other =
      is_readable && (!transport || !state.connections.contains(
                                        {quote->packet.dst,
                                         transport->dst_port,
                                         {quote->packet.src, transport->src_port, transport->protocol}}));
  return is_other ? Outcome{NotOurs{}}
                  : Outcome{Unknown{"an ICMP error about an answer of a virtual server"}};
}

}  // namespace

Outcome ipvs_input(const Tables& tables, const Sysctls& sysctls, State& state,
                   const overlay::Ipv4Packet& packet, bool in_known_flow) {
  if (packet.is_icmp_error()) {
    return input_of_error(state, packet);
  }
  if (packet.is_fragment()) {
    return Unknown{"a fragment; conntrack puts packets together before they come here"};
  }
  const auto transport = transport_of(packet);
  if (!transport) {
    return NotOurs{};
  }
  Meeting meeting{tables, sysctls, state, packet};
  meeting.key = {packet.src, transport->src_port, {packet.dst, transport->dst_port, transport->protocol}};
  const auto service = tables.find(meeting.key.to);
  meeting.service = service == tables.end() ? nullptr : &service->second;
  const auto known = state.connections.find(meeting.key);
  if (known == state.connections.end()) {
    return open(meeting);
  }
  Connection& connection = known->second;
  const RealServer* const server =
      meeting.service == nullptr ? nullptr : find_server(*meeting.service, connection.server);
  const bool is_over = is_rescheduled(meeting, connection, server);
  if (is_over || (server == nullptr && sysctls.expire_nodest_conn)) {
    state.connections.erase(known);
    return in_known_flow && sysctls.conntrack ? Outcome{Dropped{true}} : open(meeting);
  }
  if (server == nullptr) {
    return Dropped{};
  }
  if (packet.is_tcp()) {
    connection.state = next_state(connection.state, packet.tcp_flags, true);
  }
  return Forwarded{connection.server};
}

AnswerOf connection_of_answer(const State& state, const overlay::Ipv4Packet& packet) {
  AnswerOf answer;
  const auto transport = transport_of(packet);
  if (!transport || packet.is_fragment()) {
    return answer;
  }
  const RealKey server{packet.src, transport->src_port};
  for (auto each = state.connections.lower_bound({packet.dst, transport->dst_port, {}});
       each != state.connections.end() && each->first.client == packet.dst &&
       each->first.client_port == transport->dst_port;
       ++each) {
    if (each->second.server == server && each->first.to.protocol == transport->protocol) {
      answer.is_ambiguous = answer.connection.has_value();
      answer.connection = each->first;
    }
  }
  return answer;
}

void ipvs_reply(State& state, const ConnectionKey& key, std::uint16_t tcp_flags) {
  const auto known = state.connections.find(key);
  if (known != state.connections.end() && key.to.protocol == Protocol::tcp) {
    known->second.state = next_state(known->second.state, tcp_flags, false);
  }
}

}  // namespace plimsoll::service::ipvs
