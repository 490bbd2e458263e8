#include "impl/raft/inflights.hpp"

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

namespace plimsoll::raft {
namespace {

Inflights window_of(const std::vector<Inflight>& messages) {
  Inflights inflights;
  for (const Inflight& message : messages) {
    inflights.add(message.index, message.bytes);
  }
  return inflights;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(inflights_test)

BOOST_AUTO_TEST_CASE(acknowledged_messages_leave_the_window) {
  Inflights inflights = window_of({{1, 10}, {3, 20}, {5, 30}});
  inflights.free_le(0);
  BOOST_TEST(inflights.count() == 3U);
  inflights.free_le(3);
  BOOST_TEST((inflights == window_of({{5, 30}})));
  inflights.free_le(9);
  BOOST_TEST((inflights == Inflights{}));
}

BOOST_AUTO_TEST_CASE(it_is_full_by_messages_or_by_bytes) {
  const Inflights inflights = window_of({{1, 10}, {2, 20}});
  BOOST_TEST(inflights.full({2, 0}));
  BOOST_TEST(!inflights.full({3, 0}));
  BOOST_TEST(inflights.full({3, 30}));
  BOOST_TEST(inflights.full({3, 29}));  // the message that crossed the limit was still sent
  BOOST_TEST(!inflights.full({3, 31}));
  BOOST_TEST(!Inflights{}.full({}));
}

BOOST_AUTO_TEST_CASE(bytes_are_those_of_what_is_left) {
  BOOST_TEST(rc::check("bytes are the sum over the window", [] {
    Inflights inflights;
    Index index = 0;
    for (const bool add : *rc::gen::container<std::vector<bool>>(rc::gen::arbitrary<bool>())) {
      if (add) {
        index += *rc::gen::inRange<Index>(0, 3);
        inflights.add(index, *rc::gen::inRange<std::uint64_t>(0, 100));
      } else {
        inflights.free_le(*rc::gen::inRange<Index>(0, index + 2));
      }
    }
    std::uint64_t sum = 0;
    for (const Inflight& message : inflights.window) {
      sum += message.bytes;
    }
    RC_ASSERT(inflights.bytes == sum);
  }));
}

BOOST_AUTO_TEST_CASE(R21_bytes_that_are_never_given_back_close_the_window_for_ever) {
  const InflightLimits limits{10, 100};
  Inflights inflights;
  for (Index index = 1; index <= 4; ++index) {
    BOOST_TEST(!inflights.full(limits));
    inflights.add(index, 25);
    inflights.free_le(index, Defects().with(Defect::R21));
  }
  BOOST_TEST(inflights.count() == 0U);
  BOOST_TEST(inflights.full(limits));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::raft
