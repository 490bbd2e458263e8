#include "properties/ipam/system.hpp"

#include <algorithm>

#include "checker/world/world_system.hpp"
#include "properties/ipam/assembly.hpp"
#include "properties/ipam/defects.hpp"
#include "properties/ipam/liveness.hpp"
#include "properties/ipam/properties.hpp"
#include "properties/world_properties.hpp"

namespace plimsoll::properties::ipam {
namespace {

tl::expected<std::unique_ptr<checker::System>, scenario::Error> build(
    const scenario::Scenario& scenario, const std::vector<std::string>& defects) {
  auto setup = decode_setup(scenario, defects);
  if (!setup) {
    return tl::unexpected(setup.error());
  }
  const auto assembly = std::make_shared<const Assembly>(assemble(*setup));
  checker::WorldModel model = assembly->model;
  model.properties = make_properties(*assembly, *setup);
  add_if_asked(model.properties, make_liveness_properties(*assembly, *setup), scenario);
  model.rightful_end = make_rightful_end(*assembly);
  model.context = assembly;
  return std::make_unique<checker::WorldSystem>(std::move(model));
}

}  // namespace

SystemEntry system_entry() {
  SystemEntry entry;
  entry.name = "ipam";
  entry.description = "flannel's subnet leases and host-local's pod addresses, on the store's spec";
  entry.properties = entries_of({&property_list(), &liveness_property_list()});
  entry.defects = defect_entries();
  entry.build = &build;
  return entry;
}

}  // namespace plimsoll::properties::ipam
