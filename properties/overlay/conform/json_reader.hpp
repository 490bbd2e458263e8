// Reading JSON of a known form: members are asked for by name, and what is missing or of another type is told
// with its place in the document.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "impl/base/ipv4.hpp"
#include "impl/base/mac.hpp"
#include "impl/base/prefix.hpp"

namespace boost::json {
class array;
class object;
class value;
}  // namespace boost::json

namespace plimsoll::properties::overlay {

/// What is wrong with the document; thrown by JsonPlace, caught where the document is read, never further.
struct JsonFault {
  std::string place = {};     ///< "ns_tables.n1-0123.links[3].mtu"
  std::string expected = {};  ///< "a number from 0 to 65535"
};

/// A value and where it is.
class JsonPlace {
 public:
  JsonPlace(const boost::json::value& value, std::string place) : value_(&value), place_(std::move(place)) {}

  [[nodiscard]] const boost::json::value& value() const { return *value_; }
  [[nodiscard]] const std::string& place() const { return place_; }
  [[nodiscard]] bool is_null() const;

  /// The member; faults if there is none, or this is no object.
  [[nodiscard]] JsonPlace at(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;  ///< and it is not null
  [[nodiscard]] const boost::json::object& object() const;
  [[nodiscard]] const boost::json::array& array() const;
  [[nodiscard]] JsonPlace item(std::size_t index) const;

  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::uint64_t number(std::uint64_t most) const;
  /// A number, or one written as text.
  [[nodiscard]] std::uint64_t loose_number(std::uint64_t most) const;
  [[nodiscard]] base::Ipv4 address() const;
  [[nodiscard]] base::Mac mac() const;

  [[noreturn]] void fault(std::string expected) const;

  // What stands there if the member is missing.
  [[nodiscard]] std::string text(std::string_view name, std::string_view otherwise) const;
  [[nodiscard]] bool boolean(std::string_view name, bool otherwise) const;
  [[nodiscard]] std::uint64_t number(std::string_view name, std::uint64_t most,
                                     std::uint64_t otherwise) const;

 private:
  const boost::json::value* value_;
  std::string place_;
};

}  // namespace plimsoll::properties::overlay
