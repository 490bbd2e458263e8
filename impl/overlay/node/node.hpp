// The kernel of one network namespace: what becomes of a frame that comes in, and of a packet that is made
// here.
//
// Source: Linux; each .cpp names its files and functions: node.cpp (net/core/dev.c), bridge.cpp (net/bridge),
// bridge_netfilter.cpp (net/bridge/br_netfilter_hooks.c), arp.cpp (net/ipv4/arp.c), ip_input.cpp (ip_input.c,
// ip_forward.c), ip_output.cpp (ip_output.c), icmp.cpp (icmp.c), vxlan.cpp (drivers/net/vxlan), ipvs.cpp
// (net/netfilter/ipvs). The node is deterministic: time and random choices come from its surroundings, and
// all that it does it tells them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "impl/overlay/netfilter/hook.hpp"
#include "impl/overlay/node/bridge_fdb.hpp"
#include "impl/overlay/node/load_balancer.hpp"
#include "impl/overlay/node/memo.hpp"
#include "impl/overlay/node/neighbour.hpp"
#include "impl/overlay/node/reassembly.hpp"
#include "impl/overlay/node/skb.hpp"
#include "impl/overlay/packet/rewrite.hpp"

namespace plimsoll::overlay {

/// The tables of a node, ready for packets.
///
/// Thread-safety: immutable once made; any number of nodes may use them.
struct NodeTables {
  explicit NodeTables(const Tables& tables);

  CompiledTables devices;
  Fib fib;
  netfilter::Program program;
  netfilter::IpSets ip_sets = {};
};

/// Towards the kernel or away from it, as AF_PACKET sockets tell.
enum class Direction : std::uint8_t { in, out };

/// What a packet met when it came to an end here.
struct LocalArrival {
  base::Ipv4 specific_destination = {};  ///< the address to answer from
  bool broadcast = false;
};

/// What TCP does with a segment.
enum class TcpVerdict : std::uint8_t { taken, reset };

/// Where a node stands: its wires, its sockets, its time. The node calls; nothing may call back into it.
class Surroundings {
 public:
  Surroundings() = default;
  Surroundings(const Surroundings&) = delete;
  Surroundings& operator=(const Surroundings&) = delete;
  virtual ~Surroundings() = default;

  [[nodiscard]] virtual Microseconds now() = 0;
  /// An AF_PACKET socket would see this frame here.
  virtual void seen(DeviceId device, Direction direction, const Skb& skb) = 0;
  /// Onto the wire: the frame, and nothing else of the packet.
  virtual void transmit(DeviceId device, Skb&& skb) = 0;
  /// Into one of this node's own queues of received packets: receive_queued() is called with it later. What a
  /// VXLAN device unpacked waits until no frame of a wire waits any more (gro_cells).
  virtual void queue(Skb&& skb, bool unpacked) = 0;
  /// A program reads this from its TUN device.
  virtual void read_by_program(DeviceId device, const Ipv4Packet& packet) = 0;
  /// A datagram for the sockets. False: nobody listens.
  [[nodiscard]] virtual bool take_udp(const Ipv4Packet& packet, const LocalArrival& arrival) = 0;
  [[nodiscard]] virtual TcpVerdict take_tcp(const Ipv4Packet& packet) = 0;
  /// An echo request was answered; an answer came; an error came about a packet of this node.
  virtual void echoed(const Ipv4Packet& request) = 0;
  virtual void take_echo_reply(const Ipv4Packet& packet) = 0;
  virtual void take_icmp_error(const Ipv4Packet& error, const Ipv4Packet& about) = 0;
  /// Calls neighbour_timer(device, address) after so long.
  virtual void set_neighbour_timer(DeviceId device, base::Ipv4 address, Microseconds delay) = 0;
  /// The packet goes no further. For people: nobody acts on the text.
  virtual void dropped(std::string_view why) = 0;
  /// The packet met something that is not modelled: whatever follows would be a guess.
  virtual void unknown(std::string what) = 0;
};

/// What a socket does about packets longer than the device takes (IP_PMTUDISC_*).
enum class PathMtu : std::uint8_t {
  dont,   ///< cuts them; none has DF
  want,   ///< cuts them; those that fit have DF
  probe,  ///< refuses them; all have DF
};

/// How a socket wants its packet sent.
struct SendOptions {
  PathMtu path_mtu = PathMtu::dont;
  bool bound = false;  ///< the packet's source is the socket's own; else it is chosen by routing
};

/// One kernel. Immutable tables, state of its own.
///
/// Thread-safety: none. Invariant: every call ends after finitely many steps; no packet becomes two but by
/// flooding, by the remotes of a VXLAN entry, or by being cut in fragments.
class Node {
 public:
  /// What is given must outlive the node.
  Node(const NodeTables& tables, Surroundings& surroundings, base::Choices& choices);

