// From a path through representatives back to a behaviour of the raw system.
#pragma once

#include "checker/search/search.hpp"
#include "checker/system/quotient.hpp"

namespace plimsoll::checker {

/// A behaviour of `reduced.raw()` that visits states that those of `path` stand for one by one, so of the
/// same length, and shows of `property` (an index into properties()) what `path` shows: its last state does,
/// or for step properties its last step. At each step the first transition that leads on is taken, so the
/// behaviour is the same in every run. Requires: `path` comes from a search of `reduced`, is no lasso, and
/// that is a quotient indeed. Cost: one expansion and finding representatives for each step.
[[nodiscard]] Path concretise(const Quotient& reduced, const Path& path, std::size_t property);

}  // namespace plimsoll::checker
