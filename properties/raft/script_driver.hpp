// `plimsoll conform raft-script`: etcd-io/raft's interaction tests, run against impl/raft.
//
// Source: etcd-io/raft, rafttest and testdata/*.txt (cdfbeed). A script is in the form of datadriven.hpp;
// nodes are numbered from 1. A directive that prints nothing prints "ok".
//
//   add-nodes N [voters=(..)] [learners=(..)] [index=I] [content=WORD] [inflight=N] [prevote=B]
//     [checkquorum=B] [async-storage-writes=B] [max-committed-size-per-ready=N]
//     [disable-conf-change-validation=B] [read-only=safe|lease-based] [step-down-on-removal=B]
//   campaign N · tick-election N · tick-heartbeat N · set-randomized-election-timeout N timeout=T
//   propose N WORD · propose-conf-change N [v1=B] [transition=auto|implicit|explicit], then "v1 l2 r3 u4"
//   transfer-leadership from=N to=N · forget-leader N · report-unreachable N N · send-snapshot N N
//   process-ready N.. · process-append-thread N.. · process-apply-thread N..
//   deliver-msgs [N..] [drop=(..)] [type=MsgApp] · stabilize [N..] [log-level=L] · compact N INDEX
//   raft-log N · raft-state · status N · log-level debug|info|warn|error|fatal|none · _breakpoint
//
// Compared at level A: lines that upstream's logger wrote are left out on both sides, all others must agree
// exactly (without_log_lines()).
#pragma once

#include <string>
#include <string_view>

#include "impl/raft/defects.hpp"
#include "properties/conformance/report.hpp"

namespace plimsoll::properties::raft {

/// Runs a script from a file.
[[nodiscard]] ConformanceResult judge_raft_script(const std::string& path);
/// The same with servers that have `defects`, for tests of the scripts themselves.
[[nodiscard]] ConformanceResult judge_raft_script(const std::string& path, plimsoll::raft::Defects defects);
/// A script in memory; `name` stands for the file in errors.
[[nodiscard]] ConformanceResult judge_raft_script_text(std::string_view text, const std::string& name);

}  // namespace plimsoll::properties::raft