  /// A frame comes in from the wire of `skb.device`; of the packet nothing else is known yet.
  void receive(Skb&& skb);
  /// Surroundings::queue gave this back.
  void receive_queued(Skb&& skb);
  /// A program writes this into its TUN device.
  void write_by_program(DeviceId device, Ipv4Packet packet);
  /// A socket sends. @return what sendto() would: an error means that nothing left.
  tl::expected<void, Errno> send(Ipv4Packet packet, const SendOptions& options);
  /// A packet socket sends a frame as it is.
  void send_raw(DeviceId device, Frame frame);
  void neighbour_timer(DeviceId device, base::Ipv4 address);

  [[nodiscard]] const CompiledTables& tables() const { return tables_; }
  [[nodiscard]] const Fib& fib() const { return fib_; }
  /// Packets meet IPVS from now on. It must outlive the node.
  void use(LoadBalancer& balancer) { balancer_ = &balancer; }
  /// Flows and lists, to begin with ones that are known.
  [[nodiscard]] netfilter::State& netfilter() { return netfilter_; }
  /// So many times packets have met hooks of netfilter. Not part of the state.
  [[nodiscard]] std::uint64_t hooks_met() const { return hooks_met_; }
  /// Forgets all that packets have changed, so that the node is as it was made. Cost: linear in that.
  void reset();

 private:
  enum class Next : std::uint8_t {
    accepted,
    gone,   ///< dropped, refused, or waiting
    stolen  ///< on its way elsewhere
  };

  /// route_input() and route_output(), which need not be asked twice.
  [[nodiscard]] const InputRoute& input_route(const InputQuery& query) {
    const std::uint64_t hash = std::uint64_t{query.source.value()} << 32U | query.destination.value();
    return input_routes_(query, hash + query.device,
                         [this](const InputQuery& asked) { return route_input(tables_, fib_, asked); });
  }
  using OutputAnswer = tl::expected<OutputRoute, Errno>;
  [[nodiscard]] const OutputAnswer& output_route(const OutputQuery& query) {
    const std::uint64_t hash = std::uint64_t{query.source.value()} << 32U | query.destination.value();
    return output_routes_(query, hash,
                          [this](const OutputQuery& asked) { return route_output(tables_, fib_, asked); });
  }

  // node.cpp
  void netif_receive(Skb&& skb);
  void dev_queue_xmit(Skb&& skb);
  /// AF_PACKET sockets see the packet.
  void tap(DeviceId device, Direction direction, Skb& skb);
  [[nodiscard]] PacketType type_of(const Frame& frame, DeviceId device) const;
  [[nodiscard]] bool fits_through(const Skb& skb, DeviceId device) const;
  /// Runs a hook: rules and IPVS. `gone`: the packet was dropped, rejected, or waits for its other fragments.
  [[nodiscard]] Next run_hook(netfilter::Hook hook, Skb& skb, DeviceId in, DeviceId out);
  [[nodiscard]] Next run_rules(netfilter::HookPart part, netfilter::Hook hook, Skb& skb, DeviceId in,
                               DeviceId out);
  [[nodiscard]] Next defragment(Skb& skb, Reassembly::User user);
  void reject(const Skb& skb, netfilter::RejectType type, netfilter::Hook hook);

  // bridge.cpp
  void bridge_receive(Skb&& skb);
  void bridge_handle(Skb&& skb);
  void bridge_pass_up(Skb&& skb);
  void bridge_transmit(Skb&& skb);
  void bridge_flood(const Skb& skb, DeviceId bridge, PacketType type);
  void bridge_forward(Skb&& skb, DeviceId port);
  void bridge_push(Skb&& skb);
  [[nodiscard]] bool should_deliver(const Skb& skb, DeviceId port) const;

