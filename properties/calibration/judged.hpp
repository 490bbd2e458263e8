// For tests: a liveness counterexample judged step by step. It must be a behaviour of the system, go on for
// ever or end where nothing can happen, be fair, and violate its property: by the words of
// checker/system/fairness.hpp and with none of the engine's graph.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "checker/search/search.hpp"

namespace plimsoll::properties::calibration {

/// The transition of `action` from `before` to `after` is there.
[[nodiscard]] inline bool has_step(const checker::System& system, const std::vector<checker::Slot>& before,
                                   const checker::Action& action, const std::vector<checker::Slot>& after) {
  checker::Successors out(system.width());
  system.worker()->successors(before, system.fingerprint(before), out);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i].action == action && std::ranges::equal(out.state(i), after)) {
      return true;
    }
  }
  return false;
}

/// The constraints that some transition possible in `state` belongs to, pruned ones among them; what changes
/// nothing does not count.
[[nodiscard]] inline checker::FairnessMask enabled_at(const checker::System& system,
                                                      const std::vector<checker::Slot>& state) {
  const auto worker = system.worker();
  checker::Successors out(system.width());
  worker->successors(state, system.fingerprint(state), out);
  checker::FairnessMask enabled = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!std::ranges::equal(out.state(i), state)) {
      enabled |= worker->fairness_of(state, out[i].action);
    }
  }
  for (const checker::Action& action : out.pruned_actions()) {
    enabled |= worker->fairness_of(state, action);
  }
  return enabled;
}

/// Is repeating the loop of `path` for ever fair? Requires: path.loop.
[[nodiscard]] inline bool is_fair(const checker::System& system, const checker::Path& path) {
  const auto worker = system.worker();
  checker::FairnessMask somewhere = 0;
  checker::FairnessMask everywhere = ~checker::FairnessMask{0};
  checker::FairnessMask taken = 0;
  for (std::size_t i = *path.loop; i < path.actions.size(); ++i) {
    somewhere |= enabled_at(system, path.states[i]);
    everywhere &= enabled_at(system, path.states[i]);
    if (path.states[i] != path.states[i + 1]) {
      taken |= worker->fairness_of(path.states[i], path.actions[i]);
    }
  }
  for (std::size_t i = 0; i < system.fairness().size(); ++i) {
    const bool is_weak = system.fairness()[i].strength == checker::Fairness::weak;
    const checker::FairnessMask owed = is_weak ? everywhere : somewhere;
    if ((owed & ~taken & checker::fairness_bit(i)) != 0) {
      return false;
    }
  }
  return true;
}

/// Does the infinite (or ended) behaviour `path` violate the liveness property number `property`?
[[nodiscard]] inline bool violates(const checker::System& system, std::size_t property,
                                   const checker::Path& path) {
  const auto worker = system.worker();
  const checker::PropertyMask bit = checker::property_bit(property);
  const auto holds = [&](std::size_t i) { return (worker->evaluate(path.states[i], bit).holds & bit) != 0; };
  const std::size_t last = path.states.size() - 1;
  const std::size_t loop = path.loop.value_or(last);
  std::size_t good_in_loop = 0;
  for (std::size_t i = loop; i <= last; ++i) {
    good_in_loop += holds(i) ? 1U : 0U;
  }
  switch (system.properties()[property].kind) {
    case checker::PropertyKind::eventually_always:
      return good_in_loop < last - loop + 1;
    case checker::PropertyKind::always_eventually:
      return good_in_loop == 0;
    default:
      break;
  }
  // Without a later goal: from the start, or from a state that is engaged.
  const bool from_start = system.properties()[property].kind == checker::PropertyKind::eventually;
  for (std::size_t i = last + 1; i-- > 0 && good_in_loop == 0 && !holds(i);) {
    if (from_start ? i == 0 : (worker->evaluate(path.states[i], bit).engaged & bit) != 0) {
      return true;
    }
  }
  return false;
}

/// A sentence about what is wrong with the counterexample; empty if nothing is.
[[nodiscard]] inline std::string objection(const checker::System& system, std::size_t property,
                                           const checker::Path& path) {
  for (std::size_t i = 0; i < path.actions.size(); ++i) {
    if (!has_step(system, path.states[i], path.actions[i], path.states[i + 1])) {
      return "step " + std::to_string(i + 1) + " is not possible";
    }
  }
  checker::Successors out(system.width());
  if (!path.loop) {
    system.worker()->successors(path.states.back(), system.fingerprint(path.states.back()), out);
    if (out.size() + out.pruned() > 0) {
      return "it ends where something can happen";
    }
  } else if (path.states.back() != path.states[*path.loop] || *path.loop + 1 >= path.states.size()) {
    return "the loop does not close";
  } else if (!is_fair(system, path)) {
    return "it is not fair";
  }
  return violates(system, property, path) ? "" : "it does not violate the property";
}

}  // namespace plimsoll::properties::calibration
