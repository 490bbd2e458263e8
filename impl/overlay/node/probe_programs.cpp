// The listeners, the client and flanneld of a probe.
#include <algorithm>
#include <utility>

#include "impl/base/stable_sort.hpp"
#include "impl/overlay/node/probe_run.hpp"

namespace plimsoll::overlay {
namespace {

constexpr std::size_t answer_size_max = 64;  ///< bytes of payload
constexpr std::uint32_t listener_sequence = 5000;

bool contains(const std::vector<std::uint16_t>& ports, std::uint16_t port) {
  return std::ranges::find(ports, port) != ports.end();
}

/// What IP_RECVERR reports for an ICMP error (icmp_err_convert, __udp4_lib_err); none: nothing.
std::optional<Errno> errno_of(const Ipv4Packet& error, PathMtu path_mtu) {
  if (error.icmp_type == icmp_type::time_exceeded) {
    return Errno::ehostunreach;
  }
  if (error.icmp_type != icmp_type::unreachable) {
    return std::nullopt;
  }
  switch (error.icmp_code) {
    case icmp_unreachable::net:
    case 6:
    case icmp_unreachable::net_prohibited:
    case 11:
      return Errno::enetunreach;
    case icmp_unreachable::protocol:
      return Errno::enoprotoopt;
    case icmp_unreachable::port:
      return Errno::econnrefused;
    case icmp_unreachable::fragmentation_needed:
      return path_mtu == PathMtu::dont ? std::nullopt : std::optional(Errno::emsgsize);
    case icmp_unreachable::source_route_failed:
      return Errno::eopnotsupp;
    case 7:
      return Errno::ehostdown;
    case 8:
      return Errno::enonet;
    default:
      return Errno::ehostunreach;
  }
}

}  // namespace

bool ProbeRun::take_udp(NamespaceId where, const Ipv4Packet& packet, const LocalArrival& arrival) {
  const auto relay = relays_.find(where);
  if (relay != relays_.end() && packet.dst_port == relay->second.port &&
      packet.dst == relay->second.listen_address) {
    network_.wake(where, [this, where, packet] {
      relay_on(where, flannel::from_socket(relays_[where].config, packet));
    });
    return true;
  }
  if (is_client(where) && probe_.kind == ProbeKind::udp && packet.dst_port == probe_.source_port &&
      (!probe_.bind || *probe_.bind == packet.dst)) {
    take_reply(packet);
    return true;
  }
  const NamespaceSetup& setup = namespaces_[where];
  if (!contains(setup.listens, packet.dst_port) && !contains(setup.listens_udp, packet.dst_port)) {
    return false;
  }
  deliver(where, packet, packet.ttl);
  if (waiting_.empty()) {
    network_.wake(where, [this] { answer_all(); });
  }
  waiting_.push_back({where, packet, arrival.specific_destination});
  return true;
}

/// One program listens in all namespaces: it asks its sockets in order of namespace.
void ProbeRun::answer_all() {
  constexpr Microseconds each = 1000;
  std::vector<Waiting> waiting = std::exchange(waiting_, {});
  base::stable_sort(waiting, {}, &Waiting::where);
  Microseconds later = 0;
  for (const Waiting& one : waiting) {
    network_.wake(one.where, [this, one] { answer(one.where, one.packet, one.from); }, later);
    later += each;
  }
}

void ProbeRun::answer(NamespaceId where, const Ipv4Packet& packet, base::Ipv4 from) {
  std::string text = probe_.token + "R" + namespaces_[where].name + "|";
  text.resize(std::max(text.size(), std::min(packet.payload.size(), answer_size_max)), 'x');
  Ipv4Packet reply = {.src = from,
                      .dst = packet.src,
                      .protocol = protocol::udp,
                      .src_port = packet.dst_port,
                      .dst_port = packet.src_port,
                      .payload = Payload(std::string_view(text))};
  (void)network_.node(where).send(std::move(reply), {.bound = true});
}

void ProbeRun::take_reply(const Ipv4Packet& packet) {
  const std::string text = packet.payload.text();
  const std::string head = probe_.token + "R";
  if (!text.starts_with(head)) {
    return;
  }
  outcome_.reply = Reply{.src = packet.src,
                         .ttl = packet.ttl,
                         .by = text.substr(head.size(), text.find('|') - head.size()),
                         .from_expected = packet.src == probe_.destination};
}

TcpVerdict ProbeRun::take_tcp(NamespaceId where, const Ipv4Packet& packet) {
  const bool to_client = is_client(where) && probe_.kind == ProbeKind::tcp && packet.dst == client_address_ &&
                         packet.dst_port == probe_.source_port && packet.src == probe_.destination &&
                         packet.src_port == probe_.port;
  return to_client ? take_tcp_client(packet) : take_tcp_listener(where, packet);
}

TcpVerdict ProbeRun::take_tcp_client(const Ipv4Packet& packet) {
  const bool ack = (packet.tcp_flags & tcp_flag::ack) != 0;
  if ((packet.tcp_flags & tcp_flag::rst) != 0) {
    if (!outcome_.tcp && ack) {
      outcome_.tcp = TcpResult{.error = Errno::econnrefused};
    }
    return TcpVerdict::taken;
  }
  if ((packet.tcp_flags & tcp_flag::syn) != 0 && ack && !outcome_.tcp) {
    outcome_.tcp = TcpResult{.connected = true};
    network_.wake(client_, [this, packet] { send_segment(client_, packet, tcp_flag::ack, probe_.ttl); });
  }
  return TcpVerdict::taken;
}

TcpVerdict ProbeRun::take_tcp_listener(NamespaceId where, const Ipv4Packet& packet) {
  if (!contains(namespaces_[where].listens, packet.dst_port)) {
    return TcpVerdict::reset;
  }
  const Connection connection = {where, packet.dst, packet.dst_port, packet.src, packet.src_port};
  if ((packet.tcp_flags & tcp_flag::rst) != 0) {
    half_open_.erase(connection);
    return TcpVerdict::taken;
  }
  const bool syn = (packet.tcp_flags & tcp_flag::syn) != 0;
  const bool ack = (packet.tcp_flags & tcp_flag::ack) != 0;
  if (syn && !ack) {
    half_open_.insert(connection);
    network_.wake(where,
                  [this, where, packet] { send_segment(where, packet, tcp_flag::syn | tcp_flag::ack, 64); });
    return TcpVerdict::taken;
  }
  if (ack && !syn && half_open_.erase(connection) != 0) {
    deliver(where, packet, 0);
    return TcpVerdict::taken;
  }
  return TcpVerdict::reset;
}

void ProbeRun::send_segment(NamespaceId where, const Ipv4Packet& to, std::uint16_t flags, std::uint8_t ttl) {
  const bool syn = (flags & tcp_flag::syn) != 0;
  Ipv4Packet segment = {.src = to.dst,
                        .dst = to.src,
                        .ttl = ttl,
                        .protocol = protocol::tcp,
                        .src_port = to.dst_port,
                        .dst_port = to.src_port,
                        .tcp_flags = flags,
                        .tcp_window = 64240,
                        .tcp_seq = syn ? listener_sequence : to.tcp_ack,
                        .tcp_ack = to.tcp_seq + 1,
                        .tcp_options = Payload(std::size_t{syn ? 20U : 12U})};
  (void)network_.node(where).send(std::move(segment), {.path_mtu = PathMtu::want, .bound = true});
}

void ProbeRun::echoed(NamespaceId where, const Ipv4Packet& request) {
  if (probe_.kind == ProbeKind::icmp) {
    deliver(where, request, request.ttl);
  }
}

void ProbeRun::take_echo_reply(NamespaceId where, const Ipv4Packet& packet) {
  if (is_client(where) && probe_.kind == ProbeKind::icmp && packet.icmp_id == probe_.source_port) {
    outcome_.reply =
        Reply{.src = packet.src, .ttl = packet.ttl, .from_expected = packet.src == probe_.destination};
  }
}

void ProbeRun::take_icmp_error(NamespaceId where, const Ipv4Packet& error, const Ipv4Packet& about) {
  if (!is_client(where)) {
    return;
  }
  const bool ports = about.src_port == probe_.source_port && about.dst_port == probe_.port;
  const std::optional<Errno> number = errno_of(error, probe_.path_mtu);
  if (!number || about.dst != probe_.destination) {
    return;
  }
  if (probe_.kind == ProbeKind::tcp) {
    if (about.is_tcp() && ports && about.src == client_address_ && !outcome_.tcp) {
      outcome_.tcp = TcpResult{.error = number};
    }
    return;
  }
  const bool mine = probe_.kind == ProbeKind::udp ? about.is_udp() && ports
                                                  : about.is_icmp() && about.icmp_id == probe_.source_port;
  if (mine && (!outcome_.sender_error || outcome_.sender_error->origin == SenderError::Origin::sendto)) {
    outcome_.sender_error = SenderError{.error = *number,
                                        .origin = SenderError::Origin::icmp,
                                        .mtu = *number == Errno::emsgsize ? error.icmp_seq : 0U,
                                        .type = error.icmp_type,
                                        .code = error.icmp_code,
                                        .offender = error.src};
  }
}

void ProbeRun::read_tun(Port port, const Ipv4Packet& packet) {
  const auto relay = relays_.find(port.where);
  const CompiledTables& tables = network_.node(port.where).tables();
  if (relay == relays_.end() || relay->second.device != tables[port.device].name) {
    return;
  }
  network_.wake(port.where, [this, port, packet] {
    TunRelay& own = relays_[port.where];
    relay_on(port.where, flannel::from_tun(own.config, own.routes, packet));
  });
}

void ProbeRun::relay_on(NamespaceId where, flannel::UdpFate fate) {
  const TunRelay& relay = relays_[where];
  Node& node = network_.node(where);
  if (auto* tun = std::get_if<flannel::ToTun>(&fate)) {
    node.write_by_program(node.tables().find(relay.device), std::move(tun->packet));
  }
  if (auto* peer = std::get_if<flannel::ToPeer>(&fate)) {
    Ipv4Packet datagram = {.src = relay.listen_address,
                           .dst = peer->node,
                           .protocol = protocol::udp,
                           .src_port = relay.port,
                           .dst_port = peer->port};
    datagram.inner = Inner{TunnelledPacket{std::move(peer->packet)}};
    (void)node.send(std::move(datagram), {.path_mtu = PathMtu::want, .bound = true});
  }
}

}  // namespace plimsoll::overlay
