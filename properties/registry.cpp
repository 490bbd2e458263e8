#include "properties/registry.hpp"

#include <algorithm>

#include "properties/calibration/system.hpp"
#include "properties/ipam/system.hpp"
#include "properties/overlay/world/system.hpp"
#include "properties/raft/spec_system.hpp"
#include "properties/raft/world/system.hpp"
#include "properties/service/names/system.hpp"
#include "properties/service/world/system.hpp"
#include "properties/store/world/system.hpp"

namespace plimsoll::properties {

const std::vector<SystemEntry>& systems() {
  static const std::vector<SystemEntry> table = {
      calibration::alternating_bit_entry(),
      calibration::backlog_entry(),
      calibration::dining_philosophers_entry(),
      calibration::fairness_strengths_entry(),
      flannel_world::system_entry(),
      ipam::system_entry(),
      calibration::lighthouse_entry(),
      calibration::mail_raft_entry(),
      calibration::peterson_entry(),
      names::system_entry(),
      raft::spec_system_entry(),
      raft::system_entry(),
      services_world::system_entry(),
      store::system_entry(),
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
