// Partial-order reduction of a world: where what some processes do next has nothing to do with what all
// others do, only those few are followed, and the others come later.
//
// The method is that of ample sets (Peled 1993; Clarke, Grumberg, Peled, "Model Checking", 1999, chapter 10).
// In each state a set of processes is chosen of which all steps are followed, and nobody else's, provided
// that
//
//   C0  there is such a step, and none of them is pruned;
//   C1  until one of these processes takes a step, nothing can happen that makes a difference to their steps,
//       or that their steps make a difference to. Who is able to act now, or can be brought to it by others
//       without these processes, is worked out from the state; whom it can influence, from the model
//       (influence.hpp). A fault of which the budget is not spent may happen at any time. Whom these
//       processes send to must neither go down nor get its mailbox filled by others meanwhile;
//   C2  none of the steps changes a slot that a wanted property reads. A property that is asked at quiescence
//       may read what it likes if one of these processes keeps the world from quiescence: then each state it
//       is asked in lies beyond one of the steps;
//   C3  the steps come to an end: each process that takes one belongs to a group (influence.hpp) that, left
//       alone, goes round in no circle (solitude.hpp).
//
// C3 keeps the others from being forgotten. Suppose that there were a circle in which every state follows
// some processes only. Of the groups that take steps in it, one is influenced by none of the others. Then its
// own steps in the circle are a circle of that group alone, which was ruled out where they were followed.
// This needs no set of visited states, and so the choice is a function of the state's content: counts are the
// same for any number of workers. Groups of more than half of all processes are not asked, since what they
// can do alone may be nearly all that there is.
//
// Nothing is left out anywhere in worlds with patient timers, drifting clocks or a bound on all messages
// together, which make everything depend on everything; with discrete time, only while one of the chosen
// processes keeps time from passing.
//
// The states and transitions that are followed are the world's own, so that paths need no translation, but
// they may be longer than the shortest. Verdicts of properties of kinds always, sometimes, step and
// deadlock-free are the same, and which of them hold vacuously; which kinds of action occur, too. Not for
// liveness.
#pragma once

#include <memory>
#include <optional>

#include "checker/world/influence.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::checker {

/// Which of the conditions are heeded: for tests, which show that each is needed.
struct AmpleConditions {
  bool independent = true;  ///< C1
  bool invisible = true;    ///< C2
  bool finite = true;       ///< C3
};

/// Thread-safety: as System. For breadth-first search.
class PartialOrder final : public System {
 public:
  /// @param wanted  The properties for which verdicts must stay as they are; of liveness none does.
  /// Requires: `raw` outlives this.
  PartialOrder(const WorldSystem& raw, PropertyMask wanted, AmpleConditions conditions = {});

  [[nodiscard]] std::uint32_t width() const override { return raw_.width(); }
  void initial(Successors& out) const override { raw_.initial(out); }
  [[nodiscard]] std::unique_ptr<Worker> worker() const override;
  [[nodiscard]] const std::vector<Property>& properties() const override { return raw_.properties(); }
  [[nodiscard]] AspectMask aspects(std::size_t property) const override { return raw_.aspects(property); }
  [[nodiscard]] AspectMask aspects_of(SlotMask changed) const override { return raw_.aspects_of(changed); }
  [[nodiscard]] const std::vector<std::string>& action_groups() const override {
    return raw_.action_groups();
  }
  [[nodiscard]] Fingerprint fingerprint(StateView state) const override { return raw_.fingerprint(state); }
  [[nodiscard]] std::uint32_t actor_of(const Action& action) const override { return raw_.actor_of(action); }
  [[nodiscard]] std::uint32_t actors() const override { return raw_.actors(); }
  [[nodiscard]] bool is_spontaneous(std::uint32_t actor) const override { return raw_.is_spontaneous(actor); }
  [[nodiscard]] ActionLabel describe(StateView before, const Action& action) const override {
    return raw_.describe(before, action);
  }
  [[nodiscard]] Datum describe(StateView state) const override { return raw_.describe(state); }
  [[nodiscard]] SystemStatistics statistics() const override { return raw_.statistics(); }

  /// What workers go by.
  struct Rules {
    AmpleConditions conditions;
    SlotMask visible = 0;        ///< read by wanted properties, but those asked at quiescence
    bool at_quiescence = false;  ///< is there such a property?
  };

 private:
  const WorldSystem& raw_;
  Rules rules_;
  std::optional<Influence> influence_;  ///< nothing: nothing is ever left out
};

}  // namespace plimsoll::checker
