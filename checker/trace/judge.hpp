// Does a state or a step show what a trace claims: that its property fails there, or (for a witness) is true
// there?
#pragma once

#include <cstddef>

#include "checker/system/system.hpp"
#include "checker/trace/trace.hpp"

namespace plimsoll::checker {

/// What a finite behaviour can show about a property of this kind: a witness of `sometimes`, a violation of
/// the others.
[[nodiscard]] constexpr Shown showable(PropertyKind kind) {
  return kind == PropertyKind::sometimes ? Shown::witness : Shown::violated;
}

/// One property, judged state by state or step by step.
///
/// Thread-safety: none. Requires: a property that is no liveness property; `system` and `worker` outlive the
/// judge.
class Judge {
 public:
  Judge(const System& system, Worker& worker, std::size_t property);

  /// True if the property is judged on steps, false if on states.
  [[nodiscard]] bool is_about_steps() const { return kind_ == PropertyKind::step; }
  /// Cost: for deadlock-free the successors of the state, otherwise one evaluation.
  [[nodiscard]] bool shows(StateView state);
  [[nodiscard]] bool shows(StateView before, const Action& action, StateView after);

 private:
  const System& system_;
  Worker& worker_;
  PropertyMask bit_;
  PropertyKind kind_;
};

}  // namespace plimsoll::checker
