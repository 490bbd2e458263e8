// Printing of matches and targets as iptables-save does.
#include <fmt/format.h>

#include "impl/overlay/netfilter/options.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

using Out = std::string;

template <class... Arguments>
void add(Out& out, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Arguments>(arguments)...);
}
/// " !" or nothing, then " --option".
void add_option(Out& out, std::string_view option, bool negated = false) {
  out += negated ? " ! " : " ";
  out += option;
}

void add_ports(Out& out, std::string_view option, const PortMatch& match) {
  if (match.range.all() && !match.negated) {
    return;
  }
  add_option(out, option, match.negated);
  if (match.range.first == match.range.last) {
    add(out, " {}", match.range.first);
  } else {
    add(out, " {}:{}", match.range.first, match.range.last);
  }
}

/// The names of the bits, separated by commas.
void add_names(Out& out, std::uint16_t bits, std::span<const NamedNumber> names) {
  std::string_view separator = " ";
  for (const NamedNumber& named : names) {
    if (named.number != 0 && (bits & named.number) == named.number) {
      out += separator;
      out += named.name;
      separator = ",";
      bits = static_cast<std::uint16_t>(bits & ~named.number);
    }
  }
  if (separator == " ") {
    out += " NONE";
  }
}
void add_masked(Out& out, std::uint32_t value, std::uint32_t mask) {
  add(out, " 0x{:x}", value);
  if (mask != 0xffffffffU) {
    add(out, "/0x{:x}", mask);
  }
}

/// 32 for 255.255.255.255; none if the mask is no prefix's.
std::optional<unsigned> length_of(base::Ipv4 mask) {
  for (unsigned length = 0; length <= base::Ipv4::width_bits; ++length) {
    if (base::Ipv4(0xffffffffU).masked(length) == mask) {
      return length;
    }
  }
  return std::nullopt;
}

void print(Out& out, const Comment& match) {
  out += " --comment " + printed_word(match.text);
}
void print(Out& out, const TcpMatch& match) {
  add_ports(out, "--sport", match.source);
  add_ports(out, "--dport", match.destination);
  if (match.option != 0 || match.option_negated) {
    add_option(out, "--tcp-option", match.option_negated);
    add(out, " {}", match.option);
  }
  if (match.flags_mask != 0 || match.flags_negated) {
    add_option(out, "--tcp-flags", match.flags_negated);
    add_names(out, match.flags_mask, tcp_flag_names());
    add_names(out, match.flags, tcp_flag_names());
  }
}
void print(Out& out, const UdpMatch& match) {
  add_ports(out, "--sport", match.source);
  add_ports(out, "--dport", match.destination);
}
void print(Out& out, const IcmpMatch& match) {
  add_option(out, "--icmp-type", match.negated);
  if (match.type == IcmpMatch::any_type) {
    out += " any";
    return;
  }
  add(out, " {}", match.type);
  if (match.code_first != 0 || match.code_last != 0xff) {
    add(out, "/{}", match.code_first);
  }
}
void print(Out& out, const MarkMatch& match) {
  add_option(out, "--mark", match.negated);
  add_masked(out, match.value, match.mask);
}
void print(Out& out, const MultiportMatch& match) {
  constexpr std::array<std::string_view, 3> options = {"--sports", "--dports", "--ports"};
  add_option(out, options[static_cast<std::size_t>(match.side)], match.negated);
  char separator = ' ';
  for (const PortRange& range : match.ports) {
    out += separator;
    separator = ',';
    if (range.first == range.last) {
      add(out, "{}", range.first);
    } else {
      add(out, "{}:{}", range.first, range.last);
    }
  }
}
void print(Out& out, const StatisticMatch& match) {
  if (match.mode == StatisticMatch::Mode::random) {
    out += " --mode random";
    add_option(out, "--probability", match.negated);
    add(out, " {:.11f}", static_cast<double>(match.probability) / StatisticMatch::certain);
  } else {
    out += " --mode nth";
    add_option(out, "--every", match.negated);
    add(out, " {} --packet {}", match.every, match.packet);
  }
}
void print(Out& out, const RecentMatch& match) {
  constexpr std::array<std::string_view, 4> operations = {"--set", "--rcheck", "--update", "--remove"};
  add_option(out, operations[static_cast<std::size_t>(match.operation)], match.negated);
  if (match.seconds != 0) {
    add(out, " --seconds {}", match.seconds);
  }
  if (match.reap) {
    out += " --reap";
  }
  if (match.hit_count != 0) {
    add(out, " --hitcount {}", match.hit_count);
  }
  if (match.same_ttl) {
    out += " --rttl";
  }
  out += " --name " + match.list + " --mask " + to_text(match.mask);
  out += match.by_destination ? " --rdest" : " --rsource";
}

