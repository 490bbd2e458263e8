#include <optional>
#include <set>

#include "checker/trace/json.hpp"

namespace plimsoll::checker {
namespace {

using scenario::Error;
using scenario::Kind;
using scenario::Location;
using scenario::Node;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0U | code >> 6U);
    put(0x80U | (code & 0x3fU));
  } else if (code < 0x10000) {
    put(0xe0U | code >> 12U);
    put(0x80U | (code >> 6U & 0x3fU));
    put(0x80U | (code & 0x3fU));
  } else {
    put(0xf0U | code >> 18U);
    put(0x80U | (code >> 12U & 0x3fU));
    put(0x80U | (code >> 6U & 0x3fU));
    put(0x80U | (code & 0x3fU));
  }
}

/// Recursive descent over the whole text. Each function returns false once error_ is set.
class JsonParser {
 public:
  JsonParser(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {}

  tl::expected<Node, Error> parse() {
    Node root;
    const bool done =
        text_.size() <= json_bytes_max
            ? value(root) && end()
            : fail("the text has more than " + std::to_string(json_bytes_max) + " bytes, the limit");
    if (!done) {
      return tl::unexpected(std::move(*error_));
    }
    return root;
  }

 private:
  [[nodiscard]] Location here() const { return {file_, line_, column_}; }

  bool fail_at(Location where, std::string message) {
    error_ = Error{std::move(where), std::move(message)};
    return false;
  }
  bool fail(std::string message) { return fail_at(here(), std::move(message)); }

  bool expected(const std::string& what) {
    if (position_ >= text_.size()) {
      return fail("expected " + what + ", but the text ends here");
    }
    const std::size_t length = utf8_length(text_, position_);
    if (length == 0) {
      return fail("this byte is not valid UTF-8");
    }
    return fail("expected " + what + ", found " + scenario::quote(text_.substr(position_, length)));
  }

  [[nodiscard]] char peek() const { return position_ < text_.size() ? text_[position_] : '\0'; }

  void advance(std::size_t bytes) {
    for (const std::size_t to = position_ + bytes; position_ < to; ++position_) {
      const auto byte = static_cast<unsigned char>(text_[position_]);
      if (byte == '\n') {
        ++line_;
        column_ = 1;
      } else if ((byte & 0xc0U) != 0x80U) {
        ++column_;
      }
    }
  }

  bool take(char c) {
    if (peek() != c || position_ >= text_.size()) {
      return false;
    }
    advance(1);
    return true;
  }

  void skip_space() {
    while (position_ < text_.size()) {
      const char c = text_[position_];
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
        return;
      }
      advance(1);
    }
  }

  bool end() {
    skip_space();
    return position_ == text_.size() || expected("nothing more");
  }

  bool value(Node& out) {
    skip_space();
    out.where = here();
    if (++nodes_ > json_nodes_max) {
      return fail("the text has more than " + std::to_string(json_nodes_max) + " values, the limit");
    }
    switch (peek()) {
      case '{':
        return nested(out, &JsonParser::object);
      case '[':
        return nested(out, &JsonParser::list);
      case '"':
        out.kind = Kind::scalar;
        out.quoted = true;
        return string(out.text);
      case 't':
        return word(out, "true", Kind::scalar);
      case 'f':
        return word(out, "false", Kind::scalar);
      case 'n':
        return word(out, "null", Kind::null);
      default:
        return number(out);
    }
  }

  bool nested(Node& out, bool (JsonParser::*read)(Node&)) {
    if (depth_ >= json_depth_max) {
      return fail("values are nested more than " + std::to_string(json_depth_max) + " deep, the limit");
    }
    ++depth_;
    advance(1);
    const bool done = (this->*read)(out);
    --depth_;
    return done;
  }

  bool list(Node& out) {
    out.kind = Kind::sequence;
    skip_space();
    if (take(']')) {
      return true;
    }
    while (true) {
      if (!value(out.items.emplace_back())) {
        return false;
      }
      skip_space();
      if (take(']')) {
        return true;
      }
      if (!take(',')) {
        return expected("',' or ']'");
      }
    }
  }

  bool object(Node& out) {
    out.kind = Kind::mapping;
    std::set<std::string> names;
    skip_space();
    if (take('}')) {
      return true;
    }
    while (true) {
      skip_space();
      if (!member(out, names)) {
        return false;
      }
      skip_space();
      if (take('}')) {
        return true;
      }
      if (!take(',')) {
        return expected("',' or '}'");
      }
    }
  }

