// The members of a JSON object, read one after the other: the first thing that is wrong is kept, and what is
// read after it is at its default.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace boost::json {
class object;
class value;
}  // namespace boost::json

namespace plimsoll::history {

/// What was wrong first in a value: shared by all that read in it.
struct Complaint {
  std::string text = {};  ///< empty: nothing

  void add(std::string sentence) {
    if (text.empty()) {
      text = std::move(sentence);
    }
  }
};

/// Thread-safety: none.
class JsonMembers {
 public:
  /// @param path       What messages call the object: "the put", "an event".
  /// @param json       With `complaint`, must outlive this object.
  JsonMembers(const boost::json::value& json, std::string path, Complaint& complaint);

  [[nodiscard]] const boost::json::value* find(std::string_view name);
  [[nodiscard]] std::string text(std::string_view name);
  [[nodiscard]] bool flag(std::string_view name);
  /// A whole number, or a string of digits.
  [[nodiscard]] std::uint64_t number(std::string_view name);
  /// One of `names`, as its place among them; the first if it is absent.
  [[nodiscard]] std::size_t choice(std::string_view name, std::span<const std::string_view> names);
  /// Calls `read` with each element of a list.
  void each(std::string_view name, const std::function<void(const boost::json::value&)>& read);
  /// Complains of members that nobody asked for.
  void end();

 private:
  void expected(const std::string& what, std::string_view name);

  const boost::json::object* object_;
  std::string path_;
  Complaint& complaint_;
  std::set<std::string> known_ = {};
};

}  // namespace plimsoll::history
