#include "properties/overlay/world/state.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::properties::flannel_world {

BOOST_AUTO_TEST_SUITE(state_test)

BOOST_AUTO_TEST_CASE(a_word_is_read_as_it_was_written) {
  const Word word = {true, false, true, 15, 7, 15, 63, 62};
  const Word read = Word::unpack(word.pack());
  BOOST_TEST(read.is_on);
  BOOST_TEST(!read.is_connected);
  BOOST_TEST(read.must_mend);
  BOOST_TEST(read.lives == 15);
  BOOST_TEST(read.replaced == 7);
  BOOST_TEST(read.starts == 15);
  BOOST_TEST(read.position == 63);
  BOOST_TEST(read.surely == 62);
  BOOST_TEST(Word().pack() == 0U);
}

BOOST_AUTO_TEST_CASE(pods_are_read_as_they_were_written) {
  const Pods pods = {{Pod{31, 7, 30}, Pod{2, 1, 31}}, 29};
  const Pods read = Pods::unpack(pods.pack());
  BOOST_TEST((read.pods == pods.pods));
  BOOST_TEST(read.last_reserved == 29);
  BOOST_TEST(Pods::unpack(0).empty());
}

BOOST_AUTO_TEST_CASE(packets_cannot_tell_who_had_an_address_before) {
  const Pods pods = {{Pod{5, 1, 3}, Pod{6, 1, 4}}, 6};
  const Pods later = {{Pod{5, 1, 8}, Pod{6, 1, 9}}, 7};
  const Pods other = {{Pod{5, 1, 3}, Pod{7, 1, 4}}, 7};
  BOOST_TEST(Pods::visible(pods.pack()) == Pods::visible(later.pack()));
  BOOST_TEST(Pods::visible(pods.pack()) != Pods::visible(other.pack()));
}

BOOST_AUTO_TEST_CASE(places_in_a_state_are_distinct) {
  const Layout layout = {3};
  BOOST_TEST(Layout::pods(2) + 1 == layout.registry());
  BOOST_TEST(layout.memory() + 1 == layout.width());
  BOOST_TEST(layout.is_interned(Layout::kernel(1)));
  BOOST_TEST(layout.is_interned(Layout::daemon(2)));
  BOOST_TEST(!layout.is_interned(Layout::word(0)));
  BOOST_TEST(layout.is_interned(layout.registry()));
  BOOST_TEST(!layout.is_interned(layout.budgets()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::flannel_world
