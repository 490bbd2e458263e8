#include "checker/cli/signals.hpp"

#include <csignal>
#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>

#include <unistd.h>

#include "checker/cli/exit_code.hpp"

namespace plimsoll::cli {
namespace {

std::atomic<bool> is_interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch lock-free atomics only");

void on_interrupt(int /*signal*/) {
  if (is_interrupted.exchange(true)) {
    ::_exit(static_cast<int>(ExitCode::inconclusive));
  }
}

void on_abort(int /*signal*/) {
  ::_exit(static_cast<int>(ExitCode::internal_error));
}

/// An exception left a thread. Running out of memory is no bug, and what was found so far is not known here:
/// inconclusive.
[[noreturn]] void on_terminate() {
  try {
    if (const std::exception_ptr current = std::current_exception()) {
      std::rethrow_exception(current);
    }
  } catch (const std::bad_alloc&) {
    constexpr std::string_view message =
        "plimsoll: the machine's memory ran out: inconclusive (--memory sets a limit)\n";
    (void)!::write(STDERR_FILENO, message.data(), message.size());
    ::_exit(static_cast<int>(ExitCode::inconclusive));
  } catch (const std::exception& exception) {
    const std::string_view what = exception.what();
    (void)!::write(STDERR_FILENO, "plimsoll: internal error: ", 26);
    (void)!::write(STDERR_FILENO, what.data(), what.size());
    (void)!::write(STDERR_FILENO, "\n", 1);
  } catch (...) {
    (void)!::write(STDERR_FILENO, "plimsoll: internal error\n", 25);
  }
  ::_exit(static_cast<int>(ExitCode::internal_error));
}

void install(int signal, void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  (void)::sigaction(signal, &action, nullptr);
}

}  // namespace

void install_signal_handlers() {
  install(SIGINT, on_interrupt);
  install(SIGTERM, on_interrupt);
  install(SIGABRT, on_abort);
  // A file that may not grow is a disk that is full: the write fails, and that is said.
  install(SIGXFSZ, SIG_IGN);
  std::set_terminate(on_terminate);
}

const std::atomic<bool>& interrupted() {
  return is_interrupted;
}

}  // namespace plimsoll::cli
