// Whatever happens to a member and its watchers, each is sent in the end what a naive reader would pick out
// of the history: every event it asked for, once, in order (ETCD-10 to 12).
#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/store/lagging_bed.hpp"

namespace plimsoll::store {
namespace {

std::vector<kv::Event> picked(const LaggingBed::Opened& open, const std::vector<kv::Event>& history) {
  const kv::WatchRequest& request = open.request;
  const kv::Revision start =
      request.start_revision == kv::Revision{} ? open.member_revision.next() : request.start_revision;
  std::vector<kv::Event> events;
  for (const kv::Event& event : history) {
    const bool is_filtered = event.type == kv::EventType::put ? request.no_put : request.no_delete;
    if (event.kv.mod_revision >= start && !is_filtered && kv::contains(request.range, event.kv.key)) {
      events.push_back(event);
    }
  }
  return events;
}

void check_invariants(const WatchHub& hub) {
  for (const auto& [name, watcher] : hub.watchers) {
    RC_ASSERT(hub.is_synced(name) + hub.unsynced.contains(name) + hub.victims.contains(name) == 1);
  }
  const std::size_t in_groups = hub.synced.names().size() + hub.unsynced.size() + hub.victims.size();
  RC_ASSERT(in_groups == hub.watchers.size());
}

void check_stream(const LaggingBed::Opened& open, const std::vector<kv::Event>& history) {
  const std::vector<kv::Event> expected = picked(open, history);
  std::vector<kv::Event> sent;
  bool is_canceled = false;
  for (const kv::WatchResponse& response : open.responses) {
    RC_ASSERT(!is_canceled);
    is_canceled = response.canceled;
    for (const kv::Event& event : response.events) {
      sent.push_back(event);
      sent.back().prev_kv.reset();
    }
  }
  const bool is_all = sent.size() == expected.size();
  RC_ASSERT(is_all || (is_canceled && sent.size() < expected.size()));
  RC_ASSERT(std::equal(sent.begin(), sent.end(), expected.begin()));
}

void check(WatchConfig config) {
  const auto any = rc::gen::inRange<unsigned>(0, 1U << 16U);
  const auto steps = *rc::gen::scale(
      2, rc::gen::container<std::vector<std::pair<unsigned, unsigned>>>(rc::gen::pair(any, any)));
  LaggingBed bed(config);
  for (const auto& [what, how] : steps) {
    bed.step(what, how);
    check_invariants(bed.hub());
  }
  RC_ASSERT(bed.finish());
  for (const auto& [name, open] : bed.opened()) {
    RC_ASSERT(open.is_canceled == !bed.hub().watchers.contains(name));
    check_stream(open, bed.history());
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(watch_random_test)

BOOST_AUTO_TEST_CASE(each_watcher_is_sent_in_the_end_what_it_asked_for) {
  BOOST_TEST(rc::check("with etcd's limits", [] { check({}); }));
}

BOOST_AUTO_TEST_CASE(small_batches_and_few_turns_change_nothing) {
  BOOST_TEST(rc::check("with small limits", [] { check({1, 2, 40, {}}); }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
