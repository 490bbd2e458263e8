// IPv4 packets that came in (net/ipv4/ip_input.c, ip_forward.c; ip_error of route.c).
#include <utility>

#include "impl/overlay/node/node.hpp"

namespace plimsoll::overlay {

void Node::ip_receive(Skb&& skb) {  // ip_rcv
  if (skb.type == PacketType::other_host) {
    return out_.dropped("for another host");
  }
  skb.fragment_max = 0;  // ip_rcv_core begins with an empty IPCB
  if (skb.bridge && !skb.bridge->in_prerouting && !skb.bridge->sabotage_done) {  // ip_sabotage_in
    skb.bridge->sabotage_done = true;
    return ip_receive_finish(std::move(skb));
  }
  if (program_.tracks() && defragment(skb, Reassembly::User::conntrack_in) == Next::gone) {
    return;
  }
  if (run_hook(netfilter::Hook::prerouting, skb, skb.device, no_device) == Next::accepted) {
    ip_receive_finish(std::move(skb));
  }
}

void Node::ip_receive_finish(Skb&& skb) {
  if (!skb.route) {
    const Ipv4Packet& ip = skb.ip();
    const InputRoute& route = input_route({.source = ip.src,
                                           .destination = ip.dst,
                                           .device = skb.device,
                                           .mark = skb.metadata.mark,
                                           .tos = ip.tos});
    if (route.drop == InputDrop::unsupported) {
      return out_.unknown(fib_.unsupported());
    }
    if (route.drop != InputDrop::none) {
      return out_.dropped(to_text(route.drop));
    }
    skb.route = route.destination;
  }
  switch (skb.route->input) {
    case Destination::Input::deliver:
      return ip_deliver(std::move(skb));
    case Destination::Input::forward:
      return ip_forward(std::move(skb));
    case Destination::Input::error:
      return ip_error(std::move(skb));
    case Destination::Input::discard:
      return out_.dropped("its route leads out, not in");
  }
}

void Node::ip_deliver(Skb&& skb) {  // ip_local_deliver
  if (defragment(skb, Reassembly::User::local_deliver) == Next::gone) {
    return;
  }
  if (run_hook(netfilter::Hook::input, skb, skb.device, no_device) == Next::accepted) {
    ip_deliver_finish(std::move(skb));
  }
}

void Node::ip_deliver_finish(Skb&& skb) {
  const Ipv4Packet& ip = skb.ip();
  const LocalArrival arrival = {
      .specific_destination = specific_destination(tables_, fib_, *skb.route, ip.src, ip.dst, skb.device),
      .broadcast = skb.route->broadcast};
  switch (ip.protocol) {
    case protocol::icmp:
      return icmp_receive(skb, arrival);
    case protocol::udp:
      if (vxlan_receive(skb) || out_.take_udp(ip, arrival)) {
        return;
      }
      if (arrival.broadcast) {
        return out_.dropped("nobody listens");
      }
      return icmp_send(skb, icmp_type::unreachable, icmp_unreachable::port, 0);
    case protocol::tcp:
      if (skb.type == PacketType::host && out_.take_tcp(ip) == TcpVerdict::reset) {
        tcp_reset(skb);
      }
      return;
    default:
      return icmp_send(skb, icmp_type::unreachable, icmp_unreachable::protocol, 0);
  }
}

void Node::ip_forward(Skb&& skb) {
  if (skb.type != PacketType::host) {
    return out_.dropped("a broadcast frame is not forwarded");
  }
  Ipv4Packet& ip = skb.ip();
  if (ip.ttl <= 1) {
    icmp_send(skb, icmp_type::time_exceeded, 0, 0);
    return out_.dropped("time to live exceeded");
  }
  skb.forwarded = true;
  const Destination& route = *skb.route;
  const std::uint32_t mtu = mtu_of(route);
  const bool unfit =
      ip.total_length() > mtu && ip.df && (skb.fragment_max > mtu || !skb.ignore_df);  // ip_exceeds_mtu
  if (unfit) {
    icmp_send(skb, icmp_type::unreachable, icmp_unreachable::fragmentation_needed,
              static_cast<std::uint16_t>(mtu));
    return out_.dropped("does not fit, and must not be cut");
  }
  --ip.ttl;
  skb.bytes = Bytes::copied;  // skb_cow
  if (route.redirect) {       // ip_rt_send_redirect
    const base::Ipv4 gateway = route.next_hop(ip.dst);
    icmp_redirect(skb, gateway);
  }
  if (run_hook(netfilter::Hook::forward, skb, skb.device, route.device) == Next::accepted) {
    ip_output(std::move(skb));
  }
}

void Node::ip_error(Skb&& skb) {
  if (!tables_[skb.device].conf.forwarding) {
    return out_.dropped("not forwarded here");
  }
  switch (skb.route->error) {
    case Errno::ehostunreach:
      return icmp_send(skb, icmp_type::unreachable, icmp_unreachable::host, 0);
    case Errno::enetunreach:
      return icmp_send(skb, icmp_type::unreachable, icmp_unreachable::net, 0);
    case Errno::eacces:
      return icmp_send(skb, icmp_type::unreachable, icmp_unreachable::admin_prohibited, 0);
    default:
      return out_.dropped("blackhole route");
  }
}

}  // namespace plimsoll::overlay
