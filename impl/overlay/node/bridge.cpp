// Bridging: learning, forwarding, flooding (net/bridge/br_input.c, br_forward.c, br_device.c).
#include <utility>

#include "impl/overlay/node/node.hpp"

namespace plimsoll::overlay {
namespace {

/// 01:80:c2:00:00:0x: spanning tree and its kin, which bridges keep to themselves.
bool is_link_local(base::Mac mac) {
  const auto& bytes = mac.bytes();
  return bytes[0] == 0x01 && bytes[1] == 0x80 && bytes[2] == 0xc2 && bytes[3] == 0 && bytes[4] == 0 &&
         (bytes[5] & 0xf0U) == 0;
}

bool floods(const BridgePort& port, PacketType type) {
  switch (type) {
    case PacketType::broadcast:
      return port.bcast_flood;
    case PacketType::multicast:
      return port.mcast_flood;
    default:
      return port.flood;
  }
}

PacketType kind_of(base::Mac destination) {
  if (!destination.is_group()) {
    return PacketType::host;
  }
  return destination == broadcast_mac ? PacketType::broadcast : PacketType::multicast;
}

}  // namespace

void Node::bridge_receive(Skb&& skb) {  // br_handle_frame
  const Device& port = tables_[skb.device];
  const Device& bridge = tables_[port.bridge];
  if (skb.frame.src.is_group() || skb.frame.src == base::Mac() || !port.port.forwarding || !bridge.up) {
    return out_.dropped("bridge port does not take it");
  }
  if (is_link_local(skb.frame.dst)) {
    return out_.unknown("a link-local frame on a bridge");
  }
  if (!bridge.unsupported.empty()) {
    return out_.unknown(bridge.unsupported);
  }
  if (skb.frame.dst == bridge.mac) {
    skb.type = PacketType::host;
  }
  if (tables_.sysctls.bridge_nf_call_iptables && skb.frame.ip() != nullptr) {
    return bridge_prerouting(std::move(skb));
  }
  bridge_handle(std::move(skb));
}

void Node::bridge_handle(Skb&& skb) {  // br_handle_frame_finish
  const Device& port = tables_[skb.device];
  const DeviceId bridge = port.bridge;
  if (port.port.learning) {
    bridge_fdb_.learn(bridge, skb.frame.src, skb.device);
  }
  skb.isolated_source = port.port.isolated;
  const PacketType kind = kind_of(skb.frame.dst);
  if (kind != PacketType::host) {
    bridge_flood(skb, bridge, kind);
    return bridge_pass_up(std::move(skb));
  }
  const BridgeFdb::Entry* const known = bridge_fdb_.find(bridge, skb.frame.dst);
  if (known == nullptr) {
    return bridge_flood(skb, bridge, kind);
  }
  if (known->local) {
    return bridge_pass_up(std::move(skb));
  }
  if (!should_deliver(skb, known->port)) {
    return out_.dropped("bridge: not through the port it came in by");
  }
  bridge_forward(std::move(skb), known->port);
}

void Node::bridge_pass_up(Skb&& skb) {
  skb.device = tables_[skb.device].bridge;
  if (skb.bridge && skb.bridge->bridge_route) {
    skb.route.reset();
  }
  netif_receive(std::move(skb));
}

bool Node::should_deliver(const Skb& skb, DeviceId port) const {
  const Device& to = tables_[port];
  return (to.port.hairpin || skb.device != port) && to.port.forwarding && to.up && to.carrier &&
         !(skb.isolated_source && to.port.isolated);
}

void Node::bridge_flood(const Skb& skb, DeviceId bridge, PacketType type) {
  for (const DeviceId port : tables_[bridge].ports) {
    if (should_deliver(skb, port) && floods(tables_[port].port, type)) {
      bridge_forward(Skb(skb), port);
    }
  }
}

/// __br_forward: what came in by a port passes netfilter's FORWARD, if bridges call it.
void Node::bridge_forward(Skb&& skb, DeviceId port) {
  const bool came_by_port = tables_[skb.device].kind != LinkKind::bridge;
  skb.device = port;
  if (came_by_port && skb.bridge) {
    if (bridge_forward_hook(skb) == Next::accepted) {
      bridge_postrouting(std::move(skb));
    }
    return;
  }
  bridge_push(std::move(skb));
}

void Node::bridge_push(Skb&& skb) {  // br_dev_queue_push_xmit
  if (!fits_through(skb, skb.device)) {
    return out_.dropped("too big for the bridge port");
  }
  dev_queue_xmit(std::move(skb));
}

void Node::bridge_transmit(Skb&& skb) {  // br_dev_xmit
  const DeviceId bridge = skb.device;
  if (skb.bridge && skb.bridge->bridged_dnat) {
    return bridge_dnat_continue(std::move(skb));
  }
  tap(bridge, Direction::out, skb);
  skb.isolated_source = false;
  const PacketType kind = kind_of(skb.frame.dst);
  const BridgeFdb::Entry* const known =
      kind == PacketType::host ? bridge_fdb_.find(bridge, skb.frame.dst) : nullptr;
  if (known == nullptr) {
    return bridge_flood(skb, bridge, kind);
  }
  if (known->port == bridge || !should_deliver(skb, known->port)) {
    return out_.dropped("bridge: no port for it");
  }
  bridge_forward(std::move(skb), known->port);
}

}  // namespace plimsoll::overlay
