#include "impl/overlay/netfilter/rule_reader.hpp"

#include "impl/overlay/packet/packet.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

class RuleReader {
 public:
  RuleReader(WordReader& in, const TableDraft& table) : in_(in), table_(table) {}

  std::optional<Rule> read() {
    while (in_.ok() && !in_.at_end()) {
      Word word = in_.take();
      bool negated = false;
      if (word.text == "!" && !word.quoted) {
        if (in_.at_end()) {
          in_.fail(word, "An option was expected behind '!'.");
          break;
        }
        negated = true;
        word = in_.take();
      }
      read_option({word.text, word, negated});
    }
    finish();
    return in_.ok() ? std::optional(std::move(rule_)) : std::nullopt;
  }

 private:
  static bool is(const Option& option, std::string_view brief, std::string_view full,
                 std::string_view other = "") {
    return option.name == brief || option.name == full || (!other.empty() && option.name == other);
  }

  void read_option(const Option& option) {
    if (option.word.quoted || !option.name.starts_with('-')) {
      in_.fail(option.word, "An option was expected, not \"" + option.word.text + "\".");
    } else if (is(option, "-m", "--match")) {
      read_match(option);
    } else if (is(option, "-j", "--jump") || is(option, "-g", "--goto")) {
      read_target(option);
    } else if (!read_header_option(option)) {
      read_module_option(option);
    }
  }

  bool read_header_option(const Option& option) {
    if (is(option, "-s", "--source", "--src")) {
      read_address_of(option, rule_.source);
    } else if (is(option, "-d", "--destination", "--dst")) {
      read_address_of(option, rule_.destination);
    } else if (is(option, "-i", "--in-interface") || is(option, "-o", "--out-interface")) {
      read_device(option, is(option, "-i", "--in-interface") ? rule_.in : rule_.out);
    } else if (is(option, "-p", "--protocol", "--proto")) {
      read_protocol_of(option);
    } else if (is(option, "-f", "--fragment", "--fragments")) {
      rule_.fragment = option.negated ? FragmentMatch::not_later : FragmentMatch::later;
    } else if (is(option, "-c", "--set-counters")) {
      read_set_counters(option);
    } else {
      return false;
    }
    return true;
  }

  void read_address_of(const Option& option, AddressMatch& match) {
    const Word* const value = in_.take_value(option.name);
    match = value == nullptr ? match : read_address(in_, *value).value_or(match);
    match.negated = option.negated;
  }

  void read_device(const Option& option, DeviceMatch& match) {
    constexpr std::size_t name_size_max = 15;  // IFNAMSIZ, with the byte that ends it
    const Word* const value = in_.take_value(option.name);
    if (value == nullptr) {
      return;
    }
    if (value->text.empty() || value->text.size() > name_size_max) {
      in_.fail(*value, "The name of a device has 1 to 15 characters.");
    }
    match = {value->text, option.negated};
  }

  void read_protocol_of(const Option& option) {
    const Word* const value = in_.take_value(option.name);
    rule_.protocol.negated = option.negated;
    rule_.protocol.number = value == nullptr ? std::uint8_t{0} : read_protocol(in_, *value).value_or(0);
    if (value != nullptr && option.negated && rule_.protocol.number == 0) {
      in_.fail(*value, "A rule that matches no protocol would match nothing.");
    }
  }

  void read_set_counters(const Option& option) {
    constexpr std::uint64_t max = 0xffffffffffffffffU;
    const Word* const packets = in_.take_value(option.name);
    const Word* const bytes = packets == nullptr ? nullptr : in_.take_value(option.name);
    if (bytes != nullptr) {
      rule_.counters.packets = read_number(in_, *packets, packets->text, max).value_or(0);
      rule_.counters.bytes = read_number(in_, *bytes, bytes->text, max).value_or(0);
    }
  }

