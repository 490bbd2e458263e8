// A slow claim about flannel's subnets has a test of its own: what is passed over behind a lease.
#include <boost/test/unit_test.hpp>

#include "properties/ipam/proofs/targets.hpp"
#include "properties/ipam/proofs/test_bed.hpp"

namespace plimsoll::properties::ipam {

BOOST_AUTO_TEST_SUITE(candidate_jumps_test)

BOOST_AUTO_TEST_CASE(fln_2_jumps_skip_no_free_subnet) {
  BOOST_TEST(complaint_about(address_proofs(), "jumps-skip-no-free-subnet") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::ipam
