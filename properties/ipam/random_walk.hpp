// One behaviour of a world, chosen by a list of numbers, with every property judged on the way.
//
// Uniform choice spends every fault budget at once and hardly comes to rest. So each run weighs the kinds of
// actions differently, some at nothing, after Groce, Zhang, Eide, Chen and Regehr, "Swarm testing" (ISSTA
// 2012). Deviates: the weights are drawn per kind of action and not only on or off, so that a process may
// also be slow; and when the numbers end, the run goes on without faults until the world rests, because what
// must hold at rest is else hardly ever asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "checker/search/search.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::properties::ipam {

/// What runs have met: to be sure that a fleet of them looked where it matters.
struct Sightings {
  std::map<std::string, std::uint64_t>
      actions;  ///< taken, by name; a timer's firing by the timer: "fire retry"
  std::map<std::string, std::uint64_t>
      properties;             ///< states and steps at which it held and not only vacuously
  std::uint64_t relists = 0;  ///< snapshots taken because the watch was compacted
  std::uint64_t runs = 0;
  std::uint64_t rests = 0;  ///< runs that ended where nothing is left to do
  std::uint64_t steps = 0;
};

struct RandomWalk {
  checker::Path path;
  std::optional<std::size_t> violated;  ///< the property that fails at the last state or step
};

/// @param weights   One number for each kind of action, in the world's order; missing ones are 0, and 0 is
/// the plainest weight.
/// @param schedule  Each number picks one step.
/// Cost: a step costs its state's successors and one label. At most schedule.size() + rest_steps_max steps.
[[nodiscard]] RandomWalk random_walk(const checker::WorldSystem& system,
                                     std::span<const std::uint32_t> weights,
                                     std::span<const std::uint32_t> schedule, Sightings& sightings);

/// A world without faults that has not come to rest after so many steps is left.
inline constexpr std::size_t rest_steps_max = 400;

}  // namespace plimsoll::properties::ipam
