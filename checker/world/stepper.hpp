// Runs a process's step for every answer of the environment's and interns what comes out: the work behind a
// memo entry.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "checker/world/layout.hpp"
#include "checker/world/values.hpp"

namespace plimsoll::checker {

/// One way a step can go, in ids.
struct StepOutcome {
  struct Write {
    std::uint32_t slot;
    Slot value;
  };
  struct Send {
    std::uint8_t to;
    const Link* link;
    Slot message;
  };
  std::vector<Write> writes;
  std::vector<Send> sends;
  static constexpr Slot no_changes = ~Slot{0};
  Slot timer_changes = no_changes;  ///< interned list of (timer, armed, ticks)
  std::vector<Slot> appends;
  std::size_t synced_appends = 0;
  std::size_t released = 0;
  bool synced = false;
  bool exits = false;
  bool leaves_bounds = false;  ///< of WorldModel::bounds
  [[nodiscard]] bool writes_to_disk() const { return !appends.empty() || synced || released > 0; }
  std::string choice;  ///< what the environment answered, in words; empty if it was not asked
  std::string exit_reason;
};

/// What a step is applied to.
struct StepInput {
  enum class Kind : std::uint8_t { started, message, timer, disconnected };
  Kind kind = Kind::message;
  Slot value = 0;                 ///< message or timer id; for disconnected, the peer
  std::uint32_t incarnation = 0;  ///< of started
  Words disk;                     ///< of started: record ids
  bool torn_tail = false;         ///< of started
};

/// Thread-safety: const members may be called from any number of threads.
class Stepper {
 public:
  Stepper(const WorldModel& model, const WorldLayout& layout, Interner& interner)
      : model_(model), layout_(layout), interner_(interner) {}

  [[nodiscard]] PartMask reads(std::size_t process, const StepInput& input) const;
  /// Every outcome, in the order of the answers. `state` supplies the parts.
  [[nodiscard]] std::vector<StepOutcome> run(std::size_t process, const StepInput& input,
                                             StateView state) const;
  /// Distinct values that steps have given to parts so far.
  [[nodiscard]] std::uint64_t part_values() const { return part_values_.load(std::memory_order_relaxed); }

 private:
  [[nodiscard]] bool is_stale(const StepInput& input) const;
  [[nodiscard]] ProcessInput raw(const StepInput& input) const;
  [[nodiscard]] StepOutcome intern(std::size_t process, const ProcessOutputs& outputs) const;

  const WorldModel& model_;
  const WorldLayout& layout_;
  Interner& interner_;
  mutable std::atomic<std::uint64_t> part_values_{0};
};

/// The list of timer changes behind StepOutcome::timer_changes, applied to `control`.
[[nodiscard]] Control with_timer_changes(Control control, WordsView changes, bool discrete);

}  // namespace plimsoll::checker
