// Notices that a walk goes round in circles, in constant space.
#pragma once

#include <cstdint>

#include "checker/system/slots.hpp"

namespace plimsoll::checker {

/// Algorithm: Brent, "An improved Monte Carlo factorization algorithm" (BIT 20, 1980), section 2: one state
/// is kept and compared with those that follow, and is replaced after 1, 2, 4, 8 ... steps. A circle that is
/// gone round again and again is noticed within three times the steps to its first return.
class SpinDetector {
 public:
  void restart(Fingerprint state) {
    kept_ = state;
    steps_ = 0;
    steps_max_ = 1;
  }
  /// The walk comes to `state`. True: it was here since the restart; the next circle begins here.
  [[nodiscard]] bool arrive(Fingerprint state) {
    if (state == kept_) {
      restart(state);
      return true;
    }
    if (++steps_ == steps_max_) {
      kept_ = state;
      steps_ = 0;
      steps_max_ *= 2;
    }
    return false;
  }

 private:
  Fingerprint kept_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t steps_max_ = 1;
};

}  // namespace plimsoll::checker
