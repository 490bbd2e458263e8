#include "checker/history/edn.hpp"

#include <optional>

#include "impl/base/quoted.hpp"

namespace plimsoll::history {
namespace {

constexpr int depth_max = 64;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',';
}

bool ends_token(char c) {
  return is_blank(c) || std::string_view("()[]{}\";").find(c) != std::string_view::npos;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Decimal digits without leading zeros, perhaps after a minus.
bool is_integer(std::string_view text) {
  if (text.starts_with('-')) {
    text.remove_prefix(1);
  }
  if (text.empty() || (text.size() > 1 && text.front() == '0')) {
    return false;
  }
  for (const char c : text) {
    if (!is_digit(c)) {
      return false;
    }
  }
  return true;
}

/// An integer with a fraction.
bool is_real(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos || !is_integer(text.substr(0, point)) || point + 1 == text.size()) {
    return false;
  }
  for (const char c : text.substr(point + 1)) {
    if (!is_digit(c)) {
      return false;
    }
  }
  return true;
}

bool looks_like_a_number(std::string_view text) {
  return is_digit(text.front()) ||
         (text.size() > 1 && (text.front() == '-' || text.front() == '+') && is_digit(text[1]));
}

/// The kind of a token, or nothing.
std::optional<EdnKind> kind_of(std::string_view token) {
  if (token == "nil") {
    return EdnKind::nil;
  }
  if (token == "true" || token == "false") {
    return EdnKind::boolean;
  }
  if (is_integer(token)) {
    return EdnKind::integer;
  }
  if (is_real(token)) {
    return EdnKind::real;
  }
  if (token.front() == ':') {
    return token.size() > 1 && token[1] != ':' ? std::optional(EdnKind::keyword) : std::nullopt;
  }
  if (looks_like_a_number(token) || token.front() == '#' || token.front() == '\\') {
    return std::nullopt;
  }
  return EdnKind::symbol;
}

bool equal(const Edn& a, const Edn& b) {
  if (a.kind != b.kind || a.text != b.text || a.elements.size() != b.elements.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.elements.size(); ++i) {
    if (!equal(a.elements[i], b.elements[i])) {
      return false;
    }
  }
  return true;
}

}  // namespace

const Edn* Edn::find(std::string_view keyword) const {
  for (std::size_t i = 0; kind == EdnKind::map && i + 1 < elements.size(); i += 2) {
    if (elements[i].kind == EdnKind::keyword && elements[i].text == keyword) {
      return &elements[i + 1];
    }
  }
  return nullptr;
}

tl::unexpected<scenario::Error> EdnReader::refuse(std::string message) const {
  return tl::unexpected(scenario::Error{here(), std::move(message)});
}

tl::unexpected<scenario::Error> EdnReader::refuse_at(const Edn& element, std::string message) const {
  return tl::unexpected(scenario::Error{{file_, element.line, element.column}, std::move(message)});
}

void EdnReader::advance() {
  const auto byte = static_cast<unsigned char>(text_[position_++]);
  if (byte == '\n') {
    ++line_;
    column_ = 1;
  } else if ((byte & 0xc0U) != 0x80U) {  // continuation bytes of UTF-8 are no characters
    ++column_;
  }
}

void EdnReader::skip_blanks() {
  bool in_comment = false;
  while (position_ < text_.size()) {
    const char c = text_[position_];
    in_comment = in_comment ? c != '\n' : c == ';';
    if (!in_comment && !is_blank(c)) {
      return;
    }
    advance();
  }
}

bool EdnReader::at_end() {
  skip_blanks();
  return position_ == text_.size();
}

EdnReader::Element EdnReader::element(int depth) {
  if (at_end()) {
    return refuse("expected an element, found the end of the text");
  }
  if (depth > depth_max) {
    return refuse("expected at most 64 levels of nesting");
  }
  Edn started;
  started.line = line_;
  started.column = column_;
  switch (text_[position_]) {
    case '{':
      started.kind = EdnKind::map;
      return collection(std::move(started), '}', depth);
    case '[':
    case '(':
      started.kind = EdnKind::sequence;
      return collection(std::move(started), text_[position_] == '[' ? ']' : ')', depth);
    case '"':
      started.kind = EdnKind::string;
      return string(std::move(started));
    case '}':
    case ']':
    case ')':
      return refuse("expected an element, found " + base::quoted(text_.substr(position_, 1)));
    default:
      return token(std::move(started));
  }
}

EdnReader::Element EdnReader::collection(Edn started, char close, int depth) {
  advance();
  while (true) {
    if (at_end()) {
      return refuse_at(started, std::string("expected a '") + close + "' that closes this");
    }
    if (text_[position_] == close) {
      break;
    }
    Element inner = element(depth + 1);
    if (!inner) {
      return inner;
    }
    const bool is_key = started.kind == EdnKind::map && started.elements.size() % 2 == 0;
    for (std::size_t i = 0; is_key && i < started.elements.size(); i += 2) {
      if (equal(started.elements[i], *inner)) {
        return refuse_at(*inner, "expected different keys, found " + base::quoted(inner->text) + " twice");
      }
    }
    started.elements.push_back(std::move(*inner));
  }
  if (started.kind == EdnKind::map && started.elements.size() % 2 != 0) {
    return refuse("expected a value for the last key of the map");
  }
  advance();
  return started;
}

EdnReader::Element EdnReader::string(Edn started) {
  advance();
  while (position_ < text_.size()) {
    char c = text_[position_];
    if (c == '"') {
      advance();
      return started;
    }
    if (c == '\\') {
      advance();
      constexpr std::string_view letters = "tnr\\\"";
      constexpr std::string_view meanings = "\t\n\r\\\"";
      const std::size_t letter =
          position_ < text_.size() ? letters.find(text_[position_]) : std::string_view::npos;
      if (letter == std::string_view::npos) {
        return refuse(R"(expected one of \t, \n, \r, \\ and \" in a string)");
      }
      c = meanings[letter];
    }
    started.text += c;
    advance();
  }
  return refuse_at(started, "expected a '\"' that closes this string");
}

EdnReader::Element EdnReader::token(Edn started) {
  std::string text;
  while (position_ < text_.size() && !ends_token(text_[position_])) {
    text += text_[position_];
    advance();
  }
  const std::optional<EdnKind> kind = kind_of(text);
  if (!kind) {
    return refuse_at(
        started, "expected nil, a number, a keyword, a string or a collection, found " + base::quoted(text));
  }
  started.kind = *kind;
  started.text = *kind == EdnKind::keyword ? text.substr(1) : text;
  return started;
}

}  // namespace plimsoll::history
