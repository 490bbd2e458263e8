#include "properties/service/world/system.hpp"

#include "properties/service/world/defects.hpp"
#include "properties/service/world/services_system.hpp"
#include "properties/world_properties.hpp"

namespace plimsoll::properties::services_world {
namespace {

tl::expected<std::unique_ptr<checker::System>, scenario::Error> build(
    const scenario::Scenario& scenario, const std::vector<std::string>& defects) {
  auto setup = decode_setup(scenario, defects);
  if (!setup) {
    return tl::unexpected(setup.error());
  }
  return std::make_unique<ServicesSystem>(std::move(*setup));
}

}  // namespace

SystemEntry system_entry() {
  SystemEntry entry;
  entry.name = "services";
  entry.description = "kube-proxy on each node, and what packets to services meet";
  entry.properties = entries_of({&property_list()});
  entry.defects = defect_entries();
  entry.build = &build;
  return entry;
}

}  // namespace plimsoll::properties::services_world
