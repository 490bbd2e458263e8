// Reading of the options of matches, one function for each module.
#include "impl/overlay/netfilter/option_values.hpp"
#include "impl/overlay/packet/packet.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

bool take(Comment& match, const Option& option, WordReader& in) {
  if (option.name != "--comment") {
    return false;
  }
  match.text = take_text(option, in);
  return true;
}

bool take_flags(TcpMatch& match, const Option& option, WordReader& in) {
  put_names(match.flags_mask, option, in, tcp_flag_names(), "TCP flag");
  return put_names(match.flags, option, in, tcp_flag_names(), "TCP flag");
}

bool take(TcpMatch& match, const Option& option, WordReader& in) {
  if (option.name == "--sport" || option.name == "--source-port") {
    return put_ports(match.source, option, in);
  }
  if (option.name == "--dport" || option.name == "--destination-port") {
    return put_ports(match.destination, option, in);
  }
  if (option.name == "--tcp-flags") {
    match.flags_negated = option.negated;
    return take_flags(match, option, in);
  }
  if (option.name == "--syn") {
    match.flags_negated = option.negated;
    match.flags_mask = tcp_flag::fin | tcp_flag::syn | tcp_flag::rst | tcp_flag::ack;
    match.flags = tcp_flag::syn;
    return true;
  }
  if (option.name == "--tcp-option") {
    if (const Word* const value = in.take_value(option.name)) {
      put(match.option, read_number(in, *value, value->text, 255));
    }
    match.option_negated = option.negated;
    return true;
  }
  return false;
}

bool take(UdpMatch& match, const Option& option, WordReader& in) {
  if (option.name == "--sport" || option.name == "--source-port") {
    return put_ports(match.source, option, in);
  }
  return (option.name == "--dport" || option.name == "--destination-port") &&
         put_ports(match.destination, option, in);
}

/// A name, a number, or a number and a code.
bool read_icmp_type(IcmpMatch& match, const Word& word, WordReader& in) {
  for (const NamedIcmpType& named : icmp_type_names()) {
    if (named.name == word.text) {
      match.type = named.type;
      match.code_first = named.code_first;
      match.code_last = named.code_last;
      return true;
    }
  }
  const std::string_view text = word.text;
  const std::size_t slash = text.find('/');
  put(match.type, read_number(in, word, text.substr(0, slash), 255));
  if (slash != std::string_view::npos) {
    put(match.code_first, read_number(in, word, text.substr(slash + 1), 255));
    match.code_last = match.code_first;
  }
  return true;
}

bool take(IcmpMatch& match, const Option& option, WordReader& in) {
  if (option.name != "--icmp-type") {
    return false;
  }
  match.negated = option.negated;
  const Word* const value = in.take_value(option.name);
  return value == nullptr || read_icmp_type(match, *value, in);
}

bool take(MarkMatch& match, const Option& option, WordReader& in) {
  if (option.name != "--mark") {
    return false;
  }
  match.negated = option.negated;
  if (const Word* const value = in.take_value(option.name)) {
    const MaskedValue read = read_masked(in, *value).value_or(MaskedValue{});
    match.value = read.value;
    match.mask = read.mask;
  }
  return true;
}

bool take(MultiportMatch& match, const Option& option, WordReader& in) {
  using Side = MultiportMatch::Side;
  if (option.name == "--sports" || option.name == "--source-ports") {
    match.side = Side::source;
  } else if (option.name == "--dports" || option.name == "--destination-ports") {
    match.side = Side::destination;
  } else if (option.name == "--ports") {
    match.side = Side::either;
  } else {
    return false;
  }
  match.negated = option.negated;
  const Word* const value = in.take_value(option.name);
  if (value == nullptr) {
    return true;
  }
  constexpr std::size_t numbers_max = 15;  // XT_MULTI_PORTS; a range takes two
  std::size_t numbers = 0;
  for (const std::string_view part : split(value->text, ',')) {
    const std::optional<PortRange> range = read_ports(in, *value, part);
    if (!range) {
      return true;
    }
    match.ports.push_back(*range);
    numbers += range->first == range->last ? 1 : 2;
  }
  if (numbers > numbers_max) {
    in.fail(*value, "At most 15 ports are allowed, and a range counts twice.");
  }
  return true;
}

