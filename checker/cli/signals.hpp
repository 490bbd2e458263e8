// SIGINT and SIGTERM end a search truthfully; a failed assertion ends the process with the exit code for
// bugs.
#pragma once

#include <atomic>

namespace plimsoll::cli {

/// Installs the handlers: the first SIGINT or SIGTERM sets interrupted(), the second ends the process at once
/// with exit code 3; SIGABRT (what a failed assertion raises, after it was printed) gives exit code 4; memory
/// that runs out on any thread gives 3.
void install_signal_handlers();

[[nodiscard]] const std::atomic<bool>& interrupted();

}  // namespace plimsoll::cli
