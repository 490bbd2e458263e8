// The one interface that engines explore.
//
// A System is a closed transition system over slots: a spec, or a world of processes with its environment.
// Engines are compiled once against it; adding a model recompiles no engine. Per expanded state an engine
// makes one virtual call for the successors and at most one for the properties of each new state; nothing is
// called per slot.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "checker/system/datum.hpp"
#include "checker/system/fairness.hpp"
#include "checker/system/property.hpp"
#include "checker/system/slots.hpp"
#include "checker/system/successors.hpp"

namespace plimsoll::checker {

/// A transition in words: "deliver" with {to: node-1/flanneld, message: ...}. Recorded in traces and found
/// again by them.
struct ActionLabel {
  std::string name;
  std::vector<std::pair<std::string, std::string>> parameters;
  friend bool operator==(const ActionLabel&, const ActionLabel&) = default;
};
/// "deliver(to: node-1/flanneld, message: ...)".
[[nodiscard]] std::string to_line(const ActionLabel& label);

class Quotient;
class Symmetry;

/// Counters that tell how a System did its work; summed over workers.
struct SystemStatistics {
  std::uint64_t memory_bytes = 0;     ///< interning, memo tables, caches
  std::uint64_t interned_values = 0;  ///< distinct parts, messages, mailboxes ...
  std::uint64_t local_states = 0;     ///< distinct values of process parts
  std::uint64_t steps_run = 0;        ///< steps of processes really executed
  std::uint64_t steps_recalled = 0;   ///< steps answered from the memo table
};

/// One thread's view of a System: owns scratch space and caches.
///
/// Thread-safety: none; one worker for each thread. A System outlives its workers.
class Worker {
 public:
  Worker() = default;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  Worker(Worker&&) = delete;
  Worker& operator=(Worker&&) = delete;
  virtual ~Worker() = default;

  /// Appends every transition from `state`, whose fingerprint is `fingerprint`. The order is a function of
  /// the state's content.
  virtual void successors(StateView state, Fingerprint fingerprint, Successors& out) = 0;

  /// Evaluates the wanted state predicates at `state`: those of kinds always and sometimes, and of liveness
  /// properties the goal. For `p leads-to q`, `holds` is q and `engaged` is p.
  virtual Evaluation evaluate(StateView state, PropertyMask wanted) = 0;
  /// The same for a state that differs only in the aspects `changed` from one that was judged before, where
  /// the wanted properties of kind always held and those of kind sometimes did not. What looks at nothing of
  /// that need not be asked again.
  virtual Evaluation evaluate_changed(StateView state, AspectMask /*changed*/, PropertyMask wanted) {
    return evaluate(state, wanted);
  }
  /// Evaluates the wanted step predicates on the transition.
  virtual Evaluation evaluate_step(StateView before, const Action& action, StateView after,
                                   PropertyMask wanted) = 0;
  /// Is it right that nothing more happens here? Asked only of states without successors.
  virtual bool may_end(StateView state) = 0;
  /// The fairness constraints that `action`, possible in `before`, belongs to, of those in
  /// System::fairness(). Asked by the liveness engine only, and not if there are none.
  virtual FairnessMask fairness_of(StateView /*before*/, const Action& /*action*/) { return 0; }

  [[nodiscard]] virtual SystemStatistics statistics() const = 0;
};

/// Thread-safety: const members may be called from any number of threads.
class System {
 public:
  System() = default;
  System(const System&) = delete;
  System& operator=(const System&) = delete;
  System(System&&) = delete;
  System& operator=(System&&) = delete;
  virtual ~System() = default;

  /// Slots of every state, 1 .. 4096.
  [[nodiscard]] virtual std::uint32_t width() const = 0;
  /// Appends the initial states, in an order given by their content.
  virtual void initial(Successors& out) const = 0;
  [[nodiscard]] virtual std::unique_ptr<Worker> worker() const = 0;

  [[nodiscard]] virtual const std::vector<Property>& properties() const = 0;
  /// What a property looks at, as Successors::Transition::judged_change tells it: slots, unless a System
  /// knows more closely which changes matter to whom.
  [[nodiscard]] virtual AspectMask aspects(std::size_t property) const {
    return properties()[property].reads;
  }
  /// What a change of slots may be to properties.
  [[nodiscard]] virtual AspectMask aspects_of(SlotMask changed) const { return changed; }
  /// Names of the kinds of actions, by Action::group: the unit in which never having fired is reported.
  [[nodiscard]] virtual const std::vector<std::string>& action_groups() const = 0;
  [[nodiscard]] virtual Fingerprint fingerprint(StateView state) const = 0;

  /// Who takes an action: for schedules that prefer some actors to others, 0 .. actors() - 1. Where nothing
  /// better is known each group of actions counts as one.
  [[nodiscard]] virtual std::uint32_t actor_of(const Action& action) const { return action.group; }
  [[nodiscard]] virtual std::uint32_t actors() const {
    return static_cast<std::uint32_t>(action_groups().size());
  }
  /// Has what the actor does next nothing to do with what it did before, as faults have not?
  [[nodiscard]] virtual bool is_spontaneous(std::uint32_t /*actor*/) const { return false; }

  /// What a path must do to count for liveness; at most 64 constraints.
  [[nodiscard]] virtual const std::vector<FairnessConstraint>& fairness() const;
  /// How states may be renamed without changing what can happen; null if that is not known.
  [[nodiscard]] virtual const Symmetry* symmetry() const { return nullptr; }
  /// Why there is none, for whoever asks for it; empty if there is nothing to say.
  [[nodiscard]] virtual std::string why_no_symmetry() const { return {}; }

  /// The same system, in which messages are all alike that nobody will listen to any more; null if it is not
  /// known which these are.
  [[nodiscard]] virtual const Quotient* without_stale() const { return nullptr; }

  /// The action in words. `before` is the state it was taken in.
  [[nodiscard]] virtual ActionLabel describe(StateView before, const Action& action) const = 0;
  [[nodiscard]] virtual Datum describe(StateView state) const = 0;
  /// What is held besides the workers' share.
  [[nodiscard]] virtual SystemStatistics statistics() const = 0;
};

}  // namespace plimsoll::checker
