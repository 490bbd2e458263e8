#include "properties/manifest/syntax.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace plimsoll::manifest {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z');
}
bool is_alphanumeric(char c) {
  return is_lower_alphanumeric(c) || (c >= 'A' && c <= 'Z');
}

std::size_t count_digits(std::string_view text) {
  return std::min(text.find_first_not_of("0123456789"), text.size());
}

}  // namespace

bool is_dns_label(std::string_view text) {
  return !text.empty() && text.size() <= 63 && is_lower_alphanumeric(text.front()) &&
         is_lower_alphanumeric(text.back()) &&
         std::ranges::all_of(text, [](char c) { return c == '-' || is_lower_alphanumeric(c); });
}

bool is_dns_subdomain(std::string_view text) {
  // Unlike a DNS name proper, a subdomain's parts are limited only by the whole (Kubernetes, validation.go).
  if (text.empty() || text.size() > 253) {
    return false;
  }
  while (true) {
    const std::size_t dot = text.find('.');
    const std::string_view part = text.substr(0, dot);
    const bool is_part =
        !part.empty() && is_lower_alphanumeric(part.front()) && is_lower_alphanumeric(part.back()) &&
        std::ranges::all_of(part, [](char c) { return c == '-' || is_lower_alphanumeric(c); });
    if (!is_part) {
      return false;
    }
    if (dot == std::string_view::npos) {
      return true;
    }
    text.remove_prefix(dot + 1);
  }
}

bool is_label_value(std::string_view text) {
  const auto is_inner = [](char c) { return c == '-' || c == '_' || c == '.' || is_alphanumeric(c); };
  return text.empty() || (text.size() <= 63 && is_alphanumeric(text.front()) &&
                          is_alphanumeric(text.back()) && std::ranges::all_of(text, is_inner));
}

bool is_qualified_name(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    if (!is_dns_subdomain(text.substr(0, slash))) {
      return false;
    }
    text.remove_prefix(slash + 1);
  }
  return !text.empty() && is_label_value(text);
}

bool is_quantity(std::string_view text) {
  static constexpr std::array<std::string_view, 14> suffixes = {"",  "m",  "k",  "M",  "G",  "T",  "P",
                                                                "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  const std::size_t whole = count_digits(text);
  if (whole == 0) {
    return false;
  }
  text.remove_prefix(whole);
  if (text.starts_with('.')) {
    const std::size_t fraction = count_digits(text.substr(1));
    if (fraction == 0) {
      return false;
    }
    text.remove_prefix(fraction + 1);
  }
  return std::ranges::count(suffixes, text) > 0;
}

tl::expected<Address, std::string> parse_address(std::string_view text) {
  if (text.find(':') != std::string_view::npos) {
    return base::Ipv6::parse(text).map([](const base::Ipv6& address) { return Address(address); });
  }
  return base::Ipv4::parse(text).map([](const base::Ipv4& address) { return Address(address); });
}

tl::expected<AddressPrefix, std::string> parse_prefix(std::string_view text) {
  if (text.find(':') != std::string_view::npos) {
    return base::Ipv6Prefix::parse(text).map(
        [](const base::Ipv6Prefix& prefix) { return AddressPrefix(prefix); });
  }
  return base::Ipv4Prefix::parse(text).map(
      [](const base::Ipv4Prefix& prefix) { return AddressPrefix(prefix); });
}

}  // namespace plimsoll::manifest
