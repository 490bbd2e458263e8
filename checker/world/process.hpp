// A sans-IO process as the world sees it: parts and messages are canonical bytes, a step is a function of
// them.
//
// The world calls a process only when a step is not yet in its memo table, so nothing here needs to be fast.
// Component (component.hpp) turns a typed component of the reference system into a Process.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "impl/base/schema.hpp"
#include "impl/base/step.hpp"

namespace plimsoll::checker {

/// Bit i: the process's i-th part.
using PartMask = std::uint32_t;

/// What happens to a process.
struct ProcessInput {
  enum class Kind : std::uint8_t { started, message, timer, disconnected };
  Kind kind = Kind::started;
  base::ProcessId peer;           ///< of message (the sender) and disconnected
  base::BytesView bytes;          ///< of message and timer
  std::uint32_t incarnation = 0;  ///< of started
  std::vector<base::Bytes> disk;  ///< of started: what survived
  bool torn_tail = false;         ///< of started: as base::Started
};

/// What one run of a step yields.
struct ProcessOutputs {
  struct Send {
    base::ProcessId to;
    std::uint8_t channel = 0;  ///< messages of one channel keep their order on ordered links
    base::Bytes bytes;         ///< as the receiver's `incoming` type
  };
  struct TimerChange {
    base::Bytes timer;
    bool armed = false;
    base::Ticks after;
  };
  std::vector<std::optional<base::Bytes>> parts;  ///< new values of parts that changed
  std::vector<Send> sends;
  std::vector<TimerChange> timers;
  std::vector<base::Bytes> appends;
  bool synced = false;
  std::size_t synced_appends = 0;  ///< how many of `appends` the last sync covers
  std::size_t released = 0;        ///< how many of the disk's oldest records are gone, after all that
  std::optional<std::string> exit_reason;
};

/// Thread-safety: all members are const and may be called from any number of threads.
class Process {
 public:
  Process() = default;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  Process(Process&&) = delete;
  Process& operator=(Process&&) = delete;
  virtual ~Process() = default;

  [[nodiscard]] virtual std::size_t part_count() const = 0;
  [[nodiscard]] virtual std::string part_name(std::size_t part) const = 0;
  [[nodiscard]] virtual const base::Schema& part_schema(std::size_t part) const = 0;
  [[nodiscard]] virtual base::Bytes initial_part(std::size_t part) const = 0;
  [[nodiscard]] virtual const base::Schema& incoming_schema() const = 0;
  [[nodiscard]] virtual const base::Schema& timer_schema() const = 0;
  [[nodiscard]] virtual base::TimerKind timer_kind(base::BytesView timer) const = 0;

  /// A process's configuration, where it is a described value.
  struct Config {
    const base::Schema* schema = nullptr;  ///< null: it is none
    base::Bytes bytes = {};
  };
  [[nodiscard]] virtual Config described_config() const { return {}; }

  /// May a step end the process?
  [[nodiscard]] virtual bool may_exit() const = 0;
  /// May a step send anything to that process? Where nobody knows: yes.
  [[nodiscard]] virtual bool may_send_to(base::ProcessId /*to*/) const { return true; }
  /// The parts that is_stale() looks at; none: nothing is known of stale messages.
  [[nodiscard]] virtual PartMask stale_reads() const { return 0; }
  /// Will the process, as long as it runs, ignore the message whenever it comes: change nothing, say nothing
  /// and ask nothing? Once it will it goes on so, whatever else it does. parts[i] is meaningful where
  /// stale_reads() says so.
  [[nodiscard]] virtual bool is_stale(base::BytesView /*message*/,
                                      std::span<const base::BytesView> /*parts*/) const {
    return false;
  }
  /// The parts that this input's step may read or write.
  [[nodiscard]] virtual PartMask reads(const ProcessInput& input) const = 0;
  /// Runs the step. parts[i] is meaningful where reads() says so; only those may come back changed (checked).
  [[nodiscard]] virtual ProcessOutputs step(const ProcessInput& input, std::span<const base::BytesView> parts,
                                            base::Choices& choices) const = 0;
};

}  // namespace plimsoll::checker
