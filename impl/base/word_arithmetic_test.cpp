#include "impl/base/word_arithmetic.hpp"

#include <cstdint>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/base/prefix.hpp"

namespace plimsoll::base {

BOOST_AUTO_TEST_SUITE(word_arithmetic_test)

BOOST_AUTO_TEST_CASE(shifts_by_the_width_and_more_give_zero) {
  static_assert(shifted_left(1, 31) == 0x80000000U);
  static_assert(shifted_left(1, 32) == 0);
  static_assert(shifted_left(~0U, 0) == ~0U);
  static_assert(shifted_right(~0U, 31) == 1);
  static_assert(shifted_right(~0U, 32) == 0);
  static_assert(shifted_right(~0U, 4'000'000'000U) == 0);
  BOOST_TEST(shifted_left(3, 30) == 0xc0000000U);
}

// Bit by bit: bit i of the address is kept if it is among the first `length`.
BOOST_AUTO_TEST_CASE(masks_keep_the_leading_bits) {
  for (std::uint32_t length = 0; length <= 32; ++length) {
    for (const std::uint32_t address : {0U, ~0U, 0xdeadbeefU, 0x00000001U}) {
      std::uint32_t cleared = 0;
      std::uint32_t set = 0;
      for (std::uint32_t bit = 0; bit < 32; ++bit) {
        const std::uint32_t value = address & (0x80000000U >> bit);
        cleared |= bit < length ? value : 0;
        set |= bit < length ? value : 0x80000000U >> bit;
      }
      BOOST_TEST(masked(address, length) == cleared);
      BOOST_TEST(filled(address, length) == set);
    }
    BOOST_TEST(address_count(length) == static_cast<std::uint32_t>(std::uint64_t{1} << (32 - length)));
  }
}

BOOST_AUTO_TEST_CASE(words_and_addresses_overlap_alike) {
  BOOST_TEST(rc::check("two prefixes", [] {
    const auto near = [] { return 0x0a010000U + *rc::gen::inRange<std::uint32_t>(0, 64); };
    const std::uint32_t a = near();
    const std::uint32_t b = near();
    const auto a_length = *rc::gen::inRange<std::uint32_t>(24, 33);
    const auto b_length = *rc::gen::inRange<std::uint32_t>(24, 33);
    const Ipv4Prefix one(Ipv4(a), a_length);
    const Ipv4Prefix other(Ipv4(b), b_length);
    RC_ASSERT(overlap(a, a_length, b, b_length) == one.overlaps(other));
    RC_ASSERT(covers(a, a_length, b, b_length) == one.contains(other));
    // Two intervals meet if neither ends before the other begins.
    const bool meet = one.first() <= other.last() && other.first() <= one.last();
    RC_ASSERT(one.overlaps(other) == meet);
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::base
