#include "properties/store/conform/gateway_fields.hpp"

#include <charconv>
#include <utility>

#include <boost/json.hpp>

#include "properties/store/conform/base64.hpp"

namespace plimsoll::properties::store {
namespace {

namespace json = boost::json;

/// "range_end" is "rangeEnd", too.
[[nodiscard]] std::string camel_case(std::string_view name) {
  std::string result;
  bool is_next_upper = false;
  for (const char c : name) {
    if (c == '_') {
      is_next_upper = true;
      continue;
    }
    result.push_back(is_next_upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    is_next_upper = false;
  }
  return result;
}

[[nodiscard]] std::string type_of(const json::value& value) {
  if (value.is_number()) {
    return "number";
  }
  return value.is_bool() ? "bool" : std::string(json::to_string(value.kind()));
}

}  // namespace

Fields::Fields(const json::value* value, ReadError& error) : error_(error) {
  if (value != nullptr) {
    object_ = value->if_object();
    if (object_ == nullptr) {
      fail("json: cannot unmarshal " + type_of(*value) + " into Go value of type map[string]json.RawMessage");
    }
  }
}

const json::value* Fields::find(std::string_view name) const {
  if (object_ == nullptr) {
    return nullptr;
  }
  const json::value* found = object_->if_contains(name);
  if (found == nullptr) {
    found = object_->if_contains(camel_case(name));
  }
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::string Fields::text(std::string_view name) const {
  const json::value* found = find(name);
  if (found == nullptr) {
    return {};
  }
  if (!found->is_string()) {
    fail("json: cannot unmarshal " + type_of(*found) + " into Go value of type string");
    return {};
  }
  return std::string(found->get_string());
}

std::string Fields::bytes(std::string_view name) const {
  const json::value* found = find(name);
  if (found == nullptr) {
    return {};
  }
  if (!found->is_string()) {
    fail("json: cannot unmarshal " + type_of(*found) + " into Go value of type []uint8");
    return {};
  }
  auto decoded = from_base64(found->get_string());
  if (!decoded) {
    fail("illegal base64 data at input byte " + std::to_string(decoded.error()));
    return {};
  }
  return std::move(*decoded);
}

std::int64_t Fields::signed_number(std::string_view name) const {
  const json::value* found = find(name);
  if (found == nullptr) {
    return 0;
  }
  if (const auto* whole = found->if_int64()) {
    return *whole;
  }
  if (const auto* written = found->if_string()) {
    std::int64_t number = 0;
    const char* end = written->data() + written->size();
    const auto [stopped, failure] = std::from_chars(written->data(), end, number);
    if (failure == std::errc() && stopped == end) {
      return number;
    }
  }
  fail("json: cannot unmarshal " + type_of(*found) + " into Go value of type int64");
  return 0;
}

std::uint64_t Fields::number(std::string_view name) const {
  const json::value* found = find(name);
  if (found != nullptr && found->is_uint64()) {
    return found->get_uint64();
  }
  const std::int64_t number = signed_number(name);
  return number < 0 ? 0 : static_cast<std::uint64_t>(number);
}

bool Fields::flag(std::string_view name) const {
  const json::value* found = find(name);
  if (found == nullptr) {
    return false;
  }
  if (!found->is_bool()) {
    fail("json: cannot unmarshal " + type_of(*found) + " into Go value of type bool");
    return false;
  }
  return found->get_bool();
}

std::size_t word_of(const json::value& value, std::span<const std::string_view> table, std::string_view type,
                    ReadError& error) {
  if (const auto* name = value.if_string()) {
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (table[i] == std::string_view(*name)) {
        return i;
      }
    }
    error.fail("unknown value \"" + std::string(*name) + "\" for enum etcdserverpb." + std::string(type));
    return 0;
  }
  if (value.is_int64() && value.get_int64() >= 0 &&
      static_cast<std::size_t>(value.get_int64()) < table.size()) {
    return static_cast<std::size_t>(value.get_int64());
  }
  error.fail("json: cannot unmarshal " + type_of(value) + " into Go value of type etcdserverpb." +
             std::string(type));
  return 0;
}

std::size_t Fields::word(std::string_view name, std::span<const std::string_view> table,
                         std::string_view type) const {
  const json::value* found = find(name);
  return found == nullptr ? 0 : word_of(*found, table, type, error_);
}

void Fields::each(std::string_view name, const std::function<void(const json::value&)>& visit) const {
  const json::value* found = find(name);
  if (found == nullptr) {
    return;
  }
  if (!found->is_array()) {
    fail("json: cannot unmarshal " + type_of(*found) + " into Go value of type []json.RawMessage");
    return;
  }
  for (const json::value& item : found->get_array()) {
    visit(item);
  }
}

Members::Members() : object_(std::make_unique<json::object>()) {}
Members::Members(Members&& other) noexcept = default;
Members& Members::operator=(Members&& other) noexcept = default;
Members::~Members() = default;

json::object Members::take() {
  return std::move(*object_);
}
Members& Members::bytes(std::string_view name, std::string_view value) {
  return value.empty() ? *this : set(name, json::value(to_base64(value)));
}
Members& Members::number(std::string_view name, std::uint64_t value) {
  return value == 0 ? *this : set(name, json::value(std::to_string(value)));
}
Members& Members::flag(std::string_view name, bool value) {
  return value ? set(name, json::value(true)) : *this;
}
Members& Members::word(std::string_view name, std::size_t place, std::span<const std::string_view> table) {
  return place == 0 ? *this : set(name, json::value(json::string(table[place])));
}
Members& Members::list(std::string_view name, json::array items) {
  return items.empty() ? *this : set(name, json::value(std::move(items)));
}
Members& Members::set(std::string_view name, json::value value) {
  object_->insert_or_assign(name, std::move(value));
  return *this;
}

}  // namespace plimsoll::properties::store