/// As print_address(), but the mask of a single address is left out.
void add_ct_address(Out& out, std::string_view option, const AddressMatch& match) {
  if (match.any()) {
    return;
  }
  add_option(out, option, match.negated);
  out += " " + to_text(match.address);
  const std::optional<unsigned> length = length_of(match.mask);
  if (!length) {
    out += "/" + to_text(match.mask);
  } else if (*length != base::Ipv4::width_bits) {
    add(out, "/{}", *length);
  }
}
void print(Out& out, const ConntrackMatch& match) {
  if (match.states != 0 || match.states_negated) {
    add_option(out, match.as_state ? "--state" : "--ctstate", match.states_negated);
    add_names(out, match.states, ct_state_names());
  }
  if (match.protocol.number != 0 || match.protocol.negated) {
    add_option(out, "--ctproto", match.protocol.negated);
    add(out, " {}", match.protocol.number);
  }
  add_ct_address(out, "--ctorigsrc", match.original_source);
  add_ct_address(out, "--ctorigdst", match.original_destination);
  add_ct_address(out, "--ctreplsrc", match.reply_source);
  add_ct_address(out, "--ctrepldst", match.reply_destination);
  add_ports(out, "--ctorigsrcport", match.original_source_port);
  add_ports(out, "--ctorigdstport", match.original_destination_port);
  add_ports(out, "--ctreplsrcport", match.reply_source_port);
  add_ports(out, "--ctrepldstport", match.reply_destination_port);
  if (match.statuses != 0 || match.statuses_negated) {
    add_option(out, "--ctstatus", match.statuses_negated);
    add_names(out, match.statuses, ct_status_names());
  }
  if (match.direction != ConntrackMatch::Direction::any) {
    out += match.direction == ConntrackMatch::Direction::reply ? " --ctdir REPLY" : " --ctdir ORIGINAL";
  }
}
void print(Out& out, const AddrtypeMatch& match) {
  if (match.source_types != 0 || match.source_negated) {
    add_option(out, "--src-type", match.source_negated);
    add_names(out, match.source_types, address_type_names());
  }
  if (match.destination_types != 0 || match.destination_negated) {
    add_option(out, "--dst-type", match.destination_negated);
    add_names(out, match.destination_types, address_type_names());
  }
  out += match.limit_in ? " --limit-iface-in" : "";
  out += match.limit_out ? " --limit-iface-out" : "";
}
void print(Out& out, const PhysdevMatch& match) {
  using Ask = PhysdevMatch::Ask;
  const auto add_ask = [&](std::string_view option, Ask ask) {
    if (ask != Ask::any) {
      add_option(out, option, ask == Ask::no);
    }
  };
  print_device(out, "--physdev-in", match.in);
  add_ask("--physdev-is-in", match.is_in);
  print_device(out, "--physdev-out", match.out);
  add_ask("--physdev-is-out", match.is_out);
  add_ask("--physdev-is-bridged", match.is_bridged);
}
void print(Out& out, const SetMatch& match) {
  add_option(out, "--match-set", match.negated);
  out += " " + match.set;
  char separator = ' ';
  for (const SetMatch::Side side : match.sides) {
    out += separator;
    out += side == SetMatch::Side::source ? "src" : "dst";
    separator = ',';
  }
}
void print(Out& out, const UnsupportedMatch& match) {
  out += match.options.empty() ? "" : " " + match.options;
}

