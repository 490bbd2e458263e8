// Reading of the options of targets.
#include "impl/overlay/netfilter/options.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

bool read_port_range(Nat& nat, const Word& word, std::string_view text, WordReader& in) {
  const std::size_t slash = text.find('/');
  const std::optional<PortRange> range = read_ports(in, word, text.substr(0, slash), '-');
  if (!range) {
    return false;
  }
  if (range->first == 0) {
    return in.fail(word, "Port 0 cannot be given.");
  }
  nat.first_port = range->first;
  nat.last_port = range->last;
  if (slash != std::string_view::npos) {
    const std::optional<std::uint64_t> base = read_number(in, word, text.substr(slash + 1), 0xffff);
    nat.base_port = static_cast<std::uint16_t>(base.value_or(0));
  }
  return true;
}

/// "10.0.0.1", "10.0.0.1-10.0.0.9:80-90", ":80".
bool read_mapping(Nat& nat, const Word& word, WordReader& in) {
  const std::string_view text = word.text;
  const std::size_t colon = text.find(':');
  const std::string_view addresses = text.substr(0, colon);
  if (!addresses.empty()) {
    const std::size_t dash = addresses.find('-');
    const std::optional<base::Ipv4> first = read_ipv4(in, word, addresses.substr(0, dash));
    const std::optional<base::Ipv4> last =
        dash == std::string_view::npos ? first : read_ipv4(in, word, addresses.substr(dash + 1));
    if (!first || !last) {
      return false;
    }
    if (*last < *first) {
      return in.fail(word, "The range of addresses is upside down.");
    }
    nat.first = *first;
    nat.last = *last;
  }
  if (colon == std::string_view::npos) {
    return !addresses.empty() || in.fail(word, "An address or a port was expected.");
  }
  return read_port_range(nat, word, text.substr(colon + 1), in);
}

bool take_mark(SetMark& mark, const Option& option, WordReader& in) {
  const bool with_mask = option.name == "--set-xmark" || option.name == "--set-mark";
  if (!with_mask && option.name != "--and-mark" && option.name != "--or-mark" &&
      option.name != "--xor-mark") {
    return false;
  }
  const Word* const value = in.take_value(option.name);
  const std::optional<MaskedValue> read = value == nullptr ? std::nullopt : read_masked(in, *value);
  if (!read) {
    return true;
  }
  if (!with_mask && value->text.find('/') != std::string::npos) {
    in.fail(*value, std::string(option.name) + " takes a value without mask.");
  } else if (option.name == "--set-xmark") {
    mark = {read->value, read->mask};
  } else if (option.name == "--set-mark") {
    mark = {read->value, read->mask | read->value};
  } else if (option.name == "--and-mark") {
    mark = {0, ~read->value};
  } else if (option.name == "--or-mark") {
    mark = {read->value, read->value};
  } else {
    mark = {read->value, 0};
  }
  return true;
}

bool take_nat(Nat& nat, const Option& option, WordReader& in) {
  using Kind = Nat::Kind;
  const bool is_mapping = (nat.kind == Kind::dnat && option.name == "--to-destination") ||
                          (nat.kind == Kind::snat && option.name == "--to-source");
  const bool is_ports =
      (nat.kind == Kind::masquerade || nat.kind == Kind::redirect) && option.name == "--to-ports";
  if (is_mapping || is_ports) {
    if (const Word* const value = in.take_value(option.name)) {
      is_mapping ? read_mapping(nat, *value, in) : read_port_range(nat, *value, value->text, in);
    }
    return true;
  }
  const bool of_source = nat.kind == Kind::snat || nat.kind == Kind::masquerade;
  if (option.name == "--random") {
    nat.random = true;
  } else if (option.name == "--random-fully" && of_source) {
    nat.random_fully = true;
  } else if (option.name == "--persistent" && (nat.kind == Kind::snat || nat.kind == Kind::dnat)) {
    nat.persistent = true;
  } else {
    return false;
  }
  return true;
}

/// Options that are kept as text.
bool take_verbatim(std::string& options, const Option& option, WordReader& in) {
  options += options.empty() ? "" : " ";
  options += (option.negated ? "! " : "") + std::string(option.name);
  in.skip_values(options);
  return true;
}

}  // namespace

std::optional<Target> new_target(std::string_view name) {
  if (name == "ACCEPT" || name == "DROP" || name == "RETURN") {
    return name == "ACCEPT" ? Verdict::accept : name == "DROP" ? Verdict::drop : Verdict::return_;
  }
  if (name == "REJECT") {
    return Reject{};
  }
  if (name == "MARK") {
    return SetMark{};
  }
  if (name == "NOTRACK") {
    return Notrack{};
  }
  if (name == "LOG" || name == "NFLOG") {
    return Log{std::string(name), {}};
  }
  constexpr std::array<std::string_view, 4> nats = {"DNAT", "SNAT", "MASQUERADE", "REDIRECT"};
  for (std::size_t at = 0; at < nats.size(); ++at) {
    if (name == nats[at]) {
      Nat nat;
      nat.kind = static_cast<Nat::Kind>(at);
      return nat;
    }
  }
  if (name == "CT" || is_unmodelled_target(name)) {
    return UnsupportedTarget{std::string(name), {}};
  }
  return std::nullopt;
}

bool take_option(Target& target, const Option& option, WordReader& in) {
  if (auto* const log = std::get_if<Log>(&target)) {
    return take_verbatim(log->options, option, in);
  }
  if (auto* const unsupported = std::get_if<UnsupportedTarget>(&target)) {
    // CT has other uses than not to track: zones, helpers, timeouts.
    if (unsupported->name == "CT" && option.name == "--notrack" && unsupported->options.empty()) {
      target = Notrack{};
      return true;
    }
    return take_verbatim(unsupported->options, option, in);
  }
  if (option.negated) {
    return false;
  }
  if (auto* const reject = std::get_if<Reject>(&target); reject && option.name == "--reject-with") {
    if (const Word* const value = in.take_value(option.name)) {
      const std::optional<std::uint16_t> type = number_of(reject_type_names(), value->text);
      if (!type) {
        in.fail(*value, "\"" + value->text + "\" is no way to reject.");
      }
      reject->type = static_cast<RejectType>(type.value_or(0));
    }
    return true;
  }
  if (auto* const mark = std::get_if<SetMark>(&target)) {
    return take_mark(*mark, option, in);
  }
  if (auto* const nat = std::get_if<Nat>(&target)) {
    return take_nat(*nat, option, in);
  }
  return false;
}

std::string missing_in(const Target& target) {
  const auto* const nat = std::get_if<Nat>(&target);
  if (nat == nullptr || nat->first_port != 0 || nat->first != base::Ipv4()) {
    return {};
  }
  if (nat->kind == Nat::Kind::dnat) {
    return "DNAT needs --to-destination.";
  }
  return nat->kind == Nat::Kind::snat ? "SNAT needs --to-source." : "";
}

}  // namespace plimsoll::overlay::netfilter
