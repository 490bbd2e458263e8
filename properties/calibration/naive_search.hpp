// For tests: breadth-first search in ten lines of the standard library, to be run on a second formulation of
// a model that shares nothing with the first.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

namespace plimsoll::properties::calibration {

struct Counts {
  std::uint64_t distinct = 0;
  std::uint64_t generated = 0;
  std::uint32_t depth = 0;
  friend bool operator==(const Counts&, const Counts&) = default;
};

/// @param next  From a state to the list of its successors, one for each transition.
template <class State, class Next>
[[nodiscard]] Counts naive_search(const State& initial, const Next& next) {
  std::set<State> seen = {initial};
  std::vector<State> level = {initial};
  Counts counts = {1, 1, 0};
  while (!level.empty()) {
    ++counts.depth;
    std::vector<State> following;
    for (const State& state : level) {
      for (const State& successor : next(state)) {
        ++counts.generated;
        if (seen.insert(successor).second) {
          following.push_back(successor);
        }
      }
    }
    level = std::move(following);
  }
  counts.distinct = seen.size();
  return counts;
}

}  // namespace plimsoll::properties::calibration
