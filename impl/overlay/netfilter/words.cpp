#include "impl/overlay/netfilter/words.hpp"

#include <algorithm>
#include <charconv>

namespace plimsoll::overlay::netfilter {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

/// Reads one word from `line` at `at`, which is none of its spaces.
Word word_at(std::string_view line, std::size_t& at, bool& closed) {
  Word word;
  word.column = static_cast<std::uint32_t>(at + 1);
  bool in_quotes = false;
  for (; at < line.size() && (in_quotes || !is_space(line[at])); ++at) {
    if (line[at] == '"') {
      in_quotes = !in_quotes;
      word.quoted = true;
    } else if (in_quotes && line[at] == '\\' && at + 1 < line.size()) {
      word.text += line[++at];
    } else {
      word.text += line[at];
    }
  }
  closed = !in_quotes;
  return word;
}

}  // namespace

std::string printed_word(std::string_view text) {
  const auto is_plain = [](char c) {
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || c == '_' || c == '-';
  };
  if (!text.empty() && std::ranges::all_of(text, is_plain)) {
    return std::string(text);
  }
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '\'') {
      quoted += '\\';
    }
    quoted += c;
  }
  return quoted + '"';
}

WordReader::WordReader(std::string_view line, std::uint32_t line_number) : line_(line_number) {
  for (std::size_t at = 0; at < line.size();) {
    if (is_space(line[at])) {
      ++at;
      continue;
    }
    bool closed = true;
    words_.push_back(word_at(line, at, closed));
    if (!closed) {
      fail(words_.back(), "The quotation that begins here does not end.");
    }
  }
  end_column_ = static_cast<std::uint32_t>(line.size() + 1);
}

const Word* WordReader::take_value(std::string_view option) {
  if (at_end()) {
    fail(end_column_, "A value of " + std::string(option) + " was expected.");
    return nullptr;
  }
  return &take();
}

void WordReader::skip_values(std::string& printed) {
  while (!at_end() && (peek().quoted || (peek().text != "!" && !peek().text.starts_with('-')))) {
    const Word& word = take();
    printed += ' ';
    printed += word.quoted ? printed_word(word.text) : word.text;
  }
}

bool WordReader::fail(std::uint32_t column, std::string message) {
  if (!error_) {
    error_ = RestoreError{line_, column, std::move(message)};
  }
  return false;
}

std::optional<std::uint64_t> read_number(WordReader& in, const Word& word, std::string_view text,
                                         std::uint64_t max) {
  const bool is_hex = text.starts_with("0x") || text.starts_with("0X");
  const std::string_view digits = is_hex ? text.substr(2) : text;
  std::uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, is_hex ? 16 : 10);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || number > max) {
    in.fail(word, "A number of at most " + std::to_string(max) + " was expected, not \"" + std::string(text) +
                      "\".");
    return std::nullopt;
  }
  return number;
}

std::optional<PortRange> read_ports(WordReader& in, const Word& word, std::string_view text, char separator) {
  constexpr std::uint64_t max = 0xffff;
  const std::size_t colon = text.find(separator);
  const std::string_view first = text.substr(0, colon);
  PortRange range;
  if (!first.empty() || colon == std::string_view::npos) {
    const std::optional<std::uint64_t> port = read_number(in, word, first, max);
    if (!port) {
      return std::nullopt;
    }
    range.first = static_cast<std::uint16_t>(*port);
  }
  range.last = colon == std::string_view::npos ? range.first : std::uint16_t{0xffff};
  if (colon != std::string_view::npos && colon + 1 < text.size()) {
    const std::optional<std::uint64_t> port = read_number(in, word, text.substr(colon + 1), max);
    if (!port) {
      return std::nullopt;
    }
    range.last = static_cast<std::uint16_t>(*port);
  }
  if (range.first > range.last) {
    in.fail(word, "The range of ports is upside down.");
    return std::nullopt;
  }
  return range;
}

std::optional<base::Ipv4> read_ipv4(WordReader& in, const Word& word, std::string_view text) {
  const tl::expected<base::Ipv4, std::string> address = base::Ipv4::parse(text);
  if (!address) {
    in.fail(word, "An IPv4 address was expected: " + address.error());
    return std::nullopt;
  }
  return *address;
}

std::optional<AddressMatch> read_address(WordReader& in, const Word& word) {
  const std::string_view text = word.text;
  if (text.find(',') != std::string_view::npos) {
    in.fail(word, "Several addresses would be several rules; one was expected.");
    return std::nullopt;
  }
  const std::size_t slash = text.find('/');
  const std::optional<base::Ipv4> address = read_ipv4(in, word, text.substr(0, slash));
  if (!address) {
    return std::nullopt;
  }
  AddressMatch match{*address, base::Ipv4(0xffffffffU), false};
  if (slash != std::string_view::npos) {
    const std::string_view mask = text.substr(slash + 1);
    if (mask.find('.') != std::string_view::npos) {
      const std::optional<base::Ipv4> dotted = read_ipv4(in, word, mask);
      if (!dotted) {
        return std::nullopt;
      }
      match.mask = *dotted;
    } else {
      const std::optional<std::uint64_t> length = read_number(in, word, mask, base::Ipv4::width_bits);
      if (!length) {
        return std::nullopt;
      }
      match.mask = base::Ipv4(0xffffffffU).masked(static_cast<unsigned>(*length));
    }
  }
  match.address = base::Ipv4(match.address.value() & match.mask.value());
  return match;
}

std::optional<std::uint8_t> read_protocol(WordReader& in, const Word& word) {
  std::string lower = word.text;
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  std::optional<std::uint16_t> number = number_of(protocol_names(), lower);
  if (!number && !lower.empty() && '0' <= lower[0] && lower[0] <= '9') {
    const std::optional<std::uint64_t> given = read_number(in, word, lower, 255);
    number = given ? std::optional(static_cast<std::uint16_t>(*given)) : std::nullopt;
  } else if (!number) {
    in.fail(word, "\"" + word.text + "\" is no protocol.");
  }
  return number ? std::optional(static_cast<std::uint8_t>(*number)) : std::nullopt;
}

std::optional<std::uint16_t> read_names(WordReader& in, const Word& word, std::span<const NamedNumber> names,
                                        std::string_view what) {
  std::uint16_t bits = 0;
  for (const std::string_view name : split(word.text, ',')) {
    const std::optional<std::uint16_t> number = number_of(names, name);
    if (!number) {
      in.fail(word, "\"" + std::string(name) + "\" is no " + std::string(what) + ".");
      return std::nullopt;
    }
    bits = static_cast<std::uint16_t>(bits | *number);
  }
  return bits;
}

std::optional<MaskedValue> read_masked(WordReader& in, const Word& word) {
  constexpr std::uint64_t max = 0xffffffffU;
  const std::string_view text = word.text;
  const std::size_t slash = text.find('/');
  const std::optional<std::uint64_t> value = read_number(in, word, text.substr(0, slash), max);
  if (!value) {
    return std::nullopt;
  }
  MaskedValue masked{static_cast<std::uint32_t>(*value), 0xffffffffU};
  if (slash != std::string_view::npos) {
    const std::optional<std::uint64_t> mask = read_number(in, word, text.substr(slash + 1), max);
    if (!mask) {
      return std::nullopt;
    }
    masked.mask = static_cast<std::uint32_t>(*mask);
  }
  return masked;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

}  // namespace plimsoll::overlay::netfilter
