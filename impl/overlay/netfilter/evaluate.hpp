// The walk of one packet through the rules of one table at one hook.
//
// Source: Linux, net/ipv4/netfilter/ip_tables.c (ipt_do_table, ip_packet_match), net/netfilter/xt_*.c.
// Evaluation never guesses: where the packet's fate depends on a match or a target that is not known here,
// the answer is `unknown`, with the rule. Nothing is drawn at random: base::Choices is asked.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "impl/base/step.hpp"
#include "impl/overlay/netfilter/conntrack.hpp"
#include "impl/overlay/netfilter/ip_set.hpp"
#include "impl/overlay/netfilter/program.hpp"
#include "impl/overlay/netfilter/recent.hpp"

namespace plimsoll::overlay::netfilter {

/// What a node knows that rules ask for.
class Surroundings {
 public:
  Surroundings() = default;
  Surroundings(const Surroundings&) = delete;
  Surroundings& operator=(const Surroundings&) = delete;
  Surroundings(Surroundings&&) = delete;
  Surroundings& operator=(Surroundings&&) = delete;
  virtual ~Surroundings() = default;

  /// What `address` is by the local routing table (inet_dev_addr_type): unicast if nothing is said of it.
  /// With a device, only routes of that device count.
  [[nodiscard]] virtual AddressType address_type(base::Ipv4 address, DeviceId device) const = 0;
  /// The source that MASQUERADE gives to the packet at hand, which leaves by `out`: inet_select_addr() with
  /// the packet's next hop, scope global. 0.0.0.0: the device has none.
  [[nodiscard]] virtual base::Ipv4 masquerade_source(const Ipv4Packet& packet, DeviceId out) const = 0;
  /// The first address of a device, which REDIRECT sends packets to that came in by it. 0.0.0.0: none.
  [[nodiscard]] virtual base::Ipv4 first_address(DeviceId device) const = 0;
};

/// What choices are asked for, word for word.
namespace question {
/// 0: the match says yes, 1: no. Asked if the probability is neither 0 nor 1.
inline constexpr std::string_view statistic = "statistic: 0 it matches, 1 it does not";
/// So many ports or ICMP identifiers from the first one of the range that NAT looks for a free one from.
inline constexpr std::string_view nat_port = "port that NAT gives";
/// So many addresses from the first one of a NAT target's range.
inline constexpr std::string_view nat_address = "address that NAT gives";
}  // namespace question

/// What netfilter remembers between packets. Part of a node's state.
struct State {
  Conntrack conntrack = {};
  RecentLists recent = {};
  /// Counters of -m statistic --mode nth, by their number in the program; missing ones are at their initial
  /// value. Clear it when the rules change: the kernel makes all matches of a table anew.
  std::vector<std::uint32_t> nth = {};
  PLIMSOLL_DESCRIBE_OPTIONS(recent)
  PLIMSOLL_DESCRIBE(State, conntrack, recent, nth)
};

/// What the evaluation of a packet works on.
struct Environment {
  State& state;
  const Surroundings& surroundings;
  base::Choices& choices;
  const IpSets* sets = nullptr;  ///< null: there are none
  std::uint64_t now_seconds = 0;
  ConntrackConfig conntrack = {};
};

/// What the kernel keeps beside a packet while it is on the node (sk_buff). A packet that has just arrived or
/// was just made has the default; errors and resets that the node sends get tracked_of_answer(). What leaves
/// by the loopback device and comes in by it again keeps what it has.
struct Metadata {
  std::uint32_t mark = 0;
  Tracked tracked = {};
  PLIMSOLL_DESCRIBE(Metadata, mark, tracked)
};

/// A packet at a hook.
struct AtHook {
  Ipv4Packet& packet;
  Metadata& metadata;
  Hook hook = Hook::prerouting;
  DeviceId in = 0;           ///< not at OUTPUT and POSTROUTING
  DeviceId out = 0;          ///< not at PREROUTING and INPUT
  DeviceId physdev_in = 0;   ///< the bridge port that a bridged packet came in by; 0: not bridged
  DeviceId physdev_out = 0;  ///< the one it leaves by; 0: not bridged, or not known yet
};

enum class Decision : std::uint8_t { accept, drop, reject, nat, unknown };

/// How a walk ended.
struct Walked {
  static constexpr std::uint32_t by_policy = 0xffffffffU;
  Decision decision = Decision::accept;
  RejectType reject = RejectType::icmp_port_unreachable;
  std::uint32_t rule = by_policy;  ///< the rule that decided; Program::locate() tells where it is
  const Nat* nat = nullptr;        ///< of Decision::nat: the target's argument, in the program
};

/// Walks through the chain of `table` at the packet's hook. The walk may change the packet's mark, make it
/// untracked, and change lists and counters of the state. Accepts if there is no such chain.
/// Allocates nothing unless jumps are nested deeper than 16.
[[nodiscard]] Walked evaluate(const Program& program, TableName table, Environment& environment, AtHook& at);

}  // namespace plimsoll::overlay::netfilter
