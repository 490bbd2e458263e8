// Each claim about host-local's ranges is proved, and broken by what is said to break it.
#include <boost/test/unit_test.hpp>

#include "properties/ipam/proofs/targets.hpp"
#include "properties/ipam/proofs/test_bed.hpp"

namespace plimsoll::properties::ipam {

BOOST_AUTO_TEST_SUITE(range_claims_test)

BOOST_AUTO_TEST_CASE(ipam_1_and_3_claims_hold_and_can_be_broken) {
  for (const symbolic::Claim& claim : range_claims()) {
    BOOST_TEST(complaint_about(address_proofs(), claim.id) == "");
  }
}

BOOST_AUTO_TEST_CASE(a_shared_range_gives_one_address_twice) {
  const symbolic::ClaimResult result = try_claim(address_proofs(), "pods-of-different-nodes-differ", "I4");
  BOOST_REQUIRE(result.counterexample.size() == 3U);
  const auto pod = [&](std::size_t line) {
    const std::string& text = result.counterexample[line];
    return text.substr(text.rfind(' ') + 1);
  };
  BOOST_TEST(pod(1) == pod(2));
  BOOST_TEST(pod(1).starts_with("10.1."));
}

BOOST_AUTO_TEST_CASE(targets_are_well_formed) {
  for (const symbolic::ProofTarget& target : {address_proofs(), lease_proofs()}) {
    BOOST_TEST(!target.assumptions.empty());
    for (const symbolic::Claim& claim : target.claims) {
      BOOST_TEST(!variants_of(target, claim.id).empty(), claim.id);
      BOOST_TEST(std::ranges::count(target.claims, claim.id, &symbolic::Claim::id) == 1);
    }
    for (const symbolic::Variant& variant : target.variants) {
      BOOST_TEST(std::ranges::count(target.claims, variant.breaks, &symbolic::Claim::id) == 1, variant.id);
      BOOST_TEST(std::ranges::count(target.variants, variant.id, &symbolic::Variant::id) == 1);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::ipam
