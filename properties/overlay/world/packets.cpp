#include "properties/overlay/world/packets.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

#include "impl/base/assert.hpp"
#include "impl/overlay/node/network.hpp"

namespace plimsoll::properties::flannel_world {
namespace {

using net::Ipv4Packet;
using net::NamespaceId;

constexpr std::uint16_t pod_port = 8080;
constexpr std::uint16_t source_port = 40001;
constexpr std::size_t small_size = 64;
constexpr std::size_t udp_headers = 28;
constexpr const char* token = "PLIM000001";
constexpr std::uint32_t nobody = ~std::uint32_t{0};

/// A namespace of the network: what is between the machines, a machine, or a pod.
struct Member {
  std::uint32_t node = nobody;  ///< of a machine and of its pods
  std::uint8_t host = 0;        ///< of a pod
  std::string name = {};
};

/// flanneld with the udp backend, as packets meet it.
struct Relaying {
  std::string device = {};
  base::Ipv4 address = {};  ///< of its socket
  flannel::UdpProxyConfig config = {};
  flannel::UdpRoutes routes = {};
};

/// The packet on its way.
class Run final : public net::Programs {
 public:
  explicit Run(bool icmp_filtered) : network_(choices_, *this), icmp_filtered_(icmp_filtered) {}

  NamespaceId add(const net::NodeTables& tables, Member member) {
    const NamespaceId id = network_.add(tables);
    tables_.push_back(&tables);
    members_.push_back(std::move(member));
    return id;
  }
  void join(NamespaceId a, const std::string& device_a, NamespaceId b, const std::string& device_b) {
    network_.join(port(a, device_a), port(b, device_b));
  }

  /// A flanneld that moves packets itself.
  void relay_by(NamespaceId id, Relaying relaying) { relays_.emplace(id, std::move(relaying)); }

  Outcome send(NamespaceId from, Ipv4Packet packet, bool must_not_fragment, std::vector<net::Hop>* hops) {
    source_ = packet.src;
    from_ = from;
    hops_ = hops;
    capture_ = net::Capture({.token = token});
    outcome_.met.push_back(members_[from].node);
    network_.wake(from, [&] {
      const net::SendOptions options = {
          .path_mtu = must_not_fragment ? net::PathMtu::probe : net::PathMtu::dont, .bound = true};
      const auto sent = network_.node(from).send(std::move(packet), options);
      if (!sent && sent.error() == net::Errno::emsgsize) {
        outcome_.noticed_as_too_big = true;
      }
    });
    if (!network_.run()) {
      outcome_.went_round = true;
    }
    if (hops_ != nullptr) {
      *hops_ = capture_.hops(net::Trail::request);
    }
    return std::move(outcome_);
  }

  void seen(net::Port where, net::Direction direction, const net::Skb& skb, net::Microseconds when) override {
    const Member& member = members_[where.where];
    if (hops_ != nullptr) {
      capture_.add(member.name, tables_[where.where]->devices[where.device], direction, skb, when);
    }
    if (skb.frame.ip() == nullptr) {
      return;
    }
    if (member.node != nobody && std::ranges::find(outcome_.met, member.node) == outcome_.met.end()) {
      outcome_.met.push_back(member.node);
    }
    outcome_.went_round = outcome_.went_round || (skb.ip().dst_port == pod_port && skb.ip().ttl <= 1);
  }
  [[nodiscard]] bool take_udp(NamespaceId where, const Ipv4Packet& packet,
                              const net::LocalArrival& /*arrival*/) override {
    const Member& member = members_[where];
    const auto relaying = relays_.find(where);
    if (relaying != relays_.end() && packet.dst == relaying->second.address &&
        packet.dst_port == flannel::default_udp_port) {
      network_.wake(where, [this, where, packet] {
        go_on(where, flannel::from_socket(relays_.at(where).config, packet));
      });
      return true;
    }
    if (member.host == 0 || packet.dst_port != pod_port) {
      return false;
    }
    outcome_.arrivals.push_back({static_cast<std::uint8_t>(member.node), member.host});
    outcome_.source_kept = outcome_.source_kept && packet.src == source_;
    return true;
  }
  [[nodiscard]] net::TcpVerdict take_tcp(NamespaceId /*where*/, const Ipv4Packet& /*packet*/) override {
    return net::TcpVerdict::reset;
  }
  void echoed(NamespaceId /*where*/, const Ipv4Packet& /*request*/) override {}
  void take_echo_reply(NamespaceId /*where*/, const Ipv4Packet& /*packet*/) override {}
  void take_icmp_error(NamespaceId where, const Ipv4Packet& error, const Ipv4Packet& /*about*/) override {
    const bool is_size = error.icmp_type == net::icmp_type::unreachable &&
                         error.icmp_code == net::icmp_unreachable::fragmentation_needed;
    outcome_.noticed_as_too_big =
        outcome_.noticed_as_too_big || (where == from_ && is_size && !icmp_filtered_);
    outcome_.went_round = outcome_.went_round || error.icmp_type == net::icmp_type::time_exceeded;
  }
  void read_tun(net::Port at, const Ipv4Packet& packet) override {
    const auto relaying = relays_.find(at.where);
    if (relaying == relays_.end() || port(at.where, relaying->second.device) != at) {
      return;
    }
    network_.wake(at.where, [this, where = at.where, packet] {
      Relaying& own = relays_.at(where);
      go_on(where, flannel::from_tun(own.config, own.routes, packet));
    });
  }
  void unknown(NamespaceId where, const std::string& what) override {
    if (outcome_.unknown.empty()) {
      outcome_.unknown = members_[where].name + ": " + what;
    }
  }

