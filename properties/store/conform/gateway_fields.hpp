// For the gateway's JSON: reading an object member by member, and writing one without defaults.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace boost::json {
class array;
class object;
class value;
}  // namespace boost::json

namespace plimsoll::properties::store {

/// The first thing that is wrong. Reading goes on with defaults.
struct ReadError {
  std::optional<std::string> message = {};

  void fail(std::string what) {
    if (!message) {
      message = std::move(what);
    }
  }
};

/// A JSON object read as the gateway's does: a member that is absent or null is at its default.
class Fields {
 public:
  /// Anything but an object is an error; none has no members.
  Fields(const boost::json::value* value, ReadError& error);

  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] std::string bytes(std::string_view name) const;  ///< base64
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::uint64_t number(std::string_view name) const;  ///< below 0: 0
  [[nodiscard]] std::int64_t signed_number(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const;
  /// The place of the name in the table; an enumeration's number is its place. `type` is for the error.
  [[nodiscard]] std::size_t word(std::string_view name, std::span<const std::string_view> table,
                                 std::string_view type) const;
  [[nodiscard]] Fields object(std::string_view name) const { return {find(name), error_}; }
  void each(std::string_view name, const std::function<void(const boost::json::value&)>& visit) const;
  void fail(std::string what) const { error_.fail(std::move(what)); }
  [[nodiscard]] ReadError& error() const { return error_; }

 private:
  /// Null if it is absent or null.
  [[nodiscard]] const boost::json::value* find(std::string_view name) const;

  const boost::json::object* object_ = nullptr;
  ReadError& error_;
};

/// The place of an enumeration's value in the table, as Fields::word.
[[nodiscard]] std::size_t word_of(const boost::json::value& value, std::span<const std::string_view> table,
                                  std::string_view type, ReadError& error);

/// Builds an object; defaults are left out.
class Members {
 public:
  Members();
  Members(Members&& other) noexcept;
  Members& operator=(Members&& other) noexcept;
  ~Members();

  Members& bytes(std::string_view name, std::string_view value);
  Members& number(std::string_view name, std::uint64_t value);  ///< as a string
  Members& flag(std::string_view name, bool value);
  /// table[0] is the default.
  Members& word(std::string_view name, std::size_t place, std::span<const std::string_view> table);
  Members& list(std::string_view name, boost::json::array items);
  Members& set(std::string_view name, boost::json::value value);  ///< whatever it is
  [[nodiscard]] boost::json::object take();

 private:
  std::unique_ptr<boost::json::object> object_;
};

}  // namespace plimsoll::properties::store
