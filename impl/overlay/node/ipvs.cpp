// The passage of packets through IPVS with masquerading, i.e. NAT (net/netfilter/ipvs/ip_vs_core.c,
// ip_vs_xmit.c, ip_vs_nfct.c).
#include <utility>

#include "impl/overlay/node/node.hpp"
#include "impl/overlay/packet/rewrite.hpp"

namespace plimsoll::overlay {
namespace {

using Verdict = Balanced::Verdict;

bool is_loopback(base::Ipv4 address) {
  constexpr std::uint32_t loopback_network = 127;
  return address.value() >> 24 == loopback_network;
}

}  // namespace

/// ip_vs_ops4: answers first, then requests, which nothing that is forwarded is.
Node::Next Node::run_ipvs(netfilter::Hook hook, Skb& skb) {
  if (skb.balanced) {
    return Next::accepted;
  }
  const Next next = ip_vs_out(skb);
  const bool is_request = next == Next::accepted && !skb.balanced && hook != netfilter::Hook::forward &&
                          (skb.type == PacketType::host || hook == netfilter::Hook::output);
  return is_request ? ip_vs_in(skb) : next;
}

Node::Next Node::ip_vs_in(Skb& skb) {
  const netfilter::Tracked& tracked = skb.metadata.tracked;
  const Balanced outcome = balancer_->request(skb.ip(), tracked.has_flow() && tracked.flow.confirmed);
  switch (outcome.verdict) {
    case Verdict::pass:
      return Next::accepted;
    case Verdict::translate:
      return ip_vs_nat_xmit(skb, outcome);
    case Verdict::refuse:  // ip_vs_leave
      icmp_send(skb, icmp_type::unreachable, icmp_unreachable::port, 0);
      out_.dropped("no server takes it");
      return Next::gone;
    case Verdict::drop:
      if (outcome.forget_flow) {  // ip_vs_conn_drop_conntrack
        netfilter_.conntrack.forget(tracked.flow.original);
      }
      out_.dropped("its server is gone");
      return Next::gone;
    case Verdict::unknown:
      break;
  }
  out_.unknown("IPVS: " + outcome.reason);
  return Next::gone;
}

Node::Next Node::ip_vs_out(Skb& skb) {
  const Balanced outcome = balancer_->answer(skb.ip());
  if (outcome.verdict == Verdict::unknown) {
    out_.unknown("IPVS: " + outcome.reason);
    return Next::gone;
  }
  if (outcome.verdict == Verdict::translate) {
    Endpoints ends = endpoints_of(skb.ip());
    ends.src = outcome.address;
    ends.src_port = outcome.port;
    readdress(skb.ip(), ends);
    skb.balanced = true;
    ip_vs_update_conntrack(
        skb, {.src = ends.dst, .dst = ends.src, .src_port = ends.dst_port, .dst_port = ends.src_port});
  }
  return Next::accepted;
}

/// Sends a request on to its server: a router's work, done at INPUT or OUTPUT. From there the packet goes
/// through OUTPUT, the server's address in it. A server on this very node gets it where it stands.
Node::Next Node::ip_vs_nat_xmit(Skb& skb, const Balanced& to) {
  const auto route = route_output(tables_, fib_, {.destination = to.address});  // __ip_vs_get_out_rt
  if (!route) {
    if (route.error() == Errno::eopnotsupp) {
      out_.unknown(fib_.unsupported());
    } else {
      icmp_send(skb, icmp_type::unreachable, icmp_unreachable::host, 0);
    }
    return Next::stolen;
  }
  const bool is_here = route->destination.local;
  Ipv4Packet& ip = skb.ip();
  if (is_loopback(is_here ? to.address : ip.src) && (!is_here || skb.route->came_in)) {
    out_.dropped("127.0.0.0/8 does not leave a node, nor is entered from outside");
    return Next::stolen;
  }
  if (!is_here) {
    if (ip.ttl <= 1) {
      icmp_send(skb, icmp_type::time_exceeded, 0, 0);
      out_.dropped("time to live exceeded");
      return Next::stolen;
    }
    --ip.ttl;
    const std::uint32_t mtu = mtu_of(route->destination);
    if (ip.df && ip.total_length() > mtu) {  // ensure_mtu_is_adequate
      icmp_send(skb, icmp_type::unreachable, icmp_unreachable::fragmentation_needed,
                static_cast<std::uint16_t>(mtu));
      out_.dropped("does not fit, and must not be cut");
      return Next::stolen;
    }
    skb.route = route->destination;
    skb.device = route->destination.device;
    skb.bytes = Bytes::copied;
  }
  Endpoints ends = endpoints_of(ip);
  ends.dst = to.address;
  ends.dst_port = to.port;
  readdress(ip, ends);
  skb.ignore_df = true;
  skb.balanced = true;
  const netfilter::Tracked& tracked = skb.metadata.tracked;
  ip_vs_update_conntrack(skb, {.src = to.address,
                               .dst = tracked.flow.reply.dst,
                               .src_port = to.port,
                               .dst_port = tracked.flow.reply.dst_port});
  if (is_here) {
    return Next::accepted;
  }
  (void)ip_local_out(std::move(skb));
  return Next::stolen;
}

/// Tells a flow that is not confirmed yet from whom and to whom its answers will be. Without
/// net.ipv4.vs.conntrack, the packet belongs to no flow from here on.
void Node::ip_vs_update_conntrack(Skb& skb, const Endpoints& answer) {
  netfilter::Tracked& tracked = skb.metadata.tracked;
  if (!balancer_->keeps_flows()) {
    tracked = {.info = netfilter::CtInfo::untracked};
  } else if (tracked.has_flow() && !tracked.flow.confirmed) {
    netfilter::Tuple& reply = tracked.flow.reply;
    reply = {answer.src, answer.dst, answer.src_port, answer.dst_port, reply.protocol};
  }
}

}  // namespace plimsoll::overlay
