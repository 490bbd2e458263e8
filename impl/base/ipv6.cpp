#include "impl/base/ipv6.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include <fmt/core.h>

#include "impl/base/ipv4.hpp"
#include "impl/base/quoted.hpp"

namespace plimsoll::base {
namespace {

using Groups = std::array<std::uint16_t, 8>;

/// Groups read so far on one side of "::"; at most 8, more are refused.
struct Side {
  Groups groups{};
  std::size_t count = 0;
};

/// Appends one group of 1 to 4 hexadecimal digits. Returns why it is not one, or nothing.
std::string read_group(std::string_view text, Side& side) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  const bool is_whole = error == std::errc{} && end == text.data() + text.size();
  if (text.empty() || text.size() > 4 || !is_whole) {
    return fmt::format("{} is not a group of one to four hexadecimal digits", quoted(text));
  }
  if (side.count == 8) {
    return "there are more than eight groups";
  }
  side.groups[side.count++] = value;
  return {};
}

/// Appends an embedded dotted quad as two groups.
std::string read_quad(std::string_view text, Side& side) {
  const auto quad = Ipv4::parse(text);
  if (!quad) {
    return quad.error();
  }
  if (side.count > 6) {
    return "there are more than eight groups";
  }
  side.groups[side.count++] = static_cast<std::uint16_t>(quad->value() >> 16);
  side.groups[side.count++] = static_cast<std::uint16_t>(quad->value() & 0xffffU);
  return {};
}

/// Reads groups separated by single colons; an empty text has none.
/// @param may_end_in_quad  Whether the end of `text` is the end of the address.
std::string read_side(std::string_view text, bool may_end_in_quad, Side& side) {
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const bool is_last = colon == std::string_view::npos;
    const std::string_view group = text.substr(0, colon);
    const bool is_quad = is_last && may_end_in_quad && group.find('.') != std::string_view::npos;
    std::string why_not = is_quad ? read_quad(group, side) : read_group(group, side);
    if (!why_not.empty()) {
      return why_not;
    }
    if (!is_last && colon + 1 == text.size()) {
      return "it ends in a single colon";
    }
    text.remove_prefix(is_last ? text.size() : colon + 1);
  }
  return {};
}

/// Fills `groups` from `text`. Returns why it cannot, or nothing.
std::string read_groups(std::string_view text, Groups& groups) {
  const std::size_t gap = text.find("::");
  const bool has_gap = gap != std::string_view::npos;
  Side before;
  Side after;
  std::string why_not = read_side(text.substr(0, gap), !has_gap, before);
  if (why_not.empty() && has_gap) {
    why_not = text.find("::", gap + 1) != std::string_view::npos
                  ? "\"::\" may appear only once"
                  : read_side(text.substr(gap + 2), true, after);
  }
  if (!why_not.empty()) {
    return why_not;
  }
  const std::size_t count = before.count + after.count;
  if (has_gap ? count > 7 : count != 8) {
    return has_gap ? "\"::\" must stand for at least one group of eight"
                   : fmt::format("it has {} groups, not 8", count);
  }
  std::copy_n(before.groups.begin(), before.count, groups.begin());
  std::copy_n(after.groups.begin(), after.count, groups.end() - static_cast<std::ptrdiff_t>(after.count));
  return {};
}

Groups groups_of(const Ipv6& address) {
  Groups groups{};
  const auto bytes = address.bytes();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i] = static_cast<std::uint16_t>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
  }
  return groups;
}

struct Run {
  std::size_t begin = 0;
  std::size_t length = 0;
};

/// The first of the longest runs of zero groups among the first `count` groups; length 0 if none has two or
/// more.
Run longest_zero_run(const Groups& groups, std::size_t count) {
  Run best;
  for (std::size_t begin = 0; begin < count; ++begin) {
    std::size_t end = begin;
    while (end < count && groups[end] == 0) {
      ++end;
    }
    if (end - begin > std::max<std::size_t>(best.length, 1)) {
      best = Run{begin, end - begin};
    }
  }
  return best;
}

}  // namespace

tl::expected<Ipv6, std::string> Ipv6::parse(std::string_view text) {
  Groups groups{};
  const std::string why_not = read_groups(text, groups);
  if (!why_not.empty()) {
    return tl::unexpected(fmt::format("{} is not an IPv6 address: {}", quoted(text), why_not));
  }
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    bytes[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
    bytes[2 * i + 1] = static_cast<std::uint8_t>(groups[i] & 0xffU);
  }
  return Ipv6(bytes);
}

std::string to_text(const Ipv6& address) {
  const Groups groups = groups_of(address);
  const bool is_ipv4_mapped = address.high() == 0 && address.low() >> 32 == 0xffffU;
  const std::size_t hexadecimal_count = is_ipv4_mapped ? 6 : 8;
  const Run gap = longest_zero_run(groups, hexadecimal_count);
  std::string text;
  for (std::size_t i = 0; i < hexadecimal_count; ++i) {
    if (gap.length != 0 && i == gap.begin) {
      text += "::";
      i += gap.length - 1;
      continue;
    }
    text += text.empty() || text.ends_with(':') ? "" : ":";
    text += fmt::format("{:x}", groups[i]);
  }
  if (is_ipv4_mapped) {
    text += ":" + to_text(Ipv4(static_cast<std::uint32_t>(address.low())));
  }
  return text;
}

}  // namespace plimsoll::base
