#include "properties/proof_targets.hpp"

#include <algorithm>

#include "properties/ipam/proofs/targets.hpp"

namespace plimsoll::properties {

const std::vector<symbolic::ProofTarget>& proof_targets() {
  static const std::vector<symbolic::ProofTarget> table = {
      ipam::address_proofs(),
      ipam::lease_proofs(),
  };
  return table;
}

const symbolic::ProofTarget* find_proof_target(const std::string& name) {
  const auto found = std::ranges::find(proof_targets(), name, &symbolic::ProofTarget::name);
  return found == proof_targets().end() ? nullptr : &*found;
}

}  // namespace plimsoll::properties
