// The calibration models for the registry: small systems whose counts and verdicts are known independently of
// our engines, to tell whether those count right, judge right, and at what cost.
//
// Each system has parameters with a range and a default, and nothing else a scenario could say. What they
// mean is said in model/calibration; model/calibration/README.md has a table of them with their counts and
// properties.
#pragma once

#include "properties/registry.hpp"

namespace plimsoll::properties::calibration {

/// `capacity` 1 .. 4 (2), `duplicates` 0 .. 3 (0), `fairness` none, weak, strong (strong).
[[nodiscard]] SystemEntry alternating_bit_entry();

/// `bound` 2 .. 1000 (5), `cancels` 0, 1 (0).
[[nodiscard]] SystemEntry backlog_entry();

/// `n` 2 .. 8 (5), `variant` left-first, one-right-handed (one-right-handed), `fairness` none, weak, strong
/// (strong).
[[nodiscard]] SystemEntry dining_philosophers_entry();

/// `fairness` none, weak, strong (strong).
[[nodiscard]] SystemEntry fairness_strengths_entry();

/// `warmth` 2 .. 1000 (3).
[[nodiscard]] SystemEntry lighthouse_entry();

/// `n` servers 1 .. 5 (3), `t` terms 1 .. 3 (2), `l` log length 1 .. 3 (1), `rst` restarts 0, 1 (1), `mb`
/// messages in flight 1 .. 1000 (1).
[[nodiscard]] SystemEntry mail_raft_entry();

/// `n` 2 .. 5 (3).
[[nodiscard]] SystemEntry peterson_entry();

/// `rms` resource managers 1 .. 16 (5).
[[nodiscard]] SystemEntry two_phase_commit_entry();

}  // namespace plimsoll::properties::calibration
