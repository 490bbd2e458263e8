// What the tests of netfilter share: packets in few words, and a node that is nothing but its hooks.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "impl/base/assert.hpp"
#include "impl/overlay/netfilter/hook.hpp"
#include "impl/overlay/netfilter/save_format.hpp"
#include "impl/overlay/packet/packet.hpp"

namespace plimsoll::overlay::netfilter {

inline base::Ipv4 ip(std::string_view text) {
  return base::Ipv4::parse(text).value();
}

inline Ipv4Packet udp(std::string_view src, std::uint16_t src_port, std::string_view dst,
                      std::uint16_t dst_port) {
  Ipv4Packet packet;
  packet.protocol = protocol::udp;
  packet.src = ip(src);
  packet.dst = ip(dst);
  packet.src_port = src_port;
  packet.dst_port = dst_port;
  packet.payload = Payload(36);
  return packet;
}
inline Ipv4Packet tcp(std::string_view src, std::uint16_t src_port, std::string_view dst,
                      std::uint16_t dst_port, std::uint16_t flags) {
  Ipv4Packet packet = udp(src, src_port, dst, dst_port);
  packet.protocol = protocol::tcp;
  packet.tcp_flags = flags;
  packet.payload = {};
  return packet;
}
inline Ipv4Packet icmp(std::string_view src, std::string_view dst, std::uint8_t type, std::uint8_t code,
                       std::uint16_t id = 0) {
  Ipv4Packet packet;
  packet.protocol = protocol::icmp;
  packet.src = ip(src);
  packet.dst = ip(dst);
  packet.icmp_type = type;
  packet.icmp_code = code;
  packet.icmp_id = id;
  return packet;
}
/// The ICMP error that `from` sends about `packet` to its source.
inline Ipv4Packet error_about(const Ipv4Packet& packet, std::string_view from, std::uint8_t type,
                              std::uint8_t code) {
  Ipv4Packet error = icmp(from, "0.0.0.0", type, code);
  error.dst = packet.src;
  error.inner = Inner{quote_of(packet, 548)};
  return error;
}
/// What `packet`'s receiver would answer.
inline Ipv4Packet answer_to(const Ipv4Packet& packet) {
  Ipv4Packet answer = packet;
  std::swap(answer.src, answer.dst);
  std::swap(answer.src_port, answer.dst_port);
  if (packet.is_icmp() && packet.icmp_type == icmp_type::echo) {
    answer.icmp_type = icmp_type::echo_reply;
  }
  return answer;
}

/// Gives the answers listed, then 0; remembers what it was asked.
class ListedChoices final : public base::Choices {
 public:
  std::vector<std::uint32_t> answers = {};
  std::vector<std::string> asked = {};
  std::vector<std::uint32_t> counts = {};

  std::uint32_t choose(std::uint32_t count, std::string_view what) override {
    asked.emplace_back(what);
    counts.push_back(count);
    const std::size_t at = asked.size() - 1;
    return at < answers.size() ? answers[at] % count : 0;
  }
};

/// A node of which only the hooks are there: devices lo 1, eth0 2, cni0 3, vethp1 4, vethp2 5, flannel.1 6.
class HookNode final : public Surroundings {
 public:
  static constexpr DeviceId lo = 1;
  static constexpr DeviceId eth0 = 2;
  static constexpr DeviceId cni0 = 3;
  static constexpr DeviceId vethp1 = 4;
  static constexpr DeviceId vethp2 = 5;
  static constexpr DeviceId flannel1 = 6;

  std::map<DeviceId, base::Ipv4> addresses = {{lo, ip("127.0.0.1")},
                                              {eth0, ip("192.168.50.11")},
                                              {cni0, ip("10.244.1.1")},
                                              {flannel1, ip("10.244.1.0")}};
  State state = {};
  IpSets sets = {};
  ListedChoices choices = {};
  std::uint64_t now_seconds = 0;
  Ruleset ruleset = {};
  Program program = {};

  explicit HookNode(std::string_view rules = "", bool indexed = true) { install(rules, indexed); }

  static std::vector<NamedDevice> devices() {
    return {{"lo", lo},         {"eth0", eth0},     {"cni0", cni0},
            {"vethp1", vethp1}, {"vethp2", vethp2}, {"flannel.1", flannel1}};
  }

  void install(std::string_view rules, bool indexed = true) {
    const auto parsed = parse(rules);
    PLIMSOLL_ASSERT_KNOWN(parsed.has_value(), to_text(parsed.error()));
    ruleset = *parsed;
    program = Program(ruleset, devices(), indexed);
    state.nth.clear();
  }

  [[nodiscard]] AddressType address_type(base::Ipv4 address, DeviceId device) const override {
    if (address == base::Ipv4(0xffffffffU)) {
      return AddressType::broadcast;
    }
    if ((address.value() >> 28U) == 0xeU) {
      return AddressType::multicast;
    }
    for (const auto& [owner, own] : addresses) {
      if (own == address && (device == 0 || device == owner)) {
        return AddressType::local;
      }
    }
    return AddressType::unicast;
  }
  [[nodiscard]] base::Ipv4 masquerade_source(const Ipv4Packet& /*packet*/, DeviceId out) const override {
    return first_address(out);
  }
  [[nodiscard]] base::Ipv4 first_address(DeviceId device) const override {
    const auto place = addresses.find(device);
    return place == addresses.end() ? base::Ipv4() : place->second;
  }

  Environment environment() { return {state, *this, choices, &sets, now_seconds, {}}; }

  HookResult at(Hook hook, Ipv4Packet& packet, Metadata& metadata, DeviceId in, DeviceId out) {
    Environment around = environment();
    AtHook here{packet, metadata, hook, in, out, 0, 0};
    return run_hook(program, around, here);
  }

  /// What becomes of a packet on the way through the hooks; `out` may depend on where it goes.
  struct Passed {
    HookResult result = {};
    Ipv4Packet packet = {};
    Metadata metadata = {};
    [[nodiscard]] bool accepted() const { return result.decision == Decision::accept; }
  };
  Passed forward(const Ipv4Packet& packet, DeviceId in, DeviceId out) {
    Passed passed{{}, packet, {}};
    passed.result = at(Hook::prerouting, passed.packet, passed.metadata, in, 0);
    if (passed.accepted()) {
      passed.result = at(Hook::forward, passed.packet, passed.metadata, in, out);
    }
    if (passed.accepted()) {
      passed.result = at(Hook::postrouting, passed.packet, passed.metadata, 0, out);
    }
    return passed;
  }
  Passed deliver(const Ipv4Packet& packet, DeviceId in) {
    Passed passed{{}, packet, {}};
    passed.result = at(Hook::prerouting, passed.packet, passed.metadata, in, 0);
    if (passed.accepted()) {
      passed.result = at(Hook::input, passed.packet, passed.metadata, in, 0);
    }
    return passed;
  }
  Passed send(const Ipv4Packet& packet, DeviceId out, const Metadata& metadata = {}) {
    Passed passed{{}, packet, metadata};
    passed.result = at(Hook::output, passed.packet, passed.metadata, 0, out);
    if (passed.accepted()) {
      passed.result = at(Hook::postrouting, passed.packet, passed.metadata, 0, out);
    }
    return passed;
  }
};

}  // namespace plimsoll::overlay::netfilter
