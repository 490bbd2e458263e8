#include "checker/search/supervisor.hpp"

#include <condition_variable>
#include <mutex>
#include <new>
#include <system_error>
#include <utility>

namespace plimsoll::checker {

Supervisor::Supervisor(const SearchOptions& options, std::atomic<bool>& stop,
                       std::function<Progress()> progress)
    : options_(options), stop_(stop), progress_(std::move(progress)) {
  try {
    thread_ = std::jthread([this](const std::stop_token& token) { watch(token); });
  } catch (const std::system_error&) {
    // Unlike a worker it cannot be done without: nobody would look at the clock or at signals.
    throw std::bad_alloc();
  }
}

double Supervisor::seconds() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

std::optional<Stop> Supervisor::reason() const {
  return halted_.load() ? std::optional(reason_.load()) : std::nullopt;
}

void Supervisor::watch(const std::stop_token& token) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock<std::mutex> lock(mutex);
  for (unsigned tick = 1; !wake.wait_for(lock, token, std::chrono::milliseconds(20), [] { return false; });
       ++tick) {
    if (token.stop_requested()) {
      return;
    }
    if (options_.interrupted != nullptr && options_.interrupted->load(std::memory_order_relaxed)) {
      halt(Stop::interrupted);
    } else if (seconds() > options_.limits.seconds_max) {
      halt(Stop::time);
    }
    if (options_.progress && tick % 5 == 0) {
      Progress progress = progress_();
      progress.seconds = seconds();
      options_.progress(progress);
    }
  }
}

void Supervisor::halt(Stop reason) {
  if (stop_.load()) {
    return;
  }
  reason_.store(reason);
  halted_.store(true);
  stop_.store(true);
}

}  // namespace plimsoll::checker
