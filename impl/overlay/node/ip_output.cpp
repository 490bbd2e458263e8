// IPv4 packets that leave (net/ipv4/ip_output.c; ip_route_me_harder of net/ipv4/netfilter.c).
#include <algorithm>
#include <utility>

#include "impl/overlay/node/node.hpp"
#include "impl/overlay/packet/rewrite.hpp"

namespace plimsoll::overlay {

std::uint32_t Node::mtu_of(const Destination& route) const {
  constexpr std::uint32_t ip_max_mtu = 0xffff;
  return std::min(route.mtu != 0 ? route.mtu : tables_[route.device].mtu, ip_max_mtu);
}

std::uint16_t Node::next_id() {
  return ++last_id_;
}

tl::expected<void, Errno> Node::send(Ipv4Packet packet, const SendOptions& options) {
  const OutputAnswer& route = output_route(
      {.destination = packet.dst, .source = options.bound ? packet.src : base::Ipv4(), .tos = packet.tos});
  if (!route) {
    if (route.error() == Errno::eopnotsupp) {
      out_.unknown(fib_.unsupported());
    }
    return tl::unexpected(route.error());
  }
  packet.src = route->source;
  if (packet.id == 0) {
    packet.id = next_id();
  }
  const bool fits = packet.total_length() <= tables_[route->destination.device].mtu;
  if (options.path_mtu == PathMtu::probe && !fits) {  // __ip_append_data
    return tl::unexpected(Errno::emsgsize);
  }
  packet.df =
      options.path_mtu == PathMtu::probe || (options.path_mtu == PathMtu::want && fits);  // __ip_make_skb
  Skb skb = {.device = route->destination.device, .route = route->destination};
  skb.frame.body = std::move(packet);
  return ip_local_out(std::move(skb));
}

tl::expected<void, Errno> Node::ip_local_out(Skb&& skb) {
  if (program_.tracks() && defragment(skb, Reassembly::User::conntrack_out) == Next::gone) {
    return {};
  }
  const base::Ipv4 src = skb.ip().src;
  const base::Ipv4 dst = skb.ip().dst;
  const std::uint8_t tos = skb.ip().tos;
  const std::uint32_t mark = skb.metadata.mark;
  const Next next = run_hook(netfilter::Hook::output, skb, no_device, skb.route->device);
  if (next == Next::stolen) {
    return {};
  }
  if (next == Next::gone) {
    return tl::unexpected(Errno::eperm);
  }
  const Ipv4Packet& ip = skb.ip();
  if (ip.dst != dst || ip.src != src || ip.tos != tos ||
      (skb.metadata.mark != mark && fib_.has_custom_rules())) {
    // ip_route_me_harder: a source that is neither ours nor a host's is chosen anew for the decision.
    const RouteType type = fib_.address_type(ip.src);
    const bool keep = type == RouteType::local || type == RouteType::unicast;
    const OutputAnswer& route = output_route({.destination = ip.dst,
                                              .source = keep ? ip.src : base::Ipv4(),
                                              .any_source = true,
                                              .mark = skb.metadata.mark,
                                              .tos = ip.tos});
    if (!route) {
      out_.dropped("no route for the translated packet");
      return tl::unexpected(route.error());
    }
    skb.route = route->destination;
    skb.device = route->destination.device;
  }
  ip_output(std::move(skb));
  return {};
}

void Node::ip_output(Skb&& skb) {
  const DeviceId out = skb.route->device;
  skb.device = out;
  if (skb.route->broadcast && skb.route->local && tables_[out].kind != LinkKind::loopback) {  // ip_mc_output
    Skb copy = skb;
    if (run_hook(netfilter::Hook::postrouting, copy, no_device, out) == Next::accepted) {
      copy.type = PacketType::loopback;
      out_.queue(std::move(copy), false);
    }
  }
  if (run_hook(netfilter::Hook::postrouting, skb, no_device, out) == Next::accepted) {
    ip_finish_output(std::move(skb));
  }
}

void Node::ip_finish_output(Skb&& skb) {
  const std::uint32_t mtu = mtu_of(*skb.route);
  const Ipv4Packet& ip = skb.ip();
  if (ip.total_length() <= mtu && skb.fragment_max == 0) {
    return ip_finish_output2(std::move(skb));
  }
  if (ip.df && (!skb.ignore_df || skb.fragment_max > mtu)) {
    icmp_send(skb, icmp_type::unreachable, icmp_unreachable::fragmentation_needed,
              static_cast<std::uint16_t>(mtu));
    return out_.dropped("does not fit, and must not be cut");
  }
  const std::uint32_t most = skb.fragment_max != 0 ? std::min<std::uint32_t>(mtu, skb.fragment_max) : mtu;
  ip_fragment(std::move(skb), most, &Node::ip_finish_output2);
}

/// Fragments that nobody saw since they were put together get their new headers in place, if the device needs
/// no more room before them than they have; all others are copied. Later fragments alone can tell.
Bytes Node::bytes_of_fragments(const Skb& skb, const std::vector<Ipv4Packet>& fragments) const {
  const bool same_pieces = std::ranges::equal(fragments, skb.pieces, {}, &Ipv4Packet::total_length);
  const bool roomy = tables_[skb.device].kind != LinkKind::vxlan || skb.unpacked;
  return same_pieces && !skb.tapped && roomy ? Bytes::rewritten : Bytes::copied;
}

void Node::ip_fragment(Skb&& skb, std::uint32_t mtu, void (Node::*output)(Skb&&)) {  // ip_do_fragment
  std::vector<Ipv4Packet> fragments = fragments_of(skb.ip(), mtu);
  const Bytes bytes = bytes_of_fragments(skb, fragments);
  for (Ipv4Packet& fragment : fragments) {
    Skb part = {.frame = Frame{.src = skb.frame.src, .dst = skb.frame.dst},
                .device = skb.device,
                .type = skb.type,
                .route = skb.route,
                .metadata = skb.metadata,
                .bridge = skb.bridge,
                .forwarded = skb.forwarded,
                .bytes = bytes,
                .isolated_source = skb.isolated_source};
    part.frame.body = std::move(fragment);
    (this->*output)(std::move(part));
  }
}

void Node::ip_finish_output2(Skb&& skb) {
  const Device& out = tables_[skb.device];
  if (out.is_noarp()) {
    return dev_queue_xmit(std::move(skb));
  }
  const base::Ipv4 next_hop = skb.route->next_hop(skb.ip().dst);
  if (neighbours_.find(skb.device, next_hop) != nullptr) {
    return neighbour_output(std::move(skb), next_hop);
  }
  const RouteType type = fib_.address_type(next_hop);  // arp_constructor
  if (type == RouteType::broadcast || type == RouteType::multicast) {
    skb.frame.src = out.mac;
    const std::uint32_t group = next_hop.value();
    skb.frame.dst =
        type == RouteType::broadcast
            ? broadcast_mac
            : base::Mac({0x01, 0x00, 0x5e, static_cast<std::uint8_t>(group >> 16 & 0x7fU),
                         static_cast<std::uint8_t>(group >> 8), static_cast<std::uint8_t>(group)});
    return dev_queue_xmit(std::move(skb));
  }
  neighbour_output(std::move(skb), next_hop);
}

}  // namespace plimsoll::overlay
