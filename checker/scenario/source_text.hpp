// The bytes of a YAML file, made safe for a parser: what is not plain UTF-8 text with spaces for indentation
// stops here.
//
// Deviates from YAML 1.2.2: a tab in the white space that begins a line is refused everywhere, also where the
// standard allows it (inside flow collections and block scalars), because yaml-cpp and people disagree on
// what it means.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"

namespace plimsoll::scenario {

/// Hard limits on one YAML text. They bound time and memory for hostile input and are far above any real
/// scenario.
inline constexpr std::size_t text_bytes_max = 1024UL * 1024UL;
inline constexpr std::size_t line_bytes_max = 64UL * 1024UL;  // finding a column reads the line up to it
inline constexpr std::size_t nesting_depth_max = 64;
inline constexpr std::size_t nodes_max = 20000;

/// A checked text: valid UTF-8, lines end in '\n', no byte order mark, no control characters but tab and line
/// feed.
class SourceText {
 public:
  /// Accepts a UTF-8 byte order mark and CRLF line ends and removes both. Errors: more than text_bytes_max
  /// bytes, NUL and other control characters, invalid UTF-8, a tab in a line's indentation.
  [[nodiscard]] static tl::expected<SourceText, Error> make(std::string_view bytes, std::string file);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::string& file() const { return file_; }

  /// Line `line` (from 0), without its line end; empty behind the end.
  [[nodiscard]] std::string_view line(std::size_t line) const;

  /// Everything from byte `byte` of line `line` (both from 0) on; empty behind the end.
  [[nodiscard]] std::string_view from(std::size_t line, std::size_t byte) const;

  /// The location of a position given as yaml-cpp gives it: line and byte within the line, both from 0.
  [[nodiscard]] Location locate(std::size_t line, std::size_t byte) const;

 private:
  SourceText(std::string text, std::string file);

  std::string text_;
  std::string file_;
  std::vector<std::size_t> line_starts_;  ///< byte offset of each line; never empty
};

}  // namespace plimsoll::scenario
