#include "impl/service/proxy/ipvs/tables.hpp"

#include <algorithm>
#include <array>

#include "impl/overlay/packet/packet.hpp"

namespace plimsoll::service::ipvs {

namespace {

auto find_server(VirtualServer& service, const RealKey& key) {
  return std::ranges::find_if(service.servers, [&](const RealServer& each) { return each.key == key; });
}

struct Applying {
  Tables& tables;
  using Result = std::optional<overlay::Errno>;

  Result operator()(const ServiceSet& change) const {
    VirtualServer& service = tables[change.service];
    service.scheduler = change.scheduler;
    service.persistence_seconds = change.persistence_seconds;
    return {};
  }
  Result operator()(const ServiceDelete& change) const {
    return tables.erase(change.service) == 1 ? Result{} : Result{overlay::Errno::esrch};
  }
  Result operator()(const ServerAdd& change) const {
    const auto service = tables.find(change.service);
    if (service == tables.end()) {
      return overlay::Errno::esrch;
    }
    auto& servers = service->second.servers;
    if (find_server(service->second, change.server.key) != servers.end()) {
      return overlay::Errno::eexist;
    }
    servers.insert(servers.begin(), change.server);
    return {};
  }
  Result operator()(const ServerEdit& change) const {
    const auto service = tables.find(change.service);
    if (service == tables.end()) {
      return overlay::Errno::esrch;
    }
    const auto server = find_server(service->second, change.server.key);
    if (server == service->second.servers.end()) {
      return overlay::Errno::enoent;
    }
    server->weight = change.server.weight;
    return {};
  }
  Result operator()(const ServerDelete& change) const {
    const auto service = tables.find(change.service);
    if (service == tables.end()) {
      return overlay::Errno::esrch;
    }
    const auto server = find_server(service->second, change.server);
    if (server == service->second.servers.end()) {
      return overlay::Errno::enoent;
    }
    service->second.servers.erase(server);
    return {};
  }
};

using S = ConnectionState;
/// In the order of the states: none, established, syn_sent, syn_recv, fin_wait, time_wait, close, close_wait,
/// last_ack, listen, synack.
using Row = std::array<S, 11>;
/// For SYN, FIN, ACK, RST.
using Rows = std::array<Row, 4>;

constexpr Rows from_client_rows = {
    {{S::syn_recv, S::established, S::established, S::syn_recv, S::syn_recv, S::syn_recv, S::syn_recv,
      S::syn_recv, S::syn_recv, S::syn_recv, S::syn_recv},
     {S::close, S::close_wait, S::syn_sent, S::time_wait, S::time_wait, S::time_wait, S::close, S::close_wait,
      S::last_ack, S::listen, S::time_wait},
     {S::established, S::established, S::syn_sent, S::established, S::fin_wait, S::time_wait, S::close,
      S::close_wait, S::close, S::listen, S::established},
     {S::close, S::close, S::close, S::syn_recv, S::close, S::close, S::close, S::close, S::last_ack,
      S::listen, S::syn_recv}}};
constexpr Rows from_server_rows = {
    {{S::syn_sent, S::established, S::syn_sent, S::syn_recv, S::syn_sent, S::syn_sent, S::syn_sent,
      S::syn_sent, S::syn_sent, S::listen, S::syn_recv},
     {S::time_wait, S::fin_wait, S::syn_sent, S::time_wait, S::fin_wait, S::time_wait, S::close, S::time_wait,
      S::last_ack, S::listen, S::time_wait},
     {S::established, S::established, S::syn_sent, S::established, S::fin_wait, S::time_wait, S::close,
      S::close_wait, S::last_ack, S::established, S::established},
     {S::close, S::close, S::syn_sent, S::close, S::close, S::time_wait, S::close, S::close, S::close,
      S::close, S::close}}};

/// tcp_state_idx(): which row; none: the packet changes nothing.
std::optional<std::size_t> row_of(std::uint16_t flags) {
  namespace flag = overlay::tcp_flag;
  if ((flags & flag::rst) != 0) {
    return 3;
  }
  if ((flags & flag::syn) != 0) {
    return 0;
  }
  if ((flags & flag::fin) != 0) {
    return 1;
  }
  return (flags & flag::ack) != 0 ? std::optional<std::size_t>(2) : std::nullopt;
}

}  // namespace

std::optional<overlay::Errno> make_change(Tables& tables, const Change& change) {
  return std::visit(Applying{tables}, change);
}

ConnectionState next_state(ConnectionState state, std::uint16_t tcp_flags, bool from_client) {
  const auto row = row_of(tcp_flags);
  const Rows& rows = from_client ? from_client_rows : from_server_rows;
  return row ? rows[*row][static_cast<std::size_t>(state)] : state;
}

std::map<RealKey, Counts> count_connections(const State& state, const VirtualKey& service) {
  std::map<RealKey, Counts> counts;
  for (const auto& [key, connection] : state.connections) {
    if (key.to == service) {
      Counts& of_server = counts[connection.server];
      ++(is_active(connection.state) ? of_server.active : of_server.inactive);
    }
  }
  return counts;
}

}  // namespace plimsoll::service::ipvs
