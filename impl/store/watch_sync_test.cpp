// Watchers that are behind: ETCD-12.
#include <boost/test/unit_test.hpp>

#include "impl/store/watch_bed.hpp"

namespace plimsoll::store {
namespace {

using Lines = std::vector<std::string>;

void expect(const Lines& said, const Lines& expected) {
  BOOST_TEST(said == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(watch_sync_test)

BOOST_AUTO_TEST_CASE(etcd_12_what_does_not_get_through_is_kept_and_the_rest_is_read) {
  WatchBed bed;
  bed.watch_all();
  bed.full = {WatchBed::alice};
  bed.put("a", "1");
  BOOST_TEST(bed.hub.has_victims());
  bed.put("a", "2");
  bed.put("a", "3");
  bed.retry();
  bed.sync();
  expect(bed.said(), {"created 1"});
  bed.full.clear();
  bed.retry();
  BOOST_TEST(!bed.hub.has_victims());
  BOOST_TEST(bed.hub.has_unsynced());
  expect(bed.said(), {"2: a=1@2"});
  bed.sync();
  BOOST_TEST(!bed.hub.has_unsynced());
  bed.put("a", "4");
  expect(bed.said(), {"4: a=2@3 a=3@4", "5: a=4@5"});
}

BOOST_AUTO_TEST_CASE(etcd_12_a_victim_that_missed_nothing_more_is_synced_at_once) {
  WatchBed bed;
  bed.watch_all();
  bed.full = {WatchBed::alice};
  bed.put("a", "1");
  bed.full.clear();
  bed.retry();
  BOOST_TEST(!bed.hub.has_unsynced());
  bed.put("a", "2");
  expect(bed.said(), {"created 1", "2: a=1@2", "3: a=2@3"});
}

BOOST_AUTO_TEST_CASE(etcd_12_what_a_sync_reads_may_not_get_through_either) {
  WatchBed bed;
  bed.put("a", "1");
  bed.watch_all(1);
  bed.full = {WatchBed::alice};
  bed.sync();
  BOOST_TEST(bed.hub.has_victims());
  BOOST_TEST(!bed.hub.has_unsynced());
  bed.put("a", "2");
  bed.full.clear();
  bed.retry();
  bed.sync();
  expect(bed.said(), {"created 2", "2: a=1@2", "3: a=2@3"});
}

BOOST_AUTO_TEST_CASE(etcd_12_filtered_events_take_no_room_and_are_not_looked_at_again) {
  WatchBed bed;
  kv::WatchRequest request = WatchBed::all_keys();
  request.no_put = true;
  bed.watch(request);
  bed.full = {WatchBed::alice};
  bed.put("a", "1");
  BOOST_TEST(!bed.hub.has_victims());
  const kv::Revision next = bed.hub.watchers.begin()->second.min_revision;
  BOOST_TEST((next == kv::Revision{3}));
}

BOOST_AUTO_TEST_CASE(etcd_12_a_slow_watcher_does_not_hold_up_others) {
  WatchBed bed;
  bed.watch_all();
  bed.watch(WatchBed::all_keys(), WatchBed::bob);
  bed.full = {WatchBed::alice};
  bed.put("a", "1");
  bed.put("a", "2");
  expect(bed.said(1, WatchBed::bob), {"created 1", "2: a=1@2", "3: a=2@3"});
}

BOOST_AUTO_TEST_CASE(a_batch_holds_so_many_revisions_and_the_rest_comes_next) {
  WatchBed bed;
  bed.config.revisions_per_batch_max = 2;
  for (int i = 0; i < 5; ++i) {
    bed.write({{"a", "1"}, {"b", "1"}});
  }
  bed.watch_all(2);
  bed.sync();
  expect(bed.said(), {"created 6", "6: a=1@2 b=1@2 a=1@3 b=1@3"});
  bed.full = {WatchBed::alice};
  bed.sync();
  bed.full.clear();
  bed.retry();
  // A batch that was kept says how far it went.
  expect(bed.said(), {"5: a=1@4 b=1@4 a=1@5 b=1@5"});
  BOOST_TEST(bed.hub.has_unsynced());
  bed.sync();
  expect(bed.said(), {"6: a=1@6 b=1@6"});
  BOOST_TEST(!bed.hub.has_unsynced());
}

BOOST_AUTO_TEST_CASE(watchers_take_turns_when_they_are_too_many_for_one_sync) {
  WatchBed bed;
  bed.config.watchers_per_sync_max = 2;
  bed.config.revisions_per_batch_max = 1;
  bed.put("a", "1");
  bed.put("a", "2");
  for (std::uint32_t watch = 1; watch <= 3; ++watch) {
    bed.watch({{watch}, {"a", ""}, {2}});
    bed.take(watch);
  }
  bed.sync();
  bed.sync();
  // The second sync begins with the one that the first had no room for, and goes round.
  expect(bed.said(1), {"3: a=1@2", "3: a=2@3"});
  expect(bed.said(2), {"3: a=1@2"});
  expect(bed.said(3), {"3: a=1@2"});
  bed.sync();
  expect(bed.said(2), {"3: a=2@3"});
  expect(bed.said(3), {"3: a=2@3"});
  BOOST_TEST(!bed.hub.has_unsynced());
}

BOOST_AUTO_TEST_CASE(a_watcher_too_slow_for_compaction_is_canceled_as_soon_as_there_is_room) {
  WatchBed bed;
  bed.watch_all();
  bed.full = {WatchBed::alice};
  bed.put("a", "1");
  bed.put("a", "2");
  bed.put("a", "3");
  bed.compact(4);
  bed.full.clear();
  bed.retry();
  bed.full = {WatchBed::alice};
  bed.sync();
  bed.sync();
  BOOST_TEST(bed.hub.has_unsynced());
  bed.full.clear();
  bed.put("a", "4");
  bed.sync();
  expect(bed.said(), {"created 1", "2: a=1@2", "compacted 4"});
  BOOST_TEST(bed.hub.watchers.empty());
}

BOOST_AUTO_TEST_CASE(defect_e7_a_watcher_too_slow_for_compaction_goes_on_behind_the_gap) {
  WatchBed bed;
  bed.config.defects = Defects{}.with(Defect::E7);
  bed.watch_all();
  bed.full = {WatchBed::alice};
  bed.put("a", "1");
  bed.put("a", "2");
  bed.put("a", "3");
  bed.compact(4);
  bed.full.clear();
  bed.retry();
  bed.full = {WatchBed::alice};
  bed.sync();
  bed.full.clear();
  bed.put("a", "4");
  bed.sync();
  expect(bed.said(), {"created 1", "2: a=1@2", "5: a=4@5"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
