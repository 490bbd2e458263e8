// How one crash of a unit can go: what its requests come to, and what is left of its disks.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/world/layout.hpp"
#include "checker/world/values.hpp"

namespace plimsoll::checker {

/// The ways are numbered; a number is the variant of the action. What the unit's processes had sent over
/// connections to servers elsewhere arrives still (even) or is lost (odd), if there is any; times, for each
/// disk, how many of its unsynced records survive, the oldest first, and whether the next one is torn.
///
/// Valid as long as the state that it was made from.
class CrashWays {
 public:
  /// What is left of a disk.
  struct Rest {
    std::uint32_t unsynced = 0;  ///< records that survive although they were not synced
    bool torn = false;           ///< the beginning of the next one is there too
  };

  /// @param loses_disks  The disks are gone, whatever was on them.
  CrashWays(const WorldModel& model, const WorldLayout& layout, const Interner& interner, StateView state,
            std::size_t unit, bool loses_disks);

  [[nodiscard]] std::uint32_t count() const { return count_; }
  [[nodiscard]] bool requests_are_lost(std::uint32_t variant) const {
    return any_requests_ && variant % 2 == 1;
  }
  /// By number among the unit's processes that have a disk. Requires: the disks are not lost.
  [[nodiscard]] Rest rest(std::uint32_t variant, std::size_t disk) const;
  /// On how many disks a record is torn.
  [[nodiscard]] std::uint32_t torn(std::uint32_t variant) const;

 private:
  bool any_requests_ = false;
  bool may_tear_ = false;
  std::vector<std::uint32_t> unsynced_;  ///< records, by disk; empty if the disks are lost
  std::uint32_t count_ = 1;
};

}  // namespace plimsoll::checker
