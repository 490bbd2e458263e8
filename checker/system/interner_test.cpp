#include "checker/system/interner.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace plimsoll::checker {
namespace {

/// Texts of many lengths, the empty one and those around a multiple of the alignment among them.
std::string text_of(std::uint32_t number) {
  return number == 0 ? std::string() : std::string(number % 23, 'x') + std::to_string(number);
}

void check_entry(const Interner& interner, Slot id, const std::string& text) {
  BOOST_REQUIRE(interner.bytes(id) == text);
  BOOST_REQUIRE((interner.content(id) == hash_bytes(text)));
  BOOST_REQUIRE(reinterpret_cast<std::uintptr_t>(interner.bytes(id).data()) % 8 == 0U);
}

BOOST_AUTO_TEST_SUITE(interner_test)

BOOST_AUTO_TEST_CASE(it_behaves_as_a_map_that_numbers_its_keys) {
  BOOST_TEST(rc::check("one id for each value, dense from 0 in order of first mention", [] {
    const auto texts = *rc::gen::container<std::vector<std::string>>(
        rc::gen::container<std::string>(rc::gen::element('a', 'b', '\0')));
    Interner interner;
    std::map<std::string, Slot> known;
    for (const std::string& text : texts) {
      const auto next = static_cast<Slot>(known.size());
      const Slot expected = known.emplace(text, next).first->second;
      RC_ASSERT(interner.intern(text) == expected);
      RC_ASSERT(interner.bytes(expected) == text);
    }
    RC_ASSERT(interner.size() == known.size());
  }));
}

BOOST_AUTO_TEST_CASE(bytes_stay_where_they_are) {
  Interner interner;
  std::vector<const char*> places;
  constexpr std::uint32_t count = 20000;
  for (std::uint32_t i = 0; i < count; ++i) {
    places.push_back(interner.bytes(interner.intern(text_of(i))).data());
  }
  const std::string long_text(300000, 'l');
  const Slot long_id = interner.intern(long_text);
  for (std::uint32_t i = 0; i < count; ++i) {
    BOOST_REQUIRE(interner.intern(text_of(i)) == i);
    BOOST_REQUIRE(interner.bytes(i).data() == places[i]);
    check_entry(interner, i, text_of(i));
  }
  BOOST_TEST(interner.bytes(long_id) == long_text);
  BOOST_TEST(interner.memory_bytes() > long_text.size() + count * 8U);
}

BOOST_AUTO_TEST_CASE(values_that_share_a_content_hash_keep_their_own_ids) {
  Interner interner;
  const ContentHash shared{1, 2};
  const Slot a = interner.intern("a", shared);
  const Slot b = interner.intern("b", shared);
  BOOST_TEST(a != b);
  BOOST_TEST(interner.intern("a", shared) == a);
  BOOST_TEST(interner.intern("b", shared) == b);
  BOOST_TEST((interner.content(b) == shared));
}

BOOST_AUTO_TEST_CASE(threads_that_intern_the_same_values_agree_on_their_ids) {
  constexpr unsigned thread_count = 4;
  constexpr std::uint32_t value_count = 12000;
  Interner interner;
  std::vector<std::vector<Slot>> ids(thread_count, std::vector<Slot>(value_count));
  {
    std::vector<std::jthread> threads;
    for (unsigned t = 0; t < thread_count; ++t) {
      threads.emplace_back([&, t] {
        // Strides coprime to the count, so that each thread meets the values in another order.
        static constexpr std::array<std::uint32_t, thread_count> strides = {1, 7, 11, 13};
        const std::uint32_t stride = strides[t];
        for (std::uint32_t i = 0; i < value_count; ++i) {
          const std::uint32_t value = static_cast<std::uint32_t>(std::uint64_t{i} * stride % value_count);
          const Slot id = interner.intern(text_of(value));
          // What another thread interned must be readable at once.
          if (interner.bytes(id) != text_of(value)) {
            continue;
          }
          ids[t][value] = id;
        }
      });
    }
  }
  BOOST_TEST(interner.size() == value_count);
  for (unsigned t = 1; t < thread_count; ++t) {
    BOOST_TEST((ids[t] == ids[0]));
  }
  std::vector<Slot> sorted = ids[0];
  std::sort(sorted.begin(), sorted.end());
  for (std::uint32_t i = 0; i < value_count; ++i) {
    BOOST_REQUIRE(sorted[i] == i);
    check_entry(interner, ids[0][i], text_of(i));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
