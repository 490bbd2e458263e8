#include "checker/system/content_hash.hpp"

#include <rapidcheck.h>

#include <bit>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace plimsoll::checker {
namespace {

std::uint64_t sum_of(const std::vector<ContentHash>& contents) {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < contents.size(); ++i) {
    sum += contribution(i, contents[i]);
  }
  return sum;
}

BOOST_AUTO_TEST_SUITE(content_hash_test)

BOOST_AUTO_TEST_CASE(bytes_are_hashed_by_xxh3_128) {
  // Known answers of XXH128, seed 0: a change of library or of halves would change every recorded
  // fingerprint.
  BOOST_TEST((hash_bytes("") == ContentHash{0x6001c324468d497fULL, 0x99aa06d3014798d8ULL}));
  BOOST_TEST((hash_bytes("a") == ContentHash{0xe6c632b61e964e1fULL, 0xa96faf705af16834ULL}));
}

BOOST_AUTO_TEST_CASE(a_fingerprint_changed_slot_by_slot_is_the_one_computed_anew) {
  BOOST_TEST(rc::check("whatever changes, and in whatever order", [] {
    const std::size_t width = *rc::gen::inRange<std::size_t>(1, 80);
    const auto texts =
        *rc::gen::container<std::vector<std::string>>(width, rc::gen::arbitrary<std::string>());
    std::vector<ContentHash> contents;
    for (const std::string& text : texts) {
      contents.push_back(hash_bytes(text));
    }
    std::uint64_t sum = sum_of(contents);
    const auto changes = *rc::gen::container<std::vector<std::pair<std::size_t, std::string>>>(
        rc::gen::pair(rc::gen::inRange<std::size_t>(0, width), rc::gen::arbitrary<std::string>()));
    for (const auto& [slot, text] : changes) {
      const ContentHash next = hash_bytes(text);
      const auto place = static_cast<std::uint32_t>(slot);
      sum += contribution(place, next) - contribution(place, contents[slot]);
      contents[slot] = next;
    }
    RC_ASSERT(sum == sum_of(contents));
  }));
}

BOOST_AUTO_TEST_CASE(contents_that_change_places_change_the_sum) {
  std::set<std::uint64_t> sums;
  const ContentHash a = hash_bytes("a");
  const ContentHash b = hash_bytes("b");
  constexpr std::uint32_t width = 64;
  std::vector<ContentHash> contents(width, b);
  for (std::uint32_t i = 0; i < width; ++i) {
    for (std::uint32_t k = 0; k < i; ++k) {
      std::vector<ContentHash> two = contents;
      two[i] = a;
      two[k] = a;
      sums.insert(sum_of(two));
    }
  }
  BOOST_TEST(sums.size() == width * (width - 1) / 2);
}

BOOST_AUTO_TEST_CASE(numbers_in_different_slots_contribute_differently) {
  std::set<std::uint64_t> seen;
  for (std::uint32_t slot = 0; slot < 100; ++slot) {
    for (Slot number = 0; number < 100; ++number) {
      seen.insert(contribution(slot, number));
    }
    seen.insert(contribution(slot, ~Slot{0}));
  }
  BOOST_TEST(seen.size() == 10100U);
}

BOOST_AUTO_TEST_CASE(fingerprints_of_a_grid_spread_over_all_bits) {
  // Structured states are what real models have: all pairs of small numbers in two slots.
  constexpr std::uint32_t side = 300;
  std::vector<std::uint64_t> set_bits(64, 0);
  std::set<std::uint64_t> distinct;
  std::vector<std::uint32_t> buckets(256, 0);
  for (Slot a = 0; a < side; ++a) {
    for (Slot b = 0; b < side; ++b) {
      const Fingerprint fingerprint = finish_fingerprint(contribution(0, a) + contribution(1, b));
      distinct.insert(fingerprint);
      ++buckets[fingerprint >> 56U];
      for (unsigned bit = 0; bit < 64; ++bit) {
        set_bits[bit] += fingerprint >> bit & 1U;
      }
    }
  }
  constexpr double count = side * side;
  BOOST_TEST(distinct.size() == side * side);
  for (unsigned bit = 0; bit < 64; ++bit) {
    BOOST_TEST(std::abs(static_cast<double>(set_bits[bit]) / count - 0.5) < 0.02, "bit " << bit);
  }
  double chi_square = 0;
  for (const std::uint32_t bucket : buckets) {
    const double expected = count / 256;
    chi_square += (bucket - expected) * (bucket - expected) / expected;
  }
  // 255 degrees of freedom: mean 255, deviation 22.6; 400 is more than six deviations away.
  BOOST_TEST(chi_square < 400);
}

BOOST_AUTO_TEST_CASE(zero_is_no_fingerprint) {
  BOOST_TEST(finish_fingerprint(0) == 1U);
  BOOST_TEST(finish_fingerprint(1) == 1U);
  BOOST_TEST(finish_fingerprint(~std::uint64_t{0}) == ~std::uint64_t{0});
}

BOOST_AUTO_TEST_CASE(mix_is_a_bijection_as_far_as_a_sample_tells) {
  std::set<std::uint64_t> images;
  for (unsigned bit = 0; bit < 64; ++bit) {
    images.insert(mix(std::uint64_t{1} << bit));
  }
  BOOST_TEST(images.size() == 64U);
  int flipped = 0;
  for (unsigned bit = 0; bit < 64; ++bit) {
    flipped += std::popcount(mix(12345) ^ mix(12345 ^ (std::uint64_t{1} << bit)));
  }
  BOOST_TEST(std::abs(flipped / 64.0 - 32) < 4);
}

BOOST_AUTO_TEST_CASE(omission_follows_the_birthday_bound) {
  const auto near = boost::test_tools::tolerance(1e-9);
  BOOST_TEST(omission_probability(0, 64) == 0.0);
  BOOST_TEST(omission_probability(1ULL << 16U, 64) == std::ldexp(1.0, -33), near);
  // 10^9 states in 64 bits: 10^18 / 2^65.
  BOOST_TEST(omission_probability(1000000000, 64) == 1e18 / std::ldexp(1.0, 65), near);
  BOOST_TEST(omission_probability(1000000000, 128) == 1e18 / std::ldexp(1.0, 129), near);
  BOOST_TEST(omission_probability(~std::uint64_t{0}, 64) == 1.0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
