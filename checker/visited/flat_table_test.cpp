#include "checker/visited/flat_table.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "checker/system/content_hash.hpp"
#include "checker/system/no_more_threads.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

/// Inserts with growth on demand, as a search does; returns whether the key was new.
bool insert(FlatTable& table, std::uint64_t key, Origin origin) {
  while (!table.reserve(1)) {
    BOOST_REQUIRE(table.grow(1, no_limit));
  }
  const bool is_new = table.insert(key, origin);
  if (!is_new) {
    table.release(1);
  }
  return is_new;
}

std::map<std::uint64_t, Origin> contents(const FlatTable& table) {
  std::map<std::uint64_t, Origin> found;
  table.for_each([&](std::uint64_t key, Origin origin) {
    BOOST_REQUIRE_MESSAGE(found.emplace(key, origin).second, "key " << key << " is there twice");
  });
  return found;
}

/// `count` distinct keys with a shape that linear probing dislikes.
std::vector<std::uint64_t> shaped_keys(int shape, std::uint64_t count) {
  std::vector<std::uint64_t> keys;
  for (std::uint64_t i = 1; i <= count; ++i) {
    switch (shape) {
      case 0:
        keys.push_back(mix(i));
        break;
      case 1:  // The last homes of the table: clusters run into the padding.
        keys.push_back(~std::uint64_t{0} - i);
        break;
      case 2:  // The first home.
        keys.push_back(i);
        break;
      default:  // Eight crowded places.
        keys.push_back((i % 8 << 61U) + (i << 3U) + 1);
        break;
    }
  }
  return keys;
}

BOOST_AUTO_TEST_SUITE(flat_table_test)

BOOST_AUTO_TEST_CASE(origins_say_level_and_parent) {
  const Origin origin = make_origin(0x123456789abcdef0ULL, 5);
  BOOST_TEST(level_of(origin) == 5U);
  BOOST_TEST(names_parent(origin, 0x123456789abcdef0ULL));
  BOOST_TEST(names_parent(origin, 0x123456789affffffULL));
  BOOST_TEST(!names_parent(origin, 0x123456789bbcdef0ULL));
  BOOST_TEST(make_origin(0, 0) != 0U);
  BOOST_TEST(level_of(make_origin(~std::uint64_t{0}, level_max)) == level_max);
}

BOOST_AUTO_TEST_CASE(it_behaves_as_a_map_that_keeps_the_least_origin_of_the_first_level) {
  BOOST_TEST(rc::check("any keys, any origins, levels ascending", [] {
    std::map<std::uint64_t, Origin> model;
    FlatTable table(FlatTable::Keys::random);
    for (std::uint32_t level = 0; level < 3; ++level) {
      const auto keys = *rc::gen::container<std::vector<std::uint64_t>>(
          rc::gen::oneOf(rc::gen::inRange<std::uint64_t>(1, 20),
                         rc::gen::map(rc::gen::inRange<std::uint64_t>(0, 20), [](auto n) { return ~n; })));
      for (const std::uint64_t key : keys) {
        const Origin origin = make_origin(*rc::gen::arbitrary<std::uint64_t>() << 24U, level);
        const auto [place, is_new] = model.emplace(key, origin);
        if (!is_new && level_of(place->second) == level) {
          place->second = std::min(place->second, origin);
        }
        RC_ASSERT(insert(table, key, origin) == is_new);
      }
    }
    RC_ASSERT(contents(table) == model);
    RC_ASSERT(table.size() == model.size());
  }));
}

BOOST_AUTO_TEST_CASE(growth_in_place_loses_nothing) {
  // Clustered shapes stay below the padding: all their keys may share one home.
  for (const auto& [shape, count, growers] : {std::tuple(0, 400000ULL, 1U),
                                              {0, 400000ULL, 3U},
                                              {1, 3500ULL, 2U},
                                              {2, 3500ULL, 2U},
                                              {3, 20000ULL, 2U}}) {
    FlatTable table(FlatTable::Keys::random, growers);
    std::map<std::uint64_t, Origin> model;
    std::uint64_t grows = 0;
    const std::vector<std::uint64_t> keys = shaped_keys(shape, count);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const Origin origin = make_origin(mix(i), static_cast<std::uint32_t>(i % 7));
      model.emplace(keys[i], origin);
      BOOST_REQUIRE(insert(table, keys[i], origin));
      // Growth long before it is needed moves the clusters of small tables too.
      if (i % (keys.size() / 9) == 0 && grows < 8) {
        ++grows;
        BOOST_REQUIRE(table.grow(1, no_limit));
      }
    }
    BOOST_TEST(table.size() == model.size());
    BOOST_TEST((contents(table) == model), "shape " << shape);
    for (const auto& [key, origin] : model) {
      BOOST_REQUIRE(!insert(table, key, origin));
    }
  }
}

BOOST_AUTO_TEST_CASE(growth_by_many_threads_needs_no_thread) {
  FlatTable table(FlatTable::Keys::random, 4);
  const NoMoreThreads without;
  std::map<std::uint64_t, Origin> model;
  for (const std::uint64_t key : shaped_keys(0, 300000)) {
    model.emplace(key, make_origin(key, 1));
    BOOST_REQUIRE(insert(table, key, make_origin(key, 1)));
  }
  BOOST_TEST((contents(table) == model));
}

