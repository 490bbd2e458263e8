// Whatever a watch is rightly sent is never blamed, and what is changed of it always is.
#include <algorithm>
#include <random>
#include <set>

#include <boost/test/unit_test.hpp>

#include "properties/store/watch_stream_bed.hpp"

namespace plimsoll::properties::store {
namespace {

/// Draws without the standard library's distributions, which differ between libraries.
class Draw {
 public:
  explicit Draw(std::uint32_t seed) : engine_(seed) {}
  std::size_t below(std::size_t count) { return engine_() % count; }
  bool one_in(std::size_t count) { return below(count) == 0; }

 private:
  std::mt19937 engine_;
};

EventHistory any_history(Draw& draw) {
  EventHistory history;
  for (std::uint64_t revision = 2; revision < 12; ++revision) {
    for (const char* key : {"a", "b", "c", "d"}) {
      if (draw.one_in(3)) {
        happen(history, !draw.one_in(3), key, revision);
      }
    }
  }
  history.compact_revision = kv::Revision{draw.below(6)};
  return history;
}

/// A watch as it should be, told in responses of any size with any progress between them.
RecordedWatch any_watch(Draw& draw, const EventHistory& history) {
  RecordedWatch watch;
  watch.request.range = {draw.one_in(2) ? "a" : "b", draw.one_in(3) ? "" : "d"};
  watch.request.start_revision = {1 + draw.below(6)};
  watch.request.prev_kv = draw.one_in(2);
  watch.request.no_put = draw.one_in(6);
  watch.request.no_delete = !watch.request.no_put && draw.one_in(6);
  kv::WatchResponse next;
  for (std::uint64_t revision = watch.request.start_revision.value; revision < 12; ++revision) {
    for (std::size_t at = 0; at < history.events.size(); ++at) {
      const kv::Event& event = history.events[at];
      const bool is_put = event.type == kv::EventType::put;
      if (event.kv.mod_revision.value == revision && kv::contains(watch.request.range, event.kv.key) &&
          !(is_put ? watch.request.no_put : watch.request.no_delete)) {
        next.events.push_back(watch.request.prev_kv ? with_previous(history, at) : event);
      }
    }
    next.revision = {revision};
    if (!next.events.empty() && draw.one_in(2)) {
      watch.responses.push_back(std::exchange(next, {}));
    }
    if (next.events.empty() && draw.one_in(3)) {
      watch.responses.push_back(says(revision));
    }
  }
  return watch;
}

/// Changes one event, or the place of one, so that the stream is not what it should be. Returns whether it
/// found one to change.
bool spoil(Draw& draw, RecordedWatch& watch) {
  Responses& all = watch.responses;
  std::vector<std::size_t> with_events;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].events.empty()) {
      with_events.push_back(i);
    }
  }
  if (with_events.empty()) {
    return false;
  }
  const std::size_t at = with_events[draw.below(with_events.size())];
  std::vector<kv::Event>& events = all[at].events;
  kv::Event& event = events[draw.below(events.size())];
  switch (draw.below(7)) {
    case 0:
      event.kv.value += "x";
      break;
    case 1:
      event.kv.mod_revision = event.kv.mod_revision.next();
      break;
    case 2:
      event.kv.create_revision = event.kv.create_revision.next();
      break;
    case 3:
      event.kv.key = "e";
      break;
    case 4:
      events.push_back(event);
      break;
    case 5:
      all.push_back(all[at]);
      break;
    default:
      if (at == with_events.back()) {
        return false;  // nobody needs to be sent what comes last
      }
      events.clear();
      all[at].created = true;
  }
  return true;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(watch_streams_test)

BOOST_AUTO_TEST_CASE(what_is_right_is_never_blamed_and_what_is_spoiled_always_is) {
  std::set<std::string> blamed;
  for (std::uint32_t seed = 0; seed < 1500; ++seed) {
    Draw draw(seed);
    const EventHistory history = any_history(draw);
    RecordedWatch watch = any_watch(draw, history);
    BOOST_TEST_CONTEXT("seed " << seed) {
      BOOST_REQUIRE_EQUAL(first_broken(watch, &history), "");
      BOOST_REQUIRE(judge(watch, &history).empty());
      if (!spoil(draw, watch)) {
        continue;
      }
      const std::optional<BrokenGuarantee> first = feed_all(watch, &history);
      BOOST_REQUIRE(first);
      blamed.insert(base::enumerator_text(first->guarantee));
      // The cursor says what the judge of that guarantee says.
      const std::vector<BrokenGuarantee> broken = judge(watch, &history);
      BOOST_REQUIRE(std::find(broken.begin(), broken.end(), *first) != broken.end());
    }
  }
  BOOST_TEST(blamed.size() >= 7U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
