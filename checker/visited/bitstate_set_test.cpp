#include "checker/visited/bitstate_set.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <set>
#include <thread>
#include <vector>

#include "checker/system/content_hash.hpp"

namespace plimsoll::checker {
namespace {

/// The n-th of some numbers that look random.
Fingerprint nth(std::uint64_t n) {
  return mix(n * 0x9e3779b97f4a7c15ULL + 1);
}

BOOST_AUTO_TEST_SUITE(bitstate_set_test)

BOOST_AUTO_TEST_CASE(nothing_is_ever_new_twice) {
  BOOST_TEST(rc::check("for any size and any fingerprints", [] {
    BitstateSet visited(*rc::gen::inRange<std::uint64_t>(16, 300));
    std::set<Fingerprint> seen;
    const auto fingerprints = *rc::gen::container<std::vector<Fingerprint>>(
        rc::gen::oneOf(rc::gen::arbitrary<Fingerprint>(), rc::gen::inRange<Fingerprint>(1, 6)));
    std::uint64_t fresh = 0;
    for (const Fingerprint fingerprint : fingerprints) {
      const bool is_new = visited.add(fingerprint);
      const bool was_there = !seen.insert(fingerprint).second;
      RC_ASSERT(!is_new || !was_there);
      RC_ASSERT(is_new || fresh > 0);
      fresh += is_new ? 1 : 0;
    }
    RC_ASSERT(visited.size() == fresh);
    RC_ASSERT(fresh <= seen.size());
  }));
}

BOOST_AUTO_TEST_CASE(a_large_set_omits_nothing_of_few) {
  BitstateSet visited(std::uint64_t{1} << 24U);
  for (std::uint64_t i = 0; i < 20000; ++i) {
    BOOST_REQUIRE(visited.add(nth(i)));
  }
  for (std::uint64_t i = 0; i < 20000; ++i) {
    BOOST_REQUIRE(!visited.add(nth(i)));
  }
  BOOST_TEST(visited.size() == 20000U);
  BOOST_TEST(visited.omission_probability() < 1e-6);
  BOOST_TEST(visited.omission_probability() > 0.0);
}

BOOST_AUTO_TEST_CASE(a_set_that_is_full_finds_nothing_new) {
  BitstateSet visited(16);
  BOOST_TEST(visited.omission_probability() == 0.0);
  for (std::uint64_t i = 0; i < 5000; ++i) {
    visited.add(nth(i));
  }
  // Each new state sets a bit or more, and there are 128.
  BOOST_TEST(visited.size() > 40U);
  BOOST_TEST(visited.size() <= 128U);
  BOOST_TEST(visited.omission_probability() == 1.0);
}

BOOST_AUTO_TEST_CASE(the_size_is_rounded_down_to_blocks_and_never_changes) {
  const std::pair<std::uint64_t, std::uint64_t> sizes[] = {{16, 16}, {31, 16},  {32, 32},
                                                           {63, 32}, {100, 64}, {6400, 6400}};
  for (const auto& [asked, given] : sizes) {
    BitstateSet visited(asked);
    BOOST_TEST(visited.memory_bytes() == given);
    BOOST_TEST(visited.reserve(std::uint64_t{1} << 50U));
    BOOST_TEST(visited.grow(std::uint64_t{1} << 50U, 0));
    BOOST_TEST(visited.memory_bytes() == given);
    BOOST_TEST(visited.parents_memory_bytes() == 0U);
  }
}

/// The numbers that the header compares are those of Poisson-distributed blocks; here is the set itself.
BOOST_AUTO_TEST_CASE(the_estimate_is_what_happens) {
  struct Case {
    std::uint64_t bits_per_state;
    double expected;
  };
  for (const Case& one : {Case{4, 0.148}, Case{8, 0.0315}, Case{16, 0.00537}}) {
    constexpr std::uint64_t bytes = std::uint64_t{1} << 20U;
    BitstateSet visited(bytes);
    // A state that was omitted set nothing: go on until as many are in as the numbers are for.
    std::uint64_t next = 0;
    while (visited.size() < bytes * 8 / one.bits_per_state) {
      visited.add(nth(next++));
    }
    const double estimate = visited.omission_probability();
    constexpr std::uint64_t probes = 20000;
    std::uint64_t omitted = 0;
    for (std::uint64_t i = 0; i < probes; ++i) {
      omitted += visited.add(nth(next + i)) ? 0 : 1;
    }
    const double rate = static_cast<double>(omitted) / static_cast<double>(probes);
    BOOST_TEST_CONTEXT(one.bits_per_state << " bits a state: estimate " << estimate << ", rate " << rate) {
      BOOST_TEST(estimate > one.expected * 0.9);
      BOOST_TEST(estimate < one.expected * 1.15);
      BOOST_TEST(rate > estimate * 0.8);
      BOOST_TEST(rate < estimate * 1.25);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_batch_is_inserted_as_one_state_after_another) {
  BitstateSet together(4096);
  BitstateSet apart(4096);
  const auto scratch = together.scratch();
  Successors batch(1);
  std::vector<std::uint8_t> expected;
  for (Slot i = 0; i < 3000; ++i) {
    const Fingerprint fingerprint = nth(i % 2000);
    *batch.append({}, ~SlotMask{0}, fingerprint) = i;
    expected.push_back(apart.add(fingerprint) ? 1 : 0);
  }
  std::vector<std::uint8_t> is_new;
  together.insert(batch, 3, is_new, *scratch);
  BOOST_TEST(is_new == expected);
  BOOST_TEST(together.size() == apart.size());
  BOOST_TEST(std::count(is_new.begin(), is_new.end(), 1) > 1500);
}

BOOST_AUTO_TEST_CASE(of_threads_that_insert_equal_states_one_finds_them_new) {
  constexpr unsigned thread_count = 4;
  constexpr std::uint64_t state_count = 30000;
  BitstateSet visited(std::uint64_t{1} << 24U);
  std::vector<std::uint64_t> fresh(thread_count, 0);
  {
    std::vector<std::jthread> threads;
    for (unsigned t = 0; t < thread_count; ++t) {
      threads.emplace_back([&, t] {
        for (std::uint64_t i = 0; i < state_count; ++i) {
          fresh[t] += visited.add(nth(i)) ? 1 : 0;
        }
      });
    }
  }
  BOOST_TEST(fresh[0] + fresh[1] + fresh[2] + fresh[3] == state_count);
  BOOST_TEST(visited.size() == state_count);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
