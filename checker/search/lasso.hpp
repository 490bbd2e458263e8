// The counterexample of a liveness property, as a walk through the state graph: a lasso or a path that ends.
//
// Every kind of property comes down to one question (LivenessQuestion), and every answer to a set of fair
// components and terminal states. Of these a short story is wanted: the way to the trouble plus one round of
// it. Several components and several starts in each are tried within a budget of work, and the shortest is
// kept.
#pragma once

#include <atomic>
#include <optional>
#include <vector>

#include "checker/search/fair_cycle.hpp"
#include "checker/search/reach.hpp"

namespace plimsoll::checker {

/// The property is violated exactly by the maximal fair paths that, from some state where `begins` on, are in
/// states where `stays`, and are in states where `visits` again and again, or at the end.
struct LivenessQuestion {
  StatePredicate begins;
  StatePredicate stays;
  StatePredicate visits;
};

/// The question of a property of kind `kind`, numbered `property`. Requires: is_liveness(kind). The graph
/// must outlive it.
[[nodiscard]] LivenessQuestion question_of(const StateGraph& graph, PropertyKind kind, std::size_t property);

/// A walk: `states[i + 1]` is reached from `states[i]` by a transition that takes `taken[i]`. As in Path,
/// with `loop` the last state is states[loop] again.
struct Lasso {
  std::vector<StateNumber> states;
  std::vector<FairnessMask> taken;
  std::optional<std::size_t> loop;
};

struct LassoSearch {
  bool is_complete = true;     ///< false: `stop` was set before the answer was known
  std::optional<Lasso> lasso;  ///< nothing, if complete: there is none
};
/// Finds a violating path, short but not always the shortest. What it finds is a function of the graph.
/// Cost: the transitions of the graph, as fair_components(), and for the story a fixed budget more.
[[nodiscard]] LassoSearch find_lasso(const StateGraph& graph, const FairnessMasks& fairness,
                                     const LivenessQuestion& question, const std::atomic<bool>& stop);

/// What find_lasso() takes for each state at its peak.
inline constexpr std::uint64_t lasso_bytes_per_state =
    Reach::bytes_per_state + fair_components_bytes_per_state + FairCycles::bytes_per_state;

}  // namespace plimsoll::checker
