// Which slots a StateTree should pair.
//
// A tree is small if the vectors below its inner nodes take few values, above all those below the root's two
// children: there they are the most. What varies together should therefore be together, and which slots do is
// a matter of the system. It is read off a sample of states: the pairs of slots that take the fewest values
// together are matched first, greedily; then pairs are matched in the same way, and so on up to the root.
// Source: Laarman, van de Pol and Weber (SPIN 2011) name the dependence on the order of slots and leave it to
// the modeller.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/system/slots.hpp"

namespace plimsoll::checker {

/// The slots in the order of a tree's leaves: a permutation of 0 .. width - 1.
using SlotOrder = std::vector<std::uint32_t>;

/// Inner nodes, roots not counted, of the tree of all states of `sample` (back to back) under `order`.
/// Cost: about 10 ns for each slot of the sample.
[[nodiscard]] std::uint64_t inner_nodes(const std::vector<Slot>& sample, const SlotOrder& order);

/// A good order, better than most. It depends on the set of states in the sample, not on how they are
/// arranged. Cost: about width * 5 ns for each slot of the sample.
[[nodiscard]] SlotOrder match_slots(std::uint32_t width, const std::vector<Slot>& sample);

}  // namespace plimsoll::checker
