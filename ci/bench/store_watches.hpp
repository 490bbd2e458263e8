// How fast the store tells its watchers of changes.
#pragma once

#include <cstdint>
#include <vector>

#include "ci/bench/options.hpp"

namespace plimsoll::bench {

/// Events that reach watchers, a second.
struct WatchSpeeds {
  std::uint64_t watchers = 0;
  double one_key = 0;   ///< all watch the key that changes
  double key_each = 0;  ///< each watches a key of its own
};

/// Prints a table by number of watchers, and returns it.
[[nodiscard]] std::vector<WatchSpeeds> time_watches(const Options& options);

}  // namespace plimsoll::bench
