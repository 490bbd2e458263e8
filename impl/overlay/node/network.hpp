// Several namespaces joined by wires, with their time: frames travel, timers fire, programs wake, until
// nothing is left to happen.
//
// The order of what happens at the same time in different namespaces is that of a machine whose processors
// work in parallel: every namespace takes one frame after the other, each for some microseconds, and a wire
// is a queue (process_backlog of net/core/dev.c; gro_cells for what a VXLAN device unpacked). How long things
// take is made up; that it is the same each time makes runs repeatable.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "impl/overlay/node/node.hpp"

namespace plimsoll::overlay {

/// A namespace: its place in the network.
using NamespaceId = std::uint16_t;

/// One end of a wire, or any device, by number.
struct Port {
  NamespaceId where = 0;
  DeviceId device = no_device;
  friend auto operator<=>(const Port&, const Port&) = default;
};

/// The programs behind the sockets, and whoever watches.
class Programs {
 public:
  Programs() = default;
  Programs(const Programs&) = delete;
  Programs& operator=(const Programs&) = delete;
  virtual ~Programs() = default;

  virtual void seen(Port port, Direction direction, const Skb& skb, Microseconds when) = 0;
  [[nodiscard]] virtual bool take_udp(NamespaceId where, const Ipv4Packet& packet,
                                      const LocalArrival& arrival) = 0;
  [[nodiscard]] virtual TcpVerdict take_tcp(NamespaceId where, const Ipv4Packet& packet) = 0;
  virtual void echoed(NamespaceId where, const Ipv4Packet& request) = 0;
  virtual void take_echo_reply(NamespaceId where, const Ipv4Packet& packet) = 0;
  virtual void take_icmp_error(NamespaceId where, const Ipv4Packet& error, const Ipv4Packet& about) = 0;
  virtual void read_tun(Port port, const Ipv4Packet& packet) = 0;
  virtual void unknown(NamespaceId where, const std::string& what) = 0;
  /// A packet goes no further there. For people; who does not tell them need not listen.
  virtual void dropped(NamespaceId /*where*/, std::string_view /*why*/) {}
};

/// Thread-safety: none.
class Network {
 public:
  /// The choices and the programs must outlive the network.
  Network(base::Choices& choices, Programs& programs);
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  ~Network();

  /// @return its id: 0, 1, 2 in order of addition. The tables must outlive the network.
  NamespaceId add(const NodeTables& tables);
  /// Joins two devices. What is sent by a device without wire is lost.
  void join(Port a, Port b);

  [[nodiscard]] Node& node(NamespaceId id);
  [[nodiscard]] Microseconds now() const { return clock_; }
  /// A program of the namespace does something: after the time that waking takes, or so much later.
  void wake(NamespaceId where, std::function<void()> program, Microseconds later = 0);

  /// Forgets all that has happened: as after the namespaces were added and joined. Cost: linear in what was
  /// touched. So many packets can each be the first one in a network that is made once.
  void reset();

  /// Runs until nothing is left to happen.
  /// @return false if it was stopped after `events_max` events: packets multiply without end.
  [[nodiscard]] bool run(std::uint64_t events_max = 200'000);

 private:
  struct Place;
  struct Waiting;

  /// What is going to happen.
  struct Event {
    enum class Kind : std::uint8_t {
      look,      ///< the namespace looks into its queues
      wake,      ///< a program does something
      neighbour  ///< a neighbour's timer fires
    };
    Microseconds when = 0;
    std::uint64_t number = 0;  ///< events of one time happen in order of their making
    NamespaceId where = 0;
    Kind kind = Kind::look;
    DeviceId device = no_device;  ///< of a neighbour
    std::uint32_t operand = 0;    ///< the program's place in programs_waiting_, or the neighbour's address

    friend bool operator<(const Event& a, const Event& b) {
      return std::pair(b.when, b.number) < std::pair(a.when, a.number);
    }
  };

  void schedule(Event event);
  void push(const Event& event);
  [[nodiscard]] Event pop();
  void happen(Place& place, const Event& event);
  void look_into_queues(Place& place);
  void begin(Place& place);
  [[nodiscard]] Waiting& waiting_of(Skb& skb);
  void give_back(Waiting& waiting);

  base::Choices& choices_;
  Programs& programs_;
  std::vector<std::unique_ptr<Place>> places_;
  std::vector<NamespaceId> touched_;  ///< the places that something has happened to
  std::optional<Event> next_;         ///< to happen
  std::vector<Event> events_;         ///< a heap: those after it
  std::vector<std::function<void()>> programs_waiting_;
  std::vector<std::uint32_t> programs_free_;  ///< places in programs_waiting_
  std::vector<std::unique_ptr<Waiting>> waiting_;
  Waiting* waiting_free_ = nullptr;
  Waiting* at_hand_ = nullptr;  ///< the packet that a node works on, unless it was sent on
  std::uint64_t numbers_ = 0;
  Microseconds clock_ = 0;
};

}  // namespace plimsoll::overlay
