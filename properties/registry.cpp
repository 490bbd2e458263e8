#include "properties/registry.hpp"

#include <algorithm>

#include "properties/calibration/system.hpp"
#include "properties/ipam/system.hpp"

namespace plimsoll::properties {

const std::vector<SystemEntry>& systems() {
  static const std::vector<SystemEntry> table = {
      ipam::system_entry(),
      calibration::mail_raft_entry(),
      calibration::two_phase_commit_entry(),
  };
  return table;
}

const SystemEntry* find_system(const std::string& name) {
  const auto found = std::find_if(systems().begin(), systems().end(),
                                  [&](const SystemEntry& entry) { return entry.name == name; });
  return found == systems().end() ? nullptr : &*found;
}

}  // namespace plimsoll::properties
