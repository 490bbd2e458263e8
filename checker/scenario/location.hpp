// Places in the text people write, and errors that point at them.
//
// Every node of a scenario remembers where it was written, so that an error found late (by a system's
// factory, say) still names file, line and column. A value given on the command line has the option itself as
// its file.
#pragma once

#include <cstdint>
#include <string>

namespace plimsoll::scenario {

/// A position in a text: line and column count from 1, columns count characters (code points), not bytes.
struct Location {
  std::string file;  ///< as the user named it, or the command line option a value came from
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  /// `file:line:column`.
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const Location&, const Location&) = default;
};

/// An operating error: one clear sentence about one place, without a final full stop.
struct Error {
  Location where;
  std::string message;

  /// `file:line:column: message`, the form editors and compilers agree on.
  [[nodiscard]] std::string to_string() const;
};

}  // namespace plimsoll::scenario
