#include "checker/symbolic/proof.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::symbolic {
namespace {

using Lines = std::vector<std::string>;

/// That x < limit implies x + 1 > x, which is false of the largest number.
ClaimResult successor_is_larger(const Limits& limits, std::uint32_t limit, bool by_cases,
                                bool by_impossible_assumption = false) {
  Terms terms;
  const Word x = terms.variable("x", 8);
  std::vector<Bool> cases;
  if (by_cases) {
    cases = {x < Word(7), x == Word(7), x > Word(7)};
  }
  Bool assumption = x <= Word(limit);
  if (by_impossible_assumption) {
    assumption &= x != x;
  }
  return prove_implication(terms, limits,
                           {assumption,
                            {x + Word(1) > x, x + Word(1) != x},
                            {x == Word(9)},
                            [&](const Solver& model) { return Lines{std::to_string(model.value(x))}; },
                            cases});
}

ProofTarget target() {
  const auto claim = [](std::uint32_t limit) {
    return [limit](const ProofRequest& request) {
      return successor_is_larger(request.limits, request.variant.empty() ? limit : 255, false);
    };
  };
  return {"target",
          "about bytes",
          {"Bytes have 8 bits."},
          {{"first", "One.", claim(254)}, {"second", "Two.", claim(100)}},
          {{"wrap", "All bytes.", "second"}}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(proof_test)

BOOST_AUTO_TEST_CASE(an_implication_holds_or_has_a_model) {
  for (const bool by_cases : {false, true}) {
    const ClaimResult holds = successor_is_larger({}, 254, by_cases);
    BOOST_TEST((holds.answer == Answer::holds));
    BOOST_TEST(holds.method == (by_cases ? "6 queries" : "2 queries"));
    const ClaimResult violated = successor_is_larger({}, 255, by_cases);
    BOOST_TEST((violated.answer == Answer::violated));
    BOOST_TEST(violated.counterexample == Lines{"255"}, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(of_nothing_nothing_is_proved) {
  const ClaimResult result = successor_is_larger({}, 254, false, true);
  BOOST_TEST((result.answer == Answer::inconclusive));
  BOOST_TEST(result.reason == "nothing fulfils the assumptions");
}

BOOST_AUTO_TEST_CASE(a_limit_makes_it_inconclusive) {
  const std::atomic<bool> stop = true;
  const ClaimResult result = successor_is_larger({std::nullopt, &stop}, 254, false);
  BOOST_TEST((result.answer == Answer::inconclusive));
  BOOST_TEST(result.reason.starts_with("interrupted"));
}

BOOST_AUTO_TEST_CASE(a_target_tries_all_claims_and_a_variant_the_one_it_breaks) {
  const ProofReport whole = run_proof(target(), {});
  BOOST_TEST(whole.claims.size() == 2U);
  BOOST_TEST((whole.answer() == Answer::holds && whole.expected == Answer::holds));
  const ProofReport broken = run_proof(target(), {"wrap", {}});
  BOOST_REQUIRE(broken.claims.size() == 1U);
  BOOST_TEST(broken.claims.front().id == "second");
  BOOST_TEST((broken.answer() == Answer::violated && broken.expected == Answer::violated));
  BOOST_TEST((target().find_variant("none") == nullptr));
}

BOOST_AUTO_TEST_CASE(the_worst_claim_decides) {
  ProofReport report;
  report.claims = {{"a", "", {Answer::holds, {}, {}, {}}, 0}};
  BOOST_TEST((report.answer() == Answer::holds));
  report.claims.push_back({"b", "", {Answer::inconclusive, {}, {}, {}}, 0});
  BOOST_TEST((report.answer() == Answer::inconclusive));
  report.claims.push_back({"c", "", {Answer::violated, {}, {}, {}}, 0});
  BOOST_TEST((report.answer() == Answer::violated));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::symbolic
