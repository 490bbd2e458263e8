// The commands of `plimsoll`. Each prints for people on standard output (on standard error if `--json -`
// claims standard output), errors on standard error, and returns what to tell the shell.
#pragma once

#include "checker/cli/exit_code.hpp"
#include "checker/cli/options.hpp"

namespace plimsoll::cli {

/// Loads every scenario and tries every output before the first search: bad input costs no time. Traces are
/// written after each scenario, JSON and JUnit at the end; an interrupted run still writes them.
[[nodiscard]] ExitCode run_check(const CheckOptions& options);
[[nodiscard]] ExitCode run_replay(const ReplayOptions& options);
/// Bad input in one file does not keep the others from being judged.
[[nodiscard]] ExitCode run_conform(const ConformOptions& options);
/// As run_conform(): every file is judged.
[[nodiscard]] ExitCode run_history(const HistoryOptions& options);
/// Every target is tried. One broken on purpose (`--defect`) is expected to be violated.
[[nodiscard]] ExitCode run_prove(const ProveOptions& options);
/// Every dump is judged, whatever is wrong with others.
[[nodiscard]] ExitCode run_dataplane(const DataplaneOptions& options);
[[nodiscard]] ExitCode run_list(const ListOptions& options);

/// The whole program: parses, runs, reports. Requires: install_signal_handlers() was called.
[[nodiscard]] ExitCode run(int argc, char** argv);

}  // namespace plimsoll::cli
