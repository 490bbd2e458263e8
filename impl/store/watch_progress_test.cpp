// How far watchers are: ETCD-10 (Bookmarkable), 13.
#include <boost/test/unit_test.hpp>

#include "impl/store/watch_bed.hpp"

namespace plimsoll::store {
namespace {

using Lines = std::vector<std::string>;

void expect(const Lines& said, const Lines& expected) {
  BOOST_TEST(said == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(watch_progress_test)

BOOST_AUTO_TEST_CASE(etcd_13_progress_of_a_stream_is_told_when_all_its_watches_are_synced) {
  WatchBed bed;
  bed.put("a", "1");
  bed.watch({{1}, {"b", ""}});
  bed.watch({{2}, {"a", ""}, {2}});
  bed.watch({{1}, {"b", ""}}, WatchBed::bob);
  bed.ask_progress();
  bed.ask_progress(WatchBed::bob);
  expect(bed.said_to_all(), {});
  expect(bed.said_to_all(WatchBed::bob), {"progress 2"});
  bed.sync();
  bed.ask_progress();
  expect(bed.said_to_all(), {"progress 2"});
}

BOOST_AUTO_TEST_CASE(etcd_13_a_victim_is_not_synced) {
  WatchBed bed;
  bed.watch_all(0, true);
  bed.full = {WatchBed::alice};
  bed.put("a", "1");
  bed.full.clear();
  bed.ask_progress();
  bed.tick();
  expect(bed.said_to_all(), {});
  expect(bed.said(), {"created 1"});
}

BOOST_AUTO_TEST_CASE(a_stream_without_watches_has_no_progress) {
  WatchBed bed;
  bed.watch_all();
  bed.cancel(1);
  bed.ask_progress();
  expect(bed.said_to_all(), {});
}

BOOST_AUTO_TEST_CASE(progress_that_finds_no_room_is_lost) {
  WatchBed bed;
  bed.watch_all(0, true);
  bed.full = {WatchBed::alice};
  bed.ask_progress();
  bed.tick();
  bed.full.clear();
  bed.retry();
  bed.sync();
  expect(bed.said_to_all(), {});
  expect(bed.said(), {"created 1"});
}

BOOST_AUTO_TEST_CASE(ticks_tell_progress_to_those_who_asked_and_were_sent_nothing_since) {
  WatchBed bed;
  bed.watch_all(0, true);
  bed.watch({{2}, {"a", ""}});
  BOOST_TEST(bed.hub.has_progress_watchers());
  bed.tick();
  bed.put("a", "1");
  bed.tick();
  bed.tick();
  expect(bed.said(1), {"created 1", "progress 1", "2: a=1@2", "progress 2"});
  expect(bed.said(2), {"created 1", "2: a=1@2"});
  bed.cancel(1);
  BOOST_TEST(!bed.hub.has_progress_watchers());
}

BOOST_AUTO_TEST_CASE(defect_e4_progress_is_ahead_of_events) {
  WatchBed bed;
  bed.config.defects = Defects{}.with(Defect::E4);
  bed.watch_all();
  bed.full = {WatchBed::alice};
  bed.put("a", "1");
  bed.full.clear();
  bed.ask_progress();
  expect(bed.said_to_all(), {"progress 2"});
  expect(bed.said(), {"created 1"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
