// Peterson's mutual exclusion for two and more processes: safety, and starvation freedom under weak fairness.
//
// Source: G. L. Peterson, "Myths About the Mutual Exclusion Problem" (Information Processing Letters 12(3),
// 1981): to pass gate j of n - 1, a process announces j, writes its own number at the gate, and waits until
// everybody else is below j or somebody else has written there since. For n = 2 this is the well-known
// algorithm with two flags and a turn.
//
// Atomicity: a step reads or writes one shared variable of another process or gate, for that is all the
// algorithm asks of its memory. So the wait is a scan, which stands still at a process that is not below j,
// beside a test of the gate; a reading that changes nothing is no step. This is the grain, and the names of
// the local variables are those, of the model `peterson` in R. Pelanek, "BEEM: Benchmarks for Explicit Model
// Checkers" (SPIN 2007), so the counts are its counts: 12 498 states for three processes, 1 119 560 for four.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/system/pod_system.hpp"

namespace plimsoll::model::calibration {

/// Ways to break the algorithm, for tests: each makes a property fail.
enum class PetersonMutation : std::uint8_t {
  none,
  announces_late,      ///< writes at the gate first and announces the level afterwards: exclusion fails
  ignores_precedence,  ///< waits for everybody to be below, whoever wrote last: deadlock
  steps_back,          ///< as above, but who would have to wait withdraws and tries again: starvation
  never_enters,        ///< turns back at the last gate
};

/// Slots: one for each process, its location, local variables and announced level; one for each gate.
///
/// Thread-safety: immutable.
class Peterson {
 public:
  enum Location : checker::Slot { noncritical, at_gate, announced, waiting, critical };
  enum Group : std::uint32_t { wants, announces, gives_precedence, reads, passes, enters, leaves };
  static constexpr std::uint32_t processes_max = 5;

  /// @param processes  2 .. processes_max; each one more makes 60 to 100 times as many states.
  explicit Peterson(std::uint32_t processes, PetersonMutation mutation = PetersonMutation::none);

  [[nodiscard]] std::uint32_t width() const { return 2 * processes_ - 1; }
  [[nodiscard]] std::vector<std::vector<checker::Slot>> initial() const;
  void next(checker::StateView state, checker::PodSuccessors& out) const;
  /// Somebody can always move.
  [[nodiscard]] static bool may_end(checker::StateView /*state*/) { return false; }

  /// `mutual-exclusion`, the witness `somebody-enters`, `deadlock-free`, and for each process
  /// `starvation-free-<process>`: whoever wants to enter does.
  [[nodiscard]] std::vector<checker::Property> properties() const;
  [[nodiscard]] bool holds(std::size_t property, checker::StateView state) const;
  [[nodiscard]] bool engaged(std::size_t property, checker::StateView state) const;

  /// Weak, one for each process: it goes on. Whether it ever wants to enter is its own affair.
  [[nodiscard]] std::vector<checker::FairnessConstraint> fairness() const;
  [[nodiscard]] static checker::FairnessMask fairness_of(checker::StateView before,
                                                         const checker::Action& action);

  [[nodiscard]] static std::vector<std::string> action_groups();
  /// Processes and gates are counted from 1.
  [[nodiscard]] static checker::ActionLabel describe(const checker::Action& action);
  [[nodiscard]] checker::Datum describe(checker::StateView state) const;

 private:
  void next_at_gate(checker::StateView state, std::uint32_t i, checker::PodSuccessors& out) const;
  void next_while_waiting(checker::StateView state, std::uint32_t i, checker::PodSuccessors& out) const;
  [[nodiscard]] std::uint32_t gate_slot(checker::Slot gate) const { return processes_ + gate - 1; }

  std::uint32_t processes_;
  PetersonMutation mutation_;
};

}  // namespace plimsoll::model::calibration

// Instantiated where the model is compiled, for the engines' speed hangs on it.
extern template class plimsoll::checker::PodSystem<plimsoll::model::calibration::Peterson>;
