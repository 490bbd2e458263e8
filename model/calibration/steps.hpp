// For tests: taking a model's steps by their labels.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "checker/system/system.hpp"

namespace plimsoll::model::calibration {

using Slots = std::vector<checker::Slot>;

[[nodiscard]] inline Slots first_state(const checker::System& system) {
  checker::Successors out(system.width());
  system.initial(out);
  return {out.state(0).begin(), out.state(0).end()};
}

/// What is enabled in `state`, in the model's order.
[[nodiscard]] inline std::vector<std::string> labels(const checker::System& system, const Slots& state) {
  checker::Successors out(system.width());
  system.worker()->successors(state, system.fingerprint(state), out);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < out.size(); ++i) {
    lines.push_back(to_line(system.describe(state, out[i].action)));
  }
  return lines;
}

/// Where the steps of these labels lead; empty if one is not enabled. Of several with one label the first.
[[nodiscard]] inline Slots after(const checker::System& system, Slots state,
                                 const std::vector<std::string>& steps) {
  for (const std::string& step : steps) {
    const std::vector<std::string> enabled = labels(system, state);
    const auto found = std::ranges::find(enabled, step);
    if (found == enabled.end()) {
      return {};
    }
    checker::Successors out(system.width());
    system.worker()->successors(state, system.fingerprint(state), out);
    const auto target = out.state(static_cast<std::size_t>(found - enabled.begin()));
    state.assign(target.begin(), target.end());
  }
  return state;
}

/// Every transition from `state` has the fingerprint of its target.
[[nodiscard]] inline bool fingerprints_fit(const checker::System& system, const Slots& state) {
  checker::Successors out(system.width());
  system.worker()->successors(state, system.fingerprint(state), out);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i].fingerprint != system.fingerprint(out.state(i))) {
      return false;
    }
  }
  return true;
}

}  // namespace plimsoll::model::calibration
