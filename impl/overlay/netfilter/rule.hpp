// The rules of iptables as values: what a rule matches, and what becomes of a packet that matches.
//
// Source: iptables 1.8.9, iptables-extensions(8); Linux, include/uapi/linux/netfilter/x_tables.h,
// include/uapi/linux/netfilter_ipv4/ip_tables.h and the xt_*.h beside them. Numbers are in host order. What
// is not known here is kept as text in UnsupportedMatch or UnsupportedTarget: it can be printed again, and a
// packet whose fate depends on it has none (evaluate.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "impl/base/described.hpp"
#include "impl/base/described_net.hpp"
#include "impl/base/ipv4.hpp"

namespace plimsoll::overlay::netfilter {

/// -s, -d: an address under a mask, which need not be a prefix's.
struct AddressMatch {
  base::Ipv4 address = {};
  base::Ipv4 mask = {};  ///< 0.0.0.0: any address
  bool negated = false;

  [[nodiscard]] bool matches(base::Ipv4 of_packet) const {
    return ((of_packet.value() & mask.value()) == address.value()) != negated;
  }
  [[nodiscard]] bool any() const { return mask.value() == 0 && !negated; }
  /// True of exactly one address.
  [[nodiscard]] bool exact() const { return mask.value() == 0xffffffffU && !negated; }
  PLIMSOLL_DESCRIBE(AddressMatch, address, mask, negated)
};

/// -i, -o, --physdev-in, --physdev-out: a device by its name. "eth+" means all whose names begin with "eth".
struct DeviceMatch {
  std::string name = {};  ///< as written, with '+'; empty: any
  bool negated = false;

  [[nodiscard]] bool any() const { return name.empty(); }
  /// Whether `device` matches; an empty one stands for no device.
  [[nodiscard]] bool matches(std::string_view device) const {
    const bool equal = !name.empty() && name.back() == '+'
                           ? device.starts_with(std::string_view(name).substr(0, name.size() - 1))
                           : device == name;
    return any() || equal != negated;
  }
  PLIMSOLL_DESCRIBE(DeviceMatch, name, negated)
};

/// -p. 0: any protocol.
struct ProtocolMatch {
  std::uint8_t number = 0;
  bool negated = false;
  PLIMSOLL_DESCRIBE(ProtocolMatch, number, negated)
};

/// -f: later fragments only, or (negated) all but them.
enum class FragmentMatch : std::uint8_t { any, later, not_later };
PLIMSOLL_DESCRIBE_ENUM(FragmentMatch, any, later, not_later)

/// Both ends belong to the range.
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0xffff;

  [[nodiscard]] bool contains(std::uint16_t port) const { return first <= port && port <= last; }
  [[nodiscard]] bool all() const { return first == 0 && last == 0xffff; }
  PLIMSOLL_DESCRIBE(PortRange, first, last)
};
struct PortMatch {
  PortRange range = {};
  bool negated = false;

  [[nodiscard]] bool matches(std::uint16_t port) const { return range.contains(port) != negated; }
  PLIMSOLL_DESCRIBE(PortMatch, range, negated)
};

/// -m tcp
struct TcpMatch {
  PortMatch source = {};
  PortMatch destination = {};
  std::uint8_t flags_mask = 0;  ///< --tcp-flags MASK FLAGS
  std::uint8_t flags = 0;
  bool flags_negated = false;
  std::uint8_t option = 0;  ///< --tcp-option; 0: any
  bool option_negated = false;
  PLIMSOLL_DESCRIBE(TcpMatch, source, destination, flags_mask, flags, flags_negated, option, option_negated)
};

/// -m udp
struct UdpMatch {
  PortMatch source = {};
  PortMatch destination = {};
  PLIMSOLL_DESCRIBE(UdpMatch, source, destination)
};

/// -m icmp
struct IcmpMatch {
  static constexpr std::uint8_t any_type = 0xff;
  std::uint8_t type = any_type;
  std::uint8_t code_first = 0;
  std::uint8_t code_last = 0xff;
  bool negated = false;
  PLIMSOLL_DESCRIBE(IcmpMatch, type, code_first, code_last, negated)
};

/// -m comment
struct Comment {
  std::string text = {};
  PLIMSOLL_DESCRIBE(Comment, text)
};

/// -m mark
struct MarkMatch {
  std::uint32_t value = 0;
  std::uint32_t mask = 0xffffffffU;
  bool negated = false;
  PLIMSOLL_DESCRIBE(MarkMatch, value, mask, negated)
};

/// -m multiport
struct MultiportMatch {
  enum class Side : std::uint8_t { source, destination, either };
  Side side = Side::destination;
  std::vector<PortRange> ports = {};  ///< at most 15 numbers
  bool negated = false;
  PLIMSOLL_DESCRIBE(MultiportMatch, side, ports, negated)
};
PLIMSOLL_DESCRIBE_ENUM(MultiportMatch::Side, source, destination, either)

