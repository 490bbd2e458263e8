#include "checker/trace/itf_value.hpp"

#include <algorithm>
#include <string_view>

#include "checker/trace/json.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

using scenario::Entry;
using scenario::Error;
using scenario::Kind;
using scenario::Node;
using Read = tl::expected<Datum, Error>;

constexpr std::string_view bytes_prefix = "bytes ";
constexpr std::string_view hex = "0123456789abcdef";

tl::unexpected<Error> wrong(const Node& node, std::string message) {
  return tl::unexpected(Error{node.where, std::move(message)});
}

/// -?(0|[1-9][0-9]*), and not "-0".
bool is_integer(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  const std::string_view digits = text.substr(is_negative ? 1 : 0);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !digits.empty() && std::ranges::all_of(digits, is_digit) && (digits.front() != '0' || text == "0");
}

/// Is the absolute value below 2^53, so that every JSON reader keeps it exactly? Requires is_integer(text).
bool is_exact_in_json(std::string_view text) {
  static constexpr std::string_view limit = "9007199254740992";
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  return digits.size() < limit.size() || (digits.size() == limit.size() && digits < limit);
}

Node number_to_itf(const std::string& text) {
  PLIMSOLL_ASSERT_KNOWN(is_integer(text), text);
  if (!is_exact_in_json(text)) {
    return json_object({{"#bigint", json_text(text)}});
  }
  Node node;
  node.kind = Kind::scalar;
  node.text = text;
  return node;
}

Node absent_to_itf() {
  return json_object({{"tag", json_text("None")}, {"value", json_object({{"#tup", json_list({})}})}});
}

bool is_absent(const Node& node) {
  if (node.entries.size() != 2 || node.entries[0].key.text != "tag" || node.entries[1].key.text != "value") {
    return false;
  }
  const Node& tag = node.entries[0].value;
  const Node* tuple = node.entries[1].value.find("#tup");
  return tag.quoted && tag.text == "None" && node.entries[1].value.entries.size() == 1 && tuple != nullptr &&
         tuple->kind == Kind::sequence && tuple->items.empty();
}

Read scalar_from_itf(const Node& node) {
  if (node.quoted) {
    return Datum::of_text(node.text);
  }
  if (node.text == "true" || node.text == "false") {
    return Datum::of_boolean(node.text == "true");
  }
  if (!is_integer(node.text) || !is_exact_in_json(node.text)) {
    return wrong(node, "expected a whole number of less than 2^53, or a #bigint, found " + node.text);
  }
  Datum datum = Datum::of_number(0);
  datum.text = node.text;
  return datum;
}

Read bigint_from_itf(const Node& node) {
  if (!node.quoted || !is_integer(node.text) || is_exact_in_json(node.text)) {
    return wrong(
        node, "expected the digits of a whole number of at least 2^53 in a #bigint, found " + describe(node));
  }
  Datum datum = Datum::of_number(0);
  datum.text = node.text;
  return datum;
}

Read bytes_from_itf(const Node& node) {
  const auto refuse = [&] {
    return wrong(
        node, "expected 'bytes' and hexadecimal digits of a text that is not UTF-8, found " + describe(node));
  };
  const std::string_view digits = node.quoted && node.text.starts_with(bytes_prefix)
                                      ? std::string_view(node.text).substr(bytes_prefix.size())
                                      : "";
  if (digits.size() % 2 != 0) {
    return refuse();
  }
  std::string text;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const std::size_t high = hex.find(digits[i]);
    const std::size_t low = hex.find(digits[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) {
      return refuse();
    }
    text += static_cast<char>(high << 4U | low);
  }
  if (is_utf8(text)) {
    return refuse();
  }
  return Datum::of_text(std::move(text));
}

Read map_from_itf(const Node& node) {
  if (node.kind != Kind::sequence) {
    return wrong(node, "expected a list of pairs in a #map, found " + describe(node));
  }
  Datum datum;
  datum.kind = Datum::Kind::map;
  for (const Node& pair : node.items) {
    if (pair.kind != Kind::sequence || pair.items.size() != 2) {
      return wrong(pair, "expected a pair [key, value], found " + describe(pair));
    }
    auto key = text_from_itf(pair.items[0]);
    if (!key) {
      return tl::unexpected(key.error());
    }
    auto value = from_itf(pair.items[1]);
    if (!value) {
      return value;
    }
    datum.members.emplace_back(std::move(*key), std::move(*value));
  }
  return datum;
}

