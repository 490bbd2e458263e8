#include "impl/overlay/node/flat_table.hpp"

#include <rapidcheck/boost_test.h>
#include <boost/test/unit_test.hpp>
#include <map>
#include <string>

namespace plimsoll::overlay {
namespace {

using Oracle = std::map<std::uint64_t, std::string>;

void must_agree(const FlatTable<std::string>& table, const Oracle& oracle) {
  for (std::uint64_t key = 0; key < 64; ++key) {
    const std::string* const found = table.find(key << 40U);
    const auto expected = oracle.find(key);
    RC_ASSERT((found != nullptr) == (expected != oracle.end()));
    if (found != nullptr) {
      RC_ASSERT(*found == expected->second);
    }
  }
}

/// Writes values to keys that differ in their upper bits, as those of devices and addresses do.
void write(FlatTable<std::string>& table, Oracle& oracle, const std::vector<std::uint8_t>& keys,
           const std::string& word) {
  for (const std::uint8_t key : keys) {
    table.at(std::uint64_t{key % 64U} << 40U) += word;
    oracle[key % 64U] += word;
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(flat_table_test)

RC_BOOST_PROP(is_a_map_that_returns_to_what_was_kept,
              (const std::vector<std::uint8_t>& first, const std::vector<std::uint8_t>& second,
               const std::vector<std::uint8_t>& third)) {
  FlatTable<std::string> table;
  Oracle oracle;
  write(table, oracle, first, "a");
  must_agree(table, oracle);
  table.keep();
  const Oracle kept = oracle;
  for (const auto& keys : {second, third}) {
    Oracle changed = kept;
    write(table, changed, keys, "b");
    must_agree(table, changed);
    table.reset();
    must_agree(table, kept);
  }
}

BOOST_AUTO_TEST_CASE(values_stay_where_they_are_while_others_come) {
  FlatTable<int> table;
  int& first = table.at(7);
  first = 3;
  for (std::uint64_t key = 100; key < 1000; ++key) {
    table.at(key) = 1;
  }
  BOOST_TEST(&first == &table.at(7));
  BOOST_TEST(*table.find(7) == 3);
}

BOOST_AUTO_TEST_CASE(an_empty_table_has_nothing) {
  FlatTable<int> table;
  BOOST_TEST(table.find(0) == nullptr);
  table.reset();
  BOOST_TEST(table.find(0) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay
