// What every engine asks of the states and transitions it meets, and what the answers amount to.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "checker/search/search.hpp"

namespace plimsoll::checker {

/// The safety properties still open, by what they are asked on; it shrinks as properties are settled.
struct PropertyPlan {
  PropertyMask always = 0;
  PropertyMask sometimes = 0;
  PropertyMask step = 0;
  std::optional<std::size_t> deadlock_free;

  void drop(std::size_t property) {
    const PropertyMask rest = ~property_bit(property);
    always &= rest;
    sometimes &= rest;
    step &= rest;
    if (deadlock_free == property) {
      deadlock_free.reset();
    }
  }
  [[nodiscard]] bool empty() const { return always == 0 && sometimes == 0 && step == 0 && !deadlock_free; }
};
[[nodiscard]] PropertyPlan plan_of(const System& system, PropertyMask selected);

/// Calls `each(property)` for the members of `mask`, in the System's order.
template <class Each>
void for_each_property(PropertyMask mask, const Each& each) {
  for (; mask != 0; mask &= mask - 1) {
    each(static_cast<std::size_t>(std::countr_zero(mask)));
  }
}

/// Judges for one worker. What is returned is news: properties that fail here, and witnesses that are seen.
///
/// Thread-safety: none; one for each worker.
class Judge {
 public:
  Judge(const System& system, Worker& worker) : worker_(worker) {
    for (std::size_t i = 0; i < system.properties().size(); ++i) {
      aspects_.push_back(system.aspects(i));
    }
  }

  /// A state that was reached by a transition which changed `changed`, from a state judged before: what that
  /// one read and the transition did not change is as it was.
  PropertyMask state(const PropertyPlan& plan, StateView state, AspectMask changed) {
    const PropertyMask wanted = touched(plan.always | plan.sometimes, changed);
    return wanted == 0 ? 0 : news(plan, wanted, worker_.evaluate_changed(state, changed, wanted));
  }
  PropertyMask initial_state(const PropertyPlan& plan, StateView state) {
    const PropertyMask wanted = plan.always | plan.sometimes;
    return news(plan, wanted, worker_.evaluate(state, wanted));
  }
  PropertyMask step(const PropertyPlan& plan, StateView before, const Successors& successors, std::size_t i) {
    const PropertyMask wanted = touched(plan.step, successors[i].judged_change);
    if (wanted == 0) {
      return 0;
    }
    const Evaluation found = worker_.evaluate_step(before, successors[i].action, successors.state(i), wanted);
    engaged_ |= found.engaged;
    return wanted & ~found.holds;
  }
  /// @param transitions  From `state`, those that were pruned included.
  bool is_deadlock(const PropertyPlan& plan, StateView state, std::uint64_t transitions) {
    return transitions == 0 && plan.deadlock_free && !worker_.may_end(state);
  }
  /// Properties that held once not only because an antecedent was false.
  [[nodiscard]] PropertyMask engaged() const { return engaged_; }

 private:
  [[nodiscard]] PropertyMask touched(PropertyMask candidates, AspectMask changed) const {
    PropertyMask wanted = 0;
    for (PropertyMask left = changed == 0 ? 0 : candidates; left != 0; left &= left - 1) {
      wanted |=
          (aspects_[static_cast<std::size_t>(std::countr_zero(left))] & changed) != 0 ? left & -left : 0;
    }
    return wanted;
  }
  PropertyMask news(const PropertyPlan& plan, PropertyMask wanted, const Evaluation& found) {
    engaged_ |= found.engaged;
    return (wanted & plan.always & ~found.holds) | (wanted & plan.sometimes & found.holds);
  }

  std::vector<AspectMask> aspects_;  ///< by property
  Worker& worker_;
  PropertyMask engaged_ = 0;
};

/// One outcome for each property of the System, all inconclusive.
[[nodiscard]] std::vector<PropertyOutcome> open_outcomes(const System& system);
/// What it means that news came of a property: a witness was seen, or it is violated.
[[nodiscard]] Verdict verdict_of_news(PropertyKind kind);
/// Fills in verdict and properties of `result`. Only if the search was `complete`, that is, saw every
/// reachable state within the bounds, does what was not settled hold (and a witness that was not seen is
/// missing).
void conclude(const System& system, const SearchOptions& options, std::vector<PropertyOutcome> outcomes,
              PropertyMask engaged, bool complete, SearchResult& result);

}  // namespace plimsoll::checker
