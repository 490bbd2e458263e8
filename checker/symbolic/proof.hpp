// What `plimsoll prove` can be asked for: targets, their claims, the assumptions they rest on, and broken
// variants whose proof must fail. The tables are the domains' (properties/); running one is the same for all.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "checker/symbolic/solver.hpp"

namespace plimsoll::symbolic {

/// A claim that was tried.
struct ClaimResult {
  Answer answer = Answer::inconclusive;
  std::string method = {};                       ///< "one query", "induction with k = 1"
  std::vector<std::string> counterexample = {};  ///< violated: lines to read, in order
  std::string reason = {};                       ///< inconclusive: why
};

/// What a proof is asked.
struct ProofRequest {
  std::string variant = {};  ///< id of a Variant of the target; empty: what is implemented
  Limits limits = {};
};

/// A statement that is true of everything the assumptions allow.
struct Claim {
  std::string id;
  std::string statement;
  std::function<ClaimResult(const ProofRequest&)> prove;
};

/// A change for the worse, to see that a proof can fail.
struct Variant {
  std::string id;      ///< as on the command line: a defect's, or kebab-case
  std::string story;   ///< what is different
  std::string breaks;  ///< id of the claim that is then false; only that one is tried
};

/// Invariants: ids differ; each variant breaks a claim of the target.
struct ProofTarget {
  std::string name;
  std::string description;
  std::vector<std::string> assumptions;  ///< sentences
  std::vector<Claim> claims;
  std::vector<Variant> variants;

  /// Null if there is none of that id.
  [[nodiscard]] const Variant* find_variant(const std::string& id) const;
};

/// A claim with what became of it.
struct ProvedClaim {
  std::string id;
  std::string statement;
  ClaimResult result;
  double seconds = 0;
};

/// What became of a target.
struct ProofReport {
  std::string target;
  std::string variant;  ///< empty: none
  Answer expected = Answer::holds;
  std::vector<std::string> assumptions;
  std::vector<ProvedClaim> claims;

  /// violated if one claim is; otherwise inconclusive if one is; otherwise holds.
  [[nodiscard]] Answer answer() const;
};

/// Tries each claim, or of a variant the one that it breaks. Requires that the target has the variant.
[[nodiscard]] ProofReport run_proof(const ProofTarget& target, const ProofRequest& request);

/// Something that follows from something else.
struct Implication {
  Bool assumption;
  std::vector<Bool> claims;  ///< all of them follow; each is a query of its own
  /// For the model of a violation, the most important one first.
  std::vector<Bool> wishes = {};
  /// Tells of a model.
  std::function<std::vector<std::string>(const Solver& model)> story;
  /// Where one query would take long: conditions one of which holds whenever the assumption does, each a
  /// query of its own. That they are complete is asked first.
  std::vector<Bool> cases = {};
};

/// Asks whether the claims follow from the assumption. Inconclusive if nothing fulfils the assumption:
/// everything would follow. Requires cases that are complete, if there are any.
[[nodiscard]] ClaimResult prove_implication(Terms& terms, const Limits& limits,
                                            const Implication& implication);

}  // namespace plimsoll::symbolic
