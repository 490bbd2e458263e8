// The part of EDN that recordings of operations use, read strictly.
//
// Source: Rich Hickey, "Extensible Data Notation", github.com/edn-format/edn. Read are nil, true, false,
// integers, floating-point numbers, strings, keywords, symbols, vectors, lists and maps; commas are blanks,
// and ';' begins a comment. Refused are sets, characters, tagged elements and discarded ones, duplicate keys
// of a map, and nesting deeper than 64.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"

namespace plimsoll::history {

enum class EdnKind : std::uint8_t { nil, boolean, integer, real, string, keyword, symbol, sequence, map };

struct Edn {
  EdnKind kind = EdnKind::nil;
  std::string text = {};           ///< of scalars: keywords without the colon, strings decoded
  std::vector<Edn> elements = {};  ///< of a sequence; of a map: key, value, key, value ...
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  /// The value of a keyword in a map, or nullptr.
  [[nodiscard]] const Edn* find(std::string_view keyword) const;
};

/// Reads one element after the other.
///
/// Thread-safety: none.
class EdnReader {
 public:
  /// Both must outlive this object.
  EdnReader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  [[nodiscard]] bool at_end();
  /// Requires: not at_end().
  [[nodiscard]] tl::expected<Edn, scenario::Error> next() { return element(0); }
  [[nodiscard]] scenario::Location here() const { return {file_, line_, column_}; }

 private:
  using Element = tl::expected<Edn, scenario::Error>;
  [[nodiscard]] Element element(int depth);
  [[nodiscard]] Element collection(Edn started, char close, int depth);
  [[nodiscard]] Element string(Edn started);
  [[nodiscard]] Element token(Edn started);
  [[nodiscard]] tl::unexpected<scenario::Error> refuse(std::string message) const;
  [[nodiscard]] tl::unexpected<scenario::Error> refuse_at(const Edn& element, std::string message) const;
  void skip_blanks();
  void advance();

  std::string_view text_;
  const std::string& file_;
  std::size_t position_ = 0;
  std::uint32_t line_ = 1;
  std::uint32_t column_ = 1;
};

}  // namespace plimsoll::history
