// The parts of a state graph in which a fair path can stay for ever.
//
// A strongly connected set of states is fair if the cycle that visits all of it, by all its transitions,
// meets every constraint: a weak one by a transition taken or a state where it is not enabled; a strong one
// by a transition taken or by being enabled nowhere. If a weak constraint is not met, no subset meets it
// either. If a strong one is not met, a fair cycle must do without the states that enable it: these are
// removed, and what is left is decomposed again. (Lichtenstein and Pnueli, "Checking That Finite State
// Concurrent Programs Satisfy Their Linear Specification", POPL 1985; Emerson and Lei, "Modalities for Model
// Checking: Branching Time Logic Strikes Back", Science of Computer Programming 8, 1987; emptiness of Streett
// automata.) Components are found by Tarjan's algorithm (SIAM J. Comput. 1(2), 1972), with a stack of its own
// instead of recursion.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "checker/search/state_graph.hpp"

namespace plimsoll::checker {

/// Constraints by their strength.
struct FairnessMasks {
  FairnessMask weak = 0;
  FairnessMask strong = 0;
};
[[nodiscard]] FairnessMasks masks_of(const std::vector<FairnessConstraint>& constraints);

struct FairComponents {
  static constexpr std::uint32_t none = 0;

  /// By state: the number of its component, from 1, or none. Components are disjoint.
  std::vector<std::uint32_t> component_of;
  /// Component n is members[n - 1], ascending.
  std::vector<std::vector<StateNumber>> members;
};

/// The largest fair sets of states, each strongly connected and with at least one transition inside, that lie
/// within `inside` and contain a state of `visited`. Every fair cycle within `inside` that passes `visited`
/// lies in one of them. Nothing if `stop` was set meanwhile. Cost: the transitions of the graph, once more
/// for each time that a strong constraint splits a component.
[[nodiscard]] std::optional<FairComponents> fair_components(const StateGraph& graph,
                                                            const FairnessMasks& fairness,
                                                            const StatePredicate& inside,
                                                            const StatePredicate& visited,
                                                            const std::atomic<bool>& stop);

/// What fair_components() takes for each state at its peak, with its result.
inline constexpr std::uint64_t fair_components_bytes_per_state = 48;

}  // namespace plimsoll::checker
