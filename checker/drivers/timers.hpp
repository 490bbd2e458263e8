// The armed timers of a component, by the wall clock: steady, so that nobody's correction of the date moves
// them.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

namespace plimsoll::drivers {

using Clock = std::chrono::steady_clock;

/// @tparam Timer  A described type: it compares.
///
/// Complexity: linear in the armed timers. Not thread-safe.
template <class Timer>
class Timers {
 public:
  /// Armed again, a timer counts as armed now.
  void arm(Timer timer, Clock::time_point due) {
    disarm(timer);
    armed_.push_back({std::move(timer), due});
  }
  void disarm(const Timer& timer) {
    std::erase_if(armed_, [&](const Armed& armed) { return armed.timer == timer; });
  }
  [[nodiscard]] bool is_armed(const Timer& timer) const {
    return std::any_of(armed_.begin(), armed_.end(),
                       [&](const Armed& armed) { return armed.timer == timer; });
  }
  [[nodiscard]] std::optional<Clock::time_point> next_due() const {
    const auto first = earliest();
    return first == armed_.end() ? std::nullopt : std::optional(first->due);
  }
  /// Disarms a timer that is due at `now` and returns it: the earliest, of those the one armed first.
  [[nodiscard]] std::optional<Timer> take_due(Clock::time_point now) {
    const auto first = earliest();
    if (first == armed_.end() || first->due > now) {
      return std::nullopt;
    }
    Timer timer = first->timer;
    armed_.erase(first);
    return timer;
  }

 private:
  struct Armed {
    Timer timer;
    Clock::time_point due;
  };
  [[nodiscard]] auto earliest() const {
    return std::min_element(armed_.begin(), armed_.end(),
                            [](const Armed& a, const Armed& b) { return a.due < b.due; });
  }

  std::vector<Armed> armed_;  ///< in order of arming
};

}  // namespace plimsoll::drivers
