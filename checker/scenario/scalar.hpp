// What a scalar's text means, decided by whoever asks for it.
//
// Follows the core schema of YAML 1.2.2 (section 10.3.2) as Kubernetes uses it, with two deviations towards
// strictness: integers are decimal without leading zeros (`080` and `0o17` are no integers, and may be
// strings), and a plain scalar that looks like a number or a bool is refused where a string is expected, as
// the Kubernetes API server does. `yes`, `no`, `on` and `off` are strings.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"
#include "checker/scenario/node.hpp"

namespace plimsoll::scenario {

/// The integers from `min` to `max`, both included.
struct UintRange {
  std::uint64_t min = 0;
  std::uint64_t max = std::numeric_limits<std::uint32_t>::max();
};

// Each of these returns the value or an error at the node that says what was expected and what was found.

[[nodiscard]] tl::expected<std::string, Error> as_string(const Node& node);
[[nodiscard]] tl::expected<bool, Error> as_bool(const Node& node);
[[nodiscard]] tl::expected<std::uint64_t, Error> as_uint(const Node& node, UintRange range);

/// A lower-case kebab-case word: `crash`, `unique-pod-ip`.
[[nodiscard]] tl::expected<std::string, Error> as_word(const Node& node);

/// The index in `words` of the word written; the error lists the words and suggests the nearest.
[[nodiscard]] tl::expected<std::size_t, Error> as_one_of(const Node& node,
                                                         std::span<const std::string_view> words);

/// A whole number with a unit: `250ms`, `5s`, `2m`, `1h`. At most 1000 hours.
[[nodiscard]] tl::expected<std::chrono::milliseconds, Error> as_duration(const Node& node);

/// A whole number of bytes with a binary unit: `64KiB`, `512MiB`, `2GiB`. At most 1024 GiB.
[[nodiscard]] tl::expected<std::uint64_t, Error> as_memory_bytes(const Node& node);

// The same, from text alone: command line options use the same notation.

[[nodiscard]] std::optional<std::uint64_t> parse_uint(std::string_view text);
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
[[nodiscard]] std::optional<std::uint64_t> parse_memory_bytes(std::string_view text);
[[nodiscard]] bool is_kebab_case(std::string_view text);

}  // namespace plimsoll::scenario
