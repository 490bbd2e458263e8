#include <array>
#include <charconv>
#include <cmath>

#include "checker/trace/json.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

using scenario::Entry;
using scenario::Kind;
using scenario::Node;

constexpr std::size_t line_columns_max = 100;

void append_quoted(std::string& out, std::string_view text) {
  static constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text[i++];
    } else if (byte == '\n') {
      out += "\\n";
      ++i;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += hex[byte >> 4U];
      out += hex[byte & 0xfU];
      ++i;
    } else if (const std::size_t length = utf8_length(text, i); length > 0) {
      out += text.substr(i, length);
      i += length;
    } else {
      out += "\xef\xbf\xbd";
      ++i;
    }
  }
  out += '"';
}

/// Is the node's one-line form at most `left` bytes long? Stops counting as soon as it is not; `left` becomes
/// what remains.
bool fits(const Node& node, std::size_t& left) {
  const auto spend = [&left](std::size_t bytes) {
    const bool enough = bytes <= left;
    left = enough ? left - bytes : 0;
    return enough;
  };
  switch (node.kind) {
    case Kind::null:
      return spend(4);
    case Kind::scalar:
      return spend(node.text.size() + (node.quoted ? 2 : 0));
    case Kind::sequence:
      for (const Node& item : node.items) {
        if (!spend(2) || !fits(item, left)) {
          return false;
        }
      }
      return spend(2);
    case Kind::mapping:
      for (const Entry& entry : node.entries) {
        if (!spend(entry.key.text.size() + 6) || !fits(entry.value, left)) {
          return false;
        }
      }
      return spend(2);
  }
  PLIMSOLL_ASSERT(false);
}

class JsonWriter {
 public:
  std::string take() {
    text_ += '\n';
    return std::move(text_);
  }

  /// @param used  Columns of the line that are taken already.
  void put(const Node& node, std::size_t indentation, std::size_t used) {
    switch (node.kind) {
      case Kind::null:
        text_ += "null";
        return;
      case Kind::scalar:
        if (node.quoted) {
          append_quoted(text_, node.text);
        } else {
          text_ += node.text;
        }
        return;
      case Kind::sequence:
      case Kind::mapping:
        put_collection(node, indentation, used);
        return;
    }
  }

 private:
  void put_collection(const Node& node, std::size_t indentation, std::size_t used) {
    const bool is_list = node.kind == Kind::sequence;
    const std::size_t count = is_list ? node.items.size() : node.entries.size();
    std::size_t left = used < line_columns_max ? line_columns_max - used : 0;
    const bool is_short = count == 0 || fits(node, left);
    text_ += is_list ? '[' : '{';
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) {
        text_ += is_short ? ", " : ",";
      }
      if (!is_short) {
        text_ += '\n';
        text_.append(indentation + 2, ' ');
      }
      const std::size_t start = text_.size();
      if (!is_list) {
        append_quoted(text_, node.entries[i].key.text);
        text_ += ": ";
      }
      const Node& value = is_list ? node.items[i] : node.entries[i].value;
      put(value, indentation + 2, is_short ? 0 : indentation + 2 + (text_.size() - start));
    }
    if (!is_short) {
      text_ += '\n';
      text_.append(indentation, ' ');
    }
    text_ += is_list ? ']' : '}';
  }

  std::string text_;
};

Node plain(std::string text) {
  Node node;
  node.kind = Kind::scalar;
  node.text = std::move(text);
  return node;
}

}  // namespace

std::string write_json(const Node& node) {
  JsonWriter writer;
  writer.put(node, 0, 0);
  return writer.take();
}

Node json_null() {
  return {};
}

Node json_text(std::string text) {
  Node node = plain(std::move(text));
  node.quoted = true;
  return node;
}

Node json_texts(const std::vector<std::string>& texts) {
  std::vector<Node> items;
  items.reserve(texts.size());
  for (const std::string& text : texts) {
    items.push_back(json_text(text));
  }
  return json_list(std::move(items));
}

Node json_boolean(bool value) {
  return plain(value ? "true" : "false");
}

Node json_number(std::uint64_t number) {
  return plain(std::to_string(number));
}

Node json_number(double number) {
  PLIMSOLL_ASSERT(std::isfinite(number));
  std::array<char, 32> digits{};
  const std::to_chars_result end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  PLIMSOLL_ASSERT(end.ec == std::errc{});
  return plain(std::string(digits.data(), end.ptr));
}

Node json_list(std::vector<Node> items) {
  Node node;
  node.kind = Kind::sequence;
  node.items = std::move(items);
  return node;
}

Node json_object(std::vector<std::pair<std::string, Node>> members) {
  Node node;
  node.kind = Kind::mapping;
  node.entries.reserve(members.size());
  for (auto& [name, value] : members) {
    node.entries.push_back({json_text(std::move(name)), std::move(value)});
  }
  return node;
}

std::size_t utf8_length(std::string_view text, std::size_t position) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return position + i < text.size() ? static_cast<unsigned char>(text[position + i]) : 0U;
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) {
    return position < text.size() ? 1 : 0;
  }
  if (first >= 0xc2 && first < 0xe0) {
    return continues(1) ? 2 : 0;
  }
  if (first >= 0xe0 && first < 0xf0) {
    const bool in_range = (first != 0xe0 || byte(1) >= 0xa0) && (first != 0xed || byte(1) < 0xa0);
    return in_range && continues(1) && continues(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first < 0xf5) {
    const bool in_range = (first != 0xf0 || byte(1) >= 0x90) && (first != 0xf4 || byte(1) < 0x90);
    return in_range && continues(1) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text, i);
    if (length == 0) {
      return false;
    }
    i += length;
  }
  return true;
}

}  // namespace plimsoll::checker
