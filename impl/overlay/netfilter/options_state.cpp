// Reading of the options of matches that look at what was before: statistic, recent, conntrack.
#include <charconv>
#include <cmath>

#include "impl/overlay/netfilter/option_values.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

bool read_probability(StatisticMatch& match, const Word& word, WordReader& in) {
  double probability = -1;
  const char* const end = word.text.data() + word.text.size();
  const auto [stop, error] = std::from_chars(word.text.data(), end, probability);
  if (error != std::errc() || stop != end || !(probability >= 0 && probability <= 1)) {
    return in.fail(word, "A probability from 0 to 1 was expected, not \"" + word.text + "\".");
  }
  match.probability = static_cast<std::uint32_t>(std::lround(probability * StatisticMatch::certain));
  return true;
}

}  // namespace

bool take(StatisticMatch& match, const Option& option, WordReader& in) {
  if (option.name != "--mode" && option.name != "--probability" && option.name != "--every" &&
      option.name != "--packet") {
    return false;
  }
  if (option.name == "--every" || option.name == "--packet") {
    match.negated = match.negated || (option.negated && option.name == "--every");
    return put_number(option.name == "--every" ? match.every : match.packet, option, in);
  }
  const Word* const value = in.take_value(option.name);
  if (value == nullptr) {
    return true;
  }
  if (option.name == "--probability") {
    match.negated = option.negated;
    read_probability(match, *value, in);
  } else if (value->text == "random" || value->text == "nth") {
    match.mode = value->text == "nth" ? StatisticMatch::Mode::nth : StatisticMatch::Mode::random;
  } else {
    in.fail(*value, "A mode is random or nth, not \"" + value->text + "\".");
  }
  return true;
}

namespace {

bool take_recent_operation(RecentMatch& match, const Option& option) {
  using Operation = RecentMatch::Operation;
  constexpr std::array<std::string_view, 4> names = {"--set", "--rcheck", "--update", "--remove"};
  for (std::size_t at = 0; at < names.size(); ++at) {
    if (option.name == names[at]) {
      match.operation = static_cast<Operation>(at);
      match.negated = option.negated;
      return true;
    }
  }
  return false;
}

}  // namespace

bool take(RecentMatch& match, const Option& option, WordReader& in) {
  if (take_recent_operation(match, option)) {
    return true;
  }
  if (option.name == "--seconds" || option.name == "--hitcount") {
    return put_number(option.name == "--seconds" ? match.seconds : match.hit_count, option, in);
  }
  if (option.name == "--name") {
    match.list = take_text(option, in);
    return true;
  }
  if (option.name == "--mask") {
    if (const Word* const value = in.take_value(option.name)) {
      put(match.mask, read_ipv4(in, *value, value->text));
    }
    return true;
  }
  const bool is_flag = option.name == "--reap" || option.name == "--rttl" || option.name == "--rsource" ||
                       option.name == "--rdest";
  match.reap = match.reap || option.name == "--reap";
  match.same_ttl = match.same_ttl || option.name == "--rttl";
  match.by_destination = option.name == "--rdest" || (match.by_destination && option.name != "--rsource");
  return is_flag;
}

namespace {

bool take_ct_direction(ConntrackMatch& match, const Option& option, WordReader& in) {
  const Word* const value = in.take_value(option.name);
  if (value == nullptr) {
    return true;
  }
  if (value->text != "ORIGINAL" && value->text != "REPLY") {
    return in.fail(*value, "A direction is ORIGINAL or REPLY, not \"" + value->text + "\".") || true;
  }
  match.direction =
      value->text == "REPLY" ? ConntrackMatch::Direction::reply : ConntrackMatch::Direction::original;
  return true;
}

bool take_ct_tuple(ConntrackMatch& match, const Option& option, WordReader& in) {
  constexpr std::array<std::pair<std::string_view, AddressMatch ConntrackMatch::*>, 4> addresses = {
      {{"--ctorigsrc", &ConntrackMatch::original_source},
       {"--ctorigdst", &ConntrackMatch::original_destination},
       {"--ctreplsrc", &ConntrackMatch::reply_source},
       {"--ctrepldst", &ConntrackMatch::reply_destination}}};
  constexpr std::array<std::pair<std::string_view, PortMatch ConntrackMatch::*>, 4> ports = {
      {{"--ctorigsrcport", &ConntrackMatch::original_source_port},
       {"--ctorigdstport", &ConntrackMatch::original_destination_port},
       {"--ctreplsrcport", &ConntrackMatch::reply_source_port},
       {"--ctrepldstport", &ConntrackMatch::reply_destination_port}}};
  for (const auto& [name, member] : addresses) {
    if (option.name == name) {
      return put_address(match.*member, option, in);
    }
  }
  for (const auto& [name, member] : ports) {
    if (option.name == name) {
      return put_ports(match.*member, option, in);
    }
  }
  return false;
}

}  // namespace

bool take(ConntrackMatch& match, const Option& option, WordReader& in) {
  if (option.name == (match.as_state ? "--state" : "--ctstate")) {
    match.states_negated = option.negated;
    return put_names(match.states, option, in, ct_state_names(), "state of a connection");
  }
  if (match.as_state) {
    return false;
  }
  if (option.name == "--ctstatus") {
    match.statuses_negated = option.negated;
    return put_names(match.statuses, option, in, ct_status_names(), "status of a connection");
  }
  if (option.name == "--ctproto") {
    match.protocol.negated = option.negated;
    if (const Word* const value = in.take_value(option.name)) {
      put(match.protocol.number, read_protocol(in, *value));
    }
    return true;
  }
  return option.name == "--ctdir" ? take_ct_direction(match, option, in) : take_ct_tuple(match, option, in);
}

}  // namespace plimsoll::overlay::netfilter
