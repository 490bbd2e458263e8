// Strict decoding of mappings: every field is asked for by name and type, and what nobody asked for is an
// error.
//
// A decoder reads as if nothing could go wrong and looks at the collected error once, at the end:
//
//   FirstError errors;
//   MapReader fields(node, "parameters", errors);
//   const auto managers = fields.uint("managers", {1, 7});
//   const auto lossy = fields.optional_boolean("lossy").value_or(false);
//   fields.finish();
//   if (errors.error()) return tl::unexpected(*errors.error());
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/scenario/location.hpp"
#include "checker/scenario/node.hpp"
#include "checker/scenario/scalar.hpp"

namespace plimsoll::scenario {

/// Keeps the first error it is given and forgets later ones, which are often consequences.
class FirstError {
 public:
  void add(Error error) {
    if (!error_) {
      error_ = std::move(error);
    }
  }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  std::optional<Error> error_;
};

/// A word with a number, as in `faults: {crash: 2}`; the location is that of the word.
struct Count {
  std::string name;
  std::uint32_t count = 0;
  Location where;
};

/// Reads one mapping field by field. Required fields that are absent or wrong yield an arbitrary valid value,
/// and the error is recorded. Optional fields that are absent or explicitly null yield nothing.
///
/// Requires the node and the error to outlive the reader. Not thread-safe.
/// Invariant: after finish(), no error means that every entry of the mapping was read.
class MapReader {
 public:
  /// @param what  The mapping's name in messages, e.g. "metadata". If `node` is no mapping, that is the
  /// error.
  MapReader(const Node& node, std::string what, FirstError& errors);

  [[nodiscard]] std::string string(std::string_view name);
  [[nodiscard]] std::optional<std::string> optional_string(std::string_view name);
  [[nodiscard]] std::string word(std::string_view name);
  [[nodiscard]] std::optional<std::string> optional_word(std::string_view name);
  [[nodiscard]] bool boolean(std::string_view name);
  [[nodiscard]] std::optional<bool> optional_boolean(std::string_view name);
  [[nodiscard]] std::uint64_t uint(std::string_view name, UintRange range);
  [[nodiscard]] std::optional<std::uint64_t> optional_uint(std::string_view name, UintRange range);
  /// Returns an index in `words`, which must not be empty.
  [[nodiscard]] std::size_t one_of(std::string_view name, std::span<const std::string_view> words);
  [[nodiscard]] std::optional<std::size_t> optional_one_of(std::string_view name,
                                                           std::span<const std::string_view> words);
  [[nodiscard]] std::optional<std::chrono::milliseconds> optional_duration(std::string_view name);
  [[nodiscard]] std::optional<std::uint64_t> optional_memory_bytes(std::string_view name);

  /// Nodes are returned as they are, for a decoder of the caller's; null if the field is absent.
  [[nodiscard]] const Node* node(std::string_view name);           ///< an error if absent
  [[nodiscard]] const Node* optional_node(std::string_view name);  ///< also null if explicitly null
  [[nodiscard]] const Node* optional_mapping(std::string_view name);
  /// The items of a list; empty if the field is absent.
  [[nodiscard]] std::span<const Node> optional_list(std::string_view name);

  [[nodiscard]] std::vector<std::string> optional_words(std::string_view name);    ///< distinct words
  [[nodiscard]] std::vector<std::string> optional_strings(std::string_view name);  ///< in order, any strings
  /// A mapping of words to integers; requires range.max to fit 32 bits.
  [[nodiscard]] std::vector<Count> optional_counts(std::string_view name, UintRange range);
  /// A mapping of strings to strings, as labels are, in the order written.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> optional_string_map(std::string_view name);

  /// Marks a field as read whose value changes nothing here; any value is accepted.
  void accept(std::string_view name) { (void)find(name); }

  /// Refuses `name`, a field that exists elsewhere but not here, for a better reason than "unknown field".
  void refuse(std::string_view name, std::string_view reason);

  /// Reports the first field nobody asked for, with the nearest name that somebody did ask for; then missing
  /// fields.
  void finish();

  /// Where the mapping is; errors about the whole of it belong here.
  [[nodiscard]] const Location& where() const { return node_.where; }

  /// Records an error at field `name`'s value if it is present, else at the mapping.
  void fail(std::string_view name, std::string message);

 private:
  const Node* find(std::string_view name);
  const Node* find_required(std::string_view name);
  template <typename T>
  std::optional<T> take(std::string_view name, tl::expected<T, Error> value);

  const Node& node_;
  std::string what_;
  FirstError& errors_;
  std::optional<Error> missing_;         ///< deferred: an unknown field is likely the misspelt missing one
  std::vector<std::string_view> known_;  ///< names asked for; they point into the caller's literals or node_
};

}  // namespace plimsoll::scenario