void print(Out& /*out*/, const Continue& /*none*/) {}
void print(Out& out, const Verdict& verdict) {
  constexpr std::array<std::string_view, 3> names = {"ACCEPT", "DROP", "RETURN"};
  out += " -j ";
  out += names[static_cast<std::size_t>(verdict)];
}
void print(Out& out, const Jump& jump) {
  out += (jump.go_to ? " -g " : " -j ") + jump.chain;
}
void print(Out& out, const Reject& reject) {
  out += " -j REJECT --reject-with ";
  out += name_of(reject_type_names(), static_cast<std::uint16_t>(reject.type));
}
void print(Out& out, const SetMark& mark) {
  add(out, " -j MARK --set-xmark 0x{:x}/0x{:x}", mark.value, mark.mask);
}
/// "10.0.0.1-10.0.0.9:80-90/70"; for ports alone without the colon.
void add_mapping(Out& out, const Nat& nat, bool with_addresses) {
  if (with_addresses && nat.first != base::Ipv4()) {
    out += to_text(nat.first);
    out += nat.last == nat.first ? "" : "-" + to_text(nat.last);
  }
  if (nat.first_port == 0) {
    return;
  }
  add(out, "{}{}", with_addresses ? ":" : "", nat.first_port);
  if (nat.last_port != nat.first_port) {
    add(out, "-{}", nat.last_port);
  }
  if (nat.base_port != 0) {
    add(out, "/{}", nat.base_port);
  }
}
void print(Out& out, const Nat& nat) {
  constexpr std::array<std::string_view, 4> names = {"DNAT --to-destination ", "SNAT --to-source ",
                                                     "MASQUERADE", "REDIRECT"};
  const bool with_addresses = nat.kind == Nat::Kind::dnat || nat.kind == Nat::Kind::snat;
  out += " -j ";
  out += names[static_cast<std::size_t>(nat.kind)];
  out += with_addresses || nat.first_port == 0 ? "" : " --to-ports ";
  add_mapping(out, nat, with_addresses);
  out += nat.random ? " --random" : "";
  out += nat.random_fully ? " --random-fully" : "";
  out += nat.persistent ? " --persistent" : "";
}
void print(Out& out, const Notrack& /*none*/) {
  out += " -j CT --notrack";
}
void print(Out& out, const Log& log) {
  out += " -j " + log.name + (log.options.empty() ? "" : " " + log.options);
}
void print(Out& out, const UnsupportedTarget& target) {
  out += " -j " + target.name + (target.options.empty() ? "" : " " + target.options);
}

}  // namespace

void print_options(std::string& out, const Match& match) {
  std::visit([&](const auto& concrete) { print(out, concrete); }, match);
}
void print_target(std::string& out, const Target& target) {
  std::visit([&](const auto& concrete) { print(out, concrete); }, target);
}

void print_address(std::string& out, std::string_view option, const AddressMatch& match) {
  if (match.any()) {
    return;
  }
  add_option(out, option, match.negated);
  const std::optional<unsigned> length = length_of(match.mask);
  out += " " + to_text(match.address) + "/" + (length ? std::to_string(*length) : to_text(match.mask));
}

void print_protocol(std::string& out, std::string_view option, const ProtocolMatch& match) {
  if (match.number == 0 && !match.negated) {
    return;
  }
  add_option(out, option, match.negated);
  const std::string_view name = name_of(protocol_names(), match.number);
  out += " " + (name.empty() ? std::to_string(match.number) : std::string(name));
}

void print_device(std::string& out, std::string_view option, const DeviceMatch& match) {
  if (!match.any()) {
    add_option(out, option, match.negated);
    out += " " + match.name;
  }
}

std::string_view module_of(const Match& match) {
  constexpr std::array<std::string_view, 12> names = {"comment",   "tcp",       "udp",       "icmp",
                                                      "mark",      "multiport", "statistic", "recent",
                                                      "conntrack", "addrtype",  "physdev",   "set"};
  if (const auto* const unsupported = std::get_if<UnsupportedMatch>(&match)) {
    return unsupported->module;
  }
  const auto* const conntrack = std::get_if<ConntrackMatch>(&match);
  return conntrack && conntrack->as_state ? "state" : names[match.index()];
}

}  // namespace plimsoll::overlay::netfilter