  void read_match(const Option& option) {
    const Word* const module = in_.take_value(option.name);
    if (option.negated) {
      in_.fail(option.word, "-m cannot be negated.");
    } else if (module != nullptr) {
      rule_.matches.push_back(new_match(module->text));
    }
  }

  void read_target(const Option& option) {
    const Word* const name = in_.take_value(option.name);
    if (name == nullptr) {
      return;
    }
    const bool go_to = is(option, "-g", "--goto");
    if (option.negated) {
      in_.fail(option.word, std::string(option.name) + " cannot be negated.");
    } else if (!std::holds_alternative<Continue>(rule_.target)) {
      in_.fail(option.word, "The rule has a target already.");
    } else if (table_.find(name->text) != nullptr) {
      rule_.target = Jump{name->text, go_to};
    } else if (const std::optional<Target> target = go_to ? std::nullopt : new_target(name->text)) {
      rule_.target = *target;
    } else {
      in_.fail(*name, "There is neither a chain nor a target \"" + name->text + "\".");
    }
  }

  void read_module_option(const Option& option) {
    if (take_option(rule_.target, option, in_)) {
      return;
    }
    for (auto match = rule_.matches.rbegin(); match != rule_.matches.rend(); ++match) {
      if (take_option(*match, option, in_)) {
        return;
      }
    }
    if (load_protocol_module() && take_option(rule_.matches.back(), option, in_)) {
      return;
    }
    keep_as_text(option);
  }

  /// -p tcp --dport 80 is -p tcp -m tcp --dport 80.
  bool load_protocol_module() {
    if (rule_.protocol.negated) {
      return false;
    }
    const auto load = [&]<class Module>(Module module) {
      for (const Match& match : rule_.matches) {
        if (std::holds_alternative<Module>(match)) {
          return false;
        }
      }
      rule_.matches.emplace_back(module);
      return true;
    };
    switch (rule_.protocol.number) {
      case protocol::tcp:
        return load(TcpMatch{});
      case protocol::udp:
        return load(UdpMatch{});
      case protocol::icmp:
        return load(IcmpMatch{});
      default:
        return false;
    }
  }

  /// An option that the latest module does not have here: it becomes one that is not supported.
  void keep_as_text(const Option& option) {
    if (rule_.matches.empty()) {
      in_.fail(option.word, "The option " + std::string(option.name) + " is not known.");
      return;
    }
    const std::string module(module_of(rule_.matches.back()));
    const bool has_nothing_yet = rule_.matches.back() == new_match(module);
    if (has_nothing_yet) {
      rule_.matches.pop_back();
    }
    rule_.matches.emplace_back(UnsupportedMatch{module, {}});
    static_cast<void>(take_option(rule_.matches.back(), option, in_));
  }

  void finish() {
    std::string why = missing_in(rule_.target);
    for (const Match& match : rule_.matches) {
      why = why.empty() ? missing_in(match) : why;
    }
    if (!why.empty()) {
      in_.fail(in_.end_column(), std::move(why));
    }
  }

  WordReader& in_;
  const TableDraft& table_;
  Rule rule_;
};

}  // namespace

std::optional<Rule> read_rule(WordReader& in, const TableDraft& table) {
  return RuleReader(in, table).read();
}

std::optional<Counters> read_counters(WordReader& in, const Word& word) {
  constexpr std::uint64_t max = 0xffffffffffffffffU;
  const std::string_view text = word.text;
  const std::size_t colon = text.find(':');
  if (!text.starts_with('[') || !text.ends_with(']') || colon == std::string_view::npos) {
    in.fail(word, "Counters were expected, as [0:0], not \"" + word.text + "\".");
    return std::nullopt;
  }
  const std::optional<std::uint64_t> packets = read_number(in, word, text.substr(1, colon - 1), max);
  const std::optional<std::uint64_t> bytes =
      read_number(in, word, text.substr(colon + 1, text.size() - colon - 2), max);
  return packets && bytes ? std::optional(Counters{*packets, *bytes}) : std::nullopt;
}

}  // namespace plimsoll::overlay::netfilter
