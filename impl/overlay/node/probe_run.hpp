// The programs of a probe while it runs; see probe.hpp.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "impl/overlay/node/probe.hpp"

namespace plimsoll::overlay {

class ProbeRun final : public Programs {
 public:
  ProbeRun(const std::vector<NamespaceSetup>& namespaces, const std::vector<Wire>& wires, const Probe& probe,
           base::Choices& choices);

  [[nodiscard]] Outcome run();

  void seen(Port port, Direction direction, const Skb& skb, Microseconds when) override;
  [[nodiscard]] bool take_udp(NamespaceId where, const Ipv4Packet& packet,
                              const LocalArrival& arrival) override;
  [[nodiscard]] TcpVerdict take_tcp(NamespaceId where, const Ipv4Packet& packet) override;
  void echoed(NamespaceId where, const Ipv4Packet& request) override;
  void take_echo_reply(NamespaceId where, const Ipv4Packet& packet) override;
  void take_icmp_error(NamespaceId where, const Ipv4Packet& error, const Ipv4Packet& about) override;
  void read_tun(Port port, const Ipv4Packet& packet) override;
  void unknown(NamespaceId where, const std::string& what) override;
  void dropped(NamespaceId where, std::string_view why) override;

 private:
  /// A connection that was asked for: local address and port, the other end's.
  using Connection = std::tuple<NamespaceId, base::Ipv4, std::uint16_t, base::Ipv4, std::uint16_t>;

  /// A datagram that a listener has not answered yet.
  struct Waiting {
    NamespaceId where = 0;
    Ipv4Packet packet = {};
    base::Ipv4 from = {};
  };

  [[nodiscard]] NamespaceId id_of(const std::string& name) const;
  [[nodiscard]] Port port_of(const std::string& name, const std::string& device) const;
  void start();
  void send_request();
  void send_frame();
  [[nodiscard]] Ipv4Packet request() const;
  void answer_all();
  void answer(NamespaceId where, const Ipv4Packet& packet, base::Ipv4 from);
  void take_reply(const Ipv4Packet& packet);
  [[nodiscard]] TcpVerdict take_tcp_client(const Ipv4Packet& packet);
  [[nodiscard]] TcpVerdict take_tcp_listener(NamespaceId where, const Ipv4Packet& packet);
  void send_segment(NamespaceId where, const Ipv4Packet& to, std::uint16_t flags, std::uint8_t ttl);
  void relay_on(NamespaceId where, flannel::UdpFate fate);
  void deliver(NamespaceId where, const Ipv4Packet& packet, std::uint8_t ttl);
  [[nodiscard]] bool is_client(NamespaceId where) const {
    return where == client_ && probe_.kind != ProbeKind::frame;
  }

  const std::vector<NamespaceSetup>& namespaces_;
  const Probe& probe_;
  Network network_;
  Capture capture_;
  NamespaceId client_ = 0;
  std::map<NamespaceId, TunRelay> relays_ = {};
  std::vector<Waiting> waiting_ = {};
  std::set<Connection> half_open_ = {};
  base::Ipv4 client_address_ = {};  ///< of a connection, chosen by routing
  Outcome outcome_ = {};
};

}  // namespace plimsoll::overlay
