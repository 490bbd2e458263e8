// ICMP and the resets of TCP (net/ipv4/icmp.c, nf_reject_ipv4.c, tcp_ipv4.c tcp_v4_send_reset).
#include <algorithm>
#include <utility>

#include "impl/overlay/node/node.hpp"
#include "impl/overlay/packet/parse.hpp"

namespace plimsoll::overlay {
namespace {

/// Errors are 576 bytes at most, the size that every host takes (RFC 1122 section 3.3.3).
constexpr std::uint32_t error_size_max = 576;
constexpr std::size_t icmp_header = 8;

}  // namespace

/// Conditions under which no error is sent: RFC 1122 section 3.2.2.
bool Node::may_answer(const Skb& about) const {
  const Ipv4Packet& ip = about.ip();
  const bool to_one = about.route && about.type == PacketType::host && !about.route->broadcast;
  return to_one && ip.has_transport() && !ip.is_icmp_error();
}

void Node::icmp_send(const Skb& about, std::uint8_t type, std::uint8_t code, std::uint16_t info) {
  icmp_error(about, {.type = type, .code = code, .low = info});
}

/// ip_rt_send_redirect: to one host, fewer and fewer, and none after nine until it was silent for a while.
bool Node::may_redirect(base::Ipv4 source) {
  constexpr Microseconds load = 20'000;
  constexpr unsigned most = 9;
  constexpr Microseconds silence = load << (most + 1);
  Redirected& host = redirected_[source];
  const Microseconds now = out_.now();
  if (host.count != 0 && now > host.last + silence) {
    host.count = 0;
  }
  if (host.count >= most || (host.count != 0 && now <= host.last + (load << host.count))) {
    return false;
  }
  host.last = now;
  ++host.count;
  return true;
}

void Node::icmp_redirect(const Skb& about, base::Ipv4 gateway) {
  if (!may_redirect(about.ip().src)) {
    return;
  }
  icmp_error(about, {.type = icmp_type::redirect,
                     .code = 1,
                     .high = static_cast<std::uint16_t>(gateway.value() >> 16),
                     .low = static_cast<std::uint16_t>(gateway.value())});
}

void Node::icmp_error(const Skb& about, const IcmpWords& words) {
  if (!may_answer(about)) {
    return;
  }
  const Ipv4Packet& ip = about.ip();
  base::Ipv4 source = about.route->local ? ip.dst : base::Ipv4();
  if (!about.route->local && about.route->came_in && tables_.sysctls.icmp_errors_use_inbound_ifaddr) {
    source = select_address(tables_, about.device, ip.src, Scope::link);
  }
  // Precedence "internetwork control", type of service as in the packet.
  const auto tos = static_cast<std::uint8_t>((ip.tos & 0x1eU) | 0xc0U);
  const auto route =
      route_output(tables_, fib_, {.destination = ip.src, .source = source, .any_source = false, .tos = 0});
  if (!route) {
    return out_.dropped("no route for an ICMP error");
  }
  const std::uint32_t room = std::min(mtu_of(route->destination), error_size_max);
  Ipv4Packet error = {.src = route->source,
                      .dst = ip.src,
                      .tos = tos,
                      .ttl = tables_.sysctls.ip_default_ttl,
                      .protocol = protocol::icmp,
                      .id = next_id(),
                      .icmp_type = words.type,
                      .icmp_code = words.code,
                      .icmp_id = words.high,
                      .icmp_seq = words.low};
  error.inner = Inner{quote_of(ip, room - Ipv4Packet::header_size - icmp_header)};
  Skb skb = {.device = route->destination.device, .route = route->destination};
  skb.metadata.tracked = netfilter::tracked_of_answer(about.metadata.tracked);
  skb.frame.body = std::move(error);
  (void)ip_local_out(std::move(skb));
}

void Node::icmp_receive(const Skb& skb, const LocalArrival& arrival) {  // icmp_rcv
  const Ipv4Packet& ip = skb.ip();
  if (ip.icmp_type == icmp_type::echo) {
    if (arrival.broadcast) {  // icmp_echo_ignore_broadcasts
      return out_.dropped("echo request to a broadcast address");
    }
    out_.echoed(ip);
    Ipv4Packet reply = ip;
    reply.src = arrival.specific_destination;
    reply.dst = ip.src;
    reply.ttl = tables_.sysctls.ip_default_ttl;
    reply.df = false;
    reply.id = 0;
    reply.icmp_type = icmp_type::echo_reply;
    reply.odd_checksum.reset();
    (void)send(std::move(reply), {.bound = true});
    return;
  }
  if (ip.icmp_type == icmp_type::echo_reply) {
    return out_.take_echo_reply(ip);
  }
  if (!ip.is_icmp_error()) {
    return out_.dropped("ICMP type");
  }
  if (fib_.address_type(ip.dst) == RouteType::broadcast) {  // icmp_unreach
    return out_.dropped("ICMP error to a broadcast address");
  }
  if (const Quote* quote = ip.quote()) {
    out_.take_icmp_error(ip, quote->packet);
  }
}

void Node::tcp_reset(const Skb& about) {
  const Ipv4Packet& ip = about.ip();
  if (!ip.is_tcp() || (ip.tcp_flags & tcp_flag::rst) != 0 || !about.route || about.route->broadcast) {
    return;
  }
  Ipv4Packet reset = {.src = ip.dst,
                      .dst = ip.src,
                      .tos = 0,
                      .ttl = tables_.sysctls.ip_default_ttl,
                      .protocol = protocol::tcp,
                      .df = true,
                      .id = 0,
                      .src_port = ip.dst_port,
                      .dst_port = ip.src_port,
                      .tcp_flags = tcp_flag::rst};
  if ((ip.tcp_flags & tcp_flag::ack) != 0) {
    reset.tcp_seq = ip.tcp_ack;
  } else {
    const auto length =
        static_cast<std::uint32_t>(ip.total_length() - ip.header_length() - ip.transport_length());
    reset.tcp_flags |= tcp_flag::ack;
    reset.tcp_ack = ip.tcp_seq + length + ((ip.tcp_flags & (tcp_flag::syn | tcp_flag::fin)) != 0 ? 1U : 0U);
  }
  const auto route =
      route_output(tables_, fib_, {.destination = reset.dst, .source = reset.src, .any_source = true});
  if (!route) {
    return out_.dropped("no route for a reset");
  }
  Skb skb = {.device = route->destination.device, .route = route->destination};
  skb.frame.body = std::move(reset);
  (void)ip_local_out(std::move(skb));
}

}  // namespace plimsoll::overlay
