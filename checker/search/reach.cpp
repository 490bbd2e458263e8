#include "checker/search/reach.hpp"

#include <algorithm>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {

Reach::Reach(const StateGraph& graph)
    : graph_(&graph), distance_(graph.size(), unreached), parent_(graph.size(), none) {}

std::optional<Reach> Reach::find(const StateGraph& graph, const StatePredicate& begins,
                                 const StatePredicate& stays, const std::atomic<bool>& stop) {
  Reach reach(graph);
  std::vector<StateNumber> current;
  std::vector<StateNumber> next;
  for (std::uint32_t distance = 0; distance < graph.level_count() || !current.empty(); ++distance) {
    if (distance < graph.level_count()) {
      for (StateNumber s = graph.level_start(distance); s < graph.level_start(distance + 1); ++s) {
        if (reach.distance_[s] == unreached && begins(s) && stays(s)) {
          reach.distance_[s] = distance;
          current.push_back(s);
        }
      }
    }
    for (const StateNumber state : current) {
      for (const StateNumber target : graph.targets(state)) {
        if (reach.distance_[target] == unreached && stays(target)) {
          reach.distance_[target] = distance + 1;
          reach.parent_[target] = state;
          next.push_back(target);
        }
      }
      if (stop.load(std::memory_order_relaxed)) {
        return std::nullopt;
      }
    }
    current = std::exchange(next, {});
  }
  return reach;
}

std::vector<StateNumber> Reach::way_to(StateNumber state) const {
  PLIMSOLL_ASSERT(contains(state));
  std::vector<StateNumber> way = {state};
  while (parent_[way.back()] != none) {
    way.push_back(parent_[way.back()]);
  }
  for (std::uint32_t level = graph_->level_of(way.back()); level > 0; --level) {
    way.push_back(parent_in_level(level - 1, way.back()));
  }
  std::ranges::reverse(way);
  return way;
}

StateNumber Reach::parent_in_level(std::uint32_t level, StateNumber child) const {
  for (StateNumber s = graph_->level_start(level); s < graph_->level_start(level + 1); ++s) {
    if (std::ranges::binary_search(graph_->targets(s), child)) {
      return s;
    }
  }
  PLIMSOLL_ASSERT_KNOWN(false, "a state of a level that no state of the level before leads to");
  __builtin_unreachable();
}

}  // namespace plimsoll::checker
