#include "properties/ipam/facts.hpp"

#include "impl/ipam/flannel/subnet_manager.hpp"
#include "model/store/store.hpp"
#include "properties/ipam/workload/runtime.hpp"

namespace plimsoll::properties::ipam {

plimsoll::ipam::LeaseTable live_leases(const checker::WorldView& view, const Assembly& assembly) {
  plimsoll::ipam::LeaseTable leases;
  const std::string prefix = plimsoll::ipam::SubnetManager::Config{}.prefix;
  for (const auto& [key, kv] : view.part<model::store::Data>(assembly.store_data).keys) {
    const std::optional<plimsoll::ipam::StoredLease> lease = plimsoll::ipam::read_lease(prefix, kv);
    if (lease && lease->attributes) {
      leases.emplace(lease->subnet, *lease->attributes);
    }
  }
  return leases;
}

std::optional<base::Ipv4Prefix> held_subnet(const checker::WorldView& view, const NodePlaces& node) {
  const auto& held = view.part<plimsoll::ipam::Manager>(node.manager).held;
  return held ? std::optional(held->subnet) : std::nullopt;
}

std::vector<base::Ipv4> used_addresses(const checker::WorldView& view, const NodePlaces& node) {
  if (node.pods.empty()) {
    return {};
  }
  return addresses_in_use(view.part<Sandboxes>(node.sandboxes));
}

}  // namespace plimsoll::properties::ipam
