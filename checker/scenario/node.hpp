// The tree a YAML text becomes: plain values that own their content and know where they were written.
//
// yaml-cpp's own node is a shared, mutable reference that converts scalars by YAML 1.1 rules, so it stays
// inside yaml.cpp. A scalar here keeps its text; the reader that asks for an integer, a bool or a string
// decides what the text means.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checker/scenario/location.hpp"

namespace plimsoll::scenario {

enum class Kind { null, scalar, sequence, mapping };

struct Entry;

/// One value. Exactly the member that `kind` names is meaningful: text for scalars, items for sequences,
/// entries for mappings. Copies are deep; different trees share nothing.
struct Node {
  Kind kind = Kind::null;
  std::string text;
  bool quoted = false;  ///< written in quotes or as a block scalar, therefore a string whatever it looks like
  std::vector<Node> items;
  std::vector<Entry>
      entries;  ///< in the order they were written; keys are scalars and differ from each other
  Location where;

  /// The value under `key`, or null if this is no mapping or has no such key. Cost: linear in the entries.
  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] Node* find(std::string_view key);
};

struct Entry {
  Node key;
  Node value;
};

/// What an error message calls this node: `the string 'abc'`, `a mapping`, `nothing`. Long texts are cut.
[[nodiscard]] std::string describe(const Node& node);

/// `text` in single quotes, cut to a length that fits a message, with control characters replaced by '?'.
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace plimsoll::scenario
