#include "impl/store/compaction.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/store/mvcc_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::store;

// a at 2, 3; deleted at 4, which is the last revision.
Mvcc ends_in_a_deletion() {
  Mvcc store;
  put(store, "a", "1");
  put(store, "a", "2");
  remove(store, "a");
  return store;
}

void finish(Mvcc& store, std::size_t rows_max = 1) {
  while (!store.compact_step(rows_max)) {
  }
}

std::vector<std::uint64_t> revisions(const Mvcc& store) {
  std::vector<std::uint64_t> mains;
  for (const auto& [at, row] : store.backend.rows) {
    mains.push_back(at.main.value);
  }
  return mains;
}

using Mains = std::vector<std::uint64_t>;

}  // namespace

BOOST_AUTO_TEST_SUITE(compaction_test)

BOOST_AUTO_TEST_CASE(etcd_7_only_revisions_above_the_last_one_and_up_to_now_can_be_compacted) {
  Mvcc store = ends_in_a_deletion();
  BOOST_CHECK(store.schedule_compaction({5}).error() == kv::ErrorCode::future_revision);
  BOOST_CHECK(store.schedule_compaction({0}).error() == kv::ErrorCode::compacted);
  BOOST_CHECK(store.schedule_compaction({3}).has_value());
  BOOST_CHECK(store.schedule_compaction({3}).error() == kv::ErrorCode::compacted);
  BOOST_CHECK(store.schedule_compaction({2}).error() == kv::ErrorCode::compacted);
  BOOST_CHECK(store.compact_revision() == kv::Revision{3});
}

BOOST_AUTO_TEST_CASE(etcd_7_what_is_needed_at_the_revision_stays) {
  Mvcc store = ends_in_a_deletion();
  put(store, "b", "1");
  BOOST_REQUIRE(store.schedule_compaction({3}).has_value());
  finish(store);
  BOOST_TEST(revisions(store) == (Mains{3, 4, 5}), boost::test_tools::per_element());
  BOOST_TEST(text_at(store, 3) == "a=2");
  BOOST_TEST(text_at(store, 4).empty());
}

BOOST_AUTO_TEST_CASE(etcd_7_a_tombstone_at_the_revision_is_kept_until_a_later_compaction) {
  Mvcc store = ends_in_a_deletion();
  BOOST_REQUIRE(store.schedule_compaction({4}).has_value());
  finish(store);
  BOOST_TEST(revisions(store) == (Mains{4}), boost::test_tools::per_element());
  BOOST_REQUIRE(store.changes({4}, {4}).size() == 1);
  put(store, "b", "1");
  BOOST_REQUIRE(store.schedule_compaction({5}).has_value());
  finish(store);
  BOOST_TEST(revisions(store) == (Mains{5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(etcd_7_the_markers_come_before_the_first_deletion_and_after_the_last) {
  Mvcc store = ends_in_a_deletion();
  Disk disk;
  disk.commit(store);
  BOOST_REQUIRE(store.schedule_compaction({4}).has_value());
  disk.commit(store);
  BOOST_CHECK(disk.database.meta.scheduled_compact_revision == kv::Revision{4});
  BOOST_TEST(disk.database.rows.size() == 3);
  BOOST_TEST(!store.compact_step(3));
  disk.commit(store);
  BOOST_TEST(disk.database.rows.size() == 1);
  BOOST_CHECK(disk.database.meta.finished_compact_revision == kv::Revision{});
  BOOST_TEST(store.compact_step(3));
  BOOST_TEST(store.compact_step(3));
  disk.commit(store);
  BOOST_CHECK(disk.database.meta.finished_compact_revision == kv::Revision{4});
  BOOST_CHECK(disk.restart() == store);
}

BOOST_AUTO_TEST_CASE(etcd_7_a_restart_goes_on_with_what_is_not_finished) {
  for (int steps = 0; steps < 4; ++steps) {
    Mvcc store = ends_in_a_deletion();
    put(store, "b", "1");
    Disk disk;
    BOOST_REQUIRE(store.schedule_compaction({4}).has_value());
    for (int step = 0; step < steps; ++step) {
      store.compact_step(1);
    }
    disk.commit(store);
    Mvcc restarted = disk.restart();
    BOOST_TEST(restarted.compacting());
    BOOST_CHECK(restarted.compact_revision() == kv::Revision{4});
    BOOST_CHECK(restarted.index == store.index);
    finish(restarted);
    finish(store);
    BOOST_CHECK(restarted.backend == store.backend);
  }
}

BOOST_AUTO_TEST_CASE(etcd_7_rows_that_were_never_committed_leave_no_trace) {
  Mvcc store = ends_in_a_deletion();
  Disk disk;
  BOOST_REQUIRE(store.schedule_compaction({4}).has_value());
  finish(store);
  BOOST_TEST(store.uncommitted.removed.empty());
  disk.commit(store);
  BOOST_CHECK(disk.database == store.backend);
}

BOOST_AUTO_TEST_CASE(etcd_7_a_further_compaction_takes_over) {
  Mvcc store = ends_in_a_deletion();
  put(store, "b", "1");
  put(store, "b", "2");
  BOOST_REQUIRE(store.schedule_compaction({3}).has_value());
  BOOST_TEST(!store.compact_step(1));
  BOOST_REQUIRE(store.schedule_compaction({6}).has_value());
  finish(store, 2);
  BOOST_TEST(revisions(store) == (Mains{6}), boost::test_tools::per_element());
  BOOST_CHECK(store.meta().finished_compact_revision == kv::Revision{6});
}

// The deletion at revision 4 was the last row; the crash comes between the deletion of that row and the
// marker.
BOOST_AUTO_TEST_CASE(defect_e8_goes_back_in_revisions_after_a_crash) {
  for (const Defects defects : {Defects{}, Defects{}.with(Defect::E8)}) {
    Mvcc store = ends_in_a_deletion();
    Disk disk;
    BOOST_REQUIRE(store.schedule_compaction({4}, defects).has_value());
    BOOST_TEST(!store.compact_step(3));
    disk.commit(store);
    const kv::Revision wanted{defects.empty() ? 4U : 1U};
    BOOST_CHECK(disk.restart(defects).revision() == wanted);
    BOOST_TEST(disk.restart(defects).compacting() == defects.empty());
  }
}

BOOST_AUTO_TEST_CASE(defect_e9_forgets_the_deletion_that_a_watcher_from_there_on_must_see) {
  const Defects defects = Defects{}.with(Defect::E9);
  Mvcc store = ends_in_a_deletion();
  Disk disk;
  BOOST_REQUIRE(store.schedule_compaction({4}, defects).has_value());
  finish(store);
  BOOST_TEST(store.changes({4}, {4}).empty());
  disk.commit(store);
  BOOST_CHECK(disk.restart(defects).revision() == kv::Revision{4});
}

BOOST_AUTO_TEST_SUITE_END()
