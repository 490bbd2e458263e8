// The cache against a set of pairs, and the timeline it gets its keys from.
#include "checker/history/configurations.hpp"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <set>

#include "checker/history/history.hpp"
#include "checker/history/timeline.hpp"

namespace plimsoll::history {
namespace {

std::vector<std::uint32_t> operations_in(const Timeline& timeline) {
  std::vector<std::uint32_t> listed;
  for (auto place = timeline.first(); !timeline.at_end(place); place = timeline.after(place)) {
    listed.push_back(timeline.operation(place) * 2 + (timeline.is_call(place) ? 0 : 1));
  }
  return listed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(configurations_test)

BOOST_AUTO_TEST_CASE(it_is_a_set) {
  BOOST_TEST(rc::check("of bits and state", [] {
    Configurations<std::uint32_t> seen;
    std::set<std::pair<std::vector<std::uint64_t>, std::uint32_t>> expected;
    const auto count = *rc::gen::inRange(1, 60);
    for (int i = 0; i < count; ++i) {
      // Words that are full, empty, or neither, so that windows of many shapes come up.
      const auto words = *rc::gen::container<std::vector<std::uint64_t>>(
          4, rc::gen::elementOf(std::vector<std::uint64_t>{0, ~std::uint64_t{0}, 5}));
      const auto state = *rc::gen::inRange(0U, 2U);
      const bool is_new = expected.emplace(words, state).second;
      // The hash of states is poor on purpose: equality decides.
      RC_ASSERT(seen.insert(std::span(words).first(3), std::span(words).subspan(3), state, 0) == is_new);
    }
    RC_ASSERT(seen.size() == expected.size());
  }));
}

BOOST_AUTO_TEST_CASE(it_grows) {
  Configurations<std::uint32_t> seen;
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t i = 0; i < 5000; ++i) {
      const std::uint64_t word = i;
      BOOST_REQUIRE(seen.insert(std::span(&word, 1), {}, 7, 7) == (round == 0));
    }
  }
  BOOST_TEST(seen.size() == 5000U);
  BOOST_TEST(seen.memory_bytes() > 5000U * 16);
}

BOOST_AUTO_TEST_CASE(a_timeline_lifts_and_puts_back) {
  // Operations 0 and 1 overlap, 2 never returns, 3 follows.
  const std::vector<Interval> intervals = {{1, 4}, {2, 3}, {2, never}, {5, 6}};
  Timeline timeline(intervals);
  const std::vector<std::uint32_t> whole = {0, 2, 4, 3, 1, 6, 7};
  BOOST_TEST(operations_in(timeline) == whole, boost::test_tools::per_element());
  BOOST_TEST(timeline.left() == 3U);
  timeline.lift(0);
  timeline.lift(2);
  BOOST_TEST(operations_in(timeline) == (std::vector<std::uint32_t>{2, 3, 6, 7}),
             boost::test_tools::per_element());
  BOOST_TEST(timeline.left() == 2U);
  BOOST_TEST(timeline.is_lifted(2));
  BOOST_TEST(!timeline.is_lifted(1));
  BOOST_TEST(timeline.lifted_returned().size() == 1U);
  BOOST_TEST(timeline.lifted_returned()[0] == 1U);
  BOOST_TEST(timeline.lifted_pending()[0] == 1U);
  timeline.put_back(2);
  timeline.put_back(0);
  BOOST_TEST(operations_in(timeline) == whole, boost::test_tools::per_element());
  BOOST_TEST(timeline.lifted_returned()[0] == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::history
