// The invariants of LeaseAndAddressSpec: true in every state it can reach.
//
// Source: the invariants of flannel ("subnets of live leases disjoint", "at most one live node believes it
// owns it") and of host-local (UniquePodIP, AllocatedWithinRange) in the semantics. Cost: at most quadratic
// in the leases.
#pragma once

#include "model/ipam/lease_and_address_spec.hpp"

namespace plimsoll::model::ipam {

[[nodiscard]] bool live_leases_are_disjoint(const LeaseAndAddressState& state);
[[nodiscard]] bool every_holder_owns_its_subnet(const LeaseAndAddressState& state);
[[nodiscard]] bool held_subnets_are_disjoint(const LeaseAndAddressState& state);
/// Across all nodes: with disjoint subnets, unique on a node is unique in the cluster.
[[nodiscard]] bool no_address_is_used_twice(const LeaseAndAddressState& state);
[[nodiscard]] bool addresses_are_within_the_held_subnet(const LeaseAndAddressState& state);
/// Of a step: a container that has an address before and after it has the same one.
[[nodiscard]] bool containers_keep_their_addresses(const LeaseAndAddressState& before,
                                                   const LeaseAndAddressState& after);

}  // namespace plimsoll::model::ipam
