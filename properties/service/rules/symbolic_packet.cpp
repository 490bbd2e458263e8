#include "properties/service/rules/symbolic_packet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace plimsoll::properties::rules {

using symbolic::Bool;
using symbolic::Word;

namespace {

void collect(std::set<std::string>& names, const netfilter::DeviceMatch& match) {
  if (match.any()) {
    return;
  }
  std::string name = match.name;
  if (name.back() == '+') {
    name.back() = '0';
  }
  names.insert(std::move(name));
}

std::uint32_t number(netfilter::AddressType type) {
  return static_cast<std::uint32_t>(type);
}
std::uint32_t number(FlowState state) {
  return static_cast<std::uint32_t>(state);
}

std::string protocol_text(std::uint8_t protocol) {
  switch (protocol) {
    case 6:
      return "tcp";
    case 17:
      return "udp";
    default:
      return fmt::format("protocol {}", protocol);
  }
}

/// ":80", if the protocol has ports.
std::string port_text(const PacketValues& packet, std::uint16_t port) {
  return packet.protocol == 6 || packet.protocol == 17 ? fmt::format(":{}", port) : "";
}

std::string type_text(netfilter::AddressType type) {
  return type == netfilter::AddressType::unicast ? "" : fmt::format(" ({})", base::enumerator_text(type));
}

}  // namespace

Devices devices_of(const netfilter::Ruleset& ruleset) {
  std::set<std::string> names;
  for (const netfilter::Table& table : ruleset.tables) {
    for (const netfilter::Chain& chain : table.chains) {
      for (const netfilter::Rule& rule : chain.rules) {
        collect(names, rule.in);
        collect(names, rule.out);
      }
    }
  }
  // A name that no pattern but "+" can mean.
  names.insert("~other");
  return {{names.begin(), names.end()}};
}

std::string to_text(const PacketValues& packet, const Devices& devices) {
  static constexpr std::array states = {"invalid", "new", "related", "established", "untracked"};
  std::string text =
      fmt::format("{} {}{}{} -> {}{}{}, {}, mark 0x{:x}", protocol_text(packet.protocol), to_text(packet.src),
                  port_text(packet, packet.src_port), type_text(packet.src_type), to_text(packet.dst),
                  port_text(packet, packet.dst_port), type_text(packet.dst_type),
                  states[number(packet.state)], packet.mark);
  const auto add = [&](const char* word, std::uint8_t device) {
    if (device != 0 && device <= devices.names.size()) {
      text += fmt::format(", {} {}", word, devices.names[device - 1U]);
    }
  };
  add("in", packet.in);
  add("out", packet.out);
  text += packet.src_nat ? ", source translated" : "";
  text += packet.dst_nat ? ", destination translated" : "";
  return text;
}

SymbolicPacket any_packet(symbolic::Terms& terms) {
  return {terms.variable("src", 32),     terms.variable("dst", 32),   terms.variable("protocol", 8),
          terms.variable("sport", 16),   terms.variable("dport", 16), terms.variable("mark", 32),
          terms.variable("in", 8),       terms.variable("out", 8),    terms.variable("src type", 4),
          terms.variable("dst type", 4), terms.variable("state", 3),  terms.truth_variable("snat"),
          terms.truth_variable("dnat")};
}

Bool is_possible(const SymbolicPacket& packet, netfilter::Hook hook, const Devices& devices) {
  using enum netfilter::Hook;
  const Word last(static_cast<std::uint32_t>(devices.names.size()));
  const auto device = [&](const Word& of_packet, bool is_there) {
    return is_there ? of_packet != 0U && of_packet <= last : of_packet == 0U;
  };
  const Bool tracked =
      packet.state != number(FlowState::invalid) && packet.state != number(FlowState::untracked);
  const Bool has_ports = packet.protocol == 6U || packet.protocol == 17U;
  return device(packet.in, hook != output && hook != postrouting) &&
         device(packet.out, hook != prerouting && hook != input) && packet.src_type < address_type_count &&
         packet.dst_type < address_type_count &&
         implies(packet.src == packet.dst, packet.src_type == packet.dst_type) &&
         packet.state < flow_state_count && implies(packet.src_nat || packet.dst_nat, tracked) &&
         implies(!has_ports, packet.src_port == 0U && packet.dst_port == 0U);
}

Bool equals(const SymbolicPacket& packet, const PacketValues& values) {
  const auto same = [](const Bool& symbolic, bool value) { return value ? symbolic : !symbolic; };
  return packet.src == values.src.value() && packet.dst == values.dst.value() &&
         packet.protocol == std::uint32_t{values.protocol} &&
         packet.src_port == std::uint32_t{values.src_port} &&
         packet.dst_port == std::uint32_t{values.dst_port} && packet.mark == values.mark &&
         packet.in == std::uint32_t{values.in} && packet.out == std::uint32_t{values.out} &&
         packet.src_type == number(values.src_type) && packet.dst_type == number(values.dst_type) &&
         packet.state == number(values.state) && same(packet.src_nat, values.src_nat) &&
         same(packet.dst_nat, values.dst_nat);
}

PacketValues values_of(const SymbolicPacket& packet, const symbolic::Solver& model) {
  PacketValues values;
  values.src = base::Ipv4(static_cast<std::uint32_t>(model.value(packet.src)));
  values.dst = base::Ipv4(static_cast<std::uint32_t>(model.value(packet.dst)));
  values.protocol = static_cast<std::uint8_t>(model.value(packet.protocol));
  values.src_port = static_cast<std::uint16_t>(model.value(packet.src_port));
  values.dst_port = static_cast<std::uint16_t>(model.value(packet.dst_port));
  values.mark = static_cast<std::uint32_t>(model.value(packet.mark));
  values.in = static_cast<std::uint8_t>(model.value(packet.in));
  values.out = static_cast<std::uint8_t>(model.value(packet.out));
  values.src_type = static_cast<netfilter::AddressType>(model.value(packet.src_type));
  values.dst_type = static_cast<netfilter::AddressType>(model.value(packet.dst_type));
  values.state = static_cast<FlowState>(model.value(packet.state));
  values.src_nat = model.value(packet.src_nat);
  values.dst_nat = model.value(packet.dst_nat);
  return values;
}

}  // namespace plimsoll::properties::rules
