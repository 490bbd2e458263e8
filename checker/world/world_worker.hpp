// One thread's exploration of a world: memo tables, digests, and the transitions of a state.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "checker/world/memo_table.hpp"
#include "checker/world/view.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::checker {

/// Thread-safety: none, as Worker.
class WorldWorker final : public Worker {
 public:
  explicit WorldWorker(const WorldSystem& system);

  void successors(StateView state, Fingerprint fingerprint, Successors& out) override;
  Evaluation evaluate(StateView state, PropertyMask wanted) override;
  Evaluation evaluate_step(StateView before, const Action& action, StateView after,
                           PropertyMask wanted) override;
  bool may_end(StateView state) override;
  FairnessMask fairness_of(StateView before, const Action& action) override;
  [[nodiscard]] SystemStatistics statistics() const override;

  /// Applies a process's start to a state under construction; used for initial states too. Appends one
  /// transition for each outcome.
  void start(StateView state, Fingerprint fingerprint, std::size_t process, std::uint32_t group,
             Successors& out);

 private:
  /// The state being made: a copy of its predecessor, changed slot by slot, its fingerprint along with it.
  struct Draft {
    Slot* slots = nullptr;
    Fingerprint fingerprint = 0;
    SlotMask changed = 0;
    bool pruned = false;
  };

  void begin(const WorldAction& action, std::uint32_t group);
  void finish();
  void set(std::uint32_t slot, Slot value);
  void spend(std::uint32_t budget_word);
  void apply(std::size_t process, const StepOutcome& outcome);
  void apply_disk(std::size_t process, const StepOutcome& outcome);
  void send(std::size_t from, const StepOutcome::Send& send);
  void put(std::size_t to, Slot message, bool may_lose);
  void tell_disconnected(std::size_t process, std::size_t peer);
  void take_down(std::size_t process, bool purge);

  void deliveries(std::size_t process);
  void firings(std::size_t process, const ControlDigest& control);
  void datagram_faults(std::size_t process);
  void status_changes(std::size_t process, const ControlDigest& control);
  void crashes();
  void crash(std::size_t unit, std::uint32_t word);
  void disconnects();
  void tick();
  [[nodiscard]] bool tick_changes_a_timer();

  /// The constraints that a step satisfies besides its own: those of timers which it puts off.
  [[nodiscard]] FairnessMask put_off(std::size_t process, const StepOutcome& outcome);

  [[nodiscard]] bool quiescent(StateView state);
  [[nodiscard]] bool has_messages_from(std::size_t mailbox_owner, std::size_t from) const;
  const std::vector<StepOutcome>& recall(std::size_t process, const StepInput& input, PartMask reads);
  const std::vector<StepOutcome>& recall_start(std::size_t process, std::uint32_t incarnation);
  const MailboxDigest& mailbox(std::size_t process, Slot id);
  const ControlDigest& control(std::size_t process, Slot id);
  /// What is left of a budget in the state being expanded.
  [[nodiscard]] std::uint32_t left(std::uint32_t word) const {
    return word == WorldLayout::no_budget ? 0 : environment_[word];
  }
  Truth judge(std::size_t property, StateView state);
  bool judge_cause(std::size_t property, StateView state);
  Truth judge_step(std::size_t property, StateView before, StateView after);
  void collect_reads(std::size_t property, StateView state, std::vector<std::uint32_t>& key) const;

  const WorldSystem& system_;
  const WorldModel& model_;
  const WorldLayout& layout_;
  Interner& interner_;

  // The state whose successors are being made.
  StateView state_;
  Fingerprint fingerprint_ = 0;
  Successors* out_ = nullptr;
  WordsView environment_;
  Draft draft_;

  using StepMemo = MemoTable<14>;     ///< an entry is a cache line
  using VerdictMemo = MemoTable<30>;  ///< two cache lines
  StepMemo steps_;
  std::deque<std::vector<StepOutcome>> outcomes_;
  std::vector<std::vector<std::unique_ptr<MailboxDigest>>> mailboxes_;  ///< [process][id]
  std::vector<std::vector<std::unique_ptr<ControlDigest>>> controls_;   ///< [process][id]
  PairMemo put_;
  PairMemo purge_;
  PairMemo timer_changes_;
  PairMemo spend_;
  VerdictMemo verdicts_;
  PartCache parts_;
  std::vector<std::uint32_t> key_;
  std::uint64_t digests_ = 0;
  std::uint64_t steps_run_ = 0;
  std::uint64_t steps_recalled_ = 0;
};

}  // namespace plimsoll::checker
