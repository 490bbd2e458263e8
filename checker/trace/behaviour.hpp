// A behaviour made readable: what a path looks like outside the run that found it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "checker/search/search.hpp"
#include "checker/system/datum.hpp"
#include "checker/system/system.hpp"

namespace plimsoll::checker {

/// Invariant: states.size() == labels.size() + 1; states[0] is initial and labels[i] leads from states[i] to
/// states[i + 1].
struct Behaviour {
  std::vector<Datum> states;
  std::vector<ActionLabel> labels;
  /// As in Path: the last state is states[*loop] again, and what lies between is repeated for ever.
  std::optional<std::size_t> loop = std::nullopt;
  bool ends = false;  ///< nothing can happen after the last state, and that is what matters

  [[nodiscard]] std::size_t steps() const { return labels.size(); }
  friend bool operator==(const Behaviour&, const Behaviour&) = default;
};

/// Requires: `path` is a behaviour of `system`, whose interned values are still there.
[[nodiscard]] Behaviour describe(const System& system, const Path& path);

/// What a step did, for people: `#3 deliver(to: node-1)` and an indented line for each part that changed.
/// With final line feed.
[[nodiscard]] std::string tell_step(std::size_t step, const ActionLabel& label,
                                    const std::vector<Difference>& changes);
/// The whole story: `#0 initial state`, then steps 1 .. `last` (at most steps()), then which of them repeat
/// for ever or that nothing more can happen, if all were told.
[[nodiscard]] std::string tell(const Behaviour& behaviour, std::size_t last);
/// A state as a block of lines: one for each of its parts.
[[nodiscard]] std::string tell_state(const Datum& state);
/// `path: before -> after`, indented. With final line feed.
[[nodiscard]] std::string tell_difference(const Difference& difference);

}  // namespace plimsoll::checker