bool take(AddrtypeMatch& match, const Option& option, WordReader& in) {
  if (option.name == "--src-type") {
    match.source_negated = option.negated;
    return put_names(match.source_types, option, in, address_type_names(), "type of address");
  }
  if (option.name == "--dst-type") {
    match.destination_negated = option.negated;
    return put_names(match.destination_types, option, in, address_type_names(), "type of address");
  }
  match.limit_in = match.limit_in || option.name == "--limit-iface-in";
  match.limit_out = match.limit_out || option.name == "--limit-iface-out";
  return option.name == "--limit-iface-in" || option.name == "--limit-iface-out";
}

bool take(PhysdevMatch& match, const Option& option, WordReader& in) {
  using Ask = PhysdevMatch::Ask;
  if (option.name == "--physdev-in" || option.name == "--physdev-out") {
    (option.name == "--physdev-in" ? match.in : match.out) = {take_text(option, in), option.negated};
    return true;
  }
  const Ask ask = option.negated ? Ask::no : Ask::yes;
  if (option.name == "--physdev-is-in") {
    match.is_in = ask;
  } else if (option.name == "--physdev-is-out") {
    match.is_out = ask;
  } else if (option.name == "--physdev-is-bridged") {
    match.is_bridged = ask;
  } else {
    return false;
  }
  return true;
}

bool take(SetMatch& match, const Option& option, WordReader& in) {
  if (option.name != "--match-set") {
    return false;
  }
  match.negated = option.negated;
  match.set = take_text(option, in);
  const Word* const value = in.take_value(option.name);
  if (value == nullptr) {
    return true;
  }
  for (const std::string_view side : split(value->text, ',')) {
    if (side != "src" && side != "dst") {
      return in.fail(*value, "A side is src or dst, not \"" + std::string(side) + "\".") || true;
    }
    match.sides.push_back(side == "dst" ? SetMatch::Side::destination : SetMatch::Side::source);
  }
  constexpr std::size_t dimensions_max = 6;
  return match.sides.size() <= dimensions_max || in.fail(*value, "A set has at most 6 dimensions.") || true;
}

bool take(UnsupportedMatch& match, const Option& option, WordReader& in) {
  match.options += match.options.empty() ? "" : " ";
  match.options += (option.negated ? "! " : "") + std::string(option.name);
  in.skip_values(match.options);
  return true;
}

}  // namespace

Match new_match(std::string_view module) {
  ConntrackMatch state;
  state.as_state = true;
  const std::array<std::pair<std::string_view, Match>, 13> modules = {{{"comment", Comment{}},
                                                                       {"tcp", TcpMatch{}},
                                                                       {"udp", UdpMatch{}},
                                                                       {"icmp", IcmpMatch{}},
                                                                       {"mark", MarkMatch{}},
                                                                       {"multiport", MultiportMatch{}},
                                                                       {"statistic", StatisticMatch{}},
                                                                       {"recent", RecentMatch{}},
                                                                       {"conntrack", ConntrackMatch{}},
                                                                       {"state", state},
                                                                       {"addrtype", AddrtypeMatch{}},
                                                                       {"physdev", PhysdevMatch{}},
                                                                       {"set", SetMatch{}}}};
  for (const auto& [name, match] : modules) {
    if (name == module) {
      return match;
    }
  }
  return UnsupportedMatch{std::string(module), {}};
}

bool take_option(Match& match, const Option& option, WordReader& in) {
  return std::visit([&](auto& concrete) { return take(concrete, option, in); }, match);
}

std::string missing_in(const Match& match) {
  if (const auto* const ports = std::get_if<MultiportMatch>(&match); ports && ports->ports.empty()) {
    return "-m multiport needs ports.";
  }
  if (const auto* const nth = std::get_if<StatisticMatch>(&match)) {
    if (nth->every == 0 || nth->packet >= nth->every) {
      return "--every must be at least 1, and --packet below it.";
    }
  }
  if (const auto* const set = std::get_if<SetMatch>(&match); set && set->sides.empty()) {
    return "-m set needs --match-set.";
  }
  const auto* const recent = std::get_if<RecentMatch>(&match);
  if (recent && recent->reap && recent->seconds == 0) {
    return "--reap needs --seconds.";
  }
  return {};
}

}  // namespace plimsoll::overlay::netfilter