 private:
  /// What flanneld made of a packet.
  void go_on(NamespaceId where, flannel::UdpFate fate) {
    const Relaying& own = relays_.at(where);
    net::Node& node = network_.node(where);
    if (auto* const tun = std::get_if<flannel::ToTun>(&fate)) {
      node.write_by_program(port(where, own.device).device, std::move(tun->packet));
    } else if (auto* const peer = std::get_if<flannel::ToPeer>(&fate)) {
      Ipv4Packet datagram = {.src = own.address,
                             .dst = peer->node,
                             .protocol = net::protocol::udp,
                             .src_port = flannel::default_udp_port,
                             .dst_port = peer->port};
      datagram.inner = net::Inner{net::TunnelledPacket{std::move(peer->packet)}};
      (void)node.send(std::move(datagram), {.path_mtu = net::PathMtu::want, .bound = true});
    } else {
      const bool by_age = std::get<flannel::Vanished>(fate).why == flannel::Vanished::Why::ttl;
      outcome_.went_round = outcome_.went_round || by_age;
    }
  }
  [[nodiscard]] net::Port port(NamespaceId id, const std::string& device) const {
    const net::DeviceId number = tables_[id]->devices.find(device);
    PLIMSOLL_ASSERT_KNOWN(number != net::no_device, device);
    return {id, number};
  }

