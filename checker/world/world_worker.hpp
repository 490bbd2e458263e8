// One thread's exploration of a world: memo tables, digests, and the transitions of a state.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "checker/system/offering.hpp"
#include "checker/world/crash_ways.hpp"
#include "checker/world/fact_table.hpp"
#include "checker/world/glance.hpp"
#include "checker/world/memo_table.hpp"
#include "checker/world/moves.hpp"
#include "checker/world/stale_messages.hpp"
#include "checker/world/view.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::checker {

/// Thread-safety: none, as Worker.
class WorldWorker final : public Worker, public Offering {
 public:
  /// @param stale  What stale messages are made alike by; null: they are left as they are.
  explicit WorldWorker(const WorldSystem& system, const StaleMessages* stale = nullptr);

  void successors(StateView state, Fingerprint fingerprint, Successors& out) override;
  Evaluation evaluate(StateView state, PropertyMask wanted) override;
  Evaluation evaluate_changed(StateView state, AspectMask changed, PropertyMask wanted) override;
  Evaluation evaluate_step(StateView before, const Action& action, StateView after,
                           PropertyMask wanted) override;
  bool may_end(StateView state) override;
  FairnessMask fairness_of(StateView before, const Action& action) override;
  [[nodiscard]] SystemStatistics statistics() const override;

  void offers(StateView state, Fingerprint fingerprint, std::vector<Action>& out) override;
  void accept(StateView state, Fingerprint fingerprint, const Action& offer, Successors& out) override;
  [[nodiscard]] Action offer_of(const Action& action) const override;

  /// Applies a process's start to a state under construction; used for initial states too. Appends one
  /// transition for each outcome.
  void start(StateView state, Fingerprint fingerprint, std::size_t process, std::uint32_t group,
             Successors& out);
  /// Requires: at most 64 processes and 63 words of the environment; no timer of the model is patient.
  [[nodiscard]] WorldGlance glance(StateView state);
  [[nodiscard]] std::uint32_t messages_to(std::size_t process, StateView state) {
    return mailbox(process, state[layout_.mailbox(process)]).size;
  }
  /// Takes away all messages to a process.
  void empty_mailbox(std::size_t process, std::span<Slot> state) const;
  /// Makes stale messages alike in a state, of which `changed` may be out of date. Returns its fingerprint.
  Fingerprint merge_stale(std::span<Slot> state, SlotMask changed, Fingerprint fingerprint);

 private:
  /// The state being made: a copy of its predecessor, changed slot by slot, its fingerprint along with it.
  struct Draft {
    Slot* slots = nullptr;
    Fingerprint fingerprint = 0;
    SlotMask changed = 0;
    AspectMask raised = 0;  ///< questions that the change raises
    bool pruned = false;
  };
  using Key = std::vector<std::uint32_t>;
  /// Of a MailboxDigest what every expansion needs: which arrivals are its deliveries.
  struct Inbox {
    std::uint32_t first = 0;
    std::uint32_t count = unknown;
    static constexpr std::uint32_t unknown = ~std::uint32_t{0};
  };
  struct Arrival {
    std::uint64_t rest_delta = 0;
    Slot message = 0;
    Slot rest = 0;
    std::uint32_t group = 0;
    PartMask reads = 0;
    StepInput::Kind kind = StepInput::Kind::message;
    Slot value = 0;  ///< of the step's input
  };

  /// Looks at what all transitions of a state have to do with.
  void look_around(StateView state, Fingerprint fingerprint);
  void begin(const WorldAction& action, std::uint32_t group);
  void finish();
  void set(std::uint32_t slot, Slot value);
  void merge_stale();
  /// The same where it is known what that adds to the fingerprint.
  void set(std::uint32_t slot, Slot value, std::uint64_t delta);
  /// Gives a slot what `make` makes of its value and `by`; remembered in `memo`.
  template <class Make>
  void change(ChangeMemo& memo, std::uint32_t slot, std::uint32_t by, const Make& make);
  void spend(std::uint32_t budget_word);
  void apply(std::size_t process, std::uint32_t number);
  void apply_disk(std::size_t process, const StepOutcome& outcome);
  void send(std::size_t from, const StepOutcome::Send& send);
  /// `link` is null for the news that a connection failed.
  void put(std::size_t to, Slot message, const Link* link);
  [[nodiscard]] bool is_full(std::size_t to, Slot mailbox, Slot message, const Link* link);
  [[nodiscard]] bool is_network_full();
  void tell_disconnected(std::size_t process, std::size_t peer);
  void take_down(std::size_t process, bool purge);
  /// Empties `owner`'s mailbox of what came from `from`.
  void lose(std::size_t owner, std::size_t from);

