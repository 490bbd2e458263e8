// Who acts in a world: what a schedule that prefers some actors to others (search/priorities.hpp) tells
// apart.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/system/successors.hpp"
#include "checker/world/digest.hpp"

namespace plimsoll::checker {

/// A process is an actor where it receives messages, restarts or resumes, and another one for each kind of
/// its timers, as if it had a thread for each. One of low priority is slow, one of high priority far ahead.
/// Faults are actors for each kind and place. What a budget pays for is spontaneous: faults, clients' whims,
/// and in untimed worlds the deadlines; one that could always act would else do nothing but that, until its
/// budget is spent.
///
/// Thread-safety: immutable.
class WorldActors {
 public:
  WorldActors(const WorldModel& model, const WorldLayout& layout, const WorldGroups& groups);

  /// Processes without any action are counted too.
  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(spontaneous_.size()); }
  [[nodiscard]] std::uint32_t of(const Action& action) const;
  [[nodiscard]] bool is_spontaneous(std::uint32_t actor) const { return spontaneous_[actor]; }

 private:
  void add(std::uint32_t group, std::size_t place, bool is_spontaneous);
  void add_faults(const std::vector<std::uint32_t>& groups);

  std::size_t places_;  ///< of one kind at most: processes, units or links
  /// [group * places_ + place]: a group may be common to interchangeable processes. The process's own where
  /// it receives, restarts or resumes.
  std::vector<std::uint32_t> numbers_;
  std::vector<bool> spontaneous_;  ///< [actor]; processes come first
};

}  // namespace plimsoll::checker
