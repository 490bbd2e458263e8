// What a worker may be able to do besides: tell what could happen next without finding out what comes of it.
//
// A search follows every transition of a state and has to make them all. A walk takes one of them, and in a
// world each costs a step of some process; so a walk chooses first and has only that step taken.
#pragma once

#include <vector>

#include "checker/system/slots.hpp"
#include "checker/system/successors.hpp"

namespace plimsoll::checker {

/// Some Workers are Offering too. Together the offers of a state stand for its transitions: accepting each of
/// them gives what Worker::successors() gives, in some order.
///
/// Thread-safety: as Worker.
class Offering {
 public:
  Offering() = default;
  Offering(const Offering&) = delete;
  Offering& operator=(const Offering&) = delete;
  Offering(Offering&&) = delete;
  Offering& operator=(Offering&&) = delete;
  virtual ~Offering() = default;

  /// Appends the offers of `state`. Their order is a function of the state's content. An offer's action group
  /// and actor are those of its transitions, but for a fault that goes several ways.
  virtual void offers(StateView state, Fingerprint fingerprint, std::vector<Action>& out) = 0;
  /// Appends the transitions that `offer` stands for: one for each outcome of the step or way that the fault
  /// goes, none if all of them are pruned or nothing comes of it. Requires: an offer of this state.
  virtual void accept(StateView state, Fingerprint fingerprint, const Action& offer, Successors& out) = 0;
  /// The offer that a transition's action belongs to, in any state in which it is possible.
  [[nodiscard]] virtual Action offer_of(const Action& action) const = 0;
};

}  // namespace plimsoll::checker