  // bridge_netfilter.cpp
  void bridge_prerouting(Skb&& skb);
  void bridge_dnat(Skb&& skb);
  void bridge_dnat_continue(Skb&& skb);
  [[nodiscard]] Next bridge_forward_hook(Skb& skb);
  void bridge_postrouting(Skb&& skb);

  // arp.cpp
  void arp_receive(const Skb& skb);
  void arp_answer(const Skb& skb);
  void arp_learn(const Skb& skb);
  void arp_ask(DeviceId device, base::Ipv4 address, const Skb* about);
  [[nodiscard]] bool arp_ignored(DeviceId device, base::Ipv4 sender, base::Ipv4 target) const;
  void neighbour_heard(DeviceId device, base::Ipv4 address, const NeighbourNews& news);
  void neighbour_output(Skb&& skb, base::Ipv4 next_hop);
  void neighbour_queue(Skb&& skb, base::Ipv4 next_hop);
  void neighbour_send(base::Mac mac, Skb&& skb);

  // ipvs.cpp
  [[nodiscard]] Next run_ipvs(netfilter::Hook hook, Skb& skb);
  [[nodiscard]] Next ip_vs_in(Skb& skb);
  [[nodiscard]] Next ip_vs_out(Skb& skb);
  [[nodiscard]] Next ip_vs_nat_xmit(Skb& skb, const Balanced& to);
  void ip_vs_update_conntrack(Skb& skb, const Endpoints& answer);

  // ip_input.cpp
  void ip_receive(Skb&& skb);
  void ip_receive_finish(Skb&& skb);
  void ip_deliver(Skb&& skb);
  void ip_deliver_finish(Skb&& skb);
  void ip_forward(Skb&& skb);
  void ip_error(Skb&& skb);

  // ip_output.cpp
  tl::expected<void, Errno> ip_local_out(Skb&& skb);
  void ip_output(Skb&& skb);
  void ip_finish_output(Skb&& skb);
  void ip_finish_output2(Skb&& skb);
  [[nodiscard]] Bytes bytes_of_fragments(const Skb& skb, const std::vector<Ipv4Packet>& fragments) const;
  void ip_fragment(Skb&& skb, std::uint32_t mtu, void (Node::*output)(Skb&&));
  [[nodiscard]] std::uint32_t mtu_of(const Destination& route) const;
  [[nodiscard]] std::uint16_t next_id();

  // icmp.cpp
  struct IcmpWords {
    std::uint8_t type = 0;
    std::uint8_t code = 0;
    std::uint16_t high = 0;  ///< first half of the second word
    std::uint16_t low = 0;   ///< second half
  };
  [[nodiscard]] bool may_answer(const Skb& about) const;
  void icmp_send(const Skb& about, std::uint8_t type, std::uint8_t code, std::uint16_t info);
  void icmp_redirect(const Skb& about, base::Ipv4 gateway);
  [[nodiscard]] bool may_redirect(base::Ipv4 source);
  void icmp_error(const Skb& about, const IcmpWords& words);
  void icmp_receive(const Skb& skb, const LocalArrival& arrival);
  void tcp_reset(const Skb& about);

  // vxlan.cpp
  void vxlan_transmit(Skb&& skb);
  void vxlan_transmit_one(Skb&& skb, const VxlanRemote& remote);
  [[nodiscard]] bool vxlan_receive(Skb& skb);
  [[nodiscard]] DeviceId vxlan_device(std::uint32_t vni, std::uint16_t port) const;

  const CompiledTables& tables_;
  const Fib& fib_;
  const netfilter::Program& program_;
  const netfilter::IpSets& ip_sets_;
  LoadBalancer* balancer_ = nullptr;  ///< null: there is no IPVS
  Surroundings& out_;
  base::Choices& choices_;
  netfilter::State netfilter_;
  NeighbourTable neighbours_;
  BridgeFdb bridge_fdb_;
  Reassembly reassembly_;
  /// What is remembered of those who were redirected (struct inet_peer).
  struct Redirected {
    unsigned count = 0;
    Microseconds last = 0;
  };
  std::map<base::Ipv4, Redirected> redirected_;
  std::uint16_t last_id_ = 0;
  std::uint64_t hooks_met_ = 0;
  Memo<InputQuery, InputRoute> input_routes_;
  Memo<OutputQuery, OutputAnswer> output_routes_;
};

}  // namespace plimsoll::overlay
