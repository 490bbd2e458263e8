#include "checker/history/json_members.hpp"

#include <charconv>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "impl/base/quoted.hpp"

namespace plimsoll::history {

namespace json = boost::json;

JsonMembers::JsonMembers(const json::value& value, std::string path, Complaint& complaint)
    : object_(value.if_object()), path_(std::move(path)), complaint_(complaint) {
  if (object_ == nullptr) {
    complaint_.add("expected an object for " + path_);
  }
}

const json::value* JsonMembers::find(std::string_view name) {
  known_.emplace(name);
  return object_ == nullptr ? nullptr : object_->if_contains(name);
}

std::string JsonMembers::text(std::string_view name) {
  const json::value* member = find(name);
  if (member != nullptr && !member->is_string()) {
    expected("a string", name);
    return {};
  }
  return member == nullptr ? std::string() : std::string(std::string_view(member->get_string()));
}

bool JsonMembers::flag(std::string_view name) {
  const json::value* member = find(name);
  if (member != nullptr && !member->is_bool()) {
    expected("true or false", name);
    return false;
  }
  return member != nullptr && member->get_bool();
}

std::uint64_t JsonMembers::number(std::string_view name) {
  const json::value* member = find(name);
  if (member == nullptr) {
    return 0;
  }
  const std::string digits =
      member->is_string() ? std::string(std::string_view(member->get_string())) : json::serialize(*member);
  std::uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [read_to, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || read_to != end) {
    expected("a whole number", name);
    return 0;
  }
  return value;
}

std::size_t JsonMembers::choice(std::string_view name, std::span<const std::string_view> names) {
  const std::string found = text(name);
  std::string listed;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (found == names[i] || (found.empty() && i == 0)) {
      return i;
    }
    listed += i == 0 ? "" : i + 1 == names.size() ? " or " : ", ";
    listed += names[i];
  }
  expected(listed, name);
  return 0;
}

void JsonMembers::each(std::string_view name, const std::function<void(const json::value&)>& read) {
  const json::value* member = find(name);
  if (member == nullptr) {
    return;
  }
  if (!member->is_array()) {
    expected("a list", name);
    return;
  }
  for (const json::value& element : member->get_array()) {
    read(element);
  }
}

void JsonMembers::end() {
  if (object_ == nullptr) {
    return;
  }
  for (const auto& member : *object_) {
    const std::string name(std::string_view(member.key()));
    if (!known_.contains(name)) {
      complaint_.add("expected nothing called " + base::quoted(name) + " in " + path_);
    }
  }
}

void JsonMembers::expected(const std::string& what, std::string_view name) {
  complaint_.add("expected " + what + " for " + std::string(name) + " of " + path_);
}

}  // namespace plimsoll::history
