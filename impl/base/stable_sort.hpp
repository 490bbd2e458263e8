// Sorting that keeps the order of equals.
//
// Source: std::stable_sort, which the library of GCC 12 builds on a function that C++17 deprecated: clang
// warns of each use. Deviates: always allocates, the place of each value beside it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <ranges>
#include <utility>
#include <vector>

namespace plimsoll::base {

/// Sorts `values` by what `projection` makes of them; values that `less` does not tell apart keep their
/// order. Cost: O(n log n) comparisons, n places.
template <std::ranges::random_access_range Range, class Less = std::ranges::less,
          class Projection = std::identity>
void stable_sort(Range& values, Less less = {}, Projection projection = {}) {
  using Value = std::ranges::range_value_t<Range>;
  std::vector<std::pair<Value, std::size_t>> placed;
  placed.reserve(std::ranges::size(values));
  for (Value& value : values) {
    placed.emplace_back(std::move(value), placed.size());
  }
  std::ranges::sort(placed, [&](const auto& a, const auto& b) {
    const auto& first = std::invoke(projection, a.first);
    const auto& second = std::invoke(projection, b.first);
    if (std::invoke(less, first, second)) {
      return true;
    }
    return !std::invoke(less, second, first) && a.second < b.second;
  });
  std::ranges::transform(placed, std::ranges::begin(values),
                         [](auto& one) -> Value { return std::move(one.first); });
}

}  // namespace plimsoll::base
