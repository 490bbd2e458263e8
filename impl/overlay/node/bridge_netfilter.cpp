// Bridged IP packets in iptables' chains (net/bridge/br_netfilter_hooks.c): PREROUTING before the bridge
// decides, FORWARD and POSTROUTING on the way out by a port, and destination NAT towards another port of the
// same bridge.
#include <algorithm>
#include <utility>

#include "impl/overlay/node/node.hpp"

namespace plimsoll::overlay {

void Node::bridge_prerouting(Skb&& skb) {  // br_nf_pre_routing, br_nf_pre_routing_finish
  const DeviceId port = skb.device;
  const DeviceId bridge = tables_[port].bridge;
  skb.bridge = BridgeInfo{.physical_in = port, .other_host = skb.type == PacketType::other_host};
  if (skb.bridge->other_host) {
    skb.type = PacketType::host;
  }
  skb.device = bridge;
  if (program_.tracks() && defragment(skb, Reassembly::User::conntrack_bridge) == Next::gone) {
    return;
  }
  const base::Ipv4 destination = skb.ip().dst;
  if (run_hook(netfilter::Hook::prerouting, skb, bridge, no_device) == Next::gone) {
    return;
  }
  if (skb.bridge->other_host) {
    skb.type = PacketType::other_host;
    skb.bridge->other_host = false;
  }
  if (skb.ip().dst == destination) {
    skb.route = Destination{.device = bridge};
    skb.bridge->bridge_route = true;
    skb.device = port;
    return bridge_handle(std::move(skb));
  }
  const Ipv4Packet& ip = skb.ip();
  const InputRoute& route = input_route(
      {.source = ip.src, .destination = ip.dst, .device = bridge, .mark = skb.metadata.mark, .tos = ip.tos});
  if (route.drop == InputDrop::unsupported) {
    return out_.unknown(fib_.unsupported());
  }
  if (route.drop != InputDrop::none) {
    return out_.dropped(to_text(route.drop));
  }
  skb.route = route.destination;
  if (skb.route->device == bridge) {
    return bridge_dnat(std::move(skb));
  }
  skb.frame.dst = tables_[bridge].mac;
  skb.type = PacketType::host;
  skb.device = port;
  bridge_handle(std::move(skb));
}

/// br_nf_pre_routing_finish_bridge: the new destination is behind the same bridge, so the packet stays a
/// bridged one; it only needs the MAC address, for which the bridge itself asks if need be.
void Node::bridge_dnat(Skb&& skb) {
  const DeviceId bridge = skb.device;
  const base::Ipv4 next_hop = skb.route->next_hop(skb.ip().dst);
  const NeighbourEntry* entry = neighbours_.find(bridge, next_hop);
  if (entry != nullptr && entry->is_connected() && entry->header_cached) {
    skb.frame.dst = entry->mac;
    skb.device = skb.bridge->physical_in;
    return bridge_handle(std::move(skb));
  }
  skb.bridge->source = skb.frame.src;
  skb.bridge->bridged_dnat = true;
  neighbour_output(std::move(skb), next_hop);
}

/// br_nf_pre_routing_finish_bridge_slow. An AF_PACKET socket on the bridge sees the restored source: its copy
/// of the packet shares the header.
void Node::bridge_dnat_continue(Skb&& skb) {
  skb.frame.src = skb.bridge->source;
  skb.bridge->bridged_dnat = false;
  tap(skb.device, Direction::out, skb);
  skb.device = skb.bridge->physical_in;
  bridge_handle(std::move(skb));
}

Node::Next Node::bridge_forward_hook(Skb& skb) {  // br_nf_forward_ip
  const DeviceId bridge = tables_[skb.device].bridge;
  const bool other_host = skb.type == PacketType::other_host;
  if (other_host) {
    skb.type = PacketType::host;
  }
  skb.bridge->physical_out = skb.device;
  const Next next = run_hook(netfilter::Hook::forward, skb, bridge, bridge);
  if (other_host) {
    skb.type = PacketType::other_host;
  }
  return next;
}

void Node::bridge_postrouting(Skb&& skb) {  // br_nf_post_routing, br_nf_dev_queue_xmit
  const DeviceId bridge = tables_[skb.device].bridge;
  if (run_hook(netfilter::Hook::postrouting, skb, no_device, bridge) == Next::gone) {
    return;
  }
  std::uint32_t most = tables_[skb.device].mtu;
  if (skb.fragment_max != 0) {
    most = std::min<std::uint32_t>(most, skb.fragment_max);
  }
  const Ipv4Packet& ip = skb.ip();
  if (ip.total_length() <= most) {
    return bridge_push(std::move(skb));
  }
  std::uint32_t mtu = mtu_of(*skb.route);  // br_nf_ip_fragment
  if ((ip.df && !skb.ignore_df) || skb.fragment_max > mtu) {
    return out_.dropped("too big for the bridge port");
  }
  mtu = skb.fragment_max != 0 ? std::min<std::uint32_t>(mtu, skb.fragment_max) : mtu;
  ip_fragment(std::move(skb), mtu, &Node::bridge_push);
}

}  // namespace plimsoll::overlay
