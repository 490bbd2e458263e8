#include "impl/overlay/node/network.hpp"

#include <optional>

namespace plimsoll::overlay {
namespace {

constexpr Microseconds wire = 10;             ///< from one end to the other
constexpr Microseconds until_first_out = 20;  ///< from receiving a frame to sending something because of it
constexpr Microseconds between_outs = 12;     ///< from one frame to the next because of the same event
constexpr Microseconds between_copies = 50;   ///< as before, of a flood
constexpr Microseconds delivery = 25;         ///< of a packet to a socket
constexpr Microseconds waking = 200;          ///< of a program
constexpr Microseconds after = 1;             ///< between one event and the next in a namespace

}  // namespace

/// A node in the network: its queues and its share of the time.
struct Network::Place final : Surroundings {
  Place(Network& in, NamespaceId number, const NodeTables& tables, base::Choices& choices)
      : network(in), id(number), node(tables, *this, choices) {}

  [[nodiscard]] Microseconds now() override { return clock; }
  void seen(DeviceId device, Direction direction, const Skb& skb) override {
    if (direction == Direction::out) {
      const bool is_port = node.tables()[device].bridge != no_device;
      const bool is_copy = is_port && last_out_is_port;  // of a flood
      last_out_is_port = is_port;
      clock += outs == 0 ? until_first_out : is_copy ? between_copies : between_outs;
      ++outs;
    } else if (outs != 0) {
      clock += after;
    }
    network.programs_.seen({id, device}, direction, skb, clock);
  }
  void transmit(DeviceId device, Frame frame) override {
    const auto other = network.wires_.find({id, device});
    if (other == network.wires_.end()) {
      return;
    }
    Place& to = *network.places_[other->second.where];
    to.wires.push_back({clock + wire, {.frame = std::move(frame), .device = other->second.device}, true});
    network.schedule(clock + wire, to.id, {});
  }
  void queue(Skb skb, bool unpacked) override {
    clock += unpacked ? delivery : after;
    (unpacked ? cells : wires).push_back({clock, std::move(skb), false});
    network.schedule(clock, id, {});
  }
  void read_by_program(DeviceId device, const Ipv4Packet& packet) override {
    network.programs_.read_tun({id, device}, packet);
  }
  [[nodiscard]] bool take_udp(const Ipv4Packet& packet, const LocalArrival& arrival) override {
    return network.programs_.take_udp(id, packet, arrival);
  }
  [[nodiscard]] TcpVerdict take_tcp(const Ipv4Packet& packet) override {
    return network.programs_.take_tcp(id, packet);
  }
  void echoed(const Ipv4Packet& request) override { network.programs_.echoed(id, request); }
  void take_echo_reply(const Ipv4Packet& packet) override { network.programs_.take_echo_reply(id, packet); }
  void take_icmp_error(const Ipv4Packet& error, const Ipv4Packet& about) override {
    network.programs_.take_icmp_error(id, error, about);
  }
  void set_neighbour_timer(DeviceId device, base::Ipv4 address, Microseconds delay) override {
    network.schedule(clock + delay, id, [this, device, address] { node.neighbour_timer(device, address); });
  }
  void dropped(std::string_view /*why*/) override {}
  void unknown(std::string what) override { network.programs_.unknown(id, what); }

  struct Waiting {
    Microseconds since = 0;
    Skb skb = {};
    bool from_wire = false;
  };

  Network& network;
  NamespaceId id = 0;
  Node node;
  std::deque<Waiting> wires = {};  ///< received, in order of arrival
  std::deque<Waiting> cells = {};  ///< unpacked
  Microseconds clock = 0;          ///< until when it is busy
  unsigned outs = 0;               ///< frames sent because of the event at hand
  bool last_out_is_port = false;   ///< the last of them left by a bridge's port
};

Network::Network(base::Choices& choices, Programs& programs) : choices_(choices), programs_(programs) {}
Network::~Network() = default;

NamespaceId Network::add(const NodeTables& tables) {
  const auto id = static_cast<NamespaceId>(places_.size());
  places_.push_back(std::make_unique<Place>(*this, id, tables, choices_));
  return id;
}

void Network::join(Port a, Port b) {
  wires_[a] = b;
  wires_[b] = a;
}

Node& Network::node(NamespaceId id) {
  return places_[id]->node;
}

void Network::wake(NamespaceId where, std::function<void()> program, Microseconds later) {
  schedule(std::max(clock_, places_[where]->clock) + waking + later, where, std::move(program));
}

void Network::schedule(Microseconds when, NamespaceId where, std::function<void()> happen) {
  events_.push({when, numbers_++, where, std::move(happen)});
}

void Network::begin(Place& place) {
  place.clock = clock_;
  place.outs = 0;
  place.last_out_is_port = false;
}

void Network::look_into_queues(Place& place) {
  const bool has_frame = !place.wires.empty() && place.wires.front().since <= clock_;
  std::deque<Place::Waiting>& queue = has_frame ? place.wires : place.cells;
  if (queue.empty() || queue.front().since > clock_) {
    return;
  }
  Place::Waiting next = std::move(queue.front());
  queue.pop_front();
  if (next.from_wire) {
    place.node.receive(next.skb.device, std::move(next.skb.frame));
  } else {
    place.node.receive_queued(std::move(next.skb));
  }
}

bool Network::run(std::uint64_t events_max) {
  for (std::uint64_t count = 0; !events_.empty(); ++count) {
    if (count == events_max) {
      return false;
    }
    Event event = events_.top();
    events_.pop();
    Place& place = *places_[event.where];
    if (place.clock > event.when) {  // busy: later, behind nobody who came later
      event.when = place.clock;
      events_.push(std::move(event));
      continue;
    }
    clock_ = event.when;
    begin(place);
    if (event.happen) {
      event.happen();
    } else {
      look_into_queues(place);
    }
    place.clock += after;
  }
  return true;
}

}  // namespace plimsoll::overlay
