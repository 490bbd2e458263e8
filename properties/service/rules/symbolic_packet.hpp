// A packet whose fields are variables, as a node's rules see it: all packets at once.
//
// Source: impl/overlay/netfilter/evaluate.hpp for what rules can ask of a packet. Deviates: packets are whole
// (the node defragments them, since it tracks connections), and TCP flags, ICMP types and bridge ports are
// left out; a rule that asks for them has no meaning here (encode.hpp says `unknown`).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/symbolic/solver.hpp"
#include "impl/base/ipv4.hpp"
#include "impl/overlay/netfilter/ruleset.hpp"

namespace plimsoll::properties::rules {

namespace netfilter = plimsoll::overlay::netfilter;

/// What conntrack says of a packet. In the order of the bits of netfilter::ct_state.
enum class FlowState : std::uint8_t { invalid, new_, related, established, untracked };
inline constexpr std::uint32_t flow_state_count = 5;
inline constexpr std::uint32_t address_type_count = 12;  ///< of netfilter::AddressType

/// The devices that rules tell apart: one for each name that a table mentions, and one that none mentions.
/// A packet's device is a number: 0 is no device, k is names[k - 1].
struct Devices {
  std::vector<std::string> names = {};
};
/// Of all tables. A pattern "veth+" stands for a device "veth0". Cost: linear in the rules.
[[nodiscard]] Devices devices_of(const netfilter::Ruleset& ruleset);

/// A packet with values: a counterexample, or a question.
struct PacketValues {
  base::Ipv4 src = {};
  base::Ipv4 dst = {};
  std::uint8_t protocol = 6;
  std::uint16_t src_port = 0;
  std::uint16_t dst_port = 0;
  std::uint32_t mark = 0;
  std::uint8_t in = 0;   ///< a number of Devices
  std::uint8_t out = 0;  ///< a number of Devices
  netfilter::AddressType src_type = netfilter::AddressType::unicast;
  netfilter::AddressType dst_type = netfilter::AddressType::unicast;
  FlowState state = FlowState::new_;
  bool src_nat = false;
  bool dst_nat = false;
  friend bool operator==(const PacketValues&, const PacketValues&) = default;
};
/// "tcp 10.244.1.2:40000 -> 10.96.0.1:80, new, mark 0x0, in eth0". Types are told where they are not unicast.
[[nodiscard]] std::string to_text(const PacketValues& packet, const Devices& devices);

/// The same with variables.
struct SymbolicPacket {
  symbolic::Word src;
  symbolic::Word dst;
  symbolic::Word protocol;
  symbolic::Word src_port;
  symbolic::Word dst_port;
  symbolic::Word mark;
  symbolic::Word in;
  symbolic::Word out;
  symbolic::Word src_type;
  symbolic::Word dst_type;
  symbolic::Word state;
  symbolic::Bool src_nat;
  symbolic::Bool dst_nat;
};

[[nodiscard]] SymbolicPacket any_packet(symbolic::Terms& terms);
/// What is true of every packet at `hook`: it has the devices of the hook, one address has one type, and only
/// tracked packets are translated.
[[nodiscard]] symbolic::Bool is_possible(const SymbolicPacket& packet, netfilter::Hook hook,
                                         const Devices& devices);
[[nodiscard]] symbolic::Bool equals(const SymbolicPacket& packet, const PacketValues& values);
/// The packet of the solver's model.
[[nodiscard]] PacketValues values_of(const SymbolicPacket& packet, const symbolic::Solver& model);

}  // namespace plimsoll::properties::rules
