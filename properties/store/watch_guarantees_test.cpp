#include "properties/store/watch_guarantees.hpp"

#include <boost/test/unit_test.hpp>

#include "properties/store/watch_stream_bed.hpp"

namespace plimsoll::properties::store {
namespace {

/// 2: a=2. 3: b=3 and c=3. 4: a removed. 5: a=5. 6: b=6. 7: d=7.
EventHistory six_revisions() {
  EventHistory history;
  happen(history, true, "a", 2);
  happen(history, true, "b", 3);
  happen(history, true, "c", 3);
  happen(history, false, "a", 4);
  happen(history, true, "a", 5);
  happen(history, true, "b", 6);
  happen(history, true, "d", 7);
  history.compact_revision = kv::Revision{};
  return history;
}

/// Of keys a to c from revision 2 on, with prev_kv: all as it should be.
/// Responses: 0 created, 1 revisions 2 and 3, 2 progress, 3 revision 4, 4 revisions 5 and 6, 5 progress.
RecordedWatch good_watch() {
  const EventHistory history = six_revisions();
  RecordedWatch watch;
  watch.request.watch = {1};
  watch.request.range = {"a", "d"};
  watch.request.start_revision = {2};
  watch.request.prev_kv = true;
  kv::WatchResponse created = says(3);
  created.created = true;
  watch.responses = {
      created,
      says(3, {with_previous(history, 0), with_previous(history, 1), with_previous(history, 2)}),
      says(3),
      says(4, {with_previous(history, 3)}),
      says(6, {with_previous(history, 4), with_previous(history, 5)}),
      says(7)};
  return watch;
}

const EventHistory six = six_revisions();

/// What is wrong with the good watch, once `spoil` has changed it.
template <class Spoil>
RecordedWatch spoiled(Spoil spoil) {
  RecordedWatch watch = good_watch();
  spoil(watch.responses);
  return watch;
}

void expect(const std::optional<std::string>& finding, const std::string& expected) {
  BOOST_TEST(finding.value_or("nothing") == expected);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(watch_guarantees_test)

BOOST_AUTO_TEST_CASE(etcd_10_a_good_watch_breaks_nothing) {
  BOOST_TEST(judge(good_watch(), &six).empty());
  BOOST_TEST(judge(good_watch(), nullptr).empty());
  BOOST_TEST(first_broken(good_watch(), &six) == "");
  BOOST_TEST(first_broken(good_watch(), nullptr) == "");
}

BOOST_AUTO_TEST_CASE(etcd_10_filter) {
  expect(judge_filter(good_watch()), "nothing");
  const RecordedWatch other_key = spoiled([](Responses& all) { all[4].events.push_back(six.events[6]); });
  expect(judge_filter(other_key), "the put of \"d\" = \"7\" at revision 7 is none that the watch asked for");
  RecordedWatch no_delete = good_watch();
  no_delete.request.no_delete = true;
  expect(judge_filter(no_delete), "the removal of \"a\" at revision 4 is none that the watch asked for");
  RecordedWatch no_put = good_watch();
  no_put.request.no_put = true;
  expect(judge_filter(no_put), "the put of \"a\" = \"2\" at revision 2 is none that the watch asked for");
}

BOOST_AUTO_TEST_CASE(etcd_10_ordered) {
  expect(judge_ordered(good_watch()), "nothing");
  const RecordedWatch within = spoiled([](Responses& all) { std::swap(all[4].events[0], all[4].events[1]); });
  expect(judge_ordered(within), "the put of \"a\" = \"5\" at revision 5 comes after an event of revision 6");
  const RecordedWatch across = spoiled([](Responses& all) { std::swap(all[3], all[4]); });
  expect(judge_ordered(across), "the removal of \"a\" at revision 4 comes after an event of revision 6");
}

BOOST_AUTO_TEST_CASE(etcd_10_unique) {
  expect(judge_unique(good_watch()), "nothing");
  const RecordedWatch at_once =
      spoiled([](Responses& all) { all[1].events.push_back(all[1].events.back()); });
  expect(judge_unique(at_once), "the put of \"c\" = \"3\" at revision 3 comes for the second time");
  const RecordedWatch later = spoiled([](Responses& all) { all.push_back(all[3]); });
  expect(judge_unique(later), "the removal of \"a\" at revision 4 comes for the second time");
  // Of two transactions within one, the first may put a key and the second remove it.
  RecordedWatch put_and_removed = good_watch();
  std::vector<kv::Event>& last = put_and_removed.responses[1].events;
  last.push_back(last.back());
  last.back().type = kv::EventType::remove;
  expect(judge_unique(put_and_removed), "nothing");
}

BOOST_AUTO_TEST_CASE(etcd_10_atomic) {
  expect(judge_atomic(good_watch()), "nothing");
  const auto split = [](Responses& all) {
    all.insert(all.begin() + 2, says(3, {all[1].events[2]}));
    all[1].events.pop_back();
  };
  expect(
      judge_atomic(spoiled(split)),
      "the put of \"c\" = \"3\" at revision 3 belongs to a revision of which the response before had a part");
  RecordedWatch fragmented = spoiled(split);
  fragmented.responses[1].fragment = true;
  expect(judge_atomic(fragmented), "a fragment at revision 3 that the watch did not ask for");
  fragmented.request.fragment = true;
  BOOST_TEST(first_broken(fragmented, &six) == "");
  BOOST_TEST(judge(fragmented, &six).empty());
}

BOOST_AUTO_TEST_CASE(etcd_10_bookmarkable) {
  expect(judge_bookmarkable(good_watch(), &six), "nothing");
  const RecordedWatch ahead = spoiled([](Responses& all) { all[2].revision = {4}; });
  expect(judge_bookmarkable(ahead),
         "the removal of \"a\" at revision 4 comes after progress was at revision 4");
  expect(judge_bookmarkable(ahead, &six),
         "progress is at revision 4, but the removal of \"a\" at revision 4 was not sent");
  const RecordedWatch back = spoiled([](Responses& all) { all[5].revision = {2}; });
  expect(judge_bookmarkable(back), "progress goes down from revision 3 to 2");
  const RecordedWatch early = spoiled([](Responses& all) { all.insert(all.begin() + 1, says(1)); });
  expect(judge_bookmarkable(early), "progress is at revision 1, before the watch starts at 2");
  const RecordedWatch lost = spoiled([](Responses& all) { all[4].events.pop_back(); });
  expect(judge_bookmarkable(lost), "nothing");
  expect(judge_bookmarkable(lost, &six),
         "progress is at revision 7, but the put of \"b\" = \"6\" at revision 6 was not sent");
}

BOOST_AUTO_TEST_CASE(etcd_10_resumable) {
  expect(judge_resumable(good_watch(), six), "nothing");
  const RecordedWatch late = spoiled([](Responses& all) { all.erase(all.begin() + 1); });
  expect(judge_resumable(late, six),
         "the first event is the removal of \"a\" at revision 4, not the put of \"a\" = \"2\" at revision 2");
  RecordedWatch future = good_watch();
  future.request.start_revision = {7};
  expect(judge_resumable(future, six),
         "the first event is the put of \"a\" = \"2\" at revision 2, but nothing has happened since the "
         "watch's start");
}

BOOST_AUTO_TEST_CASE(etcd_11_without_a_start_the_first_event_is_the_first_after_the_creation) {
  RecordedWatch now = good_watch();
  now.request.start_revision = {};
  now.responses.erase(now.responses.begin() + 1);
  BOOST_TEST(first_broken(now, &six) == "");
  now.responses.erase(now.responses.begin() + 2);
  expect(judge_resumable(now, six),
         "the first event is the put of \"a\" = \"5\" at revision 5, not the removal of \"a\" at revision 4");
  // Progress is another place to begin from, and without either the watch begins with what comes.
  now.responses.erase(now.responses.begin());
  expect(judge_resumable(now, six),
         "the first event is the put of \"a\" = \"5\" at revision 5, not the removal of \"a\" at revision 4");
  now.responses.erase(now.responses.begin());
  BOOST_TEST(first_broken(now, &six) == "");
}

BOOST_AUTO_TEST_CASE(etcd_10_reliable) {
  expect(judge_reliable(good_watch(), six), "nothing");
  const RecordedWatch gap = spoiled([](Responses& all) { all.erase(all.begin() + 3); });
  expect(judge_reliable(gap, six),
         "the put of \"a\" = \"5\" at revision 5 comes where the removal of \"a\" at revision 4 should");
  const RecordedWatch part = spoiled([](Responses& all) { all[1].events.pop_back(); });
  expect(judge_reliable(part, six), "revision 3 was sent without the put of \"c\" = \"3\" at revision 3");
  const RecordedWatch changed = spoiled([](Responses& all) { all[3].events[0].kv.mod_revision = {5}; });
  expect(judge_reliable(changed, six),
         "the removal of \"a\" at revision 5 comes where the removal of \"a\" at revision 4 should");
  const RecordedWatch invented =
      spoiled([](Responses& all) { all.push_back(says(9, {put("b", "9", 9, 3, 3)})); });
  expect(judge_reliable(invented, six),
         "the put of \"b\" = \"9\" at revision 9 has not happened, or was sent before");
}

BOOST_AUTO_TEST_CASE(etcd_10_is_create) {
  expect(judge_is_create(good_watch(), six), "nothing");
  const RecordedWatch update = spoiled([](Responses& all) { all[4].events[1].kv.create_revision = {6}; });
  expect(judge_is_create(update, six),
         "the put of \"b\" = \"6\" at revision 6 has create revision 6 and version 2, not 3 and 2");
  const RecordedWatch create = spoiled([](Responses& all) { all[4].events[0].kv.create_revision = {2}; });
  expect(judge_is_create(create, six),
         "the put of \"a\" = \"5\" at revision 5 has create revision 2 and version 1, not 5 and 1");
  const RecordedWatch removed = spoiled([](Responses& all) { all[3].events[0].kv.create_revision = {2}; });
  expect(judge_is_create(removed, six),
         "the removal of \"a\" at revision 4 has create revision 2 and version 0, not 0 and 0");
}

BOOST_AUTO_TEST_CASE(etcd_10_prev_kv) {
  expect(judge_prev_kv(good_watch(), six), "nothing");
  const RecordedWatch wrong = spoiled([](Responses& all) { all[4].events[1].prev_kv = all[4].events[0].kv; });
  expect(judge_prev_kv(wrong, six),
         "the put of \"b\" = \"6\" at revision 6 has the previous value \"5\" of revision 5, not \"3\" of "
         "revision 3");
  const RecordedWatch of_new = spoiled([](Responses& all) { all[1].events[1].prev_kv = kv::KeyValue{}; });
  expect(judge_prev_kv(of_new, six),
         "the put of \"b\" = \"3\" at revision 3 has the previous value \"\" of revision 0, not none");
  RecordedWatch unasked = good_watch();
  unasked.request.prev_kv = false;
  expect(judge_prev_kv(unasked, six),
         "the removal of \"a\" at revision 4 has a previous value that the watch did not ask for");
}

BOOST_AUTO_TEST_CASE(etcd_10_prev_kv_may_be_missing_if_it_is_compacted) {
  const RecordedWatch missing = spoiled([](Responses& all) { all[4].events[1].prev_kv.reset(); });
  const std::string finding =
      "the put of \"b\" = \"6\" at revision 6 lacks the previous value \"3\" of revision 3";
  EventHistory history = six;
  expect(judge_prev_kv(missing, history), finding);
  history.compact_revision = kv::Revision{5};  // what is at 5 can still be read
  expect(judge_prev_kv(missing, history), finding);
  history.compact_revision = kv::Revision{6};
  expect(judge_prev_kv(missing, history), "nothing");
  history.compact_revision.reset();
  expect(judge_prev_kv(missing, history), "nothing");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
