// Where workers without work wait for some, and how they learn that there is none left.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "checker/search/state_stack.hpp"

namespace plimsoll::checker {

/// States to be expanded, and how the highest of them was reached: path[d - 1] is the state of depth d.
struct Donation {
  StateStack states;
  std::vector<Fingerprint> path;
};

/// Thread-safety: all members. Every worker is busy at first; the work is done when all of them wait and no
/// donation is left, as only busy workers make donations.
class WorkPool {
 public:
  explicit WorkPool(unsigned workers) : busy_(workers) {}

  /// Do more workers wait than there are donations? A hint, cheap enough to be asked all the time.
  [[nodiscard]] bool is_hungry() const { return hungry_.load(std::memory_order_relaxed) > 0; }
  /// Requires: the calling worker is busy.
  void give(Donation donation) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      donations_.push_back(std::move(donation));
      hungry_.fetch_sub(1, std::memory_order_relaxed);
    }
    changed_.notify_one();
  }
  /// Waits for a donation. False: the work is done, or the pool was closed.
  [[nodiscard]] bool take(Donation& to) {
    std::unique_lock<std::mutex> lock(mutex_);
    hungry_.fetch_add(1, std::memory_order_relaxed);
    rest();
    changed_.wait(lock, [this] { return closed_ || !donations_.empty(); });
    if (closed_) {
      return false;
    }
    to = std::move(donations_.front());
    donations_.pop_front();
    ++busy_;
    return true;
  }
  /// Says that one of the workers will never come. Requires: the calling worker is busy.
  void withdraw() {
    const std::lock_guard<std::mutex> lock(mutex_);
    rest();
  }
  /// Sends all workers home, whatever is left.
  void close() {
    const std::lock_guard<std::mutex> lock(mutex_);
    end();
  }

 private:
  void rest() {
    --busy_;
    if (busy_ == 0 && donations_.empty()) {
      end();
    }
  }
  void end() {
    closed_ = true;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Donation> donations_;
  std::atomic<int> hungry_{0};
  unsigned busy_;
  bool closed_ = false;
};

}  // namespace plimsoll::checker