BOOST_AUTO_TEST_CASE(packed_keys_may_be_dense) {
  FlatTable table(FlatTable::Keys::packed);
  std::atomic<std::uint32_t> next{0};
  for (std::uint64_t i = 0; i < 100000; ++i) {
    const std::uint64_t key = (i % 300 << 32U | i / 300) + 1;
    while (!table.reserve(1)) {
      BOOST_REQUIRE(table.grow(1, no_limit));
    }
    bool is_new = false;
    BOOST_REQUIRE(table.insert_value(key, next, is_new) == i);
    BOOST_REQUIRE(is_new);
    BOOST_REQUIRE(table.insert_value(key, next, is_new) == i);
    BOOST_REQUIRE(!is_new);
  }
  BOOST_TEST(next.load() == 100000U);
}

BOOST_AUTO_TEST_CASE(promises_are_kept_and_taken_back) {
  FlatTable table(FlatTable::Keys::random);
  std::uint64_t room = 0;
  while (table.reserve(1000)) {
    room += 1000;
  }
  BOOST_TEST(room > 10000U);
  BOOST_TEST(table.size() == room);
  BOOST_TEST(!table.reserve(1000));
  table.release(1000);
  BOOST_TEST(table.reserve(1000));
  table.release(room);
  BOOST_TEST(table.size() == 0U);
  // A promise beyond one growth makes it grow further at once.
  BOOST_TEST(!table.reserve(room * 10));
  BOOST_TEST(table.grow(room * 10, no_limit));
  BOOST_TEST(table.reserve(room * 10));
}

BOOST_AUTO_TEST_CASE(growth_beyond_the_memory_limit_is_refused) {
  FlatTable table(FlatTable::Keys::random);
  const std::uint64_t before = table.memory_bytes();
  BOOST_TEST(!table.grow(1, before));
  BOOST_TEST(table.memory_bytes() == before);
  BOOST_TEST(insert(table, 42, make_origin(0, 0)));
  BOOST_TEST(table.grow(1, before * 2));
  BOOST_TEST(table.memory_bytes() > before);
  BOOST_TEST(table.memory_bytes() <= before * 2);
  BOOST_TEST(!insert(table, 42, make_origin(0, 0)));
  // More than the machine has.
  BOOST_TEST(!table.grow(std::uint64_t{1} << 50U, no_limit));
}

BOOST_AUTO_TEST_CASE(of_threads_that_insert_one_key_one_wins_and_the_least_origin_stays) {
  constexpr unsigned thread_count = 4;
  constexpr std::uint64_t key_count = 15000;
  FlatTable table(FlatTable::Keys::random);
  BOOST_REQUIRE(table.reserve(key_count * thread_count) || table.grow(key_count * thread_count, no_limit));
  std::vector<std::atomic<std::uint32_t>> wins(key_count);
  const auto parent = [](std::uint64_t key, unsigned thread) { return mix(key * 31 + thread); };
  {
    std::vector<std::jthread> threads;
    for (unsigned t = 0; t < thread_count; ++t) {
      threads.emplace_back([&, t] {
        for (std::uint64_t n = 0; n < key_count; ++n) {
          const std::uint64_t i = t % 2 == 0 ? n : key_count - 1 - n;
          if (table.insert(mix(i + 1), make_origin(parent(i, t), 3))) {
            wins[i].fetch_add(1);
          }
        }
      });
    }
  }
  const std::map<std::uint64_t, Origin> found = contents(table);
  BOOST_TEST(found.size() == key_count);
  for (std::uint64_t i = 0; i < key_count; ++i) {
    BOOST_REQUIRE(wins[i].load() == 1U);
    Origin least = make_origin(parent(i, 0), 3);
    for (unsigned t = 1; t < thread_count; ++t) {
      least = std::min(least, make_origin(parent(i, t), 3));
    }
    BOOST_REQUIRE(found.at(mix(i + 1)) == least);
  }
}

BOOST_AUTO_TEST_CASE(of_threads_that_number_one_key_all_get_the_same_number) {
  constexpr unsigned thread_count = 4;
  constexpr std::uint64_t key_count = 20000;
  FlatTable table(FlatTable::Keys::packed);
  BOOST_REQUIRE(table.reserve(key_count) || table.grow(key_count, no_limit));
  std::atomic<std::uint32_t> next{0};
  std::atomic<std::uint64_t> new_count{0};
  std::vector<std::vector<std::uint32_t>> numbers(thread_count, std::vector<std::uint32_t>(key_count));
  {
    std::vector<std::jthread> threads;
    for (unsigned t = 0; t < thread_count; ++t) {
      threads.emplace_back([&, t] {
        for (std::uint64_t n = 0; n < key_count; ++n) {
          const std::uint64_t i = t % 2 == 0 ? n : key_count - 1 - n;
          bool is_new = false;
          numbers[t][i] = table.insert_value(i + 1, next, is_new);
          new_count.fetch_add(is_new ? 1 : 0);
        }
      });
    }
  }
  BOOST_TEST(new_count.load() == key_count);
  BOOST_TEST(next.load() == key_count);
  for (unsigned t = 1; t < thread_count; ++t) {
    BOOST_TEST((numbers[t] == numbers[0]));
  }
  std::sort(numbers[0].begin(), numbers[0].end());
  for (std::uint64_t i = 0; i < key_count; ++i) {
    BOOST_REQUIRE(numbers[0][i] == i);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
