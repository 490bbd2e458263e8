// Two-phase commit as a calibration model: independent checkers have published its counts of states.
//
// Source: Jim Gray and Leslie Lamport, "Consensus on Transaction Commit" (ACM TODS 31(1), 2006), section 3
// and the TLA+ module TwoPhase of its appendix: a transaction manager, resource managers, and a set of
// messages that only grows. Messages are never lost here and may be received again and again; such a
// reception changes nothing and is a self-loop, counted as generated as TLC does. Deviates: nothing. The
// module has no deadlock property, and none is claimed here.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "checker/system/pod_system.hpp"

namespace plimsoll::model::calibration {

/// Ways to break the protocol, for tests: each makes a property fail.
enum class TwoPhaseCommitMutation : std::uint8_t {
  none,
  commits_on_first_prepared,  ///< the transaction manager does not wait for everybody
  never_commits,              ///< the transaction manager cannot decide to commit
};

/// Slots: one for each resource manager; one of the transaction manager, its state and the set of those it
/// knows to be prepared; one for the set of messages sent.
///
/// Thread-safety: immutable.
class TwoPhaseCommit {
 public:
  enum ManagerState : checker::Slot { working, prepared, committed, aborted };
  enum TransactionState : checker::Slot { undecided, decided_commit, decided_abort };
  enum Group : std::uint32_t {
    tm_receives_prepared,
    tm_commits,
    tm_aborts,
    rm_prepares,
    rm_chooses_to_abort,
    rm_receives_commit,
    rm_receives_abort,
  };
  static constexpr std::uint32_t managers_max = 16;

  /// @param resource_managers  1 .. managers_max.
  explicit TwoPhaseCommit(std::uint32_t resource_managers,
                          TwoPhaseCommitMutation mutation = TwoPhaseCommitMutation::none);

  [[nodiscard]] std::uint32_t width() const { return managers_ + 2; }
  [[nodiscard]] std::vector<std::vector<checker::Slot>> initial() const;
  void next(checker::StateView state, checker::PodSuccessors& out) const;

  /// `consistency`: no resource manager has committed while another has aborted. `all-commit`: in some state
  /// everybody has committed, so that consistency is not kept by doing nothing.
  [[nodiscard]] static std::vector<checker::Property> properties();
  [[nodiscard]] bool holds(std::size_t property, checker::StateView state) const;

  [[nodiscard]] static std::vector<std::string> action_groups();
  /// Resource managers are called rm-1, rm-2 and so on.
  [[nodiscard]] static checker::ActionLabel describe(const checker::Action& action);
  [[nodiscard]] checker::Datum describe(checker::StateView state) const;

  /// Resource managers may be renamed.
  [[nodiscard]] const checker::Symmetry* symmetry() const { return symmetry_.get(); }

 private:
  [[nodiscard]] static std::shared_ptr<const checker::Symmetry> make_symmetry(
      std::uint32_t resource_managers);
  void next_of_transaction_manager(checker::StateView state, checker::PodSuccessors& out) const;
  void next_of_manager(checker::StateView state, std::uint32_t manager, checker::PodSuccessors& out) const;
  [[nodiscard]] std::uint32_t transaction_slot() const { return managers_; }
  [[nodiscard]] std::uint32_t messages_slot() const { return managers_ + 1; }

  std::uint32_t managers_;
  TwoPhaseCommitMutation mutation_;
  std::shared_ptr<const checker::Symmetry> symmetry_;
};

}  // namespace plimsoll::model::calibration

// Instantiated where the model is compiled, for the engines' speed hangs on it.
extern template class plimsoll::checker::PodSystem<plimsoll::model::calibration::TwoPhaseCommit>;
