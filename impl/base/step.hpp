// The vocabulary of steps: what a sans-IO process takes and yields.
//
// A component is a struct with Config, State, Incoming, Outgoing, Timer and
//
//   static void step(const Config&, State&, const Input<Incoming, Timer>&, Outputs<Outgoing, Timer>&);
//   static TimerKind timer_kind(const Timer&);
//   static constexpr bool never_exits = true;                        // optional
//   static std::uint32_t reads(const Config&, const Input<...>&);    // optional: bit i if the i-th part may
//   be read or written
//
// Incoming, Outgoing and Timer are described types; a Timer is an enum or a small struct (one timer for each
// lease, say). A step is a function of its arguments: no clock, no randomness, no I/O. Where a real process
// would draw at random, the step asks `outputs.choose`; the checker explores every answer, a driver draws
// one. The top-level fields of State are the process's *parts*: whoever runs the process may keep them apart,
// let several processes of a node share one (a file that two of them use), and say which of them survive a
// crash.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "impl/base/bytes.hpp"
#include "impl/base/describe_macro.hpp"
#include "impl/base/ids.hpp"

namespace plimsoll::base {

/// The process has just started, or was restarted after a crash: volatile parts are as in the initial state.
struct Started {
  std::uint32_t incarnation = 0;  ///< starts before this one; tells requests of different lives apart
  std::vector<Bytes> disk;        ///< records that survived on the process's disk, in order of appending
  /// Behind the last of `disk` lies the beginning of a record that a crash cut off: enough to see that it is
  /// no record, good for nothing else. It lies there at every start until the next append, which writes over
  /// it.
  bool torn_tail = false;
  PLIMSOLL_DESCRIBE(Started, incarnation, disk, torn_tail)
};

/// A message arrived.
template <class Message>
struct Received {
  ProcessId from;
  Message message;
};

/// A named timer, armed earlier, has fired; it is no longer armed.
template <class Timer>
struct TimerFired {
  Timer timer;
};

/// The connection to `peer` failed. Of what was under way from it, nothing arrives any more; what was under
/// way to it may or may not be executed still. The next send opens a new connection.
struct Disconnected {
  ProcessId peer;
};

template <class Message, class Timer>
using Input = std::variant<Started, Received<Message>, TimerFired<Timer>, Disconnected>;

/// What a timer is for, which says when it may fire and whether an armed one means unfinished work.
enum class TimerKind : std::uint8_t {
  work,      ///< unfinished work: fires before time passes on, and nothing is quiescent while one is armed
  deadline,  ///< a wait that ends when due, before time passes on; in untimed worlds it fires only within its
             ///< budget
  lapse,     ///< as deadline, but may fire late: at any moment once due
  whim,      ///< an operation of the environment's: at any moment, within its budget
};
PLIMSOLL_DESCRIBE_ENUM(TimerKind, work, deadline, lapse, whim)

/// Answers the questions a step asks of its environment.
class Choices {
 public:
  Choices() = default;
  Choices(const Choices&) = delete;
  Choices& operator=(const Choices&) = delete;
  Choices(Choices&&) = delete;
  Choices& operator=(Choices&&) = delete;
  virtual ~Choices() = default;
  /// Requires: count >= 1. Returns a number below `count`.
  virtual std::uint32_t choose(std::uint32_t count, std::string_view what) = 0;
};

/// Replays a list of answers and answers 0 beyond it: advancing the list enumerates every run of a step, as
/// an odometer does.
class ScriptedChoices final : public Choices {
 public:
  std::uint32_t choose(std::uint32_t count, std::string_view what) override;
  /// Turns to the next unexplored list of answers. Returns false when all have been seen.
  [[nodiscard]] bool advance();
  /// Call before each run of the step.
  void rewind() { asked_ = 0; }
  [[nodiscard]] const std::vector<std::uint32_t>& answers() const { return answers_; }
  /// What was asked, in words, with the answer given: for labels of actions.
  [[nodiscard]] const std::vector<std::string>& questions() const { return questions_; }

 private:
  std::vector<std::uint32_t> answers_;
  std::vector<std::uint32_t> counts_;
  std::vector<std::string> questions_;
  std::size_t asked_ = 0;
};

/// What a step wants done. The order of sends to one destination is kept; everything happens after the step,
/// all or nothing.
template <class Message, class Timer>
class Outputs {
 public:
  struct Send {
    ProcessId to;
    Message message;
  };
  struct TimerChange {
    Timer timer;
    bool armed;
    Ticks after;  ///< meaningful when armed
  };

  explicit Outputs(Choices& choices) : choices_(&choices) {}

  void send(ProcessId to, Message message) { sends_.push_back({to, std::move(message)}); }
  /// (Re)arms `timer` to fire `after` ticks from now; 0 ticks: next, before any time passes.
  void arm(Timer timer, Ticks after) { timers_.push_back({timer, true, after}); }
  void disarm(Timer timer) { timers_.push_back({timer, false, Ticks{}}); }
  /// Appends a record to the process's disk. It may be lost in a crash until sync().
  void append(Bytes record) { appends_.push_back(std::move(record)); }
  /// Everything appended so far, in this step too, survives any crash.
  void sync() { synced_appends_ = appends_.size(), synced_ = true; }
  /// The oldest `count` records of the disk are needed no more: they are gone with this step, for ever, after
  /// its appends and its sync; what is next at a start comes first there. Several releases in a step add up.
  /// Requires: of all records on the disk, those of this step included, at least so many are synced.
  void release(std::size_t count) { released_ += count; }
  /// A choice of the environment's, 0 .. count-1; `what` names it in traces ("free subnet").
  [[nodiscard]] std::uint32_t choose(std::uint32_t count, std::string_view what) {
    return choices_->choose(count, what);
  }
  /// The process ends itself; a supervisor may start it again.
  void exit(std::string why) { exit_reason_ = std::move(why), exited_ = true; }

  [[nodiscard]] const std::vector<Send>& sends() const { return sends_; }
  [[nodiscard]] const std::vector<TimerChange>& timers() const { return timers_; }
  [[nodiscard]] const std::vector<Bytes>& appends() const { return appends_; }
  [[nodiscard]] bool synced() const { return synced_; }
  [[nodiscard]] std::size_t synced_appends() const { return synced_appends_; }
  [[nodiscard]] std::size_t released() const { return released_; }
  [[nodiscard]] bool exited() const { return exited_; }
  [[nodiscard]] const std::string& exit_reason() const { return exit_reason_; }

 private:
  Choices* choices_;
  std::vector<Send> sends_;
  std::vector<TimerChange> timers_;
  std::vector<Bytes> appends_;
  std::size_t synced_appends_ = 0;
  std::size_t released_ = 0;
  std::string exit_reason_;
  bool synced_ = false;
  bool exited_ = false;
};

}  // namespace plimsoll::base
