#include "impl/store/watch_hub.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/base/described.hpp"
#include "impl/store/watch_bed.hpp"

namespace plimsoll::store {
namespace {

using Lines = std::vector<std::string>;

void expect(const Lines& said, const Lines& expected) {
  BOOST_TEST(said == expected, boost::test_tools::per_element());
}

/// Revision 2: a=1; 3: b=1 and c=1; 4: a removed.
WatchBed with_a_past() {
  WatchBed bed;
  bed.put("a", "1");
  bed.write({{"b", "1"}, {"c", "1"}});
  bed.remove("a");
  return bed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(watch_hub_test)

BOOST_AUTO_TEST_CASE(etcd_11_without_a_start_a_watch_begins_with_the_next_change) {
  WatchBed bed = with_a_past();
  bed.watch_all();
  BOOST_TEST(!bed.hub.has_unsynced());
  bed.put("d", "1");
  expect(bed.said(), {"created 4", "5: d=1@5"});
}

BOOST_AUTO_TEST_CASE(etcd_11_a_watch_of_the_past_reads_it_before_what_is_new) {
  WatchBed bed = with_a_past();
  bed.watch_all(3);
  BOOST_TEST(bed.hub.has_unsynced());
  bed.put("d", "1");
  expect(bed.said(), {"created 4"});
  bed.sync();
  BOOST_TEST(!bed.hub.has_unsynced());
  bed.put("d", "2");
  expect(bed.said(), {"5: b=1@3 c=1@3 -a@4 d=1@5", "6: d=2@6"});
}

BOOST_AUTO_TEST_CASE(etcd_11_a_watch_of_the_future_waits_for_it) {
  WatchBed bed = with_a_past();
  bed.watch_all(6, true);
  bed.tick();
  bed.ask_progress();
  bed.put("d", "1");
  bed.tick();
  bed.ask_progress();
  expect(bed.said(), {"created 4"});
  expect(bed.said_to_all(), {});
  bed.put("d", "2");
  bed.ask_progress();
  expect(bed.said(), {"6: d=2@6"});
  expect(bed.said_to_all(), {"progress 6"});
}

BOOST_AUTO_TEST_CASE(etcd_11_what_is_compacted_cannot_be_watched) {
  WatchBed bed = with_a_past();
  bed.compact(3);
  bed.watch_all(2);
  bed.sync();
  expect(bed.said(), {"created 4", "compacted 3"});
  BOOST_TEST(bed.hub.watchers.empty());
  BOOST_TEST(!bed.hub.has_unsynced());
}

BOOST_AUTO_TEST_CASE(etcd_11_a_watch_from_the_compacted_revision_sees_the_removal_at_it) {
  WatchBed bed = with_a_past();
  bed.compact(4);
  bed.watch_all(4);
  bed.sync();
  expect(bed.said(), {"created 4", "4: -a@4"});
}

BOOST_AUTO_TEST_CASE(an_empty_range_and_the_id_of_all_watches_are_refused) {
  WatchBed bed = with_a_past();
  bed.watch({{1}, {"b", "a"}});
  expect(bed.said(), {"refused 4"});
  bed.watch({{1}, {"b", "b"}});
  expect(bed.said(), {"refused 4"});
  bed.watch(WatchBed::all_keys(kv::all_watches.value));
  expect(bed.said_to_all(), {"refused 4"});
  BOOST_TEST(bed.hub.watchers.empty());
}

BOOST_AUTO_TEST_CASE(an_empty_key_means_the_lowest_one) {
  WatchBed bed;
  bed.watch({{1}, {"", std::string(1, '\0')}});
  bed.watch({{2}, {"", ""}});
  bed.put("a", "1");
  bed.put(std::string(1, '\0'), "1");
  BOOST_TEST(bed.take(1).size() == 3U);
  BOOST_TEST(bed.take(2).size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_used_id_begins_anew) {
  WatchBed bed = with_a_past();
  bed.watch_all(2);
  bed.watch({{1}, {"d", ""}});
  bed.sync();
  bed.put("a", "1");
  bed.put("d", "1");
  expect(bed.said(), {"created 4", "created 4", "6: d=1@6"});
  BOOST_TEST(bed.hub.watchers.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_canceled_watch_says_so_and_nothing_more) {
  for (const bool is_full : {false, true}) {
    WatchBed bed;
    bed.watch_all();
    if (is_full) {
      bed.full = {WatchBed::alice};
      bed.put("a", "1");
    }
    bed.cancel(1);
    bed.cancel(1);
    bed.full.clear();
    bed.put("a", "2");
    bed.retry();
    expect(bed.said(), {"created 1", is_full ? "canceled 2" : "canceled 1"});
    BOOST_TEST((bed.hub == WatchHub{}));
  }
}

BOOST_AUTO_TEST_CASE(a_client_that_is_gone_watches_nothing) {
  WatchBed bed = with_a_past();
  bed.watch_all();
  bed.watch({{2}, {"a", ""}, {2}});
  bed.watch({{1}, {"a", ""}}, WatchBed::bob);
  bed.hub.disconnected(WatchBed::alice);
  bed.put("a", "2");
  bed.sync();
  expect(bed.said(1), {"created 4"});
  expect(bed.said(2), {"created 4"});
  expect(bed.said(1, WatchBed::bob), {"created 4", "5: a=2@5"});
}

BOOST_AUTO_TEST_CASE(etcd_10_filter) {
  WatchBed bed;
  kv::WatchRequest no_put{{1}, {"a", "c"}};
  no_put.no_put = true;
  kv::WatchRequest no_delete{{2}, {"a", "c"}};
  no_delete.no_delete = true;
  bed.watch(no_put);
  bed.watch(no_delete);
  bed.write({{"a", "1"}, {"b", "1"}, {"c", "1"}});
  bed.write({{"a", std::nullopt}, {"b", "2"}, {"c", "2"}});
  expect(bed.said(1), {"created 1", "3: -a@3"});
  expect(bed.said(2), {"created 1", "2: a=1@2 b=1@2", "3: b=2@3"});
}

BOOST_AUTO_TEST_CASE(etcd_10_prev_kv_is_what_was_there_before) {
  WatchBed bed;
  kv::WatchRequest request = WatchBed::all_keys();
  request.prev_kv = true;
  bed.watch(request);
  bed.put("a", "1");
  bed.put("a", "2");
  bed.remove("a");
  bed.put("a", "3");
  expect(bed.said(), {"created 1", "2: a=1@2", "3: a=2(1)@3", "4: -a(2)@4", "5: a=3@5"});
}

BOOST_AUTO_TEST_CASE(etcd_10_prev_kv_is_missing_once_it_is_compacted) {
  WatchBed bed;
  bed.put("a", "1");
  bed.put("a", "2");
  bed.put("a", "3");
  bed.compact(3);
  kv::WatchRequest request = WatchBed::all_keys();
  request.prev_kv = true;
  request.start_revision = {3};
  bed.watch(request);
  bed.sync();
  expect(bed.said(), {"created 4", "4: a=2@3 a=3(2)@4"});
}

BOOST_AUTO_TEST_CASE(etcd_10_prev_kv_is_missing_as_soon_as_it_may_not_be_read) {
  WatchBed bed;
  bed.put("a", "1");
  kv::WatchRequest request = WatchBed::all_keys();
  request.prev_kv = true;
  bed.watch(request);
  bed.full = {WatchBed::alice};
  bed.put("a", "2");
  bed.put("a", "3");
  // The compaction has begun, and the rows are still there.
  BOOST_TEST(bed.store.schedule_compaction({3}).has_value());
  bed.full.clear();
  bed.retry();
  bed.sync();
  expect(bed.said(), {"created 2", "3: a=2@3", "4: a=3(2)@4"});
}

BOOST_AUTO_TEST_CASE(etcd_10_atomic_a_revision_comes_whole) {
  WatchBed bed;
  bed.watch_all();
  bed.write({{"a", "1"}, {"b", "1"}, {"c", "1"}});
  expect(bed.said(), {"created 1", "2: a=1@2 b=1@2 c=1@2"});
}

BOOST_AUTO_TEST_CASE(etcd_10_atomic_unless_fragments_are_asked_for) {
  WatchBed bed;
  bed.config.response_bytes_max = 1;
  kv::WatchRequest request = WatchBed::all_keys();
  request.fragment = true;
  bed.watch(request);
  bed.watch(WatchBed::all_keys(2));
  bed.write({{"a", "1"}, {"b", "1"}, {"c", "1"}});
  expect(bed.said(1), {"created 1", "2: a=1@2 +", "2: b=1@2 +", "2: c=1@2"});
  expect(bed.said(2), {"created 1", "2: a=1@2 b=1@2 c=1@2"});
}

BOOST_AUTO_TEST_CASE(etcd_12_a_restored_member_neither_skips_nor_repeats) {
  WatchBed bed = with_a_past();
  WatchBed leader = bed;
  bed.watch_all(2);
  bed.watch({{2}, {"d", ""}});
  bed.watch({{3}, {"d", ""}, {6}});
  bed.watch({{4}, {"d", ""}, {9}});
  bed.sync();
  bed.put("d", "1");
  leader.put("d", "1");
  leader.put("d", "2");
  leader.put("d", "3");
  bed.install(leader.store);
  BOOST_TEST(bed.hub.unsynced.size() == 4U);
  bed.sync();
  BOOST_TEST(!bed.hub.has_unsynced());
  bed.put("d", "4");
  bed.put("d", "5");
  expect(bed.said(1),
         {"created 4", "4: a=1@2 b=1@3 c=1@3 -a@4", "5: d=1@5", "7: d=2@6 d=3@7", "8: d=4@8", "9: d=5@9"});
  expect(bed.said(2), {"created 4", "5: d=1@5", "7: d=2@6 d=3@7", "8: d=4@8", "9: d=5@9"});
  expect(bed.said(3), {"created 4", "7: d=2@6 d=3@7", "8: d=4@8", "9: d=5@9"});
  expect(bed.said(4), {"created 4", "9: d=5@9"});
}

BOOST_AUTO_TEST_CASE(the_hub_is_a_value) {
  WatchBed bed = with_a_past();
  bed.watch_all();
  bed.watch({{2}, {"a", ""}, {2}});
  bed.watch({{1}, {"a", "b"}}, WatchBed::bob);
  bed.full = {WatchBed::bob};
  bed.put("a", "2");
  BOOST_TEST(bed.hub.has_victims());
  BOOST_TEST(bed.hub.has_unsynced());
  BOOST_TEST((base::from_bytes<WatchHub>(base::to_bytes(bed.hub)) == bed.hub));
}

BOOST_AUTO_TEST_CASE(defect_e5_a_restored_member_begins_anew) {
  WatchBed bed;
  bed.config.defects = Defects{}.with(Defect::E5);
  bed.watch_all();
  bed.put("a", "1");
  bed.install(Mvcc(bed.store));
  bed.sync();
  expect(bed.said(), {"created 1", "2: a=1@2", "2: a=1@2"});
}

BOOST_AUTO_TEST_CASE(defect_e6_an_event_of_a_transaction_comes_twice) {
  WatchBed bed;
  bed.config.defects = Defects{}.with(Defect::E6);
  bed.watch_all();
  bed.put("a", "1");
  bed.write({{"a", "2"}, {"b", "2"}});
  expect(bed.said(), {"created 1", "2: a=1@2", "3: a=2@3 b=2@3 b=2@3"});
}

BOOST_AUTO_TEST_CASE(defect_e11_the_future_is_taken_for_now) {
  WatchBed bed;
  bed.config.defects = Defects{}.with(Defect::E11);
  bed.watch_all(5);
  bed.ask_progress();
  bed.put("a", "1");
  expect(bed.said(), {"created 1", "2: a=1@2"});
  expect(bed.said_to_all(), {"progress 1"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
