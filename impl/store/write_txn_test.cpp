#include "impl/store/write_txn.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/store/mvcc_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::store;

}  // namespace

BOOST_AUTO_TEST_SUITE(write_txn_test)

BOOST_AUTO_TEST_CASE(etcd_3_reads_see_the_writes_before_them) {
  Mvcc store;
  put(store, "a", "1");
  WriteTxn txn = store.begin();
  BOOST_CHECK(txn.revision() == kv::Revision{2});
  BOOST_TEST(txn.find("a")->value == "1");
  txn.put("a", "2", {});
  BOOST_CHECK(txn.revision() == kv::Revision{3});
  BOOST_TEST(txn.find("a")->value == "2");
  BOOST_TEST(txn.range({.range = {"a", ""}})->kvs.front().value == "2");
  BOOST_TEST(txn.range({.range = {"a", ""}, .revision = {2}})->kvs.front().value == "1");
  BOOST_CHECK(txn.range({.range = {"a", ""}, .revision = {4}}).error() == kv::ErrorCode::future_revision);
  txn.remove({"a", "z"});
  BOOST_CHECK(txn.find("a") == nullptr);
  BOOST_TEST(txn.range({.range = {"a", ""}})->count == 0);
  BOOST_TEST(txn.end().size() == 2);
}

BOOST_AUTO_TEST_CASE(what_was_overwritten_or_deleted_is_returned) {
  Mvcc store;
  WriteTxn txn = store.begin();
  BOOST_CHECK(txn.put("a", "1", {4}) == nullptr);
  const kv::KeyValue* previous = txn.put("a", "2", {});
  BOOST_REQUIRE(previous != nullptr);
  BOOST_CHECK(*previous == (kv::KeyValue{"a", "1", {2}, {2}, 1, {4}}));
  txn.put("c", "3", {});
  txn.put("b", "4", {});
  const auto removed = txn.remove({"a", "d"});
  BOOST_REQUIRE(removed.size() == 3);
  BOOST_TEST(removed[0]->value == "2");
  BOOST_TEST(removed[1]->key == "b");
  BOOST_TEST(removed[2]->key == "c");
  BOOST_TEST(txn.remove({"a", "d"}).empty());
  txn.end();
}

// Many rows, so that they move in memory while the range is being deleted.
BOOST_AUTO_TEST_CASE(a_long_range_is_deleted_in_one_revision) {
  Mvcc store;
  for (int i = 0; i < 300; ++i) {
    put(store, "key-" + std::to_string(1000 + i), "value-" + std::to_string(i));
  }
  WriteTxn txn = store.begin();
  const auto removed = txn.remove({"key", "l"});
  BOOST_REQUIRE(removed.size() == 300);
  BOOST_TEST(removed[299]->value == "value-299");
  const std::vector<kv::Event> events = txn.end();
  BOOST_TEST(events.size() == 300);
  BOOST_CHECK(events.back().kv == (kv::KeyValue{.key = "key-1299", .mod_revision = {302}}));
  BOOST_TEST(text_at(store).empty());
}

BOOST_AUTO_TEST_SUITE_END()
