#include "impl/base/ipv4.hpp"

#include <charconv>
#include <system_error>

#include <fmt/core.h>

#include "impl/base/quoted.hpp"

namespace plimsoll::base {
namespace {

tl::unexpected<std::string> refuse(std::string_view text, const std::string& why) {
  return tl::unexpected(fmt::format("{} is not an IPv4 address: {}", quoted(text), why));
}

/// Reads one octet. Returns why it is not one, or nothing.
std::string read_octet(std::string_view text, std::uint8_t& octet) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value > 255) {
    return fmt::format("{} is not a number from 0 to 255", quoted(text));
  }
  if (text.size() > 1 && text.front() == '0') {
    return fmt::format("the octet {} has a leading zero", quoted(text));
  }
  octet = static_cast<std::uint8_t>(value);
  return {};
}

}  // namespace

tl::expected<Ipv4, std::string> Ipv4::parse(std::string_view text) {
  std::uint8_t octets[4] = {};
  std::string_view rest = text;
  for (int i = 0; i < 4; ++i) {
    const std::size_t dot = rest.find('.');
    const bool is_last = i == 3;
    if ((dot == std::string_view::npos) != is_last) {
      return refuse(text, "expected four numbers separated by dots, such as 10.1.0.7");
    }
    const std::string why_not = read_octet(rest.substr(0, dot), octets[i]);
    if (!why_not.empty()) {
      return refuse(text, why_not);
    }
    rest.remove_prefix(is_last ? rest.size() : dot + 1);
  }
  return Ipv4(octets[0], octets[1], octets[2], octets[3]);
}

std::string to_text(const Ipv4& address) {
  const std::uint32_t v = address.value();
  return fmt::format("{}.{}.{}.{}", v >> 24, v >> 16 & 255U, v >> 8 & 255U, v & 255U);
}

}  // namespace plimsoll::base
