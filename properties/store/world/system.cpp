#include "properties/store/world/system.hpp"

#include "checker/world/world_system.hpp"
#include "properties/store/world/assembly.hpp"
#include "properties/store/world/defects.hpp"
#include "properties/store/world/liveness.hpp"
#include "properties/store/world/properties.hpp"
#include "properties/world_properties.hpp"

namespace plimsoll::properties::store {
namespace {

tl::expected<std::unique_ptr<checker::System>, scenario::Error> build(
    const scenario::Scenario& scenario, const std::vector<std::string>& defects) {
  const auto setup = decode_setup(scenario, defects);
  if (!setup) {
    return tl::unexpected(setup.error());
  }
  const auto assembly = std::make_shared<Assembly>(assemble(*setup));
  checker::WorldModel model = assembly->model;
  model.properties = make_properties(*assembly);
  add_if_asked(model.properties, make_liveness_properties(*assembly), scenario);
  if (setup->is_calm) {
    model.patient_timers = calm_timers(*assembly);
  }
  model.context = assembly;
  return std::make_unique<checker::WorldSystem>(std::move(model));
}

}  // namespace

SystemEntry system_entry() {
  SystemEntry entry;
  entry.name = "store";
  entry.description = "the key-value store as it is implemented: members, their disks, and clients";
  entry.properties = entries_of({&property_list(), &liveness_property_list()});
  entry.defects = defect_entries();
  entry.build = &build;
  return entry;
}

}  // namespace plimsoll::properties::store