/// -m statistic
struct StatisticMatch {
  static constexpr std::uint32_t certain = 0x80000000U;
  enum class Mode : std::uint8_t { random, nth };
  Mode mode = Mode::random;
  std::uint32_t probability = 0;  ///< --probability, of `certain`
  std::uint32_t every = 1;        ///< --every, at least 1
  std::uint32_t packet = 0;       ///< --packet, below `every`
  bool negated = false;
  PLIMSOLL_DESCRIBE(StatisticMatch, mode, probability, every, packet, negated)
};
PLIMSOLL_DESCRIBE_ENUM(StatisticMatch::Mode, random, nth)

/// -m recent
struct RecentMatch {
  enum class Operation : std::uint8_t { set, rcheck, update, remove };
  Operation operation = Operation::rcheck;
  std::string list = "DEFAULT";  ///< --name
  base::Ipv4 mask{0xffffffffU};  ///< --mask
  bool by_destination = false;   ///< --rdest
  std::uint32_t seconds = 0;     ///< --seconds; 0: any time
  std::uint32_t hit_count = 0;   ///< --hitcount; 0: one
  bool reap = false;             ///< --reap
  bool same_ttl = false;         ///< --rttl
  bool negated = false;
  PLIMSOLL_DESCRIBE(RecentMatch, operation, list, mask, by_destination, seconds, hit_count, reap, same_ttl,
                    negated)
};
PLIMSOLL_DESCRIBE_ENUM(RecentMatch::Operation, set, rcheck, update, remove)

/// Bits of ConntrackMatch::states, in the order in which they are printed.
namespace ct_state {
inline constexpr std::uint8_t invalid = 1;
inline constexpr std::uint8_t new_ = 2;
inline constexpr std::uint8_t related = 4;
inline constexpr std::uint8_t established = 8;
inline constexpr std::uint8_t untracked = 16;
inline constexpr std::uint8_t snat = 32;
inline constexpr std::uint8_t dnat = 64;
}  // namespace ct_state

/// Bits of ConntrackMatch::statuses, in the order in which they are printed.
namespace ct_status {
inline constexpr std::uint8_t none = 1;
inline constexpr std::uint8_t expected = 2;
inline constexpr std::uint8_t seen_reply = 4;
inline constexpr std::uint8_t assured = 8;
inline constexpr std::uint8_t confirmed = 16;
}  // namespace ct_status

/// -m conntrack, and -m state. A part that is not asked for is at its default.
struct ConntrackMatch {
  enum class Direction : std::uint8_t { any, original, reply };
  bool as_state = false;  ///< written -m state --state
  std::uint8_t states = 0;
  bool states_negated = false;
  ProtocolMatch protocol = {};
  AddressMatch original_source = {};
  AddressMatch original_destination = {};
  AddressMatch reply_source = {};
  AddressMatch reply_destination = {};
  PortMatch original_source_port = {};
  PortMatch original_destination_port = {};
  PortMatch reply_source_port = {};
  PortMatch reply_destination_port = {};
  std::uint8_t statuses = 0;
  bool statuses_negated = false;
  Direction direction = Direction::any;
  PLIMSOLL_DESCRIBE(ConntrackMatch, as_state, states, states_negated, protocol, original_source,
                    original_destination, reply_source, reply_destination, original_source_port,
                    original_destination_port, reply_source_port, reply_destination_port, statuses,
                    statuses_negated, direction)
};
PLIMSOLL_DESCRIBE_ENUM(ConntrackMatch::Direction, any, original, reply)

/// What an address is to a node (RTN_*), in the order of the kernel.
enum class AddressType : std::uint8_t {
  unspec,
  unicast,
  local,
  broadcast,
  anycast,
  multicast,
  blackhole,
  unreachable,
  prohibit,
  throw_,
  nat,
  xresolve
};
PLIMSOLL_DESCRIBE_ENUM(AddressType, unspec, unicast, local, broadcast, anycast, multicast, blackhole,
                       unreachable, prohibit, throw_, nat, xresolve)

/// -m addrtype. Sets of types have bit 1 << type; 0: not asked for.
struct AddrtypeMatch {
  std::uint16_t source_types = 0;
  bool source_negated = false;
  std::uint16_t destination_types = 0;
  bool destination_negated = false;
  bool limit_in = false;   ///< --limit-iface-in
  bool limit_out = false;  ///< --limit-iface-out
  PLIMSOLL_DESCRIBE(AddrtypeMatch, source_types, source_negated, destination_types, destination_negated,
                    limit_in, limit_out)
};

/// -m physdev: the ports of a bridge that a bridged packet passes.
struct PhysdevMatch {
  enum class Ask : std::uint8_t { any, yes, no };
  DeviceMatch in = {};
  DeviceMatch out = {};
  Ask is_in = Ask::any;
  Ask is_out = Ask::any;
  Ask is_bridged = Ask::any;
  PLIMSOLL_DESCRIBE(PhysdevMatch, in, out, is_in, is_out, is_bridged)
};
PLIMSOLL_DESCRIBE_ENUM(PhysdevMatch::Ask, any, yes, no)

