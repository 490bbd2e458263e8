// VXLAN devices (drivers/net/vxlan/vxlan_core.c).
#include <algorithm>
#include <utility>

#include "impl/overlay/node/node.hpp"
#include "impl/overlay/packet/parse.hpp"

namespace plimsoll::overlay {
namespace {

/// The outer source port is a hash of the inner flow in the range of ephemeral ports (udp_flow_src_port):
/// which one nobody can tell, and only that it differs between flows matters.
std::uint16_t flow_port(const Frame& frame) {
  std::uint32_t hash = 0;
  if (const Ipv4Packet* ip = frame.ip()) {
    const std::uint32_t ports = ip->is_fragment() ? 0U : std::uint32_t{ip->src_port} << 16 | ip->dst_port;
    // Both directions of a flow have one hash in the kernel.
    hash =
        (ip->src.value() ^ ip->dst.value() ^ (ports >> 16) ^ (ports & 0xffffU) ^ ip->protocol) * 2654435761U;
  }
  constexpr std::uint32_t first = 32768;
  constexpr std::uint32_t count = 28232;
  return static_cast<std::uint16_t>(first + (hash >> 8) % count);
}

}  // namespace

void Node::vxlan_transmit(Skb&& skb) {  // vxlan_xmit
  const VxlanEntry* entry = tables_.find_vxlan(skb.device, skb.frame.dst);
  if (entry == nullptr) {
    entry = tables_.find_vxlan(skb.device, base::Mac());  // the default destination
  }
  if (entry == nullptr) {
    return out_.dropped("vxlan: no destination for the MAC address");
  }
  // The first remote gets the packet itself, after the copies for all others.
  for (auto remote = entry->remotes.begin() + 1; remote != entry->remotes.end(); ++remote) {
    vxlan_transmit_one(Skb(skb), *remote);
  }
  vxlan_transmit_one(std::move(skb), entry->remotes.front());
}

DeviceId Node::vxlan_device(std::uint32_t vni, std::uint16_t port) const {  // vxlan_find_vni
  for (const DeviceId id : tables_.vxlan_devices) {
    const VxlanInfo& info = *tables_[id].vxlan;
    if (info.vni == vni && info.port == port) {
      return id;
    }
  }
  return no_device;
}

void Node::vxlan_transmit_one(Skb&& skb, const VxlanRemote& remote) {  // vxlan_xmit_one
  const VxlanInfo& own = *tables_[skb.device].vxlan;
  const std::uint32_t vni = remote.vni.value_or(own.vni);
  const std::uint16_t port = remote.port != 0 ? remote.port : own.port;
  if (remote.address == base::Ipv4() || remote.address.value() >> 28 == 0xe) {
    return remote.address == base::Ipv4() ? out_.dropped("vxlan: no destination")
                                          : out_.unknown("a multicast VXLAN destination");
  }
  const OutputAnswer route =
      output_route({.destination = remote.address, .source = own.local, .mark = skb.metadata.mark});
  if (!route || route->destination.device == skb.device) {
    return out_.dropped("vxlan: no route to the remote");
  }
  if (route->destination.local &&
      !route->destination.broadcast) {  // encap_bypass_if_local, vxlan_encap_bypass
    const DeviceId to = vxlan_device(vni, port);
    if (to == no_device) {
      return out_.dropped("vxlan: no such network here");
    }
    skb.type = PacketType::host;
    skb.device = to;
    return out_.queue(std::move(skb), false);
  }
  const Ipv4Packet* inner = skb.frame.ip();
  const bool df = own.df == VxlanDf::set || (own.df == VxlanDf::inherit && inner != nullptr && inner->df);
  Ipv4Packet outer = {.src = route->source,
                      .dst = remote.address,
                      .ttl = own.ttl != 0 ? own.ttl : tables_.sysctls.ip_default_ttl,
                      .protocol = protocol::udp,
                      .df = df,
                      .id = next_id(),
                      .src_port = flow_port(skb.frame),
                      .dst_port = port};
  Skb out = {.device = route->destination.device, .route = route->destination};
  out.metadata.mark = skb.metadata.mark;
  out.bytes = Bytes::copied;  // skb_cow_head
  outer.inner = put_into_vxlan(vni, std::move(skb.frame));
  out.frame.body = std::move(outer);
  (void)ip_local_out(std::move(out));
}

bool Node::vxlan_receive(Skb& skb) {  // vxlan_rcv
  Ipv4Packet& datagram = skb.ip();
  const bool ours = std::ranges::any_of(
      tables_.vxlan_devices, [&](DeviceId id) { return tables_[id].vxlan->port == datagram.dst_port; });
  if (!ours) {
    return false;
  }
  Parsed<VxlanFrame> opened = take_vxlan(datagram);
  const DeviceId id = opened ? vxlan_device(opened->vni, datagram.dst_port) : no_device;
  if (id == no_device || opened->frame.src == tables_[id].mac) {
    out_.dropped("vxlan: not a packet of a network here");
    return true;
  }
  if (tables_[id].vxlan->learning) {
    out_.unknown("a learning VXLAN device");
    return true;
  }
  Skb inner = {.frame = std::move(opened->frame), .device = id, .unpacked = true};
  inner.metadata.mark = skb.metadata.mark;
  inner.type = type_of(inner.frame, id);
  out_.queue(std::move(inner), true);
  return true;
}

}  // namespace plimsoll::overlay
