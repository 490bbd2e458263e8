// Reading of an option's value into the member that it is for. Each function answers true, the option being
// the match's whether or not its value can be read; errors are noted in the reader.
//
// Private to save_format.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "impl/overlay/netfilter/options.hpp"

namespace plimsoll::overlay::netfilter {

/// Assigns what was read, if it was. Always true: the option was this match's.
template <class To, class From>
bool put(To& to, const std::optional<From>& from) {
  if (from) {
    to = static_cast<To>(*from);
  }
  return true;
}

/// The option's value as a string; empty after an error.
inline std::string take_text(const Option& option, WordReader& in) {
  const Word* const value = in.take_value(option.name);
  return value == nullptr ? std::string() : value->text;
}
inline bool put_ports(PortMatch& match, const Option& option, WordReader& in) {
  if (const Word* const value = in.take_value(option.name)) {
    put(match.range, read_ports(in, *value, value->text));
  }
  match.negated = option.negated;
  return true;
}
inline bool put_number(std::uint32_t& number, const Option& option, WordReader& in) {
  if (const Word* const value = in.take_value(option.name)) {
    put(number, read_number(in, *value, value->text, 0xffffffffU));
  }
  return true;
}
template <class Bits>
bool put_names(Bits& bits, const Option& option, WordReader& in, std::span<const NamedNumber> names,
               std::string_view what) {
  if (const Word* const value = in.take_value(option.name)) {
    put(bits, read_names(in, *value, names, what));
  }
  return true;
}
inline bool put_address(AddressMatch& match, const Option& option, WordReader& in) {
  if (const Word* const value = in.take_value(option.name)) {
    put(match, read_address(in, *value));
  }
  match.negated = option.negated;
  return true;
}

// Matches that look at what was before (options_state.cpp).

[[nodiscard]] bool take(StatisticMatch& match, const Option& option, WordReader& in);
[[nodiscard]] bool take(RecentMatch& match, const Option& option, WordReader& in);
[[nodiscard]] bool take(ConntrackMatch& match, const Option& option, WordReader& in);

}  // namespace plimsoll::overlay::netfilter