Read special_from_itf(const Entry& entry) {
  if (entry.key.text == "#bigint") {
    return bigint_from_itf(entry.value);
  }
  if (entry.key.text == "#map") {
    return map_from_itf(entry.value);
  }
  if (entry.key.text == "#unserializable") {
    return bytes_from_itf(entry.value);
  }
  return wrong(entry.key, scenario::quote(entry.key.text) + " is no value that Plimsoll writes");
}

Read object_from_itf(const Node& node) {
  if (is_absent(node)) {
    return Datum{};
  }
  if (node.entries.size() == 1 && node.entries[0].key.text.starts_with('#')) {
    return special_from_itf(node.entries[0]);
  }
  Datum datum = Datum::of_record({});
  for (const Entry& entry : node.entries) {
    if (entry.key.text.starts_with('#')) {
      return wrong(entry.key,
                   "no field of a record begins with '#', found " + scenario::quote(entry.key.text));
    }
    auto value = from_itf(entry.value);
    if (!value) {
      return value;
    }
    datum.members.emplace_back(entry.key.text, std::move(*value));
  }
  return datum;
}

}  // namespace

Node text_to_itf(const std::string& text) {
  if (is_utf8(text)) {
    return json_text(text);
  }
  std::string digits(bytes_prefix);
  for (const char c : text) {
    digits += hex[static_cast<unsigned char>(c) >> 4U];
    digits += hex[static_cast<unsigned char>(c) & 0xfU];
  }
  return json_object({{"#unserializable", json_text(std::move(digits))}});
}

Node to_itf(const Datum& datum) {
  switch (datum.kind) {
    case Datum::Kind::absent:
      return absent_to_itf();
    case Datum::Kind::boolean:
      return json_boolean(datum.text == "true");
    case Datum::Kind::number:
      return number_to_itf(datum.text);
    case Datum::Kind::text:
      return text_to_itf(datum.text);
    case Datum::Kind::list: {
      std::vector<Node> items;
      for (const Datum& item : datum.items) {
        items.push_back(to_itf(item));
      }
      return json_list(std::move(items));
    }
    case Datum::Kind::record: {
      std::vector<std::pair<std::string, Node>> members;
      for (const auto& [name, value] : datum.members) {
        PLIMSOLL_ASSERT_KNOWN(!name.starts_with('#') && is_utf8(name), name);
        members.emplace_back(name, to_itf(value));
      }
      return json_object(std::move(members));
    }
    case Datum::Kind::map: {
      std::vector<Node> pairs;
      for (const auto& [key, value] : datum.members) {
        pairs.push_back(json_list({text_to_itf(key), to_itf(value)}));
      }
      return json_object({{"#map", json_list(std::move(pairs))}});
    }
  }
  PLIMSOLL_ASSERT(false);
}

tl::expected<Datum, Error> from_itf(const Node& node) {
  switch (node.kind) {
    case Kind::null:
      return wrong(node, "null is no value of a trace");
    case Kind::scalar:
      return scalar_from_itf(node);
    case Kind::sequence: {
      Datum datum = Datum::of_list({});
      for (const Node& item : node.items) {
        auto value = from_itf(item);
        if (!value) {
          return value;
        }
        datum.items.push_back(std::move(*value));
      }
      return datum;
    }
    case Kind::mapping:
      return object_from_itf(node);
  }
  PLIMSOLL_ASSERT(false);
}

tl::expected<std::string, Error> text_from_itf(const Node& node) {
  auto datum = from_itf(node);
  if (!datum) {
    return tl::unexpected(datum.error());
  }
  if (datum->kind != Datum::Kind::text) {
    return wrong(node, "expected a text, found " + describe(node));
  }
  return std::move(datum->text);
}

}  // namespace plimsoll::checker
