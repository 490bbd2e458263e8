// Each claim about flannel's arithmetic is proved, and broken by what is said to break it. Those about
// indexes take longer and are in subnet_indexes_test.cpp.
#include <boost/test/unit_test.hpp>

#include "properties/ipam/proofs/targets.hpp"
#include "properties/ipam/proofs/test_bed.hpp"

namespace plimsoll::properties::ipam {

BOOST_AUTO_TEST_SUITE(carving_claims_test)

BOOST_AUTO_TEST_CASE(fln_c1_claims_hold_and_can_be_broken) {
  for (const std::string id :
       {"defaults-are-legal", "subnets-are-on-boundaries", "subnets-stay-inside", "subnets-are-disjoint",
        "compatible-leases-are-inside", "overlap-is-a-common-address", "walk-stays-inside"}) {
    BOOST_TEST(complaint_about(address_proofs(), id) == "");
  }
}

BOOST_AUTO_TEST_CASE(flannels_own_walk_leaves_the_address_space) {
  const symbolic::ClaimResult result = try_claim(address_proofs(), "walk-stays-inside", "candidates-wrap");
  BOOST_REQUIRE(result.counterexample.size() == 3U);
  BOOST_TEST(result.counterexample[0].starts_with("Network 255."));
  BOOST_TEST(result.counterexample[2].starts_with("candidate 1: 0.0.0.0/"));
}

BOOST_AUTO_TEST_CASE(counterexamples_are_familiar_configurations) {
  const symbolic::ClaimResult result =
      try_claim(address_proofs(), "subnets-are-on-boundaries", "unaligned-subnet-min");
  BOOST_REQUIRE(result.counterexample.size() == 2U);
  BOOST_TEST(result.counterexample[0].starts_with("Network 10.1.0.0/16, SubnetLen 24, SubnetMin 10.1."));
  BOOST_TEST(result.counterexample[0].ends_with("SubnetMax 10.1.255.0"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::ipam
