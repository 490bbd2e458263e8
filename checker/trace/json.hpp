// JSON text to trees with places, and trees to text that people can compare line by line.
//
// Source: RFC 8259. The tree is scenario::Node, so that one strict reader (scenario/reader.hpp) decodes YAML
// and JSON alike and every error names file, line and column; general JSON libraries give values without
// places. Deviates by refusing duplicate keys, byte order marks, and what exceeds the limits below, which
// bound time and memory for hostile input.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"
#include "checker/scenario/node.hpp"

namespace plimsoll::checker {

inline constexpr std::size_t json_bytes_max = 64UL * 1024UL * 1024UL;
inline constexpr std::size_t json_nodes_max = 2'000'000;
inline constexpr std::size_t json_depth_max = 128;

/// Reads one JSON value. Strings become quoted scalars; numbers, true and false unquoted ones; null a null
/// node.
/// @param file  What locations call the text; nothing is opened.
/// Errors: malformed text, invalid UTF-8, duplicate keys, a limit exceeded. Cost: linear in the text.
[[nodiscard]] tl::expected<scenario::Node, scenario::Error> parse_json(std::string_view text,
                                                                       std::string file);

/// Writes `node` with two spaces of indentation and a final line feed. What fits a line is written on one.
/// Bytes that are no UTF-8 become U+FFFD, so the text is always valid. Cost: linear.
[[nodiscard]] std::string write_json(const scenario::Node& node);

[[nodiscard]] scenario::Node json_null();
[[nodiscard]] scenario::Node json_text(std::string text);
[[nodiscard]] scenario::Node json_texts(const std::vector<std::string>& texts);  ///< a list of strings
[[nodiscard]] scenario::Node json_boolean(bool value);
[[nodiscard]] scenario::Node json_number(std::uint64_t number);
/// Requires: `number` is finite. Written with the fewest digits that read back as the same number.
[[nodiscard]] scenario::Node json_number(double number);
[[nodiscard]] scenario::Node json_list(std::vector<scenario::Node> items);
/// Requires: names differ.
[[nodiscard]] scenario::Node json_object(std::vector<std::pair<std::string, scenario::Node>> members);

/// Bytes of the well-formed UTF-8 character at `position` (1 .. 4), or 0 if there is none.
[[nodiscard]] std::size_t utf8_length(std::string_view text, std::size_t position);
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace plimsoll::checker
