#include "impl/overlay/node/network.hpp"

#include <algorithm>
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

/// A packet in a queue. Its memory is used again for other packets and never moves, so that a node can work
/// on the packet where it is.
struct Network::Waiting {
  Microseconds since = 0;
  bool from_wire = false;
  Waiting* next = nullptr;  ///< in the queue, or among those that are free
  std::optional<Skb> skb = {};
};

/// A node in the network: its queues and its share of the time.
struct Network::Place final : Surroundings {
  /// Packets in order of their arrival.
  struct Queue {
    Waiting* first = nullptr;
    Waiting* last = nullptr;

    void push(Waiting& waiting) {
      waiting.next = nullptr;
      (first == nullptr ? first : last->next) = &waiting;
      last = &waiting;
    }
    /// The first one; null if there is none.
    [[nodiscard]] Waiting* take() { return first == nullptr ? nullptr : std::exchange(first, first->next); }
  };

  Place(Network& in, NamespaceId number, const NodeTables& tables, base::Choices& choices)
      : network(in), id(number), node(tables, *this, choices), peers(tables.devices.devices.size()) {}

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
  void transmit(DeviceId device, Skb&& skb) override {
    const Port other = peers[device];
    if (other.device == no_device) {
      return;
    }
    Waiting& waiting = network.waiting_of(skb);
    waiting.since = clock + wire;
    waiting.from_wire = true;
    waiting.skb->scrub(other.device);
    network.places_[other.where]->wires.push(waiting);
    network.schedule({.when = clock + wire, .where = other.where});
  }
  void queue(Skb&& skb, bool unpacked) override {
    clock += unpacked ? delivery : after;
    Waiting& waiting = network.waiting_of(skb);
    waiting.since = clock;
    waiting.from_wire = false;
    (unpacked ? cells : wires).push(waiting);
    network.schedule({.when = clock, .where = id});
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
    network.schedule({.when = clock + delay,
                      .where = id,
                      .kind = Event::Kind::neighbour,
                      .device = device,
                      .operand = address.value()});
  }
  void dropped(std::string_view why) override { network.programs_.dropped(id, why); }
  void unknown(std::string what) override { network.programs_.unknown(id, what); }

  void reset() {
    node.reset();
    clock = 0;
    touched = false;
  }

  Network& network;
  NamespaceId id = 0;
  Node node;
  std::vector<Port> peers;        ///< by device: the other end of its wire; without device: there is none
  Queue wires = {};               ///< received
  Queue cells = {};               ///< unpacked
  Microseconds clock = 0;         ///< until when it is busy
  unsigned outs = 0;              ///< frames sent because of the event at hand
  bool last_out_is_port = false;  ///< the last of them left by a bridge's port
  bool touched = false;           ///< is in Network::touched_
};

Network::Network(base::Choices& choices, Programs& programs) : choices_(choices), programs_(programs) {}
Network::~Network() = default;

NamespaceId Network::add(const NodeTables& tables) {
  const auto id = static_cast<NamespaceId>(places_.size());
  places_.push_back(std::make_unique<Place>(*this, id, tables, choices_));
  return id;
}

void Network::join(Port a, Port b) {
  places_[a.where]->peers[a.device] = b;
  places_[b.where]->peers[b.device] = a;
}

Node& Network::node(NamespaceId id) {
  Place& place = *places_[id];
  if (!place.touched) {  // whoever asks may send
    place.touched = true;
    touched_.push_back(id);
  }
  return place.node;
}

void Network::wake(NamespaceId where, std::function<void()> program, Microseconds later) {
  if (programs_free_.empty()) {
    programs_free_.push_back(static_cast<std::uint32_t>(programs_waiting_.size()));
    programs_waiting_.emplace_back();
  }
  const std::uint32_t number = programs_free_.back();
  programs_free_.pop_back();
  programs_waiting_[number] = std::move(program);
  schedule({.when = std::max(clock_, places_[where]->clock) + waking + later,
            .where = where,
            .kind = Event::Kind::wake,
            .operand = number});
}

