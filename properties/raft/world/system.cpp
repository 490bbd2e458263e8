#include "properties/raft/world/system.hpp"

#include "checker/world/world_system.hpp"
#include "properties/raft/world/assembly.hpp"
#include "properties/raft/world/calm.hpp"
#include "properties/raft/world/defects.hpp"
#include "properties/raft/world/liveness.hpp"
#include "properties/raft/world/properties.hpp"
#include "properties/raft/world/symmetry.hpp"
#include "properties/world_properties.hpp"

namespace plimsoll::properties::raft {
namespace {

tl::expected<std::unique_ptr<checker::System>, scenario::Error> build(
    const scenario::Scenario& scenario, const std::vector<std::string>& defects) {
  const auto setup = decode_setup(scenario, defects);
  if (!setup) {
    return tl::unexpected(setup.error());
  }
  const auto assembly = std::make_shared<Assembly>(assemble(*setup));
  declare_symmetry(*assembly, *setup);
  checker::WorldModel model = assembly->model;
  model.properties = make_properties(*assembly, *setup);
  add_if_asked(model.properties, make_liveness_properties(*assembly), scenario);
  if (setup->is_calm) {
    model.patient_timers = calm_timers(assembly->servers, *setup);
  }
  model.context = assembly;
  return std::make_unique<checker::WorldSystem>(std::move(model));
}

}  // namespace

SystemEntry system_entry() {
  SystemEntry entry;
  entry.name = "raft";
  entry.description = "the consensus core as it is implemented: servers, disks, and the network between them";
  entry.properties = entries_of({&property_list(), &liveness_property_list()});
  entry.defects = defect_entries();
  entry.build = &build;
  return entry;
}

}  // namespace plimsoll::properties::raft
