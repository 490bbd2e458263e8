// A short cycle that is fair, within a fair component.
//
// The cycle through the whole component would do, but nobody can read it. Greedy instead: from a start, go to
// the nearest place that pays anything still owed (a transition taken or a state that disables, for a weak
// constraint; a transition taken, for a strong one that was enabled on the way; the state the property asks
// for), and when nothing is owed go back to the start. Then cut out inner cycles that fairness can do
// without. Finding the shortest is NP-hard (Clarke, Grumberg, McMillan, Zhao, "Efficient generation of
// counterexamples and witnesses in symbolic model checking", DAC 1995); several starts make the greedy one
// short in practice.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checker/search/fair_components.hpp"

namespace plimsoll::checker {

struct CycleStep {
  StateNumber target = 0;
  FairnessMask taken = 0;
  friend bool operator==(const CycleStep&, const CycleStep&) = default;
};

/// steps.back().target == start.
struct Cycle {
  StateNumber start = 0;
  std::vector<CycleStep> steps;
};

/// Thread-safety: none. The graph, `fairness` and `components` must outlive it.
class FairCycles {
 public:
  FairCycles(const StateGraph& graph, const FairnessMasks& fairness, const FairComponents& components,
             StatePredicate visited);

  /// A fair cycle through `start` that stays in its component and passes a state of `visited`. Nothing if
  /// none of at most `length_max` steps was found. Requires: `start` is in a component.
  [[nodiscard]] std::optional<Cycle> through(StateNumber start, std::size_t length_max);

  [[nodiscard]] bool is_fair(const Cycle& cycle) const;
  /// Transitions looked at so far: what was spent.
  [[nodiscard]] std::uint64_t work() const { return work_; }

  static constexpr std::uint64_t bytes_per_state = 12;

 private:
  /// What a path does about the constraints, and what it owes.
  struct Account {
    FairnessMask weak_unmet = 0;
    FairnessMask enabled = 0;
    FairnessMask taken = 0;
    bool is_visited = false;
  };
  struct Wanted {
    FairnessMask taken = 0;
    FairnessMask disabled = 0;
    bool visited = false;
    std::optional<StateNumber> state;
  };

  /// By which search a state was seen last, and from where it came then.
  struct Seen {
    std::uint32_t search = 0;
    StateNumber came_from = 0;
  };

  [[nodiscard]] Account begin_account(StateNumber start) const;
  void pass(Account& account, const CycleStep& step) const;
  void pass(Account& account, StateNumber state) const;
  [[nodiscard]] Wanted owed(const Account& account) const;
  [[nodiscard]] bool is_wanted(const Wanted& wanted, StateNumber state) const;
  /// The nearest wanted transition or state from `from`, after at least one and at most `length_max` steps.
  [[nodiscard]] std::vector<CycleStep> nearest(StateNumber from, const Wanted& wanted,
                                               std::size_t length_max);
  [[nodiscard]] std::vector<CycleStep> way_back(StateNumber from, StateNumber last, CycleStep step) const;
  void shorten(Cycle& cycle) const;
  [[nodiscard]] bool cut(Cycle& cycle) const;

  const StateGraph& graph_;
  const FairnessMasks& fairness_;
  const FairComponents& components_;
  StatePredicate visited_;
  std::vector<Seen> seen_;  ///< by state
  std::vector<StateNumber> queue_;
  std::uint32_t search_ = 0;
  std::uint64_t work_ = 0;
};

}  // namespace plimsoll::checker
