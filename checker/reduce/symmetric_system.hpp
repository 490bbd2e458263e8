// A System seen through its symmetry: states are the representatives of orbits, and engines need not know.
//
// Every transition of the raw system from a representative is a transition here, to the representative of its
// target; several may lead to one and each counts as generated. Which questions survive: properties must be
// symmetric (Symmetry promises it), so judging representatives judges all states. Paths of this system jump
// from a state to a renaming of it and are no behaviours of the raw one; concretise() makes them so, and
// nothing else may be shown to people. Liveness is not decided here: renaming along a cycle would mix up who
// was treated fairly (Emerson and Sistla, "Utilizing Symmetry when Model-Checking under Fairness
// Assumptions", TOPLAS 19(4), 1997), so there are no fairness constraints, and liveness properties are to be
// checked on the raw system.
#pragma once

#include <memory>

#include "checker/system/quotient.hpp"

namespace plimsoll::checker {

/// Thread-safety: as System.
class SymmetricSystem final : public Quotient {
 public:
  /// Requires: `raw` has a symmetry, and outlives this.
  explicit SymmetricSystem(const System& raw);
  ~SymmetricSystem() override;

  [[nodiscard]] const System& raw() const override { return raw_; }
  [[nodiscard]] std::unique_ptr<Representer> representer() const override;
  /// Its evaluate_step() judges the raw transitions; if several have the same action and lead into the same
  /// orbit, the predicate holds if it does of all of them.
  [[nodiscard]] std::unique_ptr<Worker> worker() const override;

 private:
  class SymmetricWorker;

  /// Of a transition to a state that got other names, in which `changed` differs: states are judged under
  /// their new names, steps under the old ones; an aspect of both counts under either.
  [[nodiscard]] AspectMask judged_change(const Successors::Transition& raw, SlotMask changed) const;

  const System& raw_;
  bool has_step_properties_ = false;
  AspectMask of_steps_ = 0;
  AspectMask of_steps_alone_ = 0;
};

}  // namespace plimsoll::checker
