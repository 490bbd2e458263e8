// How TwoPhaseCommit's variables lie in slots.
#pragma once

#include <cstdint>

#include "checker/system/slots.hpp"
#include "model/calibration/two_phase_commit.hpp"

namespace plimsoll::model::calibration::two_phase_commit_slots {

using checker::Slot;

[[nodiscard]] constexpr Slot bit(std::uint32_t manager) {
  return Slot{1} << manager;
}

/// The transaction manager's slot: its state in the low bits, above it a bit for each resource manager known
/// to be prepared.
constexpr Slot transaction_state_mask = 3;
constexpr std::uint32_t known_prepared_shift = 2;

/// The messages' slot: bit r is "Prepared" of resource manager r.
constexpr Slot commit_message = Slot{1} << TwoPhaseCommit::managers_max;
constexpr Slot abort_message = commit_message << 1U;

}  // namespace plimsoll::model::calibration::two_phase_commit_slots