  base::ScriptedChoices choices_;
  net::Network network_;
  net::Capture capture_;
  bool icmp_filtered_;
  std::vector<const net::NodeTables*> tables_ = {};
  std::vector<Member> members_ = {};
  std::map<NamespaceId, Relaying> relays_ = {};
  base::Ipv4 source_ = {};
  NamespaceId from_ = 0;
  std::vector<net::Hop>* hops_ = nullptr;
  Outcome outcome_ = {};
};

std::uint64_t tables_key(const MachineView& machine) {
  return std::uint64_t{machine.kernel} << 32U | Pods::visible(machine.pods);
}

}  // namespace

Packets::Packets(const Setup& setup, const checker::Interner& values)
    : setup_(setup), values_(values), underlay_(std::make_unique<net::NodeTables>(underlay(setup))) {}
Packets::~Packets() = default;

const net::NodeTables& Packets::node_tables(Slot kernel) {
  std::unique_ptr<net::NodeTables>& made = nodes_[kernel];
  if (!made) {
    made = std::make_unique<net::NodeTables>(base::from_bytes<net::Tables>(values_.bytes(kernel)));
  }
  return *made;
}

const net::NodeTables& Packets::pod_namespace(const Place& place, const Pod& pod) {
  std::unique_ptr<net::NodeTables>& made = pods_[Slot{pod.host} | Slot{pod.subnet} << 5U | place.node << 8U];
  if (!made) {
    const net::Tables tables = pod_tables(setup_, place, pod_address(pod.subnet, pod.host));
    made = std::make_unique<net::NodeTables>(tables);
  }
  return *made;
}

Outcome Packets::run(const Machines& machines, const Flow& flow, std::vector<net::Hop>* hops) {
  Run run(setup_.icmp_filtered);
  const NamespaceId between = run.add(*underlay_, {.name = "ul"});
  NamespaceId from = 0;
  for (std::uint32_t node = 0; node < machines.size(); ++node) {
    const MachineView& machine = machines[node];
    if (!machine.is_on) {
      continue;
    }
    const std::string name = "n" + std::to_string(node + 1);
    const NamespaceId id = run.add(node_tables(machine.kernel), {.node = node, .name = name});
    run.join(between, "p" + std::to_string(node + 1), id, "eth0");
    if (machine.relay != 0) {
      auto relay = base::from_bytes<Relay>(values_.bytes(machine.relay - 1));
      const flannel::BackendConfig config = backend_config(setup_, machine.place);
      run.relay_by(id, {std::move(relay.device),
                        config.external.address,
                        {relay.tun_address, flannel::device_mtu(config)},
                        std::move(relay.routes)});
    }
    const Pods pods = Pods::unpack(machine.pods);
    for (std::size_t i = 0; i < pods.pods.size(); ++i) {
      const Pod& pod = pods.pods[i];
      if (pod.host == 0) {
        continue;
      }
      const std::string host = std::to_string(pod.host);
      const NamespaceId inside =
          run.add(pod_namespace(machine.place, pod), {node, pod.host, name + "p" + host});
      run.join(id, "veth" + host, inside, "eth0");
      from = node == flow.node && i == 0 ? inside : from;
    }
  }
  const MachineView& sender = machines[flow.node];
  const Pod pod = Pods::unpack(sender.pods).pods[0];
  PLIMSOLL_ASSERT(sender.is_on && pod.host != 0);
  const std::uint32_t mtu = flannel::pod_mtu(backend_config(setup_, sender.place));
  Ipv4Packet packet = {.src = pod_address(pod.subnet, pod.host),
                       .dst = pod_address(flow.subnet, flow.host),
                       .protocol = net::protocol::udp,
                       .src_port = source_port,
                       .dst_port = pod_port};
  packet.payload = net::Payload(std::string_view("PLIM000001Q"))
                       .padded_to((flow.is_full ? mtu : small_size) - udp_headers);
  ++runs_;
  return run.send(from, std::move(packet), flow.is_full, hops);
}

const Outcome& Packets::outcome(const Machines& machines, const Flow& flow) {
  std::uint64_t there = 1;
  for (const MachineView& machine : machines) {
    there = there << 4U | std::uint64_t{machine.is_on} << 3U | (machine.is_on ? machine.place.replaced : 0);
  }
  const std::uint64_t start = there << 32U | std::uint64_t{1} << 31U | flow.code();
  std::uint64_t before = start;
  std::uint32_t node = flow.node;
  while (true) {
    const auto link = links_.find({before, tables_key(machines[node]), machines[node].relay});
    if (link == links_.end()) {
      return remember(machines, flow, start);
    }
    if (link->second.answer != none) {
      ++recalled_;
      return *answers_[link->second.answer];
    }
    before = link->second.number;
    node = link->second.next;
  }
}

const Outcome& Packets::remember(const Machines& machines, const Flow& flow, std::uint64_t start) {
  auto outcome = std::make_unique<const Outcome>(run(machines, flow, nullptr));
  std::uint64_t before = start;
  for (std::size_t i = 0; i < outcome->met.size(); ++i) {
    const MachineView& met = machines[outcome->met[i]];
    Link& link = links_.try_emplace({before, tables_key(met), met.relay}).first->second;
    if (i + 1 == outcome->met.size()) {
      link.answer = static_cast<std::uint32_t>(answers_.size());
    } else if (link.number == 0) {
      link.number = ++numbers_;
      link.next = outcome->met[i + 1];
    }
    PLIMSOLL_ASSERT(i + 1 == outcome->met.size() || link.next == outcome->met[i + 1]);
    before = link.number;
  }
  answers_.push_back(std::move(outcome));
  return *answers_.back();
}

}  // namespace plimsoll::properties::flannel_world
