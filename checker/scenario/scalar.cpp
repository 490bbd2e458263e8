#include "checker/scenario/scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "checker/scenario/suggestion.hpp"

namespace plimsoll::scenario {
namespace {

constexpr std::array<std::string_view, 3> true_words = {"true", "True", "TRUE"};
constexpr std::array<std::string_view, 3> false_words = {"false", "False", "FALSE"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower_or_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z');
}

tl::unexpected<Error> expected_but_found(std::string_view expected, const Node& node) {
  return tl::unexpected(Error{node.where, "expected " + std::string(expected) + ", found " + describe(node)});
}

bool is_plain(const Node& node) {
  return node.kind == Kind::scalar && !node.quoted;
}

/// True for texts that every YAML reader takes for a decimal number: -1, 3, 1.5, 1e3.
bool looks_like_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) {
    text.remove_prefix(1);
  }
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const bool has_leading_zero = digits > 1 && text.front() == '0';
  if (digits == 0 || has_leading_zero) {
    return false;
  }
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure != std::errc::invalid_argument && end == text.data() + text.size();
}

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

/// `text` as a number followed by one of `units`, multiplied out; nothing if that exceeds `max`.
std::optional<std::uint64_t> parse_with_unit(std::string_view text, std::span<const Unit> units,
                                             std::uint64_t max) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_uint(text.substr(0, digits));
  const auto unit = std::ranges::find(units, text.substr(digits), &Unit::name);
  if (!number || unit == units.end() || *number > max / unit->factor) {
    return std::nullopt;
  }
  return *number * unit->factor;
}

}  // namespace

std::optional<std::uint64_t> parse_uint(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, is_digit) || (text.size() > 1 && text.front() == '0')) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  constexpr std::array<Unit, 4> units = {{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
  const auto value = parse_with_unit(text, units, 1000ULL * 3'600'000ULL);
  if (!value) {
    return std::nullopt;
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(*value));
}

std::optional<std::uint64_t> parse_memory_bytes(std::string_view text) {
  constexpr std::array<Unit, 3> units = {{{"KiB", 1ULL << 10U}, {"MiB", 1ULL << 20U}, {"GiB", 1ULL << 30U}}};
  return parse_with_unit(text, units, 1ULL << 40U);
}

bool is_kebab_case(std::string_view text) {
  if (text.empty() || !(text.front() >= 'a' && text.front() <= 'z') || text.back() == '-') {
    return false;
  }
  const bool is_of_its_letters =
      std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '-'; });
  return is_of_its_letters && text.find("--") == std::string_view::npos;
}

tl::expected<std::string, Error> as_string(const Node& node) {
  if (node.kind != Kind::scalar) {
    return expected_but_found("a string", node);
  }
  if (!node.quoted) {
    const bool is_bool_word =
        std::ranges::count(true_words, node.text) + std::ranges::count(false_words, node.text) > 0;
    if (is_bool_word) {
      return expected_but_found("a string (put it in quotes)", node);
    }
    if (looks_like_number(node.text)) {
      return expected_but_found("a string (put it in quotes)", node);
    }
  }
  return node.text;
}

tl::expected<bool, Error> as_bool(const Node& node) {
  if (is_plain(node) && std::ranges::count(true_words, node.text) > 0) {
    return true;
  }
  if (is_plain(node) && std::ranges::count(false_words, node.text) > 0) {
    return false;
  }
  return expected_but_found("true or false", node);
}

tl::expected<std::uint64_t, Error> as_uint(const Node& node, UintRange range) {
  const auto value = is_plain(node) ? parse_uint(node.text) : std::nullopt;
  if (value && *value >= range.min && *value <= range.max) {
    return *value;
  }
  return expected_but_found(
      "an integer between " + std::to_string(range.min) + " and " + std::to_string(range.max), node);
}

tl::expected<std::string, Error> as_word(const Node& node) {
  if (node.kind == Kind::scalar && is_kebab_case(node.text)) {
    return node.text;
  }
  return expected_but_found("a word in kebab-case", node);
}

tl::expected<std::size_t, Error> as_one_of(const Node& node, std::span<const std::string_view> words) {
  if (node.kind == Kind::scalar) {
    const auto found = std::ranges::find(words, node.text);
    if (found != words.end()) {
      return static_cast<std::size_t>(found - words.begin());
    }
  }
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) {
      list += i + 1 == words.size() ? " or " : ", ";
    }
    list += words[i];
  }
  std::string message = "expected " + list + ", found " + describe(node);
  if (node.kind == Kind::scalar) {
    message += suggestion(node.text, words);
  }
  return tl::unexpected(Error{node.where, std::move(message)});
}

tl::expected<std::chrono::milliseconds, Error> as_duration(const Node& node) {
  if (node.kind == Kind::scalar) {
    if (const auto value = parse_duration(node.text)) {
      return *value;
    }
  }
  return expected_but_found("a duration such as 250ms, 5s, 2m or 1h", node);
}

tl::expected<std::uint64_t, Error> as_memory_bytes(const Node& node) {
  if (node.kind == Kind::scalar) {
    if (const auto value = parse_memory_bytes(node.text)) {
      return *value;
    }
  }
  return expected_but_found("a memory size such as 64KiB, 512MiB or 2GiB", node);
}

}  // namespace plimsoll::scenario
