#include <boost/test/unit_test.hpp>

#include "impl/store/mvcc_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::store;

const kv::KeyRange everything{std::string(1, '\0'), std::string(1, '\0')};

// a: created 2, modified 5, version 2; b: 3; c: 4, deleted at 6; d: 7.
Mvcc some() {
  Mvcc store;
  put(store, "a", "3");
  put(store, "b", "2");
  put(store, "c", "1");
  put(store, "a", "2");
  remove(store, "c");
  put(store, "d", "1");
  return store;
}

std::string keys(const kv::RangeRequest& request) {
  const Mvcc store = some();
  const auto result = store.range(request);
  BOOST_REQUIRE(result.has_value());
  std::string text;
  for (const kv::KeyValue& kv : result->kvs) {
    text += kv.key;
  }
  return text + (result->more ? "+" : "") + "/" + std::to_string(result->count);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(range_test)

BOOST_AUTO_TEST_CASE(etcd_5_a_range_is_as_it_was_at_its_revision) {
  const Mvcc store = some();
  BOOST_TEST(text_at(store, 1).empty());
  BOOST_TEST(text_at(store, 4) == "a=3 b=2 c=1");
  BOOST_TEST(text_at(store, 5) == "a=2 b=2 c=1");
  BOOST_TEST(text_at(store, 6) == "a=2 b=2");
  BOOST_TEST(text_at(store, 7) == "a=2 b=2 d=1");
  BOOST_TEST(text_at(store) == "a=2 b=2 d=1");
  BOOST_TEST(text_at(store, 8) == "future_revision");
}

BOOST_AUTO_TEST_CASE(etcd_5_the_compacted_revision_can_be_read_and_those_before_cannot) {
  Mvcc store = some();
  BOOST_REQUIRE(store.schedule_compaction({5}).has_value());
  BOOST_TEST(text_at(store, 4) == "compacted");
  BOOST_TEST(text_at(store, 5) == "a=2 b=2 c=1");
}

BOOST_AUTO_TEST_CASE(what_counts_as_now_can_be_said) {
  const Mvcc store = some();
  BOOST_TEST(store.range({.range = everything}, {4})->count == 3);
  BOOST_CHECK(store.range({.range = everything, .revision = {5}}, {4}).error() ==
              kv::ErrorCode::future_revision);
}

BOOST_AUTO_TEST_CASE(a_limit_leaves_the_first_keys_and_says_that_there_are_more) {
  BOOST_TEST(keys({.range = everything, .limit = 2}) == "ab+/3");
  BOOST_TEST(keys({.range = everything, .limit = 3}) == "abd/3");
  BOOST_TEST(keys({.range = everything, .limit = 4}) == "abd/3");
  BOOST_TEST(keys({.range = {"a", "c"}, .limit = 1}) == "a+/2");
}

BOOST_AUTO_TEST_CASE(filters_come_before_the_limit_and_do_not_change_the_count) {
  BOOST_TEST(keys({.range = everything, .min_mod_revision = {4}}) == "ad/3");
  BOOST_TEST(keys({.range = everything, .max_mod_revision = {5}}) == "ab/3");
  BOOST_TEST(keys({.range = everything, .min_create_revision = {3}}) == "bd/3");
  BOOST_TEST(keys({.range = everything, .max_create_revision = {2}}) == "a/3");
  BOOST_TEST(keys({.range = everything, .limit = 1, .min_mod_revision = {4}}) == "a+/3");
  BOOST_TEST(keys({.range = everything, .limit = 2, .min_mod_revision = {4}}) == "ad/3");
}

BOOST_AUTO_TEST_CASE(sorting_comes_before_the_limit_and_equal_ones_stay_in_order_of_keys) {
  using kv::SortOrder;
  using kv::SortTarget;
  const auto sorted = [](SortOrder order, SortTarget target, std::uint64_t limit = 0) {
    return keys({.range = everything, .limit = limit, .sort_order = order, .sort_target = target});
  };
  BOOST_TEST(sorted(SortOrder::descend, SortTarget::key) == "dba/3");
  BOOST_TEST(sorted(SortOrder::ascend, SortTarget::key) == "abd/3");
  BOOST_TEST(sorted(SortOrder::ascend, SortTarget::value) == "dab/3");
  BOOST_TEST(sorted(SortOrder::descend, SortTarget::value) == "abd/3");
  BOOST_TEST(sorted(SortOrder::none, SortTarget::mod_revision) == "bad/3");
  BOOST_TEST(sorted(SortOrder::descend, SortTarget::mod_revision) == "dab/3");
  BOOST_TEST(sorted(SortOrder::ascend, SortTarget::version) == "bda/3");
  BOOST_TEST(sorted(SortOrder::descend, SortTarget::create_revision, 1) == "d+/3");
}

BOOST_AUTO_TEST_CASE(a_count_has_no_keys_and_keys_have_no_values) {
  BOOST_TEST(keys({.range = everything, .limit = 1, .count_only = true}) == "/3");
  const Mvcc store = some();
  const auto result = store.range({.range = {"a", ""}, .keys_only = true});
  BOOST_CHECK(result->kvs.front() == (kv::KeyValue{"a", "", {2}, {5}, 2, {}}));
}

BOOST_AUTO_TEST_CASE(before_is_the_version_that_a_revision_replaced) {
  Mvcc store = some();
  BOOST_TEST(store.before("c", {6})->value == "1");
  BOOST_TEST(store.before("a", {5})->value == "3");
  BOOST_TEST(store.before("a", {7})->value == "2");
  BOOST_CHECK(!store.before("a", {2}));
  BOOST_CHECK(!store.before("x", {5}));
  BOOST_REQUIRE(store.schedule_compaction({5}).has_value());
  BOOST_CHECK(!store.before("a", {5}));
  BOOST_TEST(store.before("c", {6})->value == "1");
}

BOOST_AUTO_TEST_SUITE_END()
