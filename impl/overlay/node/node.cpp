// Devices: what comes in by them and what leaves (net/core/dev.c, drivers/net/veth.c, loopback.c, tun.c), and
// the passage through netfilter's hooks.
#include "impl/overlay/node/node.hpp"

#include <utility>

namespace plimsoll::overlay {
namespace {

/// What netfilter calls devices: 0 is none.
netfilter::DeviceId netfilter_id(DeviceId device) {
  return device == no_device ? 0 : static_cast<netfilter::DeviceId>(device) + 1;
}
DeviceId device_of(netfilter::DeviceId id) {
  return id == 0 ? no_device : static_cast<DeviceId>(id - 1);
}

std::vector<netfilter::NamedDevice> named(const CompiledTables& tables) {
  std::vector<netfilter::NamedDevice> devices;
  devices.reserve(tables.devices.size());
  for (DeviceId id = 0; std::size_t{id} < tables.devices.size(); ++id) {
    devices.push_back({tables[id].name, netfilter_id(id)});
  }
  return devices;
}

/// What rules ask of the node while one packet passes.
class Asked final : public netfilter::Surroundings {
 public:
  Asked(const CompiledTables& tables, const Fib& fib, const Skb& skb)
      : tables_(tables), fib_(fib), skb_(skb) {}

  [[nodiscard]] netfilter::AddressType address_type(base::Ipv4 address,
                                                    netfilter::DeviceId device) const override {
    switch (fib_.address_type(address, device_of(device))) {
      case RouteType::local:
        return netfilter::AddressType::local;
      case RouteType::broadcast:
        return netfilter::AddressType::broadcast;
      case RouteType::multicast:
        return netfilter::AddressType::multicast;
      default:
        return netfilter::AddressType::unicast;
    }
  }
  [[nodiscard]] base::Ipv4 masquerade_source(const Ipv4Packet& packet,
                                             netfilter::DeviceId out) const override {
    const base::Ipv4 next_hop = skb_.route ? skb_.route->next_hop(packet.dst) : packet.dst;
    return select_address(tables_, device_of(out), next_hop, Scope::global);
  }
  [[nodiscard]] base::Ipv4 first_address(netfilter::DeviceId device) const override {
    const auto& addresses = tables_[device_of(device)].addresses;
    return addresses.empty() ? base::Ipv4() : addresses.front().address.address();
  }

