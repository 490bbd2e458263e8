#include "impl/base/prefix.hpp"

#include <charconv>
#include <optional>
#include <system_error>

#include <fmt/core.h>

#include "impl/base/quoted.hpp"

namespace plimsoll::base {
namespace {

/// A decimal number up to `max`, without sign or leading zeros.
std::optional<unsigned> parse_length(std::string_view text, unsigned max) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool has_leading_zero = text.size() > 1 && text.front() == '0';
  if (text.empty() || has_leading_zero || error != std::errc{} || end != text.data() + text.size() ||
      value > max) {
    return std::nullopt;
  }
  return value;
}

template <class Address>
std::string text_of(const Prefix<Address>& prefix) {
  return fmt::format("{}/{}", to_text(prefix.address()), prefix.length());
}

}  // namespace

template <class Address>
tl::expected<Prefix<Address>, std::string> Prefix<Address>::parse_interface(std::string_view text) {
  const auto refuse = [text](const std::string& why) {
    return tl::unexpected(fmt::format("{} is not an {} prefix: {}", quoted(text), Address::family, why));
  };
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    const bool is_wide = Address::width_bits > 32;
    return refuse(
        fmt::format("expected ADDRESS/LENGTH, such as {}", is_wide ? "fd00:10::/64" : "10.1.0.0/16"));
  }
  const auto address = Address::parse(text.substr(0, slash));
  if (!address) {
    return refuse(address.error());
  }
  const std::string_view length_text = text.substr(slash + 1);
  const std::optional<unsigned> length = parse_length(length_text, Address::width_bits);
  if (!length) {
    return refuse(
        fmt::format("the length {} is not a number from 0 to {}", quoted(length_text), Address::width_bits));
  }
  return Prefix(*address, *length);
}

template <class Address>
tl::expected<Prefix<Address>, std::string> Prefix<Address>::parse(std::string_view text) {
  auto prefix = parse_interface(text);
  if (prefix && prefix->has_host_bits()) {
    return tl::unexpected(
        fmt::format("{} has host bits set: did you mean {}?", quoted(text), text_of(prefix->network())));
  }
  return prefix;
}

std::string to_text(const Ipv4Prefix& prefix) {
  return text_of(prefix);
}
std::string to_text(const Ipv6Prefix& prefix) {
  return text_of(prefix);
}

template class Prefix<Ipv4>;
template class Prefix<Ipv6>;

}  // namespace plimsoll::base
