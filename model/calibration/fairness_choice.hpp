// How much fairness a calibration model is asked to assume: the parameter that turns a liveness property from
// violated to held.
#pragma once

#include <cstdint>

#include "checker/system/fairness.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::model::calibration {

enum class FairnessChoice : std::uint8_t { none, weak, strong };

/// Requires: choice != none, for which a model declares no constraints at all.
[[nodiscard]] inline checker::Fairness strength_of(FairnessChoice choice) {
  PLIMSOLL_ASSERT(choice != FairnessChoice::none);
  return choice == FairnessChoice::strong ? checker::Fairness::strong : checker::Fairness::weak;
}

}  // namespace plimsoll::model::calibration