 private:
  const CompiledTables& tables_;
  const Fib& fib_;
  const Skb& skb_;
};

}  // namespace

NodeTables::NodeTables(const Tables& tables)
    : devices(compile(tables)),
      fib(tables, devices),
      program(tables.ruleset, named(devices)),
      ip_sets(tables.ip_sets) {}

Node::Node(const NodeTables& tables, Surroundings& surroundings, base::Choices& choices)
    : tables_(tables.devices),
      fib_(tables.fib),
      program_(tables.program),
      ip_sets_(tables.ip_sets),
      out_(surroundings),
      choices_(choices),
      neighbours_(tables.devices),
      bridge_fdb_(tables.devices) {}

PacketType Node::type_of(const Frame& frame, DeviceId device) const {  // eth_type_trans
  if (frame.dst.is_group()) {
    return frame.dst == broadcast_mac ? PacketType::broadcast : PacketType::multicast;
  }
  return frame.dst == tables_[device].mac ? PacketType::host : PacketType::other_host;
}

/// is_skb_forwardable: a veth takes 4 bytes (a VLAN tag) more than its MTU.
bool Node::fits_through(const Skb& skb, DeviceId device) const {
  constexpr std::size_t vlan_tag = 4;
  return skb.frame.size() <= tables_[device].mtu + Frame::header_size + vlan_tag;
}

void Node::reset() {
  netfilter_.conntrack.clear();
  netfilter_.recent.clear();
  netfilter_.nth.clear();
  neighbours_.reset();
  bridge_fdb_.reset();
  reassembly_.clear();
  redirected_.clear();
  last_id_ = 0;
}

void Node::receive(Skb&& skb) {
  if (!tables_[skb.device].up || !fits_through(skb, skb.device)) {
    return out_.dropped("the other end of the wire does not take it");
  }
  skb.type = type_of(skb.frame, skb.device);
  netif_receive(std::move(skb));
}

void Node::receive_queued(Skb&& skb) {
  netif_receive(std::move(skb));
}

void Node::write_by_program(DeviceId device, Ipv4Packet packet) {
  Skb skb = {.frame = Frame{.body = std::move(packet)}, .device = device};
  if (!tables_[device].up) {
    return out_.dropped("TUN device is down");
  }
  netif_receive(std::move(skb));
}

void Node::send_raw(DeviceId device, Frame frame) {
  dev_queue_xmit(Skb{.frame = std::move(frame), .device = device});
}

void Node::netif_receive(Skb&& skb) {
  const Device& device = tables_[skb.device];
  if (skb.type != PacketType::loopback) {
    tap(skb.device, Direction::in, skb);
  }
  if (!device.unsupported.empty()) {
    return out_.unknown(device.unsupported);
  }
  if (device.bridge != no_device && skb.type != PacketType::loopback) {
    return bridge_receive(std::move(skb));
  }
  if (skb.frame.ip() != nullptr) {
    return ip_receive(std::move(skb));
  }
  if (skb.frame.arp() != nullptr) {
    return arp_receive(skb);
  }
  out_.dropped("no such protocol");
}

void Node::tap(DeviceId device, Direction direction, Skb& skb) {
  out_.seen(device, direction, skb);
  skb.bytes = Bytes::same;
  skb.tapped = true;
}

void Node::dev_queue_xmit(Skb&& skb) {
  const DeviceId id = skb.device;
  const Device& device = tables_[id];
  if (!device.unsupported.empty()) {
    return out_.unknown(device.unsupported);
  }
  if (!device.up || !device.carrier) {
    return out_.dropped("device is down");
  }
  switch (device.kind) {
    case LinkKind::loopback:
      skb.type = PacketType::host;
      return out_.queue(std::move(skb), false);
    case LinkKind::bridge:
      return bridge_transmit(std::move(skb));
    case LinkKind::vxlan:
      tap(id, Direction::out, skb);
      return vxlan_transmit(std::move(skb));
    case LinkKind::tun:
      tap(id, Direction::out, skb);
      return out_.read_by_program(id, skb.ip());
    case LinkKind::dummy:
      tap(id, Direction::out, skb);
      return out_.dropped("dummy device");
    default:
      tap(id, Direction::out, skb);
      return out_.transmit(id, std::move(skb));
  }
}

Node::Next Node::run_hook(netfilter::Hook hook, Skb& skb, DeviceId in, DeviceId out) {
  ++hooks_met_;
  using netfilter::Hook;
  using netfilter::HookPart;
  const bool has_ipvs = hook == Hook::input || hook == Hook::output || hook == Hook::forward;
  if (balancer_ == nullptr || !has_ipvs) {
    return run_rules(HookPart::whole, hook, skb, in, out);
  }
  Next next = run_rules(HookPart::before_ipvs, hook, skb, in, out);
  if (next == Next::accepted) {
    next = run_ipvs(hook, skb);
  }
  return next == Next::accepted ? run_rules(HookPart::after_ipvs, hook, skb, in, out) : next;
}

/// Who decided, for people: "rule 2 of chain FORWARD in table filter".
std::string decider(const netfilter::Program& program, const netfilter::HookResult& result,
                    netfilter::Hook hook) {
  if (result.drop == netfilter::HookDrop::confirm) {
    return "conntrack, which knows another flow of the same addresses and ports";
  }
  if (result.drop == netfilter::HookDrop::nat) {
    return "NAT, which finds no address or port for it";
  }
  const std::string table = " in table " + std::string(base::enumerator_text(result.table));
  if (result.rule == netfilter::Walked::by_policy) {
    return "the policy of chain " + std::string(chain_name(hook)) + table;
  }
  const netfilter::RuleRef rule = program.locate(result.rule);
  return "rule " + std::to_string(rule.number) + " of chain " + rule.chain + table;
}

Node::Next Node::run_rules(netfilter::HookPart part, netfilter::Hook hook, Skb& skb, DeviceId in,
                           DeviceId out) {
  if (program_.is_idle(hook)) {
    return Next::accepted;
  }
  const Asked asked(tables_, fib_, skb);
  constexpr Microseconds second = 1'000'000;
  netfilter::Environment environment = {
      .state = netfilter_,
      .surroundings = asked,
      .choices = choices_,
      .sets = &ip_sets_,
      .now_seconds = out_.now() / second,
      .conntrack = {.tcp_loose = tables_.sysctls.conntrack_tcp_loose},
  };
  netfilter::AtHook at = {.packet = skb.ip(),
                          .metadata = skb.metadata,
                          .hook = hook,
                          .in = netfilter_id(in),
                          .out = netfilter_id(out),
                          .physdev_in = skb.bridge ? netfilter_id(skb.bridge->physical_in) : 0,
                          .physdev_out = skb.bridge ? netfilter_id(skb.bridge->physical_out) : 0};
  const netfilter::HookResult result = netfilter::run_hook(program_, environment, at, part);
  switch (result.decision) {
    case netfilter::Decision::drop:
      out_.dropped("dropped by " + decider(program_, result, hook));
      return Next::gone;
    case netfilter::Decision::reject:
      out_.dropped("refused by " + decider(program_, result, hook));
      reject(skb, result.reject, hook);
      return Next::gone;
    case netfilter::Decision::unknown:
      out_.unknown("netfilter: " + std::string(program_.unsupported(result.rule)));
      return Next::gone;
    default:
      return Next::accepted;
  }
}

Node::Next Node::defragment(Skb& skb, Reassembly::User user) {
  if (!skb.ip().is_fragment()) {
    return Next::accepted;
  }
  std::optional<Skb> whole = reassembly_.add(std::move(skb), user);
  if (!whole) {
    return Next::gone;
  }
  skb = std::move(*whole);
  skb.ignore_df = user != Reassembly::User::local_deliver;  // ipv4_conntrack_defrag
  skb.tapped = false;
  return Next::accepted;
}

void Node::reject(const Skb& skb, netfilter::RejectType type, netfilter::Hook hook) {  // nf_reject_ipv4.c
  if (!skb.ip().has_transport()) {
    return;
  }
  if (type == netfilter::RejectType::tcp_reset) {
    return tcp_reset(skb);
  }
  static constexpr std::array<std::uint8_t, 7> codes = {icmp_unreachable::net,
                                                        icmp_unreachable::host,
                                                        icmp_unreachable::port,
                                                        icmp_unreachable::protocol,
                                                        icmp_unreachable::net_prohibited,
                                                        icmp_unreachable::host_prohibited,
                                                        icmp_unreachable::admin_prohibited};
  Skb about = skb;
  if (hook == netfilter::Hook::prerouting) {  // nf_reject_fill_skb_dst
    about.route = Destination{.device = tables_.loopback};
  }
  icmp_send(about, icmp_type::unreachable, codes.at(static_cast<std::size_t>(type)), 0);
}

}  // namespace plimsoll::overlay
