// State graphs made by hand, for the tests of what works on them.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/search/state_graph.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {

struct HandMadeState {
  std::vector<StateGraph::Transition> transitions;
  FairnessMask enabled = 0;
  PropertyMask holds = 0;
};

/// Fills `graph` with levels of states, numbered from level to level.
inline void fill(StateGraph& graph, const std::vector<std::vector<HandMadeState>>& levels) {
  for (const std::vector<HandMadeState>& level : levels) {
    const StateNumber first = graph.size();
    for (const HandMadeState& state : level) {
      graph.add_state({state.enabled, state.holds, 0, state.transitions.empty()},
                      static_cast<std::uint32_t>(state.transitions.size()));
    }
    graph.end_level();
    for (std::size_t i = 0; i < level.size(); ++i) {
      std::vector<StateGraph::RawTransition> raw;
      for (const StateGraph::Transition& transition : level[i].transitions) {
        std::uint16_t id = 0;
        const bool has_room = graph.intern(transition.taken, id);
        PLIMSOLL_ASSERT(has_room);
        raw.push_back({transition.target, id});
      }
      graph.set_transitions(first + static_cast<StateNumber>(i), raw);
    }
  }
}

}  // namespace plimsoll::checker
