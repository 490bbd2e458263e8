// ARP, and packets that wait for it (net/ipv4/arp.c, net/core/neighbour.c).
#include <utility>

#include "impl/overlay/node/node.hpp"

namespace plimsoll::overlay {
namespace {

constexpr Microseconds retransmit_time = 100'000;  ///< a tenth of the kernel's default
constexpr Microseconds lock_time = 1'000'000;      ///< of two answers in this time the first one counts

}  // namespace

void Node::arp_receive(const Skb& skb) {
  if (tables_[skb.device].is_noarp() || skb.type == PacketType::other_host) {
    return out_.dropped("ARP for another host");
  }
  const ArpPacket& arp = *skb.frame.arp();
  if (arp.operation != ArpPacket::request && arp.operation != ArpPacket::reply) {
    return out_.dropped("ARP operation");
  }
  if (arp.target_ip.value() >> 28 == 0xe ||
      (arp.target_ip.value() >> 24 == 127 && !tables_[skb.device].conf.route_localnet)) {
    return out_.dropped("ARP for a multicast or loopback address");
  }
  arp_answer(skb);
}

void Node::arp_answer(const Skb& skb) {  // arp_process
  const ArpPacket& arp = *skb.frame.arp();
  const Device& device = tables_[skb.device];
  const auto reply = [&] {
    Frame frame = {.src = device.mac, .dst = arp.sender_mac};
    frame.body = ArpPacket{.operation = ArpPacket::reply,
                           .sender_mac = device.mac,
                           .sender_ip = arp.target_ip,
                           .target_mac = arp.sender_mac,
                           .target_ip = arp.sender_ip};
    dev_queue_xmit(Skb{.frame = std::move(frame), .device = skb.device});
  };
  if (arp.operation == ArpPacket::request && arp.sender_ip == base::Ipv4()) {  // address probes, RFC 2131
    if (fib_.address_type(arp.target_ip, skb.device) == RouteType::local &&
        !arp_ignored(skb.device, arp.sender_ip, arp.target_ip)) {
      reply();
    }
    return;
  }
  if (arp.operation == ArpPacket::request) {
    const InputRoute route = route_input(
        tables_, fib_,
        {.source = arp.sender_ip, .destination = arp.target_ip, .device = skb.device, .is_ip = false});
    if (route.drop == InputDrop::unsupported) {
      return out_.unknown(fib_.unsupported());
    }
    const NeighbourNews asked = {.mac = arp.sender_mac, .state = NeighbourState::stale};
    if (route.drop == InputDrop::none && route.destination.type == RouteType::local) {
      if (!arp_ignored(skb.device, arp.sender_ip, arp.target_ip)) {
        neighbour_heard(skb.device, arp.sender_ip, asked);
        reply();
      }
      return;
    }
    // arp_fwd_proxy: answers for whoever is reached by another device.
    if (route.drop == InputDrop::none && route.destination.input == Destination::Input::forward &&
        device.conf.forwarding && device.conf.proxy_arp && route.destination.device != skb.device) {
      neighbour_heard(skb.device, arp.sender_ip, asked);
      return reply();
    }
  }
  arp_learn(skb);
}

void Node::arp_learn(const Skb& skb) {
  const ArpPacket& arp = *skb.frame.arp();
  const NeighbourEntry* entry = neighbours_.find(skb.device, arp.sender_ip);
  if (entry == nullptr) {
    return;
  }
  const bool answer = arp.operation == ArpPacket::reply && skb.type == PacketType::host;
  const bool override = out_.now() > entry->updated + lock_time || !entry->is_valid();
  neighbour_heard(skb.device, arp.sender_ip,
                  {.mac = arp.sender_mac,
                   .state = answer ? NeighbourState::reachable : NeighbourState::stale,
                   .override = override});
}

bool Node::arp_ignored(DeviceId device, base::Ipv4 sender,
                       base::Ipv4 target) const {  // arp_ignore, arp_filter
  const DeviceConf& conf = tables_[device].conf;
  if (conf.arp_ignore >= 8) {
    return true;
  }
  if (conf.arp_ignore != 0) {
    const auto& own = tables_[device].addresses;
    const bool found = std::ranges::any_of(own, [&](const LocalAddress& address) {
      return address.address.address() == target &&
             (conf.arp_ignore == 1 || conf.arp_ignore == 3 || address.address.contains(sender)) &&
             (conf.arp_ignore != 3 || address.scope < Scope::host);
    });
    if (!found && conf.arp_ignore <= 2) {
      return true;
    }
  }
  if (conf.arp_filter) {
    const auto back =
        route_output(tables_, fib_, {.destination = sender, .source = target, .any_source = true});
    return !back || back->destination.device != device;
  }
  return false;
}

void Node::arp_ask(DeviceId device, base::Ipv4 address, const Skb* about) {  // arp_solicit
  const Device& out = tables_[device];
  base::Ipv4 source;
  if (about != nullptr && out.conf.arp_announce < 2 && about->frame.ip() != nullptr &&
      fib_.address_type(about->ip().src) == RouteType::local) {
    const base::Ipv4 own = about->ip().src;
    // arp_announce 1: only if the address asked for is in a network of that address.
    const bool fits =
        out.conf.arp_announce == 0 || std::ranges::any_of(out.addresses, [&](const LocalAddress& local) {
          return local.address.contains(own) && local.address.contains(address);
        });
    source = fits ? own : base::Ipv4();
  }
  if (source == base::Ipv4()) {
    source = select_address(tables_, device, address, Scope::link);
  }
  Frame frame = {.src = out.mac, .dst = broadcast_mac};
  frame.body = ArpPacket{
      .operation = ArpPacket::request, .sender_mac = out.mac, .sender_ip = source, .target_ip = address};
  dev_queue_xmit(Skb{.frame = std::move(frame), .device = device});
}

void Node::neighbour_heard(DeviceId device, base::Ipv4 address, const NeighbourNews& news) {
  NeighbourEntry& entry = neighbours_.at(device, address);
  for (Skb& waiting : NeighbourTable::update(entry, news, out_.now())) {
    entry.header_cached = true;
    neighbour_send(entry.mac, std::move(waiting));
  }
}

void Node::neighbour_output(Skb&& skb, base::Ipv4 next_hop) {  // neigh_resolve_output, __neigh_event_send
  const DeviceId device = skb.device;
  if (!tables_[device].carrier) {  // seen on Linux 6.18: neither questions nor, later, an error
    return out_.dropped("no carrier");
  }
  const NeighbourEntry* const known = neighbours_.find(device, next_hop);
  if (known == nullptr || !known->is_valid()) {
    return neighbour_queue(std::move(skb), next_hop);
  }
  const base::Mac mac = known->mac;
  if (known->state == NeighbourState::stale || !known->header_cached) {
    NeighbourEntry& entry = neighbours_.at(device, next_hop);
    entry.state = entry.state == NeighbourState::stale ? NeighbourState::delay : entry.state;
    entry.header_cached = true;
  }
  neighbour_send(mac, std::move(skb));
}

void Node::neighbour_queue(Skb&& skb, base::Ipv4 next_hop) {
  const DeviceId device = skb.device;
  NeighbourEntry& entry = neighbours_.at(device, next_hop);
  entry.queue.push_back(std::move(skb));
  if (entry.state != NeighbourState::incomplete) {
    entry.state = NeighbourState::incomplete;
    entry.updated = out_.now();
    entry.probes = 1;
    out_.set_neighbour_timer(device, next_hop, retransmit_time);
    const Skb about = entry.queue.front();
    arp_ask(device, next_hop, &about);
  }
}

void Node::neighbour_send(base::Mac mac, Skb&& skb) {
  skb.frame.src = tables_[skb.device].mac;
  skb.frame.dst = mac;
  dev_queue_xmit(std::move(skb));
}

void Node::neighbour_timer(DeviceId device, base::Ipv4 address) {  // neigh_timer_handler
  NeighbourEntry& entry = neighbours_.at(device, address);
  if (entry.state != NeighbourState::incomplete) {
    return;
  }
  if (entry.probes < neighbour_probes_max) {
    ++entry.probes;
    out_.set_neighbour_timer(device, address, retransmit_time);
    const std::vector<Skb> queue = entry.queue;
    return arp_ask(device, address, queue.empty() ? nullptr : &queue.front());
  }
  entry.state = NeighbourState::failed;
  entry.updated = out_.now();
  for (const Skb& waiting : std::exchange(entry.queue, {})) {  // arp_error_report, ipv4_link_failure
    icmp_send(waiting, icmp_type::unreachable, icmp_unreachable::host, 0);
  }
}

}  // namespace plimsoll::overlay
