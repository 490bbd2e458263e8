// Brings all workers of a level to rest, so that a shared table can grow: the last to arrive does the work.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>

namespace plimsoll::checker {

/// Thread-safety: all members. A worker is *active* from enter() or join() to leave(); an active worker must
/// keep calling pause() while requested().
class Rendezvous {
 public:
  /// Before the workers of a level start.
  void enter(unsigned workers) { active_ = workers; }
  [[nodiscard]] bool requested() const { return requested_.load(std::memory_order_acquire); }
  /// Asks for a rest and joins it. `work` runs once, on one thread, while all others wait here or have left.
  /// It may not throw: that would end the process, as the others could not be told.
  void pause(const std::function<void()>& work) {
    std::unique_lock<std::mutex> lock(mutex_);
    requested_.store(true, std::memory_order_release);
    // It stays where it is: its owner is here until the rest is over.
    work_ = &work;
    ++waiting_;
    if (waiting_ == active_) {
      finish();
      return;
    }
    const std::uint64_t round = round_;
    rested_.wait(lock, [&] { return round_ != round; });
  }
  /// Makes a worker that had left active again. If a rest is asked for, it has to join that before it touches
  /// what is shared.
  void join() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++active_;
  }
  void leave() {
    const std::lock_guard<std::mutex> lock(mutex_);
    --active_;
    if (waiting_ > 0 && waiting_ == active_) {
      finish();
    }
  }

 private:
  void finish() noexcept {
    (*work_)();
    waiting_ = 0;
    ++round_;
    requested_.store(false, std::memory_order_release);
    rested_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable rested_;
  std::atomic<bool> requested_{false};
  const std::function<void()>* work_ = nullptr;
  unsigned active_ = 0;
  unsigned waiting_ = 0;
  std::uint64_t round_ = 0;
};

}  // namespace plimsoll::checker
