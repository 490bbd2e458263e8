// A slow claim about flannel's subnets has a test of its own: their indexes.
#include <boost/test/unit_test.hpp>

#include "properties/ipam/proofs/targets.hpp"
#include "properties/ipam/proofs/test_bed.hpp"

namespace plimsoll::properties::ipam {

BOOST_AUTO_TEST_SUITE(subnet_indexes_test)

BOOST_AUTO_TEST_CASE(fln_2_indexes_count_subnets) {
  BOOST_TEST(complaint_about(address_proofs(), "indexes-count-subnets") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::ipam
