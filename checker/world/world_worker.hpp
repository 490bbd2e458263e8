// One thread's exploration of a world: memo tables, digests, and the transitions of a state.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "checker/world/crash_ways.hpp"
#include "checker/world/fact_table.hpp"
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
  Evaluation evaluate_changed(StateView state, SlotMask changed, PropertyMask wanted) override;
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
  /// `link` is null for the news that a connection failed.
  void put(std::size_t to, Slot message, const Link* link);
  [[nodiscard]] bool is_full(std::size_t to, Slot message, const Link* link);
  void tell_disconnected(std::size_t process, std::size_t peer);
  void take_down(std::size_t process, bool purge);
  /// Empties `owner`'s mailbox of what came from `from`.
  void lose(std::size_t owner, std::size_t from);

  void deliveries(std::size_t process);
  void firings(std::size_t process, const ControlDigest& control);
  void lossy_faults(std::size_t process);
  void duplicate(std::size_t process, const MailboxDigest::Delivery& delivery);
  /// A mailbox with the message at a position doubled, or else exchanged with the next.
  [[nodiscard]] Slot rearranged(Slot mailbox, std::uint16_t position, bool twice);
  void status_changes(std::size_t process, const ControlDigest& control);
  void crashes();
  void crash(std::size_t unit, bool loses_disks);
  void keep_of_disk(std::size_t process, const CrashWays::Rest& rest);
  void reset(const std::vector<PartId>& parts);
  void disconnects();
  void partitions();
  void cut(std::size_t number);
  void find_crossings(WordsView before, WordsView after);
  void tick();
  [[nodiscard]] bool tick_changes_a_timer();
  [[nodiscard]] bool holds_time(std::size_t process);
  void drifts();

  /// The constraints that a step satisfies besides its own: those of timers which it puts off.
  [[nodiscard]] FairnessMask put_off(std::size_t process, const StepOutcome& outcome);

  [[nodiscard]] bool quiescent(StateView state);
  [[nodiscard]] bool has_messages(std::size_t owner, std::size_t from) const;
  [[nodiscard]] bool is_connected(const Link& link);
  [[nodiscard]] bool blocks(WordsView blocked, std::size_t from, std::size_t to, const Link& link) const;
  /// In the state being made: can nothing get from one process to the other over their link?
  [[nodiscard]] bool is_cut(std::size_t from, std::size_t to, const Link& link) const {
    return layout_.has_cuts() && blocks(words_of(interner_, draft_.slots[layout_.cuts()]), from, to, link);
  }
  const std::vector<StepOutcome>& recall(std::size_t process, const StepInput& input, PartMask reads);
  const std::vector<StepOutcome>& recall_start(std::size_t process, std::uint32_t incarnation);
  const MailboxDigest& mailbox(std::size_t process, Slot id);
  const ControlDigest& control(std::size_t process, Slot id);
  /// What is left of a budget in the state being expanded.
  [[nodiscard]] std::uint32_t left(std::uint32_t word) const {
    return word == WorldLayout::no_budget ? 0 : environment_[word];
  }
  const Answer& answer(std::size_t number, StateView state);
  const Answer& answer_step(std::size_t number, StateView before, StateView after);
  bool judge_cause(std::size_t property, StateView state);
  [[nodiscard]] bool concerns(const Question& question, StateView before, StateView after);
  void ask(const Question& question, StateView state);
  [[nodiscard]] std::uint32_t recall_answer() const;
  const Answer& remember(const Answer& answer);

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

  using StepMemo = MemoTable<14>;        ///< an entry is a cache line
  using AnswerMemo = MemoTable<14>;      ///< a cache line
  using LongAnswerMemo = MemoTable<30>;  ///< two cache lines
  StepMemo steps_;
  std::deque<std::vector<StepOutcome>> outcomes_;
  std::vector<std::vector<std::unique_ptr<MailboxDigest>>> mailboxes_;  ///< [process][id]
  std::vector<std::vector<std::unique_ptr<ControlDigest>>> controls_;   ///< [process][id]
  PairMemo put_;
  PairMemo purge_;
  PairMemo rearranged_;
  PairMemo timer_changes_;
  PairMemo spend_;
  AnswerMemo answered_;           ///< to places in answers_
  LongAnswerMemo answered_long_;  ///< for keys that the other has no room for
  std::vector<Answer> answers_;   ///< few differ
  Answer unremembered_;           ///< of a question that looks at too much
  PartCache parts_;
  FactTable facts_;
  std::vector<std::uint32_t> key_;
  // Of the cut being made.
  struct Crossing {
    std::uint8_t from = 0;
    std::uint8_t to = 0;
  };
  std::vector<Crossing> crossings_;  ///< where something is under way that it may catch or miss
  std::vector<const Link*> broken_;  ///< connections
  std::uint64_t digests_ = 0;
  std::uint64_t steps_run_ = 0;
  std::uint64_t steps_recalled_ = 0;
};

}  // namespace plimsoll::checker
