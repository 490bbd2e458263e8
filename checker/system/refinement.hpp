// Does one state of a spec lead to another in a few steps? The question behind refinement: a step of the
// implementation, mapped to the spec, must be a path of 0 to k of the spec's own steps (0: stuttering).
#pragma once

#include <functional>
#include <vector>

#include "checker/system/spec_system.hpp"

namespace plimsoll::checker {

/// Whether `to` is reachable from `from` in at most `steps_max` steps, none of which leads further away.
/// @param distance  0 exactly between equal states; keeps the search from wandering: a step may not increase
/// it. Cost: the states on such paths, which are few when the distance counts the facts that differ.
template <Explorable Spec>
[[nodiscard]] bool leads_to(
    const Spec& spec, const typename Spec::State& from, const typename Spec::State& to, unsigned steps_max,
    const std::function<std::size_t(const typename Spec::State&, const typename Spec::State&)>& distance) {
  using State = typename Spec::State;
  if (from == to) {
    return true;
  }
  std::set<State> seen = {from};
  std::vector<State> level = {from};
  for (unsigned step = 0; step < steps_max && !level.empty(); ++step) {
    std::vector<State> next;
    for (const State& state : level) {
      const std::size_t bound = distance(state, to);
      spec.next(state, [&](const typename Spec::Action& /*action*/, State after) {
        if (distance(after, to) <= bound && seen.insert(after).second) {
          next.push_back(std::move(after));
        }
      });
    }
    if (seen.contains(to)) {
      return true;
    }
    level = std::move(next);
  }
  return false;
}

}  // namespace plimsoll::checker
