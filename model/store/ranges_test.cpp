// What a range reads: options one by one, then all of them against a list that is filtered step by step.
#include "model/store/ranges.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include <rapidcheck.h>

namespace plimsoll::model::store {
namespace {

const std::string open_end(1, '\0');

kv::KeyValue key_value(std::string key, std::string value, std::uint64_t created, std::uint64_t modified,
                       std::uint64_t version) {
  return {std::move(key), std::move(value), {created}, {modified}, version, {}};
}
/// a to e; values fall, e is the only one that was overwritten.
Keys sample() {
  Keys keys;
  for (const kv::KeyValue& kv :
       {key_value("a", "9", 2, 2, 1), key_value("b", "8", 3, 3, 1), key_value("c", "7", 4, 4, 1),
        key_value("d", "6", 5, 5, 1), key_value("e", "5", 6, 8, 2)}) {
    keys[kv.key] = kv;
  }
  return keys;
}
std::string text(const kv::RangeResult& result) {
  std::string keys;
  for (const kv::KeyValue& kv : result.kvs) {
    keys += kv.key;
  }
  return keys + " of " + std::to_string(result.count) + (result.more ? ", more" : "");
}
std::string read(const kv::RangeRequest& request) {
  return text(read_range(sample(), request));
}
kv::RangeRequest all() {
  return {{"a", open_end}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ranges_test)

BOOST_AUTO_TEST_CASE(etcd_5_ends_are_exclusive_and_may_be_open) {
  BOOST_TEST(read({{"b", ""}}) == "b of 1");
  BOOST_TEST(read({{"b", "d"}}) == "bc of 2");
  BOOST_TEST(read({{"d", open_end}}) == "de of 2");
  BOOST_TEST(read({{"d", "b"}}) == " of 0");
}

BOOST_AUTO_TEST_CASE(etcd_5_a_limit_says_that_there_is_more_and_does_not_count) {
  kv::RangeRequest request = all();
  request.limit = 2;
  BOOST_TEST(read(request) == "ab of 5, more");
  request.limit = 5;
  BOOST_TEST(read(request) == "abcde of 5");
  request.count_only = true;
  request.limit = 2;
  BOOST_TEST(read(request) == " of 5");
}

BOOST_AUTO_TEST_CASE(etcd_5_filters_are_inclusive_and_come_before_the_limit) {
  kv::RangeRequest request = all();
  request.min_mod_revision = {3};
  request.max_mod_revision = {5};
  BOOST_TEST(read(request) == "bcd of 5");
  request.limit = 2;
  BOOST_TEST(read(request) == "bc of 5, more");
  request = all();
  request.min_create_revision = {5};
  BOOST_TEST(read(request) == "de of 5");
  request.max_create_revision = {5};
  BOOST_TEST(read(request) == "d of 5");
}

BOOST_AUTO_TEST_CASE(etcd_5_sorting_is_by_a_target_and_equal_keys_stay_in_order) {
  kv::RangeRequest request = all();
  request.sort_order = kv::SortOrder::descend;
  BOOST_TEST(read(request) == "edcba of 5");
  request.sort_target = kv::SortTarget::version;
  BOOST_TEST(read(request) == "eabcd of 5");
  request.sort_order = kv::SortOrder::ascend;
  request.sort_target = kv::SortTarget::value;
  request.limit = 2;
  BOOST_TEST(read(request) == "ed of 5, more");
}

BOOST_AUTO_TEST_CASE(etcd_5_a_target_without_an_order_sorts_what_the_limit_fetched) {
  kv::RangeRequest request = all();
  request.sort_target = kv::SortTarget::value;
  BOOST_TEST(read(request) == "edcba of 5");
  request.limit = 2;
  BOOST_TEST(read(request) == "cb of 5, more");
  request.min_mod_revision = {1};  // a filter makes etcd fetch everything
  BOOST_TEST(read(request) == "ed of 5, more");
}

BOOST_AUTO_TEST_CASE(etcd_5_keys_only_leaves_out_values_after_sorting_by_them) {
  kv::RangeRequest request = all();
  request.keys_only = true;
  request.sort_order = kv::SortOrder::descend;
  request.sort_target = kv::SortTarget::value;
  const kv::RangeResult result = read_range(sample(), request);
  BOOST_TEST(text(result) == "abcde of 5");
  BOOST_TEST(std::ranges::all_of(result.kvs, [](const kv::KeyValue& kv) { return kv.value.empty(); }));
  BOOST_TEST((result.kvs.back() == key_value("e", "", 6, 8, 2)));
}

BOOST_AUTO_TEST_CASE(with_an_order_the_result_is_the_least_of_those_that_pass) {
  BOOST_TEST(rc::check("no key that passes and is left out comes before one that is not", [] {
    kv::RangeRequest request = all();
    const bool descends = *rc::gen::arbitrary<bool>();
    request.sort_order = descends ? kv::SortOrder::descend : kv::SortOrder::ascend;
    request.sort_target = kv::SortTarget::value;
    request.limit = *rc::gen::inRange<std::uint64_t>(1, 4);
    request.min_mod_revision = {*rc::gen::inRange<std::uint64_t>(0, 6)};
    Keys keys;
    for (const auto& key :
         *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::arbitrary<std::uint8_t>())) {
      const std::string name = "k" + std::to_string(key);
      keys[name] = key_value(name, std::to_string(key % 7), 2, key % 8U, 1);
    }
    const kv::RangeResult result = read_range(keys, request);
    std::vector<std::string> values;
    for (const auto& [key, kv] : keys) {
      if (kv.mod_revision >= request.min_mod_revision) {
        values.push_back(kv.value);
      }
    }
    std::ranges::sort(values);
    if (descends) {
      std::ranges::reverse(values);
    }
    RC_ASSERT(result.count == keys.size());
    RC_ASSERT(result.more == (values.size() > request.limit));
    RC_ASSERT(result.kvs.size() == std::min<std::uint64_t>(values.size(), request.limit));
    for (std::size_t i = 0; i < result.kvs.size(); ++i) {
      RC_ASSERT(result.kvs[i].value == values[i]);
    }
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::model::store
