// Judges the data plane by what a real kernel was recorded to do: `plimsoll conform dataplane`.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "properties/conformance/report.hpp"
#include "properties/overlay/conform/recording.hpp"

namespace plimsoll::properties::overlay {

/// How many probes reached each tier (score.hpp), and what was predicted.
struct Judgement {
  std::uint64_t total = 0;
  std::array<std::uint64_t, 4> reached = {};  ///< tiers 1 to 4, or more
  std::vector<ConformanceFailure> failures =
      {};  ///< of probes below tier 3; `line` is their number in the file
  /// By probe, one possible outcome: JSON.
  std::vector<std::pair<std::string, std::string>> predictions = {};
};

/// A probe with several right outcomes reaches a tier if every recorded one is among the possible ones at
/// that tier; tier 4, and probes with a past, ask only that one of them is.
[[nodiscard]] Judgement judge(const Recording& recording);

/// Passed are the probes that reach tier 3. Of files that cannot be read, an error.
[[nodiscard]] ConformanceResult judge_dataplane(const std::string& path);

}  // namespace plimsoll::properties::overlay
