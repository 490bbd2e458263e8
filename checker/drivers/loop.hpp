// Keeps a Runner going: its timers when they are due, and what other threads have for it.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>

#include "checker/drivers/runner.hpp"

namespace plimsoll::drivers {

/// Thread-safety: post() and stop() from any thread; run() by one.
template <class Machine>
class Loop {
 public:
  using Incoming = typename Machine::Incoming;

  void post(base::ProcessId from, Incoming message) {
    put([from, message = std::move(message)](Runner<Machine>& runner) {
      return runner.receive(from, message);
    });
  }
  void post_disconnected(base::ProcessId peer) {
    put([peer](Runner<Machine>& runner) { return runner.disconnected(peer); });
  }
  /// run() returns after the step that is under way.
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    wake_.notify_one();
  }

  /// Until the process ends or stop() is called. Error: of the disk.
  [[nodiscard]] Done run(Runner<Machine>& runner) {
    Done done = runner.fire_due();
    while (done && !runner.has_ended()) {
      const std::optional<Event> event = wait(runner);
      if (!event) {
        break;
      }
      done = *event ? (*event)(runner) : Done{};
      if (done) {
        done = runner.fire_due();
      }
    }
    return done;
  }

 private:
  using Event = std::function<Done(Runner<Machine>&)>;

  void put(Event event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    wake_.notify_one();
  }
  /// An event without a function: a timer is due. Nothing: stopped.
  std::optional<Event> wait(const Runner<Machine>& runner) {
    std::unique_lock lock(mutex_);
    const auto has_news = [&] { return stopped_ || !events_.empty(); };
    if (const auto due = runner.next_due()) {
      wake_.wait_for(lock, *due - runner.now(), has_news);
    } else {
      wake_.wait(lock, has_news);
    }
    if (stopped_) {
      return std::nullopt;
    }
    Event event;
    if (!events_.empty()) {
      event = std::move(events_.front());
      events_.pop_front();
    }
    return event;
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Event> events_;
  bool stopped_ = false;
};

}  // namespace plimsoll::drivers