  void deliveries(std::size_t process);
  void restart(std::size_t process, std::uint32_t group);
  void firings(std::size_t process, const ControlDigest& control);
  void fire(std::size_t process, const ControlDigest::Firing& firing);
  /// May the timer fire now because nothing else is going on?
  [[nodiscard]] bool is_patient(const ControlDigest::Firing& firing);
  /// May it fire at all?
  [[nodiscard]] bool may_fire(const ControlDigest::Firing& firing) {
    return firing.budget_word == WorldLayout::no_budget
               ? firing.patience == ControlDigest::Firing::impatient || is_patient(firing)
               : left(firing.budget_word) > 0 || is_patient(firing);
  }
  void lossy_faults(std::size_t process);
  void duplicate(std::size_t process, const MailboxDigest::Delivery& delivery);
  /// Doubles the message at a position of a mailbox, or else exchanges it with the next.
  void rearrange(std::size_t process, std::uint16_t position, bool twice);
  void status_changes(std::size_t process, const ControlDigest& control);
  void crashes();
  void crash(std::size_t unit, bool loses_disks);
  void keep_of_disk(std::size_t process, const CrashWays::Rest& rest);
  void reset(const std::vector<PartId>& parts);
  void disconnects();
  void disconnect(std::size_t link);
  void partitions();
  void cut(std::size_t number);
  void find_crossings(WordsView before, WordsView after);
  void tick();
  [[nodiscard]] bool tick_changes_a_timer();
  [[nodiscard]] bool holds_time(std::size_t process);
  void drifts();
  void drift(std::size_t process, bool gains);

  // world_offers.cpp
  void offer_steps(std::size_t process, std::vector<Action>& out);
  void offer_status_changes(std::size_t process, std::vector<Action>& out);
  void offer_crashes(std::vector<Action>& out);
  void offer_cuts(std::vector<Action>& out);
  void offer_time(std::vector<Action>& out);
  void accept_message(const WorldAction& taken, std::uint32_t group);
  void accept_firing(const WorldAction& taken);

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
  /// The first move of a step from state_.
  std::uint32_t recall(std::size_t process, StepInput::Kind kind, Slot value, PartMask reads);
  std::uint32_t recall_start(std::size_t process, std::uint32_t incarnation);
  std::uint32_t add_step(std::size_t process, const StepInput& input);
  const MailboxDigest& mailbox(std::size_t process, Slot id);
  const Inbox& inbox(std::size_t process, Slot id);
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
  const Answer& remember(const Answer& answer);
  /// Questions that a step's writes raise, as far as slots and facts tell.
  [[nodiscard]] AspectMask raised_by(const StepOutcome& outcome);
  /// Notes which answers a step will get again wherever it is taken.
  void settle(StateView before, const Action& action, AspectMask answered);

  const WorldSystem& system_;
  const WorldModel& model_;
  const WorldLayout& layout_;
  Interner& interner_;
  const StaleMessages* stale_;

  // The state whose successors are being made.
  StateView state_;
  Fingerprint fingerprint_ = 0;
  Successors* out_ = nullptr;
  WordsView environment_;
  std::vector<std::uint8_t> is_down_;  ///< by process
  Draft draft_;

  KeyMemo steps_;  ///< to first moves
  Moves moves_;
  std::vector<std::vector<Inbox>> inboxes_;  ///< [process][id]
  std::vector<Arrival> arrivals_;
  std::vector<std::vector<std::unique_ptr<MailboxDigest>>> mailboxes_;  ///< [process][id]
  std::vector<std::vector<std::unique_ptr<ControlDigest>>> controls_;   ///< [process][id]
  std::vector<ChangeMemo> put_;  ///< by process, as the next two; of mailboxes
  std::vector<ChangeMemo> purge_;
  std::vector<ChangeMemo> rearranged_;
  std::vector<ChangeMemo> timer_changes_;  ///< by process
  ChangeMemo spend_;
  ChangeMemo reset_;             ///< of parts, to their initial values
  KeyMemo answered_;             ///< to places in answers_
  std::vector<Answer> answers_;  ///< few differ
  Answer unremembered_;          ///< of a question that looks at too much
  /// Questions on states, by the bit of their aspect; and what a slot's change may raise.
  std::array<std::vector<std::uint32_t>, 64> by_aspect_;
  std::vector<AspectMask> raised_by_slot_;
  KeyMemo merged_;  ///< mailboxes with stale messages made alike
  PartCache parts_;
  FactTable facts_;
  Key key_;
  // Of the cut being made.
  struct Crossing {
    std::uint8_t from = 0;
    std::uint8_t to = 0;
  };
  std::vector<Crossing> crossings_;  ///< where something is under way that it may catch or miss
  std::vector<const Link*> broken_;  ///< connections
  std::uint64_t digests_bytes_ = 0;
  std::uint64_t steps_run_ = 0;
  std::uint64_t steps_recalled_ = 0;
};

template <class Make>
void WorldWorker::change(ChangeMemo& memo, std::uint32_t slot, std::uint32_t by, const Make& make) {
  const Slot id = draft_.slots[slot];
  const ChangeMemo::Change* known = memo.find(id, by);
  ChangeMemo::Change made;
  if (known == nullptr) {
    made.id = make(id);
    made.delta = contribution(slot, interner_.content(made.id)) - contribution(slot, interner_.content(id));
    memo.insert(id, by, made);
    known = &made;
  }
  if (known->id != id) {
    set(slot, known->id, known->delta);
  }
}

}  // namespace plimsoll::checker
