// A randomised test's failing case, kept as a trace file that replays alone.
//
// The trace and not the test tool's string is what a regression is kept as: it survives changes of the
// generators.
#pragma once

#include <cstdint>
#include <string>

#include <tl/expected.hpp>

#include "checker/search/search.hpp"
#include "checker/system/system.hpp"
#include "checker/trace/trace.hpp"

namespace plimsoll::properties::ipam {

/// The shortest behaviour that `minimise` makes of `path` within its budget, as a trace of `scenario`.
/// Requires: `system` was built from `scenario`, and `path` ends where the property fails.
[[nodiscard]] checker::Trace failure_trace(const scenario::Scenario& scenario, const checker::System& system,
                                           checker::Path path, std::size_t property);

/// Where failing cases are written: $PLIMSOLL_TRACE_DIR, or traces-of-failures in the current directory.
[[nodiscard]] std::string failure_directory();

/// Writes `trace` to `<directory>/<property>[-<defect>]-<seed>.itf.json`, making the directory, and returns
/// that path. Errors: one sentence, if that is impossible.
[[nodiscard]] tl::expected<std::string, std::string> write_failure(const checker::Trace& trace,
                                                                   const std::string& directory,
                                                                   std::uint64_t seed);

}  // namespace plimsoll::properties::ipam