  bool member(Node& out, std::set<std::string>& names) {
    if (peek() != '"') {
      return expected("a field name in double quotes");
    }
    scenario::Entry& entry = out.entries.emplace_back();
    entry.key.kind = Kind::scalar;
    entry.key.quoted = true;
    entry.key.where = here();
    if (!string(entry.key.text)) {
      return false;
    }
    if (!names.insert(entry.key.text).second) {
      return fail_at(entry.key.where, "field " + scenario::quote(entry.key.text) + " is given twice");
    }
    skip_space();
    return take(':') ? value(entry.value) : expected("':'");
  }

  bool word(Node& out, std::string_view spelling, Kind kind) {
    if (text_.substr(position_, spelling.size()) != spelling) {
      return expected("a value");
    }
    advance(spelling.size());
    out.kind = kind;
    out.text = kind == Kind::null ? "" : std::string(spelling);
    return true;
  }

  bool digits() {
    if (!is_digit(peek())) {
      return expected("a digit");
    }
    while (is_digit(peek())) {
      advance(1);
    }
    return true;
  }

  bool number(Node& out) {
    if (peek() != '-' && !is_digit(peek())) {
      return expected("a value");
    }
    const std::size_t start = position_;
    (void)take('-');
    if (!take('0') && !digits()) {
      return false;
    }
    if (is_digit(peek())) {
      return fail("a number has no leading zeros");
    }
    if (take('.') && !digits()) {
      return false;
    }
    if (peek() == 'e' || peek() == 'E') {
      advance(1);
      if (peek() == '+' || peek() == '-') {
        advance(1);
      }
      if (!digits()) {
        return false;
      }
    }
    out.kind = Kind::scalar;
    out.text = text_.substr(start, position_ - start);
    return true;
  }

  bool string(std::string& out) {
    const Location start = here();
    advance(1);
    while (position_ < text_.size()) {
      const char c = text_[position_];
      if (c == '"') {
        advance(1);
        return true;
      }
      if (c == '\\') {
        if (!escape(out)) {
          return false;
        }
        continue;
      }
      if (static_cast<unsigned char>(c) < 0x20) {
        return fail("a string ends on the line it began on, and control characters in it are escaped");
      }
      const std::size_t length = utf8_length(text_, position_);
      if (length == 0) {
        return fail("this byte is not valid UTF-8");
      }
      out += text_.substr(position_, length);
      advance(length);
    }
    return fail_at(start, "this string is never closed");
  }

  bool escape(std::string& out) {
    static constexpr std::string_view names = "\"\\/bfnrt";
    static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const Location start = here();
    advance(1);
    if (take('u')) {
      return unicode_escape(out, start);
    }
    const std::size_t found = position_ < text_.size() ? names.find(peek()) : std::string_view::npos;
    if (found == std::string_view::npos) {
      return fail_at(start, "not an escape that JSON knows");
    }
    out += meanings[found];
    advance(1);
    return true;
  }

  bool unicode_escape(std::string& out, const Location& start) {
    std::optional<std::uint32_t> code = four_digits();
    if (code && *code >= 0xd800 && *code < 0xdc00) {
      const bool paired = take('\\') && take('u');
      const std::optional<std::uint32_t> low = paired ? four_digits() : std::nullopt;
      code = low && *low >= 0xdc00 && *low < 0xe000
                 ? std::optional(0x10000 + ((*code - 0xd800) << 10U) + (*low - 0xdc00))
                 : std::nullopt;
    } else if (code && *code >= 0xdc00 && *code < 0xe000) {
      code.reset();
    }
    if (!code) {
      return fail_at(start,
                     "\\u needs four hexadecimal digits that name a character or begin a pair of surrogates");
    }
    append_utf8(out, *code);
    return true;
  }

  std::optional<std::uint32_t> four_digits() {
    static constexpr std::string_view hex = "0123456789abcdef";
    std::uint32_t code = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = peek();
      const std::size_t digit = hex.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
      if (digit == std::string_view::npos) {
        return std::nullopt;
      }
      code = code << 4U | static_cast<std::uint32_t>(digit);
      advance(1);
    }
    return code;
  }

  std::string_view text_;
  std::string file_;
  std::size_t position_ = 0;
  std::uint32_t line_ = 1;
  std::uint32_t column_ = 1;
  std::size_t depth_ = 0;
  std::size_t nodes_ = 0;
  std::optional<Error> error_;
};

}  // namespace

tl::expected<Node, Error> parse_json(std::string_view text, std::string file) {
  return JsonParser(text, std::move(file)).parse();
}

}  // namespace plimsoll::checker
