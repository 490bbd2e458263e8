#include "properties/overlay/conform/json_reader.hpp"

#include <charconv>

#include <boost/json.hpp>

namespace plimsoll::properties::overlay {

void JsonPlace::fault(std::string expected) const {
  throw JsonFault{place_, std::move(expected)};
}

const boost::json::object& JsonPlace::object() const {
  if (!value_->is_object()) {
    fault("an object");
  }
  return value_->get_object();
}

const boost::json::array& JsonPlace::array() const {
  if (!value_->is_array()) {
    fault("a list");
  }
  return value_->get_array();
}

JsonPlace JsonPlace::at(std::string_view name) const {
  const boost::json::value* found = object().if_contains(name);
  if (found == nullptr) {
    fault("a member \"" + std::string(name) + "\"");
  }
  return {*found, place_.empty() ? std::string(name) : place_ + "." + std::string(name)};
}

bool JsonPlace::is_null() const {
  return value_->is_null();
}

bool JsonPlace::has(std::string_view name) const {
  const boost::json::value* found = object().if_contains(name);
  return found != nullptr && !found->is_null();
}

JsonPlace JsonPlace::item(std::size_t index) const {
  const boost::json::array& items = array();
  if (index >= items.size()) {
    fault("a list of more than " + std::to_string(index) + " values");
  }
  return {items[index], place_ + "[" + std::to_string(index) + "]"};
}

std::string JsonPlace::text() const {
  if (!value_->is_string()) {
    fault("a text");
  }
  return std::string(value_->get_string());
}

bool JsonPlace::boolean() const {
  if (!value_->is_bool()) {
    fault("true or false");
  }
  return value_->get_bool();
}

std::uint64_t JsonPlace::number(std::uint64_t most) const {
  const std::string expected = "a number from 0 to " + std::to_string(most);
  std::uint64_t number = 0;
  if (value_->is_int64() && value_->get_int64() >= 0) {
    number = static_cast<std::uint64_t>(value_->get_int64());
  } else if (value_->is_uint64()) {
    number = value_->get_uint64();
  } else {
    fault(expected);
  }
  if (number > most) {
    fault(expected);
  }
  return number;
}

std::uint64_t JsonPlace::loose_number(std::uint64_t most) const {
  if (!value_->is_string()) {
    return number(most);
  }
  const std::string written = text();
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(written.data(), written.data() + written.size(), number);
  if (failure != std::errc() || end != written.data() + written.size() || number > most) {
    fault("a number from 0 to " + std::to_string(most));
  }
  return number;
}

base::Ipv4 JsonPlace::address() const {
  const auto parsed = base::Ipv4::parse(text());
  if (!parsed) {
    fault("an IPv4 address");
  }
  return *parsed;
}

base::Mac JsonPlace::mac() const {
  const auto parsed = base::Mac::parse(text());
  if (!parsed) {
    fault("a MAC address");
  }
  return *parsed;
}

std::string JsonPlace::text(std::string_view name, std::string_view otherwise) const {
  return has(name) ? at(name).text() : std::string(otherwise);
}
bool JsonPlace::boolean(std::string_view name, bool otherwise) const {
  return has(name) ? at(name).boolean() : otherwise;
}
std::uint64_t JsonPlace::number(std::string_view name, std::uint64_t most, std::uint64_t otherwise) const {
  return has(name) ? at(name).number(most) : otherwise;
}

}  // namespace plimsoll::properties::overlay
