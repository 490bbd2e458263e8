#include "impl/base/stable_sort.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

namespace plimsoll::base {
namespace {

using Card = std::pair<int, int>;

}  // namespace

BOOST_AUTO_TEST_SUITE(stable_sort_test)

BOOST_AUTO_TEST_CASE(equals_keep_their_order) {
  std::vector<Card> cards = {{2, 0}, {1, 0}, {2, 1}, {1, 1}, {2, 2}};
  base::stable_sort(cards, {}, &Card::first);
  BOOST_TEST((cards == std::vector<Card>{{1, 0}, {1, 1}, {2, 0}, {2, 1}, {2, 2}}));
}

BOOST_AUTO_TEST_CASE(it_sorts_as_insertion_does) {
  BOOST_TEST(rc::check([] {
    const auto keys = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 6));
    std::vector<Card> cards;
    std::vector<Card> inserted;
    for (const int key : keys) {
      const Card card = {key, static_cast<int>(cards.size())};
      cards.push_back(card);
      const auto place = std::ranges::find_if(inserted, [&](const Card& other) { return other.first < key; });
      inserted.insert(place, card);
    }
    base::stable_sort(cards, [](int a, int b) { return a > b; }, &Card::first);
    RC_ASSERT(cards == inserted);
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::base
