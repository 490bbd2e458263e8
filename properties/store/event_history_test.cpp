#include "properties/store/event_history.hpp"

#include <boost/test/unit_test.hpp>

#include "properties/store/watch_stream_bed.hpp"

namespace plimsoll::properties::store {

BOOST_AUTO_TEST_SUITE(event_history_test)

BOOST_AUTO_TEST_CASE(a_key_is_what_the_last_event_before_made_of_it) {
  EventHistory history;
  happen(history, true, "a", 2);
  happen(history, true, "b", 3);
  happen(history, true, "a", 5);
  happen(history, false, "a", 6);
  BOOST_TEST(history.before("a", {2}) == nullptr);
  BOOST_TEST(history.before("c", {9}) == nullptr);
  BOOST_TEST(history.before("a", {7}) == nullptr);
  for (const auto& [revision, value] : {std::pair{3U, "2"}, {5U, "2"}, {6U, "5"}}) {
    BOOST_REQUIRE(history.before("a", {revision}) != nullptr);
    BOOST_TEST(history.before("a", {revision})->value == value);
  }
}

BOOST_AUTO_TEST_CASE(a_revision_is_found_and_one_without_events_is_where_the_next_is) {
  EventHistory history;
  happen(history, true, "a", 2);
  happen(history, true, "b", 4);
  happen(history, true, "c", 4);
  BOOST_TEST(history.position_of({1}) == 0U);
  BOOST_TEST(history.position_of({2}) == 0U);
  BOOST_TEST(history.position_of({3}) == 1U);
  BOOST_TEST(history.position_of({4}) == 1U);
  BOOST_TEST(history.position_of({5}) == 3U);
}

BOOST_AUTO_TEST_CASE(a_history_keeps_no_previous_values) {
  EventHistory history;
  kv::Event event = put("a", "1", 2, 2, 1);
  event.prev_kv = kv::KeyValue{};
  history.append(event);
  BOOST_TEST(!history.events.front().prev_kv);
  BOOST_TEST((base::from_bytes<EventHistory>(base::to_bytes(history)) == history));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
