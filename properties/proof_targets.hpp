// One explicit table: what `plimsoll prove` can prove.
#pragma once

#include <string>
#include <vector>

#include "checker/symbolic/proof.hpp"

namespace plimsoll::properties {

/// In order of name. Built once; read by any number of threads. A further target is one more row.
[[nodiscard]] const std::vector<symbolic::ProofTarget>& proof_targets();
/// Null if there is none of that name.
[[nodiscard]] const symbolic::ProofTarget* find_proof_target(const std::string& name);

}  // namespace plimsoll::properties
