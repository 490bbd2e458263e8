#include "properties/overlay/conform/score.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>

namespace plimsoll::properties::overlay {
namespace {

namespace json = boost::json;

/// Requires: an object's text.
json::object object_of(const std::string& text) {
  return json::parse(text).get_object();
}

/// A member; null if there is none.
const json::value& member(const json::object& object, std::string_view name) {
  static const json::value none = nullptr;
  const json::value* found = object.if_contains(name);
  return found == nullptr ? none : *found;
}

std::vector<json::value> items(const json::object& object, std::string_view name) {
  const json::value& list = member(object, name);
  return list.is_array() ? std::vector<json::value>(list.get_array().begin(), list.get_array().end())
                         : std::vector<json::value>();
}

/// Who received something, each once.
std::vector<std::string> receivers(const json::object& outcome) {
  std::vector<std::string> names;
  for (const json::value& one : items(outcome, "delivered")) {
    const json::value* to = one.is_object() ? one.get_object().if_contains("to") : nullptr;
    names.push_back(to != nullptr && to->is_string() ? std::string(to->get_string()) : "");
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

/// An object's members in order of name: one text for equal objects.
std::string canonical(const json::value& value) {
  if (const json::object* object = value.if_object()) {
    std::vector<std::string> members;
    for (const auto& [name, content] : *object) {
      members.push_back(std::string(name) + ":" + canonical(content));
    }
    std::ranges::sort(members);
    std::string text = "{";
    for (const std::string& one : members) {
      text += one + ",";
    }
    return text + "}";
  }
  if (const json::array* array = value.if_array()) {
    std::string text = "[";
    for (const json::value& one : *array) {
      text += canonical(one) + ",";
    }
    return text + "]";
  }
  return json::serialize(value);
}

std::vector<std::string> deliveries(const json::object& outcome) {
  std::vector<std::string> texts;
  for (const json::value& one : items(outcome, "delivered")) {
    texts.push_back(canonical(one));
  }
  std::ranges::sort(texts);
  return texts;
}

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

/// Whether a port in the forties of thousands stands at `at`.
bool has_drawn_port(std::string_view text, std::size_t at) {
  return at + 5 <= text.size() && text[at] == '4' &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at),
                     text.begin() + static_cast<std::ptrdiff_t>(at) + 5, is_digit);
}

/// Ports that the client or NAT drew become "#": as score.py of the recordings does with the pattern
/// ":4\d{4}>|>4\d{4}|:\*>".
std::string masked(std::string_view text) {
  std::string made;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == ':' && has_drawn_port(text, at + 1) && at + 6 < text.size() && text[at + 6] == '>') {
      made += '#';
      at += 7;
    } else if (text[at] == '>' && has_drawn_port(text, at + 1)) {
      made += '#';
      at += 6;
    } else if (text.substr(at).starts_with(":*>")) {
      made += '#';
      at += 3;
    } else {
      made += text[at++];
    }
  }
  return made;
}

std::vector<std::string> hops(const json::object& outcome, std::string_view name) {
  std::vector<std::string> made;
  for (const json::value& hop : items(outcome, name)) {
    json::value copy = hop;
    if (json::object* object = copy.if_object()) {
      for (auto& [key, content] : *object) {
        if (content.is_string()) {
          content = masked(content.get_string());
        }
      }
    }
    made.push_back(canonical(copy));
  }
  return made;
}

bool same(const json::object& a, const json::object& b, std::string_view name) {
  return canonical(member(a, name)) == canonical(member(b, name));
}

std::string beside(const json::object& expected, const json::object& predicted, std::string_view name) {
  return std::string(name) + ": expected  " + json::serialize(member(expected, name)) + "\n" +
         std::string(name) + ": predicted " + json::serialize(member(predicted, name)) + "\n";
}

std::string first_other_hop(const json::object& expected, const json::object& predicted,
                            std::string_view name) {
  const std::vector<std::string> a = hops(expected, name);
  const std::vector<std::string> b = hops(predicted, name);
  const auto [one, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (one == a.end() && other == b.end()) {
    return {};
  }
  return std::string(name) + ", hop " + std::to_string(one - a.begin() + 1) + ": expected  " +
         (one == a.end() ? "nothing" : *one) + "\n" + std::string(name) + ", hop " +
         std::to_string(one - a.begin() + 1) + ": predicted " + (other == b.end() ? "nothing" : *other) +
         "\n";
}

}  // namespace

unsigned tier(const std::string& expected_text, const std::string& predicted_text) {
  const json::object expected = object_of(expected_text);
  const json::object predicted = object_of(predicted_text);
  if (!same(expected, predicted, "verdict") || receivers(expected) != receivers(predicted)) {
    return 0;
  }
  if (deliveries(expected) != deliveries(predicted) || !same(expected, predicted, "reply") ||
      !same(expected, predicted, "tcp")) {
    return 1;
  }
  if (!same(expected, predicted, "sender_error") || !same(expected, predicted, "icmp_errors")) {
    return 2;
  }
  if (hops(expected, "path") != hops(predicted, "path") ||
      hops(expected, "reply_path") != hops(predicted, "reply_path")) {
    return 3;
  }
  return 4;
}

std::string difference(const std::string& expected_text, const std::string& predicted_text) {
  const json::object expected = object_of(expected_text);
  const json::object predicted = object_of(predicted_text);
  std::string text;
  for (const char* name : {"verdict", "delivered", "reply", "tcp", "sender_error", "icmp_errors"}) {
    const bool agrees = std::string_view(name) == "delivered" ? deliveries(expected) == deliveries(predicted)
                                                              : same(expected, predicted, name);
    text += agrees ? std::string() : beside(expected, predicted, name);
  }
  if (const json::value* reason = predicted.if_contains("reason")) {
    return text + "unknown: " + json::serialize(*reason) + "\n";
  }
  return text + first_other_hop(expected, predicted, "path") +
         first_other_hop(expected, predicted, "reply_path");
}

}  // namespace plimsoll::properties::overlay
