// What `plimsoll prove` knows of address management: the arithmetic of subnets and ranges, and the leases.
#pragma once

#include <vector>

#include "checker/symbolic/proof.hpp"

namespace plimsoll::properties::ipam {

/// `prove ipam`: flannel's subnets and host-local's addresses, for every configuration.
[[nodiscard]] symbolic::ProofTarget address_proofs();
/// `prove leases`: the invariants of the lease rules, for any number of steps.
[[nodiscard]] symbolic::ProofTarget lease_proofs();

/// The claims of address_proofs() about flannel and about host-local.
[[nodiscard]] std::vector<symbolic::Claim> carving_claims();
[[nodiscard]] std::vector<symbolic::Claim> range_claims();

}  // namespace plimsoll::properties::ipam
