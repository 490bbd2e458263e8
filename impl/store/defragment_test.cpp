#include <boost/test/unit_test.hpp>

#include "impl/store/mvcc_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::store;

Mvcc some() {
  Mvcc store;
  put(store, "a", "1");
  put(store, "b", "2");
  store.set_consistent_index(3, 1);
  return store;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(defragment_test)

BOOST_AUTO_TEST_CASE(etcd_14_nothing_changes) {
  Mvcc store = some();
  store.put_lease({7}, {{10}, {}});
  const Mvcc before = store;
  Disk disk;
  disk.write(store.start_defragment());
  BOOST_CHECK(disk.database == before.backend);
  disk.database = store.finish_defragment().value();
  BOOST_CHECK(disk.database == before.backend);
  BOOST_CHECK(store.backend == before.backend);
  BOOST_CHECK(disk.restart() == store);
  BOOST_TEST(!store.finish_defragment().has_value());
}

BOOST_AUTO_TEST_CASE(etcd_14_what_is_committed_meanwhile_is_in_the_copy_and_the_rest_comes_later) {
  Mvcc store = some();
  Disk disk;
  disk.write(store.start_defragment());
  put(store, "c", "3");
  store.set_consistent_index(4, 1);
  disk.commit(store);
  put(store, "d", "4");
  store.set_consistent_index(5, 1);
  disk.database = store.finish_defragment().value();
  BOOST_TEST(text_at(disk.restart()) == "a=1 b=2 c=3");
  BOOST_TEST(disk.database.meta.consistent_index == 4);
  disk.commit(store);
  BOOST_CHECK(disk.restart() == store);
}

BOOST_AUTO_TEST_CASE(a_snapshot_abandons_it) {
  Mvcc store = some();
  Mvcc leader = some();
  put(leader, "c", "3");
  static_cast<void>(store.start_defragment());
  store.install(leader.backend);
  BOOST_TEST(!store.finish_defragment().has_value());
}

// Rows are committed for the copy, and the index that belongs to them is not: they are applied again.
BOOST_AUTO_TEST_CASE(defect_e3_loses_the_consistent_index) {
  Mvcc store = some();
  Disk disk;
  disk.commit(store);
  put(store, "c", "3");
  store.set_consistent_index(4, 1);
  disk.write(store.start_defragment(Defects{}.with(Defect::E3)));
  BOOST_TEST(text_at(disk.restart()) == "a=1 b=2 c=3");
  BOOST_TEST(disk.database.meta.consistent_index == 3);
  disk.database = store.finish_defragment().value();
  BOOST_TEST(disk.database.meta.consistent_index == 3);
  // If nobody crashes, the next commit repairs it.
  disk.commit(store);
  BOOST_CHECK(disk.database == store.backend);
}

BOOST_AUTO_TEST_CASE(defect_e20_puts_the_old_database_in_the_place_of_the_snapshot) {
  Mvcc store = some();
  Mvcc leader = some();
  put(leader, "c", "3");
  static_cast<void>(store.start_defragment());
  store.install(leader.backend, Defects{}.with(Defect::E20));
  const auto copy = store.finish_defragment();
  BOOST_REQUIRE(copy.has_value());
  BOOST_TEST(text_at(Mvcc::restore(*copy)) == "a=1 b=2");
}

BOOST_AUTO_TEST_SUITE_END()
