// How often a second something can be done.
#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>

namespace plimsoll::bench {

/// Calls `operation` with 0, 1, ... and returns how many of `operations` it does in a second of processor
/// time.
template <class Operation>
double speed(std::uint64_t operations, const Operation& operation) {
  const std::clock_t begin = std::clock();
  for (std::uint64_t i = 0; i < operations; ++i) {
    operation(i);
  }
  const auto clocks = static_cast<double>(std::max<std::clock_t>(std::clock() - begin, 1));
  return static_cast<double>(operations) * static_cast<double>(CLOCKS_PER_SEC) / clocks;
}

}  // namespace plimsoll::bench
