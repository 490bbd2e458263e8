#include "model/ipam/lease_and_address_invariants.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <set>
#include <vector>

#include "impl/base/assert.hpp"

namespace plimsoll::model::ipam {
namespace {

[[nodiscard]] bool are_disjoint(const std::vector<base::Ipv4Prefix>& subnets) {
  for (auto one = subnets.begin(); one != subnets.end(); ++one) {
    if (std::any_of(std::next(one), subnets.end(), [&](const auto& other) { return one->overlaps(other); })) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool live_leases_are_disjoint(const LeaseAndAddressState& state) {
  std::vector<base::Ipv4Prefix> subnets;
  for (const auto& [subnet, owner] : state.leases) {
    subnets.push_back(subnet);
  }
  return are_disjoint(subnets);
}

bool every_holder_owns_its_subnet(const LeaseAndAddressState& state) {
  for (std::size_t node = 0; node < state.holding.size(); ++node) {
    if (!state.holding[node]) {
      continue;
    }
    const auto lease = state.leases.find(*state.holding[node]);
    if (lease == state.leases.end() || lease->second.value != node) {
      return false;
    }
  }
  return true;
}

bool held_subnets_are_disjoint(const LeaseAndAddressState& state) {
  std::vector<base::Ipv4Prefix> subnets;
  for (const std::optional<base::Ipv4Prefix>& held : state.holding) {
    if (held) {
      subnets.push_back(*held);
    }
  }
  return are_disjoint(subnets);
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
