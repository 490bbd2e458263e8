// Revisions, versions, batches and restart.
#include "impl/store/mvcc.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/store/mvcc_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::store;

}  // namespace

BOOST_AUTO_TEST_SUITE(mvcc_test)

BOOST_AUTO_TEST_CASE(etcd_1_a_fresh_store_is_at_revision_1_and_was_never_compacted) {
  const Mvcc store;
  BOOST_CHECK(store.revision() == kv::Revision{1});
  BOOST_CHECK(store.compact_revision() == kv::Revision{});
  BOOST_CHECK(Mvcc::restore({}) == store);
  BOOST_TEST(!store.has_uncommitted());
}

BOOST_AUTO_TEST_CASE(etcd_1_a_transaction_that_changed_something_takes_one_revision) {
  Mvcc store;
  WriteTxn txn = store.begin();
  txn.put("b", "1", {});
  txn.put("a", "2", {});
  txn.remove({"b", ""});
  const std::vector<kv::Event> events = txn.end();
  BOOST_CHECK(store.revision() == kv::Revision{2});
  BOOST_REQUIRE(events.size() == 3);
  BOOST_TEST(events[0].kv.key == "b");
  BOOST_TEST(events[1].kv.key == "a");
  BOOST_CHECK(events[2] == (kv::Event{kv::EventType::remove, {.key = "b", .mod_revision = {2}}, {}}));
  BOOST_CHECK(events == store.changes({2}, {2}));
}

BOOST_AUTO_TEST_CASE(etcd_1_nothing_else_changes_the_revision) {
  Mvcc store;
  put(store, "a", "1");
  BOOST_TEST(remove(store, "b", "z").empty());
  store.put_lease({1}, {{5}, {}});
  store.set_consistent_index(9, 1);
  BOOST_CHECK(store.schedule_compaction({2}).has_value());
  BOOST_TEST(!store.compact_step(1));
  static_cast<void>(store.start_defragment());
  static_cast<void>(store.finish_defragment());
  BOOST_CHECK(store.revision() == kv::Revision{2});
}

BOOST_AUTO_TEST_CASE(etcd_2_a_put_counts_versions_and_replaces_the_lease) {
  Mvcc store;
  put(store, "a", "1", {7});
  put(store, "b", "x");
  put(store, "a", "2");
  BOOST_CHECK(*store.find("a") == (kv::KeyValue{"a", "2", {2}, {4}, 2, {}}));
  BOOST_CHECK(store.before("a", {4}) == (kv::KeyValue{"a", "1", {2}, {2}, 1, {7}}));
}

BOOST_AUTO_TEST_CASE(etcd_2_a_deleted_key_starts_again_with_version_1) {
  Mvcc store;
  put(store, "a", "1");
  put(store, "a", "2");
  remove(store, "a");
  BOOST_CHECK(store.find("a") == nullptr);
  BOOST_CHECK(!store.before("a", {5}));
  put(store, "a", "3");
  BOOST_CHECK(*store.find("a") == (kv::KeyValue{"a", "3", {5}, {5}, 1, {}}));
}

BOOST_AUTO_TEST_CASE(what_is_live_comes_in_order_of_keys) {
  Mvcc store;
  put(store, "b", "1", {7});
  put(store, "a", "2");
  put(store, "c", "3");
  remove(store, "c");
  const auto live = store.live();
  BOOST_REQUIRE(live.size() == 2);
  BOOST_TEST(live[0]->key == "a");
  BOOST_CHECK(live[1]->lease == kv::LeaseId{7});
}

BOOST_AUTO_TEST_CASE(etcd_8_effects_and_consistent_index_are_in_one_batch) {
  Mvcc store;
  put(store, "a", "1", {7});
  store.put_lease({7}, {{10}, {}});
  store.set_consistent_index(4, 1);
  const std::vector<Batch> batches = store.commit();
  BOOST_REQUIRE(batches.size() == 1);
  BOOST_TEST(batches[0].rows.size() == 1);
  BOOST_TEST(batches[0].leases.size() == 1);
  BOOST_TEST(batches[0].meta.value().consistent_index == 4);
  BOOST_TEST(store.commit().empty());
}

BOOST_AUTO_TEST_CASE(what_was_committed_comes_back_and_nothing_else) {
  Mvcc store;
  Disk disk;
  put(store, "a", "1");
  store.put_lease({7}, {{10}, {}});
  store.put_lease({8}, {{10}, {}});
  disk.commit(store);
  put(store, "a", "2");
  remove(store, "a");
  store.remove_lease({7});
  store.set_conf_state({.voters = {{1}}});
  store.set_consistent_index(3, 2);
  disk.commit(store);
  const Mvcc committed = store;
  put(store, "b", "lost");
  const Mvcc restarted = disk.restart();
  BOOST_CHECK(restarted.backend == committed.backend);
  BOOST_CHECK(restarted == committed);
  BOOST_CHECK(restarted.revision() == kv::Revision{4});
  BOOST_TEST(restarted.backend.leases.size() == 1);
}

BOOST_AUTO_TEST_CASE(the_size_is_that_of_the_rows) {
  Mvcc store;
  put(store, "a", "1234567");
  BOOST_TEST(store.size_bytes() == 56);
  put(store, "a", "");
  BOOST_TEST(store.size_bytes() == 56 + 49);
  BOOST_REQUIRE(store.schedule_compaction({3}).has_value());
  while (!store.compact_step(1)) {
  }
  BOOST_TEST(store.size_bytes() == 49);
  BOOST_TEST(Mvcc::restore(store.backend).size_bytes() == 49);
}

BOOST_AUTO_TEST_CASE(a_snapshot_replaces_everything) {
  Mvcc leader;
  put(leader, "a", "1");
  put(leader, "a", "2");
  leader.set_consistent_index(12, 3);
  Mvcc follower;
  put(follower, "z", "9");
  follower.install(leader.backend);
  BOOST_TEST(text_at(follower) == "a=2");
  BOOST_CHECK(follower.revision() == kv::Revision{3});
  BOOST_TEST(follower.meta().consistent_index == 12);
  BOOST_TEST(!follower.has_uncommitted());
}

// The index is on disk before what it stands for: after a crash the entry counts as applied and is not.
BOOST_AUTO_TEST_CASE(defect_e1_loses_effects_of_an_entry_that_counts_as_applied) {
  const Defects defects = Defects{}.with(Defect::E1);
  Mvcc store;
  Disk disk;
  put(store, "a", "1");
  store.set_consistent_index(4, 1);
  disk.commit(store, defects, 1);
  BOOST_TEST(disk.database.meta.consistent_index == 4);
  BOOST_TEST(text_at(disk.restart()).empty());

  Mvcc index_only;
  index_only.set_consistent_index(5, 1);
  BOOST_TEST(index_only.commit(defects).size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
