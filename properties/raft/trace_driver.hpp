// Event traces of real clusters of etcd-io/raft, checked against the model of trace_model.hpp.
#pragma once

#include <string>
#include <string_view>

#include "properties/conformance/report.hpp"

namespace plimsoll::properties::raft {

/// Counts events; the first one that cannot happen is the failure, and ends the check. Errors: the file is
/// missing, or is no trace.
[[nodiscard]] ConformanceResult judge_raft_trace(const std::string& path);
/// The same for a trace that is in memory; `file` is its name in errors.
[[nodiscard]] ConformanceResult judge_raft_trace_text(std::string_view text, const std::string& file);

}  // namespace plimsoll::properties::raft
