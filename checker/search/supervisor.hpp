// Beside a search: its limit of time, signals, and progress, from a thread of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "checker/search/search.hpp"

namespace plimsoll::checker {

/// Sets `stop` when time is up or the search is interrupted, and reports progress, as `options` say.
///
/// Thread-safety: all members. `options`, `stop` and what `progress` reads must outlive it.
class Supervisor {
 public:
  /// Throws std::bad_alloc if the machine has no thread for it.
  Supervisor(const SearchOptions& options, std::atomic<bool>& stop, std::function<Progress()> progress);

  /// Since construction.
  [[nodiscard]] double seconds() const;
  /// Why `stop` was set; nothing if not by the supervisor.
  [[nodiscard]] std::optional<Stop> reason() const;

 private:
  using Clock = std::chrono::steady_clock;

  void watch(const std::stop_token& token);
  void halt(Stop reason);

  const SearchOptions& options_;
  std::atomic<bool>& stop_;
  std::function<Progress()> progress_;
  Clock::time_point start_ = Clock::now();
  std::atomic<bool> halted_{false};
  std::atomic<Stop> reason_{Stop::interrupted};
  std::jthread thread_;  ///< last: it uses all the others
};

}  // namespace plimsoll::checker
