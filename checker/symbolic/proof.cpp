#include "checker/symbolic/proof.hpp"

#include <algorithm>
#include <chrono>

#include "impl/base/assert.hpp"

namespace plimsoll::symbolic {
namespace {

/// A query and its answer.
struct Question {
  Solver::Satisfiable found = Solver::Satisfiable::unknown;
  std::string reason = {};
  std::vector<std::string> story = {};
};

/// @param told  Whose wishes and story a model gets; null: none are wanted.
Question ask(Terms& terms, const Limits& limits, const Bool& formula, const Implication* told) {
  Solver solver(terms, limits);
  solver.require(formula);
  Question question;
  question.found = solver.check();
  question.reason = solver.reason();
  if (question.found == Solver::Satisfiable::yes && told != nullptr) {
    for (const Bool& wish : told->wishes) {
      solver.prefer(wish);
    }
    question.story = told->story(solver);
  }
  return question;
}

}  // namespace

const Variant* ProofTarget::find_variant(const std::string& id) const {
  const auto found = std::ranges::find(variants, id, &Variant::id);
  return found == variants.end() ? nullptr : &*found;
}

Answer ProofReport::answer() const {
  const auto any = [&](Answer answer) {
    return std::ranges::any_of(claims,
                               [&](const ProvedClaim& claim) { return claim.result.answer == answer; });
  };
  if (any(Answer::violated)) {
    return Answer::violated;
  }
  return any(Answer::inconclusive) ? Answer::inconclusive : Answer::holds;
}

ProofReport run_proof(const ProofTarget& target, const ProofRequest& request) {
  using Clock = std::chrono::steady_clock;
  const Variant* variant = target.find_variant(request.variant);
  PLIMSOLL_ASSERT_KNOWN(request.variant.empty() || variant != nullptr, request.variant);
  ProofReport report{target.name,
                     request.variant,
                     variant == nullptr ? Answer::holds : Answer::violated,
                     target.assumptions,
                     {}};
  for (const Claim& claim : target.claims) {
    if (variant != nullptr && claim.id != variant->breaks) {
      continue;
    }
    const base::AssertContext context(target.name + ": " + claim.id);
    const auto start = Clock::now();
    ClaimResult result = claim.prove(request);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    report.claims.push_back({claim.id, claim.statement, std::move(result), seconds});
  }
  PLIMSOLL_ASSERT(!report.claims.empty());
  return report;
}

ClaimResult prove_implication(Terms& terms, const Limits& limits, const Implication& implication) {
  const std::vector<Bool> cases = implication.cases.empty() ? std::vector<Bool>{true} : implication.cases;
  const std::size_t queries = implication.claims.size() * cases.size();
  ClaimResult result;
  result.method = queries == 1 ? "one query" : std::to_string(queries) + " queries";
  Bool some_case = false;
  for (const Bool& one_case : cases) {
    some_case |= one_case;
  }
  const Question fulfilled = ask(terms, limits, implication.assumption, nullptr);
  const Question uncovered = ask(terms, limits, implication.assumption && !some_case, nullptr);
  PLIMSOLL_ASSERT_KNOWN(uncovered.found != Solver::Satisfiable::yes, "the cases are not complete");
  if (fulfilled.found != Solver::Satisfiable::yes || uncovered.found == Solver::Satisfiable::unknown) {
    result.reason = fulfilled.found == Solver::Satisfiable::no ? "nothing fulfils the assumptions"
                                                               : fulfilled.reason + uncovered.reason;
    return result;
  }
  for (const Bool& claim : implication.claims) {
    for (const Bool& one_case : cases) {
      Question question = ask(terms, limits, implication.assumption && one_case && !claim, &implication);
      if (question.found == Solver::Satisfiable::yes) {
        result.answer = Answer::violated;
        result.counterexample = std::move(question.story);
        return result;
      }
      if (question.found == Solver::Satisfiable::unknown) {
        result.reason = question.reason;
        return result;
      }
    }
  }
  result.answer = Answer::holds;
  return result;
}

}  // namespace plimsoll::symbolic
