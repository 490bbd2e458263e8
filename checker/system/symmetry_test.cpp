#include "checker/system/symmetry.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::checker {

BOOST_AUTO_TEST_SUITE(symmetry_test)

BOOST_AUTO_TEST_CASE(a_permutation_renames_nothing_at_first) {
  const Permutation identity;
  for (std::uint32_t id = 0; id < Permutation::degree_max; ++id) {
    BOOST_TEST(identity[id] == id);
  }
  BOOST_TEST(identity.rename_set(0xa5a5) == 0xa5a5U);
  BOOST_TEST(identity.code() != 0U);
}

BOOST_AUTO_TEST_CASE(swaps_are_their_own_inverses) {
  for (std::uint32_t a = 0; a < Permutation::degree_max; ++a) {
    for (std::uint32_t b = 0; b < Permutation::degree_max; ++b) {
      const Permutation swap = Permutation::swapping(a, b);
      BOOST_TEST(swap[a] == b);
      BOOST_TEST(swap[b] == a);
      BOOST_TEST((swap.after(swap) == Permutation()));
      BOOST_TEST((swap == Permutation()) == (a == b));
    }
  }
}

BOOST_AUTO_TEST_CASE(composition_takes_the_right_hand_first) {
  const Permutation rotation = Permutation::swapping(0, 1).after(Permutation::swapping(1, 15));
  BOOST_TEST(rotation[0] == 1U);
  BOOST_TEST(rotation[1] == 15U);
  BOOST_TEST(rotation[15] == 0U);
  BOOST_TEST(rotation[7] == 7U);
  BOOST_TEST(rotation.rename_set(1U << 1U | 1U << 7U) == (1U << 15U | 1U << 7U));
  BOOST_TEST((rotation.after(rotation).after(rotation) == Permutation()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
