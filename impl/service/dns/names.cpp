#include "impl/service/dns/names.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::dns {
namespace {

constexpr std::string_view reverse_zone_v4 = "in-addr.arpa";
constexpr std::string_view reverse_zone_v6 = "ip6.arpa";

/// Not of the locale: names are compared as ASCII (RFC 4343).
char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

}  // namespace

std::string canonical_name(std::string_view name) {
  if (name.ends_with('.')) {
    name.remove_suffix(1);
  }
  std::string result(name);
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

std::vector<std::string_view> labels_of(std::string_view name) {
  std::vector<std::string_view> labels;
  if (name.empty()) {
    return labels;
  }
  for (std::size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
    labels.push_back(name.substr(0, dot));
    name.remove_prefix(dot + 1);
  }
  labels.push_back(name);
  return labels;
}

std::optional<std::string_view> within_zone(std::string_view name, std::string_view zone) {
  if (name == zone) {
    return std::string_view{};
  }
  if (name.size() <= zone.size() + 1 || !name.ends_with(zone)) {
    return std::nullopt;
  }
  const std::size_t dot = name.size() - zone.size() - 1;
  if (name[dot] != '.') {
    return std::nullopt;
  }
  return name.substr(0, dot);
}

bool is_reverse(std::string_view name) {
  return within_zone(name, reverse_zone_v4).has_value() || within_zone(name, reverse_zone_v6).has_value();
}

std::string dashed(const Address& address) {
  std::string label = to_text(address);
  std::ranges::replace(label, '.', '-');
  std::ranges::replace(label, ':', '-');
  return label;
}

std::optional<Address> from_dashed(std::string_view label) {
  // Three single dashes are an IPv4 address; IPv6 has more, or two in a row.
  const bool dotted = std::ranges::count(label, '-') == 3 && label.find("--") == std::string_view::npos;
  std::string text(label);
  if (text.find_first_of(".:") != std::string::npos) {
    return std::nullopt;
  }
  std::ranges::replace(text, '-', dotted ? '.' : ':');
  return parse_address(text);
}

std::string reverse_name(const Address& address) {
  std::string name;
  if (const auto* v4 = std::get_if<base::Ipv4>(&address)) {
    for (unsigned octet = 0; octet < 4; ++octet) {
      name += std::to_string((v4->value() >> (8 * octet)) & 0xff) + ".";
    }
    return name += reverse_zone_v4;
  }
  const std::array<std::uint8_t, 16> bytes = std::get<base::Ipv6>(address).bytes();
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = bytes.size(); i-- > 0;) {
    name += {digits[bytes[i] & 0xfU], '.', digits[bytes[i] >> 4U], '.'};
  }
  return name += reverse_zone_v6;
}

std::string to_text(const Address& address) {
  return std::visit([](const auto& one) { return base::to_text(one); }, address);
}

std::optional<Address> parse_address(std::string_view text) {
  if (const auto v4 = base::Ipv4::parse(text)) {
    return Address{*v4};
  }
  if (const auto v6 = base::Ipv6::parse(text)) {
    return Address{*v6};
  }
  return std::nullopt;
}

std::string port_labels(const Port& port) {
  constexpr std::array<std::string_view, 3> protocols = {"tcp", "udp", "sctp"};
  return "_" + port.name + "._" + std::string(protocols[static_cast<std::size_t>(port.protocol)]);
}

}  // namespace plimsoll::dns
