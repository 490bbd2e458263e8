// Runs one component (impl/base/step.hpp) for real: its disk is a directory, its timers go by the wall clock,
// its messages are handed to whoever carries them.
//
//   auto runner = Runner<StoreServer>::start(directory, config, {}, [&](base::ProcessId to, const auto&
//   message)
//       { socket_of(to).write(message); }, {});
//   (*runner)->receive(peer, message);    // whenever one arrives
//   (*runner)->fire_due();                // at (*runner)->next_due() at the latest; loop.hpp does both
//
// The outputs of a step happen in the order that makes them safe: what is appended goes to the disk and is
// synced where the step says so, then what is released goes, then timers change, then messages are sent. So
// nobody hears of anything that the disk does not have. If the disk refuses, nothing of the step is heard of,
// and the process is over, as if it had crashed: another Runner may be started on the directory. Of the
// component's state nothing survives but the disk.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "checker/drivers/file_disk.hpp"
#include "checker/drivers/random_choices.hpp"
#include "checker/drivers/start_count.hpp"
#include "checker/drivers/timers.hpp"
#include "impl/base/step.hpp"

namespace plimsoll::drivers {

struct RunnerOptions {
  std::chrono::nanoseconds tick = std::chrono::milliseconds(100);  ///< what base::Ticks count
  std::uint64_t seed = 0;                                          ///< of the answers to Outputs::choose
  FileDisk::Options disk = {};
  std::function<Clock::time_point()> now = Clock::now;
};

/// Not thread-safe; loop.hpp takes messages from any thread.
template <class Machine>
class Runner {
 public:
  using Config = typename Machine::Config;
  using State = typename Machine::State;
  using Incoming = typename Machine::Incoming;
  using Outgoing = typename Machine::Outgoing;
  using Timer = typename Machine::Timer;
  /// Called at the end of a step, for each message in order. It must not call the Runner.
  using Carry = std::function<void(base::ProcessId to, const Outgoing& message)>;

  /// Opens the disk and takes the first step. Errors: of the disk; those of FileDisk::open.
  [[nodiscard]] static tl::expected<std::unique_ptr<Runner>, DiskError> start(
      const std::filesystem::path& directory, Config config, State initial, Carry carry,
      const RunnerOptions& options) {
    auto opened = FileDisk::open(directory, options.disk);
    if (!opened) {
      return tl::unexpected(std::move(opened).error());
    }
    const auto starts = count_start(directory, *options.disk.calls);
    if (!starts) {
      return tl::unexpected(starts.error());
    }
    std::unique_ptr<Runner> runner(new Runner(std::move(opened->disk), std::move(config), std::move(initial),
                                              std::move(carry), options));
    if (Done done = runner->take(base::Started{*starts, std::move(opened->records), opened->torn_tail});
        !done) {
      return tl::unexpected(std::move(done).error());
    }
    return runner;
  }

  /// Steps. Errors: of the disk; the same again ever after. Once the process has exited nothing happens.
  [[nodiscard]] Done receive(base::ProcessId from, Incoming message) {
    return take(base::Received<Incoming>{from, std::move(message)});
  }
  [[nodiscard]] Done disconnected(base::ProcessId peer) { return take(base::Disconnected{peer}); }
  /// Fires the timers that are due, each in a step of its own, until none is.
  [[nodiscard]] Done fire_due() {
    Done done;
    while (done && !has_ended()) {
      std::optional<Timer> due = timers_.take_due(options_.now());
      if (!due) {
        break;
      }
      done = take(base::TimerFired<Timer>{*std::move(due)});
    }
    return done;
  }
  /// An operation of the environment's; false: its timer is not armed.
  [[nodiscard]] tl::expected<bool, DiskError> fire_whim(const Timer& timer) {
    if (!whims_.is_armed(timer)) {
      return false;
    }
    whims_.disarm(timer);
    if (Done done = take(base::TimerFired<Timer>{timer}); !done) {
      return tl::unexpected(std::move(done).error());
    }
    return true;
  }

  /// When to call fire_due() again; never, if nothing is armed.
  [[nodiscard]] std::optional<Clock::time_point> next_due() const {
    return has_ended() ? std::nullopt : timers_.next_due();
  }
  [[nodiscard]] Clock::time_point now() const { return options_.now(); }
  /// Exited, or its disk has refused.
  [[nodiscard]] bool has_ended() const { return exit_reason_ || failure_; }
  [[nodiscard]] const std::optional<std::string>& exit_reason() const { return exit_reason_; }
  [[nodiscard]] const State& state() const { return state_; }
  [[nodiscard]] const FileDisk& disk() const { return disk_; }

 private:
  using Input = base::Input<Incoming, Timer>;
  using Outputs = base::Outputs<Outgoing, Timer>;

  Runner(FileDisk disk, Config config, State initial, Carry carry, const RunnerOptions& options)
      : config_(std::move(config)),
        state_(std::move(initial)),
        disk_(std::move(disk)),
        carry_(std::move(carry)),
        options_(options),
        choices_(options.seed) {}

  Done take(const Input& input) {
    if (failure_) {
      return tl::unexpected(*failure_);
    }
    if (exit_reason_) {
      return {};
    }
    Outputs outputs(choices_);
    Machine::step(config_, state_, input, outputs);
    if (Done written = write(outputs); !written) {
      failure_ = written.error();
      return written;
    }
    change_timers(outputs);
    for (const auto& send : outputs.sends()) {
      carry_(send.to, send.message);
    }
    if (outputs.exited()) {
      exit_reason_ = outputs.exit_reason();
    }
    return {};
  }
  Done write(const Outputs& outputs) {
    const std::span<const base::Bytes> appends = outputs.appends();
    Done done = disk_.append(appends.first(outputs.synced_appends()));
    if (done && outputs.synced()) {
      done = disk_.sync();
    }
    if (done) {
      done = disk_.append(appends.subspan(outputs.synced_appends()));
    }
    return done ? disk_.release(outputs.released()) : done;
  }
  void change_timers(const Outputs& outputs) {
    for (const auto& change : outputs.timers()) {
      Timers<Timer>& timers = Machine::timer_kind(change.timer) == base::TimerKind::whim ? whims_ : timers_;
      if (change.armed) {
        timers.arm(change.timer, options_.now() + options_.tick * change.after.value);
      } else {
        timers.disarm(change.timer);
      }
    }
  }

  const Config config_;
  State state_;
  FileDisk disk_;
  Carry carry_;
  RunnerOptions options_;
  RandomChoices choices_;
  Timers<Timer> timers_;
  Timers<Timer> whims_;  ///< fire only when the environment wants
  std::optional<std::string> exit_reason_;
  std::optional<DiskError> failure_;
};

}  // namespace plimsoll::drivers