void Network::schedule(Event event) {
  event.number = numbers_++;
  Place& place = *places_[event.where];
  if (!place.touched) {
    place.touched = true;
    touched_.push_back(event.where);
  }
  push(event);
}

/// With one packet on its way there is one event at a time, which needs no heap.
void Network::push(const Event& event) {
  if (!next_) {
    next_ = event;
    return;
  }
  events_.push_back(*next_ < event ? std::exchange(*next_, event) : event);
  std::push_heap(events_.begin(), events_.end());
}

Network::Event Network::pop() {
  const Event event = *next_;
  next_.reset();
  if (!events_.empty()) {
    std::pop_heap(events_.begin(), events_.end());
    next_ = events_.back();
    events_.pop_back();
  }
  return event;
}

/// The packet that a node works on stays where it is; others are moved.
Network::Waiting& Network::waiting_of(Skb& skb) {
  if (at_hand_ != nullptr && &*at_hand_->skb == &skb) {
    return *std::exchange(at_hand_, nullptr);
  }
  if (waiting_free_ == nullptr) {
    waiting_.push_back(std::make_unique<Waiting>());
    waiting_free_ = waiting_.back().get();
  }
  Waiting& waiting = *std::exchange(waiting_free_, waiting_free_->next);
  waiting.skb.emplace(std::move(skb));
  return waiting;
}

void Network::give_back(Waiting& waiting) {
  waiting.skb.reset();
  waiting.next = std::exchange(waiting_free_, &waiting);
}

void Network::reset() {
  for (const NamespaceId id : touched_) {
    Place& place = *places_[id];
    for (Waiting* waiting = place.wires.take(); waiting != nullptr; waiting = place.wires.take()) {
      give_back(*waiting);
    }
    for (Waiting* waiting = place.cells.take(); waiting != nullptr; waiting = place.cells.take()) {
      give_back(*waiting);
    }
    place.reset();
  }
  touched_.clear();
  if (next_) {  // it was stopped on its way
    next_.reset();
    events_.clear();
    programs_waiting_.clear();
    programs_free_.clear();
  }
  numbers_ = 0;
  clock_ = 0;
}

void Network::begin(Place& place) {
  place.clock = clock_;
  place.outs = 0;
  place.last_out_is_port = false;
}

void Network::look_into_queues(Place& place) {
  const bool has_frame = place.wires.first != nullptr && place.wires.first->since <= clock_;
  Place::Queue& queue = has_frame ? place.wires : place.cells;
  if (queue.first == nullptr || queue.first->since > clock_) {
    return;
  }
  at_hand_ = queue.take();
  if (at_hand_->from_wire) {
    place.node.receive(std::move(*at_hand_->skb));
  } else {
    place.node.receive_queued(std::move(*at_hand_->skb));
  }
  if (at_hand_ != nullptr) {
    give_back(*std::exchange(at_hand_, nullptr));
  }
}

void Network::happen(Place& place, const Event& event) {
  switch (event.kind) {
    case Event::Kind::look:
      return look_into_queues(place);
    case Event::Kind::neighbour:
      return place.node.neighbour_timer(event.device, base::Ipv4(event.operand));
    case Event::Kind::wake:
      break;
  }
  const std::function<void()> program = std::exchange(programs_waiting_[event.operand], {});
  programs_free_.push_back(event.operand);
  program();
}

bool Network::run(std::uint64_t events_max) {
  for (std::uint64_t count = 0; next_; ++count) {
    if (count == events_max) {
      return false;
    }
    Event event = pop();
    Place& place = *places_[event.where];
    if (place.clock > event.when) {  // busy: later, behind nobody who came later
      event.when = place.clock;
      push(event);
      continue;
    }
    clock_ = event.when;
    begin(place);
    happen(place, event);
    place.clock += after;
  }
  return true;
}

}  // namespace plimsoll::overlay
