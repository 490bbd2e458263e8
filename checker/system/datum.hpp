// A value made readable: what states, messages and actions look like to people, to traces and to differences.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "impl/base/schema.hpp"

namespace plimsoll::checker {

/// A tree of names and texts. `absent` is an empty optional. Numbers keep their text; `record`s, `list`s and
/// `map`s keep their order.
struct Datum {
  enum class Kind : std::uint8_t { absent, boolean, number, text, list, record, map };
  using Member = std::pair<std::string, Datum>;

  Kind kind = Kind::absent;
  std::string text;             ///< of boolean, number and text
  std::vector<Datum> items;     ///< of list
  std::vector<Member> members;  ///< of record (field, value) and of map (key, value)

  static Datum of_text(std::string text);
  static Datum of_number(std::uint64_t number);
  static Datum of_boolean(bool value);
  static Datum of_list(std::vector<Datum> items);
  static Datum of_record(std::vector<Member> members);

  [[nodiscard]] const Datum* member(std::string_view name) const;
  friend bool operator==(const Datum&, const Datum&) = default;
};

/// Reads canonical bytes by their schema. A variant becomes a record with one member, called after the
/// alternative; a variant whose alternative has no fields becomes that name.
[[nodiscard]] Datum to_datum(const base::Schema& schema, base::BytesView bytes);

/// Bytes whose type is not known, two digits each.
[[nodiscard]] std::string hexadecimal(base::BytesView bytes);

/// One line: {subnet: 10.1.15.0/24, owner: node-1}.
[[nodiscard]] std::string to_line(const Datum& datum);

/// As to_line(), for messages: what is empty or absent is left out, and a record with one member reads
/// name{...}. Not for comparing: different values may read the same.
[[nodiscard]] std::string to_brief(const Datum& datum);

/// Lists differ from the first to the last element that is not the same; their path ends in the number of the
/// first.
struct Difference {
  std::string path;    ///< "node-1.view.table[10.1.15.0/24]"
  std::string before;  ///< one line; "(none)" if it was not there
  std::string after;
};
/// What changed, at the smallest parts that differ, in the order of `after`.
[[nodiscard]] std::vector<Difference> differences(const Datum& before, const Datum& after);

}  // namespace plimsoll::checker
