#include "model/ipam/lease_and_address_invariants.hpp"

#include <cstddef>
#include <optional>
#include <set>

#include "impl/base/assert.hpp"
#include "model/ipam/plain_lease_facts.hpp"

namespace plimsoll::model::ipam {
namespace {

using Facts = PlainLeaseFacts<const LeaseAndAddressState>;

}  // namespace

bool live_leases_are_disjoint(const LeaseAndAddressState& state) {
  return live_leases_are_disjoint(Facts(state));
}

bool every_holder_owns_its_subnet(const LeaseAndAddressState& state) {
  return every_holder_owns_its_subnet(Facts(state));
}

bool held_subnets_are_disjoint(const LeaseAndAddressState& state) {
  return held_subnets_are_disjoint(Facts(state));
}

bool no_address_is_used_twice(const LeaseAndAddressState& state) {
  std::set<base::Ipv4> seen;
  for (const ContainerAddresses& addresses : state.addresses) {
    for (const auto& [container, address] : addresses) {
      if (!seen.insert(address).second) {
        return false;
      }
    }
  }
  return true;
}

bool addresses_are_within_the_held_subnet(const LeaseAndAddressState& state) {
  for (std::size_t node = 0; node < state.addresses.size(); ++node) {
    const std::optional<base::Ipv4Prefix>& held = state.holding[node];
    for (const auto& [container, address] : state.addresses[node]) {
      if (!held || !may_be_given(*held, address)) {
        return false;
      }
    }
  }
  return true;
}

bool containers_keep_their_addresses(const LeaseAndAddressState& before, const LeaseAndAddressState& after) {
  PLIMSOLL_ASSERT(before.addresses.size() == after.addresses.size());
  for (std::size_t node = 0; node < before.addresses.size(); ++node) {
    for (const auto& [container, address] : before.addresses[node]) {
      const auto kept = after.addresses[node].find(container);
      if (kept != after.addresses[node].end() && kept->second != address) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace plimsoll::model::ipam
