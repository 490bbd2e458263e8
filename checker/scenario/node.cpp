#include "checker/scenario/node.hpp"

#include <algorithm>
#include <cstddef>

namespace plimsoll::scenario {

const Node* Node::find(std::string_view key) const {
  if (kind != Kind::mapping) {
    return nullptr;
  }
  const auto found =
      std::ranges::find_if(entries, [key](const Entry& entry) { return entry.key.text == key; });
  return found == entries.end() ? nullptr : &found->value;
}

Node* Node::find(std::string_view key) {
  if (kind != Kind::mapping) {
    return nullptr;
  }
  const auto found =
      std::ranges::find_if(entries, [key](const Entry& entry) { return entry.key.text == key; });
  return found == entries.end() ? nullptr : &found->value;
}

std::string quote(std::string_view text) {
  constexpr std::size_t bytes_max = 60;
  const bool is_cut = text.size() > bytes_max;
  std::size_t length = is_cut ? bytes_max : text.size();
  // A cut must not split a UTF-8 sequence: step back over continuation bytes.
  while (is_cut && length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) {
    --length;
  }
  std::string quoted = "'";
  for (const char c : text.substr(0, length)) {
    const auto byte = static_cast<unsigned char>(c);
    quoted += (byte < 0x20U || byte == 0x7FU) ? '?' : c;
  }
  return quoted + (is_cut ? "...'" : "'");
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Kind::null:
      return "nothing";
    case Kind::sequence:
      return "a list";
    case Kind::mapping:
      return "a mapping";
    case Kind::scalar:
      break;
  }
  return (node.quoted ? "the string " : "") + quote(node.text);
}

}  // namespace plimsoll::scenario
