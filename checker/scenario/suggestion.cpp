#include "checker/scenario/suggestion.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace plimsoll::scenario {
namespace {

constexpr std::size_t name_bytes_max = 64;
using Row = std::array<std::size_t, name_bytes_max + 1>;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Requires both names to have at most name_bytes_max bytes.
std::size_t distance(std::string_view a, std::string_view b) {
  Row before_last{};
  Row last{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = last;
    last = row;
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool is_same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (is_same ? 0U : 1U)});
      const bool is_swap =
          i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
      if (is_swap) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

}  // namespace

std::string suggestion(std::string_view unknown, std::span<const std::string_view> known) {
  if (unknown.size() > name_bytes_max) {
    return "";
  }
  std::string_view nearest;
  std::size_t nearest_distance = name_bytes_max + 1;
  for (const std::string_view name : known) {
    if (name.size() > name_bytes_max) {
      continue;
    }
    const std::size_t edits = distance(unknown, name);
    const std::size_t edits_max = std::max<std::size_t>(1, name.size() / 3);
    if (edits <= edits_max && edits < nearest_distance && edits < name.size()) {
      nearest = name;
      nearest_distance = edits;
    }
  }
  if (nearest.empty()) {
    return "";
  }
  return ", did you mean '" + std::string(nearest) + "'?";
}

}  // namespace plimsoll::scenario
