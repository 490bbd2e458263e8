// What reductions leave of a world: the states and the time of the same search with and without them.
#pragma once

#include <tl/expected.hpp>
#include <vector>

#include "ci/bench/runs.hpp"

namespace plimsoll::bench {

struct Reduced {
  std::string world;
  const char* reduction = "";
  std::uint64_t distinct = 0;
  std::uint64_t generated = 0;
  double seconds = 0;
};

/// Prints a row for each world and reduction that it allows: whole searches, by fingerprints, on one worker.
[[nodiscard]] tl::expected<std::vector<Reduced>, scenario::Error> time_reductions(
    const std::vector<World>& worlds);

}  // namespace plimsoll::bench
