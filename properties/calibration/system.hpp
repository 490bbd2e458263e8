// Systems `two-phase-commit` and `mail-raft` for the registry: models whose counts of states independent
// checkers have measured, to tell whether the engines count right and at what cost.
#pragma once

#include "properties/registry.hpp"

namespace plimsoll::properties::calibration {

/// Parameter `rms`: resource managers, 5 if absent.
[[nodiscard]] SystemEntry two_phase_commit_entry();

/// Parameters `n` servers, `t` terms, `l` log length, `rst` restarts (0 or 1), `mb` messages in flight; those
/// absent are 3, 2, 1, 1, 1.
[[nodiscard]] SystemEntry mail_raft_entry();

}  // namespace plimsoll::properties::calibration
