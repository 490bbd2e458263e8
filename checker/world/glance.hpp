// A state of a world at a glance: who could do something, as sets of processes.
#pragma once

#include <cstdint>

namespace plimsoll::checker {

/// Bit i: the process with number i. For worlds of no more than 64.
using ProcessMask = std::uint64_t;
[[nodiscard]] constexpr ProcessMask process_bit(std::size_t process) {
  return ProcessMask{1} << process;
}

struct WorldGlance {
  /// Has a step of its own to take: something to hear, a timer that may fire, a restart, an end of its pause.
  ProcessMask able = 0;
  /// Keeps the world from quiescence until it takes a step.
  ProcessMask busy = 0;
  /// Must take a step before time passes.
  ProcessMask holds_time = 0;
  /// Is down and will be restarted.
  ProcessMask restarts = 0;
  /// Bit i: something is left of word i of the environment, a budget (WorldLayout::budget_word()).
  std::uint64_t budgets = 0;
  bool is_cut = false;  ///< the network
};

}  // namespace plimsoll::checker
