#include "properties/raft/world/symmetry.hpp"

#include <utility>

namespace plimsoll::properties::raft {
namespace {

/// Servers number `begin` to `end` - 1.
void add_group(Assembly& assembly, const char* name, std::uint32_t begin, std::uint32_t end) {
  if (begin == end) {
    return;
  }
  checker::Interchangeable group{name, {}, {}, false};
  // What config_of() gives a server differs from what it gives another in ids alone.
  group.configs_agree = true;
  for (std::uint32_t server = begin; server < end; ++server) {
    const ServerPlaces& places = assembly.servers.at(server);
    group.members.push_back({{places.process}, {}, {}});
    group.names[core::ServerTag::name].push_back(places.id.value);
  }
  assembly.model.interchangeable.push_back(std::move(group));
}

}  // namespace

void declare_symmetry(Assembly& assembly, const Setup& setup) {
  checker::WorldModel& model = assembly.model;
  if (!setup.changes.empty()) {
    model.not_interchangeable = "configuration changes name servers, in the data of entries";
  } else if (setup.writes != core::StorageWrites::atomic || setup.slow_disk != 0) {
    model.not_interchangeable = "messages that wait for storage are a list in order of the servers' ids";
  } else if (!setup.start.empty()) {
    model.not_interchangeable = "servers start with disks of their own";
  } else if (!setup.without_pre_vote.empty()) {
    model.not_interchangeable = "some servers ask for pre-votes, and others do not";
  } else {
    const std::uint32_t members = setup.voters + setup.learners;
    add_group(assembly, "voter", 0, setup.voters);
    add_group(assembly, "learner", setup.voters, members);
    add_group(assembly, "outsider", members, setup.servers);
  }
}

}  // namespace plimsoll::properties::raft
