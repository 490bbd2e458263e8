// Repeated measurements of one thing, summed up.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace plimsoll::bench {

struct Spread {
  double median = 0;
  double least = 0;
  double most = 0;
};

/// Requires: at least one value.
[[nodiscard]] inline Spread spread(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  const double median = values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  return {median, values.front(), values.back()};
}

}  // namespace plimsoll::bench
