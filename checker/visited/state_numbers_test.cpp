#include "checker/visited/state_numbers.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <thread>
#include <vector>

#include "checker/system/content_hash.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::uint32_t width = 3;
constexpr VisitedMode modes[] = {VisitedMode::exact, VisitedMode::fingerprint};

void append(Successors& out, std::uint32_t n) {
  const std::vector<Slot> state = {n % 7, n / 7 % 50, n};
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < width; ++i) {
    sum += contribution(i, state[i]);
  }
  out.append({}, ~SlotMask{0}, finish_fingerprint(sum), state);
}

BOOST_AUTO_TEST_SUITE(state_numbers_test)

BOOST_AUTO_TEST_CASE(equal_states_have_equal_numbers_from_zero) {
  for (const VisitedMode mode : modes) {
    StateNumbers numbers(mode, width);
    StateNumbers::Scratch scratch = numbers.scratch();
    std::vector<std::uint32_t> found;
    std::vector<std::uint8_t> is_new;
    Successors batch(width);
    for (const std::uint32_t n : {5U, 9U, 5U, 100'000U}) {
      append(batch, n);
    }
    BOOST_REQUIRE(numbers.reserve(batch.size()));
    numbers.number(batch, found, is_new, scratch);
    BOOST_TEST(found == (std::vector<std::uint32_t>{0, 1, 0, 2}), boost::test_tools::per_element());
    BOOST_TEST(is_new == (std::vector<std::uint8_t>{1, 1, 0, 1}), boost::test_tools::per_element());
    BOOST_TEST(numbers.size() == 3U);
    BOOST_TEST((numbers.omission_probability() == 0) == (mode == VisitedMode::exact));
  }
}

BOOST_AUTO_TEST_CASE(numbers_survive_growth_and_are_dense) {
  constexpr std::uint32_t count = 100'000;
  for (const VisitedMode mode : modes) {
    StateNumbers numbers(mode, width);
    const std::uint64_t small = numbers.memory_bytes();
    BOOST_TEST(!numbers.grow(count, small));
    BOOST_REQUIRE(numbers.grow(count, std::numeric_limits<std::uint64_t>::max()));
    BOOST_TEST(numbers.memory_bytes() > small);
    BOOST_TEST(
        !numbers.grow(std::numeric_limits<std::uint32_t>::max(), std::numeric_limits<std::uint64_t>::max()));
    // Four threads number the same states, in different orders.
    std::vector<std::vector<std::uint32_t>> by_state(4, std::vector<std::uint32_t>(count));
    std::vector<std::uint64_t> fresh(4, 0);
    BOOST_REQUIRE(numbers.reserve(256));
    numbers.retract(256);
    {
      std::vector<std::jthread> threads;
      for (std::size_t t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
          StateNumbers::Scratch scratch = numbers.scratch();
          std::vector<std::uint32_t> found;
          std::vector<std::uint8_t> is_new;
          for (std::uint32_t first = 0; first < count; first += 100) {
            Successors batch(width);
            const std::uint32_t from = t % 2 == 0 ? first : count - 100 - first;
            for (std::uint32_t i = 0; i < 100; ++i) {
              append(batch, from + i);
            }
            while (!numbers.reserve(batch.size())) {
            }
            numbers.number(batch, found, is_new, scratch);
            std::ranges::copy(found, by_state[t].begin() + from);
            fresh[t] += static_cast<std::uint64_t>(std::ranges::count(is_new, 1));
          }
        });
      }
    }
    BOOST_TEST(numbers.size() == count);
    BOOST_TEST(fresh[0] + fresh[1] + fresh[2] + fresh[3] == count);
    for (std::size_t t = 1; t < 4; ++t) {
      BOOST_TEST((by_state[t] == by_state[0]));
    }
    std::vector<std::uint32_t> sorted = by_state[0];
    std::ranges::sort(sorted);
    bool is_dense = true;
    for (std::uint32_t i = 0; i < count; ++i) {
      is_dense = is_dense && sorted[i] == i;
    }
    BOOST_TEST(is_dense);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
