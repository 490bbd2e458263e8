#include "impl/store/key_table.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <vector>

namespace {

using namespace plimsoll;
using namespace plimsoll::store;

using Oracle = std::map<std::string, KeyIndex>;

bool same(const KeyTable& table, const Oracle& oracle) {
  return table.size() == oracle.size() && table.empty() == oracle.empty() &&
         std::equal(table.begin(), table.end(), oracle.begin(), oracle.end(),
                    [](const auto& a, const auto& b) { return a.first == b.first && a.second == b.second; });
}

/// Keys that begin alike, are each other's beginnings, have zero bytes or are random.
class Keys {
 public:
  explicit Keys(std::uint32_t seed) : random_(seed) {}
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
  std::string any() {
    switch (below(5)) {
      case 0:
        return std::string(below(40), 'a') + std::string(below(3), '\0');
      case 1:
        return "/registry/pods/default/" + std::to_string(below(100'000));
      case 2:
        return "/registry/services/" + std::string(1, static_cast<char>(below(256)));
      case 3:
        return std::string(1 + below(2), static_cast<char>(below(256)));
      default:
        return std::to_string(random_());
    }
  }

 private:
  std::mt19937 random_;
};

void compare_at(const KeyTable& table, const Oracle& oracle, const std::string& key) {
  const auto wanted = oracle.lower_bound(key);
  const auto found = table.lower_bound(key);
  const KeyIndex* const entry = table.find(key);
  BOOST_REQUIRE((found == table.end()) == (wanted == oracle.end()));
  BOOST_REQUIRE((entry != nullptr) == (oracle.count(key) == 1));
  if (wanted != oracle.end()) {
    BOOST_REQUIRE(found->first == wanted->first);
    BOOST_REQUIRE((found->second == wanted->second));
  }
  if (entry != nullptr) {
    BOOST_REQUIRE((*entry == wanted->second));
  }
}

void put(KeyTable& table, Oracle& oracle, const std::string& key, std::uint64_t revision) {
  table.try_emplace(key).put({{revision}, 0});
  oracle[key].put({{revision}, 0});
}

/// About every `nth` key goes, and of the others every second is changed.
void retain(KeyTable& table, Oracle& oracle, std::uint64_t nth) {
  const auto keep = [nth](KeyIndex& entry) {
    const std::uint64_t revision = entry.newest().main.value;
    if (revision % 2 == 0) {
      entry.put({{revision + 1'000'000}, 0});
    }
    return revision % nth != 0;
  };
  table.retain(keep);
  for (auto each = oracle.begin(); each != oracle.end();) {
    each = keep(each->second) ? std::next(each) : oracle.erase(each);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(key_table_test)

// Enough keys for several branches.
BOOST_AUTO_TEST_CASE(is_what_a_sorted_map_is) {
  for (std::uint32_t seed = 0; seed < 4; ++seed) {
    Keys keys(seed);
    KeyTable table;
    Oracle oracle;
    std::uint64_t revision = 1;
    for (const std::uint64_t nth : {7U, 2U, 1U, 3U}) {
      for (int puts = 0; puts < 4000; ++puts) {
        put(table, oracle, keys.any(), ++revision);
      }
      BOOST_REQUIRE(same(table, oracle));
      retain(table, oracle, nth);
      revision += 2'000'000;
      BOOST_REQUIRE(same(table, oracle));
      for (int look_ups = 0; look_ups < 1000; ++look_ups) {
        compare_at(table, oracle, keys.any());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(keys_may_ascend_or_descend) {
  for (const bool descends : {false, true}) {
    KeyTable table;
    Oracle oracle;
    for (std::uint64_t i = 0; i < 6000; ++i) {
      const std::string digits = std::to_string(100'000 + (descends ? 6000 - i : i));
      put(table, oracle, "/registry/pods/default/" + digits, i + 1);
    }
    BOOST_TEST(same(table, oracle));
    compare_at(table, oracle, "");
    compare_at(table, oracle, "/registry/pods/default/1055555");
    compare_at(table, oracle, "/s");
  }
}

// What comes before all keys goes to the first leaf, though that is found under a greater one.
BOOST_AUTO_TEST_CASE(keys_may_come_before_all_that_are_left) {
  KeyTable table;
  Oracle oracle;
  for (std::uint64_t i = 1; i <= 5000; ++i) {
    put(table, oracle, "m" + std::to_string(1'000'000 + i), i);
  }
  const auto is_new = [](KeyIndex& entry) { return entry.newest().main.value > 3000; };
  table.retain(is_new);
  oracle.erase(oracle.begin(), oracle.find("m1003001"));
  for (std::uint64_t i = 5001; i <= 9000; ++i) {
    put(table, oracle, "a" + std::to_string(i * 7919 % 10'007), i);
  }
  BOOST_TEST(same(table, oracle));
  compare_at(table, oracle, "a1");
  compare_at(table, oracle, "m");
}

BOOST_AUTO_TEST_CASE(tables_are_equal_whatever_their_nodes) {
  KeyTable one;
  KeyTable other;
  for (std::uint64_t i = 0; i < 300; ++i) {
    one.try_emplace(std::to_string(i)).put({{2}, 0});
    other.try_emplace(std::to_string(299 - i)).put({{2}, 0});
  }
  BOOST_TEST((one == other));
  BOOST_TEST((base::from_bytes<KeyTable>(base::to_bytes(one)) == other));
  const KeyTable before = other;
  other.try_emplace("150").put({{3}, 0});
  BOOST_TEST((one == before));
  BOOST_TEST((one < other));
  other.try_emplace("~").put({{4}, 0});
  BOOST_TEST(other.size() == 301U);
}

BOOST_AUTO_TEST_CASE(an_empty_table_has_nothing) {
  const KeyTable table;
  BOOST_TEST(table.empty());
  BOOST_TEST((table.begin() == table.end()));
  BOOST_TEST((table.lower_bound("a") == table.end()));
  BOOST_TEST(table.find("") == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