/// -m set --match-set NAME src,dst,...
struct SetMatch {
  enum class Side : std::uint8_t { source, destination };
  std::string set = {};
  std::vector<Side> sides = {};  ///< at most 6
  bool negated = false;
  PLIMSOLL_DESCRIBE(SetMatch, set, sides, negated)
};
PLIMSOLL_DESCRIBE_ENUM(SetMatch::Side, source, destination)

/// A module that is not known here, or options of one that are not.
struct UnsupportedMatch {
  std::string module = {};
  std::string options = {};  ///< as they are printed, without the space before them
  PLIMSOLL_DESCRIBE(UnsupportedMatch, module, options)
};

/// One -m of a rule.
using Match =
    std::variant<Comment, TcpMatch, UdpMatch, IcmpMatch, MarkMatch, MultiportMatch, StatisticMatch,
                 RecentMatch, ConntrackMatch, AddrtypeMatch, PhysdevMatch, SetMatch, UnsupportedMatch>;

/// No -j: the rule counts, and its matches may remember; the packet goes on.
struct Continue {
  PLIMSOLL_DESCRIBE(Continue)
};
/// -j ACCEPT, DROP, RETURN
enum class Verdict : std::uint8_t { accept, drop, return_ };
PLIMSOLL_DESCRIBE_ENUM(Verdict, accept, drop, return_)
/// -j CHAIN or -g CHAIN
struct Jump {
  std::string chain = {};
  bool go_to = false;  ///< at its end the walk goes on where the present chain was jumped from
  PLIMSOLL_DESCRIBE(Jump, chain, go_to)
};
/// --reject-with
enum class RejectType : std::uint8_t {
  icmp_net_unreachable,
  icmp_host_unreachable,
  icmp_port_unreachable,
  icmp_proto_unreachable,
  icmp_net_prohibited,
  icmp_host_prohibited,
  icmp_admin_prohibited,
  tcp_reset
};
PLIMSOLL_DESCRIBE_ENUM(RejectType, icmp_net_unreachable, icmp_host_unreachable, icmp_port_unreachable,
                       icmp_proto_unreachable, icmp_net_prohibited, icmp_host_prohibited,
                       icmp_admin_prohibited, tcp_reset)
/// -j REJECT
struct Reject {
  RejectType type = RejectType::icmp_port_unreachable;
  PLIMSOLL_DESCRIBE(Reject, type)
};
/// -j MARK: mark = (mark & ~mask) ^ value
struct SetMark {
  std::uint32_t value = 0;
  std::uint32_t mask = 0xffffffffU;
  PLIMSOLL_DESCRIBE(SetMark, value, mask)
};
/// -j DNAT, SNAT, MASQUERADE, REDIRECT
struct Nat {
  enum class Kind : std::uint8_t { dnat, snat, masquerade, redirect };
  Kind kind = Kind::dnat;
  /// An address range, of DNAT and SNAT. 0.0.0.0: the packet's own address.
  base::Ipv4 first = {};
  base::Ipv4 last = {};
  std::uint16_t first_port = 0;  ///< 0: no ports are given
  std::uint16_t last_port = 0;
  std::uint16_t base_port = 0;  ///< DNAT's port-shift: first_port is for this one; 0: none
  bool random = false;
  bool random_fully = false;
  bool persistent = false;
  PLIMSOLL_DESCRIBE(Nat, kind, first, last, first_port, last_port, base_port, random, random_fully,
                    persistent)
};
PLIMSOLL_DESCRIBE_ENUM(Nat::Kind, dnat, snat, masquerade, redirect)
/// -j CT --notrack
struct Notrack {
  PLIMSOLL_DESCRIBE(Notrack)
};
/// -j LOG, NFLOG: nothing happens to the packet.
struct Log {
  std::string name = "LOG";
  std::string options = {};
  PLIMSOLL_DESCRIBE(Log, name, options)
};
struct UnsupportedTarget {
  std::string name = {};
  std::string options = {};
  PLIMSOLL_DESCRIBE(UnsupportedTarget, name, options)
};

using Target = std::variant<Continue, Verdict, Jump, Reject, SetMark, Nat, Notrack, Log, UnsupportedTarget>;

/// [packets:bytes], as they were in the text; evaluation does not count.
struct Counters {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  PLIMSOLL_DESCRIBE(Counters, packets, bytes)
};

/// One rule. It matches a packet if all its parts do; they are asked in this order.
struct Rule {
  AddressMatch source = {};
  AddressMatch destination = {};
  DeviceMatch in = {};
  DeviceMatch out = {};
  ProtocolMatch protocol = {};
  FragmentMatch fragment = FragmentMatch::any;
  std::vector<Match> matches = {};
  Target target = {};
  Counters counters = {};

  PLIMSOLL_DESCRIBE_OPTIONS(source)
  PLIMSOLL_DESCRIBE(Rule, source, destination, in, out, protocol, fragment, matches, target, counters)
};

}  // namespace plimsoll::overlay::netfilter
