#include "checker/search/random_stream.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <set>
#include <vector>

namespace plimsoll::checker {
namespace {

BOOST_AUTO_TEST_SUITE(random_stream_test)

/// Traces are reproduced by seed: these numbers may never change. They were computed by a transcription to
/// Python.
BOOST_AUTO_TEST_CASE(the_numbers_are_pinned) {
  RandomStream stream(1, 2);
  const std::uint64_t first = stream.next();
  const std::uint64_t second = stream.next();
  BOOST_TEST(first == 1'972'233'084'626'663'860U);
  BOOST_TEST(second == 10'912'693'290'949'192'643U);
  RandomStream other(0, 0);
  const std::uint64_t below = other.below(1000);
  BOOST_TEST(below == 522U);
}

BOOST_AUTO_TEST_CASE(every_number_below_the_bound_comes_about_as_often) {
  for (const std::uint64_t bound : {1U, 2U, 3U, 5U, 7U, 100U}) {
    std::vector<std::uint64_t> times(bound, 0);
    RandomStream stream(42, bound);
    const std::uint64_t expected = 4000;
    for (std::uint64_t i = 0; i < bound * expected; ++i) {
      ++times.at(stream.below(bound));
    }
    for (const std::uint64_t count : times) {
      // Six standard deviations, of a fixed seed.
      BOOST_TEST(count > expected - 380);
      BOOST_TEST(count < expected + 380);
    }
  }
}

BOOST_AUTO_TEST_CASE(bounds_that_do_not_divide_the_range_are_kept) {
  const std::uint64_t bound = (std::uint64_t{1} << 63U) + 1;
  RandomStream stream(7, 7);
  std::uint64_t upper = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::uint64_t number = stream.below(bound);
    BOOST_REQUIRE(number < bound);
    upper += number >= bound / 2 ? 1 : 0;
  }
  BOOST_TEST(upper > 1800U);
  BOOST_TEST(upper < 2200U);
}

BOOST_AUTO_TEST_CASE(streams_and_seeds_differ) {
  std::set<std::uint64_t> first;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (std::uint64_t stream = 0; stream < 50; ++stream) {
      first.insert(RandomStream(seed, stream).next());
    }
  }
  BOOST_TEST(first.size() == 2500U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
