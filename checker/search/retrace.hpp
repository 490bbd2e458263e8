// From fingerprints to a concrete behaviour, by re-execution.
#pragma once

#include <optional>
#include <vector>

#include "checker/search/search.hpp"

namespace plimsoll::checker {

/// The behaviour whose states have these fingerprints, the first of them initial; of several transitions
/// between two states the first one. With `step_property`, the last transition violates that property.
/// Nothing if there is none. Requires: `chain` is not empty. Cost: one expansion for each step.
[[nodiscard]] std::optional<Path> retrace(const System& system, Worker& worker,
                                          const std::vector<Fingerprint>& chain,
                                          std::optional<std::size_t> step_property);

}  // namespace plimsoll::checker
