#include "checker/scenario/source_text.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace plimsoll::scenario {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// Length in bytes of the well-formed UTF-8 sequence that begins `text`; 0 if it is ill-formed (Unicode 15,
/// table 3-7).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [text](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto continues = [byte](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80U) {
    return 1;
  }
  if (first < 0xC2U || first > 0xF4U || !continues(1)) {
    return 0;
  }
  if (first < 0xE0U) {
    return 2;
  }
  if (!continues(2)) {
    return 0;
  }
  if (first < 0xF0U) {
    const bool is_overlong = first == 0xE0U && byte(1) < 0xA0U;
    const bool is_surrogate = first == 0xEDU && byte(1) > 0x9FU;
    return is_overlong || is_surrogate ? 0 : 3;
  }
  const bool is_overlong = first == 0xF0U && byte(1) < 0x90U;
  const bool is_beyond = first == 0xF4U && byte(1) > 0x8FU;
  return !continues(3) || is_overlong || is_beyond ? 0 : 4;
}

std::string without_carriage_returns(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\r' && i + 1 < bytes.size() && bytes[i + 1] == '\n') {
      continue;
    }
    text += bytes[i];
  }
  return text;
}

struct Finding {
  std::size_t offset;  ///< in bytes
  std::string message;
};

std::optional<Finding> find_bad_byte(std::string_view text) {
  bool is_indentation = true;
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\0') {
      return Finding{i, "the text contains a NUL byte"};
    }
    if (c == '\t' && is_indentation) {
      return Finding{i, "a tab is used for indentation; use spaces"};
    }
    if (c == '\r') {
      return Finding{i, "the text contains a carriage return that ends no line"};
    }
    if ((byte < 0x20U && c != '\n' && c != '\t') || byte == 0x7FU) {
      return Finding{i, "the text contains a control character"};
    }
    const std::size_t length = sequence_length(text.substr(i));
    if (length == 0) {
      return Finding{i, "the text is not valid UTF-8"};
    }
    if (i - line_start >= line_bytes_max && c != '\n') {
      return Finding{
          i, "the line has more than " + std::to_string(line_bytes_max) + " bytes, which is the limit"};
    }
    line_start = c == '\n' ? i + 1 : line_start;
    is_indentation = c == '\n' || (is_indentation && c == ' ');
    i += length;
  }
  return std::nullopt;
}

}  // namespace

SourceText::SourceText(std::string text, std::string file)
    : text_(std::move(text)), file_(std::move(file)), line_starts_{0} {
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') {
      line_starts_.push_back(i + 1);
    }
  }
}

tl::expected<SourceText, Error> SourceText::make(std::string_view bytes, std::string file) {
  if (bytes.size() > text_bytes_max) {
    const std::string sentence = "the text has " + std::to_string(bytes.size()) + " bytes; the limit is " +
                                 std::to_string(text_bytes_max);
    return tl::unexpected(Error{Location{std::move(file), 1, 1}, sentence});
  }
  if (bytes.starts_with(byte_order_mark)) {
    bytes.remove_prefix(byte_order_mark.size());
  }
  SourceText source(without_carriage_returns(bytes), std::move(file));
  if (auto finding = find_bad_byte(source.text_)) {
    const auto next = std::ranges::upper_bound(source.line_starts_, finding->offset);
    const auto line = static_cast<std::size_t>(next - source.line_starts_.begin()) - 1;
    const Location where = source.locate(line, finding->offset - source.line_starts_[line]);
    return tl::unexpected(Error{where, std::move(finding->message)});
  }
  return source;
}

std::string_view SourceText::line(std::size_t line) const {
  if (line >= line_starts_.size()) {
    return {};
  }
  const std::string_view rest = std::string_view(text_).substr(line_starts_[line]);
  return rest.substr(0, rest.find('\n'));
}

std::string_view SourceText::from(std::size_t line, std::size_t byte) const {
  if (line >= line_starts_.size() || byte > text_.size() - line_starts_[line]) {
    return {};
  }
  return std::string_view(text_).substr(line_starts_[line] + byte);
}

Location SourceText::locate(std::size_t line_index, std::size_t byte) const {
  const std::string_view before = line(line_index).substr(0, byte);
  const auto continuations = static_cast<std::size_t>(std::ranges::count_if(before, is_continuation));
  // Behind the end of a line (the parser's idea of "here" at the end of a text) every byte counts as a
  // character.
  return Location{file_, static_cast<std::uint32_t>(line_index + 1),
                  static_cast<std::uint32_t>(byte - continuations + 1)};
}

}  // namespace plimsoll::scenario
