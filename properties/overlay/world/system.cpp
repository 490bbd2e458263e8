#include "properties/overlay/world/system.hpp"

#include "properties/overlay/world/defects.hpp"
#include "properties/overlay/world/flannel_system.hpp"
#include "properties/world_properties.hpp"

namespace plimsoll::properties::flannel_world {
namespace {

tl::expected<std::unique_ptr<checker::System>, scenario::Error> build(
    const scenario::Scenario& scenario, const std::vector<std::string>& defects) {
  auto setup = decode_setup(scenario, defects);
  if (!setup) {
    return tl::unexpected(setup.error());
  }
  return std::make_unique<FlannelSystem>(std::move(*setup));
}

}  // namespace

SystemEntry system_entry() {
  SystemEntry entry;
  entry.name = "flannel";
  entry.description = "flanneld on each node over a registry of leases, and what packets between pods meet";
  entry.properties = entries_of({&property_list()});
  entry.defects = defect_entries();
  entry.build = &build;
  return entry;
}

}  // namespace plimsoll::properties::flannel_world
