// What the tests of the proofs share: claims by name, tried as they are and with what breaks them.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "checker/symbolic/proof.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::properties::ipam {

[[nodiscard]] inline symbolic::ClaimResult try_claim(const symbolic::ProofTarget& target,
                                                     const std::string& id, const std::string& variant = {}) {
  const auto claim = std::ranges::find(target.claims, id, &symbolic::Claim::id);
  PLIMSOLL_ASSERT_KNOWN(claim != target.claims.end(), id);
  return claim->prove({variant, {}});
}

/// The variants that break the claim.
[[nodiscard]] inline std::vector<std::string> variants_of(const symbolic::ProofTarget& target,
                                                          const std::string& id) {
  std::vector<std::string> variants;
  for (const symbolic::Variant& variant : target.variants) {
    if (variant.breaks == id) {
      variants.push_back(variant.id);
    }
  }
  return variants;
}

/// What is wrong with the claim: it does not hold, nothing breaks it, or what should break it does not.
/// Empty: nothing is wrong.
[[nodiscard]] inline std::string complaint_about(const symbolic::ProofTarget& target, const std::string& id) {
  using symbolic::Answer;
  const symbolic::ClaimResult proved = try_claim(target, id);
  if (proved.answer != Answer::holds) {
    return id + ": " + to_text(proved.answer) + " " + proved.reason;
  }
  const std::vector<std::string> variants = variants_of(target, id);
  for (const std::string& variant : variants) {
    const symbolic::ClaimResult broken = try_claim(target, id, variant);
    if (broken.answer != Answer::violated || broken.counterexample.empty()) {
      return id + " with " + variant + ": " + to_text(broken.answer) + " " + broken.reason;
    }
  }
  return variants.empty() ? id + ": nothing breaks it" : "";
}

}  // namespace plimsoll::properties::ipam
