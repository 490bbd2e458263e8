// How soon a path can have got into the trouble that a liveness property forbids, and by which way.
//
// A violating path goes anywhere at first, from some state on it owes what the property promises, and stays
// among the states that do not pay. So the search has two phases, and the second begins at several distances:
// it is breadth-first over distances from the initial states, with the states where the debt begins joining
// at their own level.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "checker/search/state_graph.hpp"

namespace plimsoll::checker {

/// Thread-safety: const members from any number of threads. The graph must outlive it.
class Reach {
 public:
  /// The states on paths from an initial state to one where `begins`, and from there through states where
  /// `stays`. Nothing if `stop` was set meanwhile. Cost: the transitions of the graph.
  [[nodiscard]] static std::optional<Reach> find(const StateGraph& graph, const StatePredicate& begins,
                                                 const StatePredicate& stays, const std::atomic<bool>& stop);

  [[nodiscard]] bool contains(StateNumber state) const { return distance_[state] != unreached; }
  /// Steps of the shortest such path to `state`. Requires: contains(state).
  [[nodiscard]] std::uint32_t distance(StateNumber state) const { return distance_[state]; }
  /// The states of the shortest such path to `state`, the least by number where several are shortest.
  /// Cost: up to all transitions of the graph.
  [[nodiscard]] std::vector<StateNumber> way_to(StateNumber state) const;

  static constexpr std::uint64_t bytes_per_state = 12;

 private:
  static constexpr std::uint32_t unreached = ~std::uint32_t{0};
  static constexpr StateNumber none = ~StateNumber{0};

  explicit Reach(const StateGraph& graph);
  [[nodiscard]] StateNumber parent_in_level(std::uint32_t level, StateNumber child) const;

  const StateGraph* graph_;
  std::vector<std::uint32_t> distance_;
  std::vector<StateNumber> parent_;  ///< none: begins here
};

}  // namespace plimsoll::checker
