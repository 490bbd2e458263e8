// Watches with options, the announcements of streams, progress, and leases as clients see them.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "model/store/driven_store.hpp"

namespace plimsoll::model::store {
namespace {

const std::string open_end(1, '\0');

kv::PutRequest put(std::string key, std::string value, std::uint64_t lease = 0) {
  return {std::move(key), std::move(value), {lease}};
}
kv::WatchRequest watch(std::uint64_t start = 0, std::uint32_t id = 1) {
  kv::WatchRequest request{{id}, {"a", open_end}};
  request.start_revision = {start};
  return request;
}
/// "put a@3 before 1": what was there before, if the event says it.
std::string text(const DrivenStore::Stream& stream) {
  std::string line;
  for (const kv::WatchResponse& response : stream) {
    line += response.created ? "created; " : "";
    line += response.compact_revision ? "compacted; " : "";
    line += response.canceled ? "canceled; " : "";
    for (const kv::Event& event : response.events) {
      line += event.type == kv::EventType::put ? "put " : "remove ";
      line += event.kv.key + "@" + std::to_string(event.kv.mod_revision.value);
      line += event.prev_kv ? " before " + event.prev_kv->value + "; " : "; ";
    }
  }
  return line;
}
DrivenStore talkative() {
  return DrivenStore(Store::Config{});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(streams_test)

BOOST_AUTO_TEST_CASE(etcd_10_events_hold_what_was_there_before_unless_it_is_new_or_compacted) {
  DrivenStore store;
  kv::WatchRequest request = watch();
  request.prev_kv = true;
  store.tell(request);
  store.get<kv::PutResult>(put("a", "1"));
  store.get<kv::PutResult>(put("a", "2"));
  store.get<kv::DeleteResult>(kv::DeleteRequest{{"a"}});
  BOOST_TEST(text(store.stream(1)) == "put a@2; put a@3 before 1; remove a@4 before 2; ");
  store.get<kv::CompactResult>(kv::CompactRequest{{3}});
  request = watch(3, 2);
  request.prev_kv = true;
  store.tell(request);
  BOOST_TEST(text(store.stream(2)) == "put a@3; remove a@4 before 2; ");
}

BOOST_AUTO_TEST_CASE(etcd_10_filters_leave_out_puts_or_removals) {
  DrivenStore store;
  kv::WatchRequest request = watch(0, 1);
  request.no_put = true;
  store.tell(request);
  request = watch(0, 2);
  request.no_delete = true;
  store.tell(request);
  store.get<kv::PutResult>(put("a", "1"));
  store.get<kv::DeleteResult>(kv::DeleteRequest{{"a"}});
  BOOST_TEST(text(store.stream(1)) == "remove a@3; ");
  BOOST_TEST(text(store.stream(2)) == "put a@2; ");
}

BOOST_AUTO_TEST_CASE(etcd_11_a_key_changed_twice_in_the_compacted_revision_is_told_as_it_ended) {
  DrivenStore store;
  store.get<kv::PutResult>(put("a", "1"));
  store.get<kv::TxnResult>(kv::TxnRequest{{}, {put("a", "2"), kv::DeleteRequest{{"a", open_end}}}, {}});
  store.tell(watch(3, 1));
  BOOST_TEST(text(store.stream(1)) == "put a@3; remove a@3; ");
  store.get<kv::CompactResult>(kv::CompactRequest{{3}});
  store.tell(watch(3, 2));
  BOOST_TEST(text(store.stream(2)) == "remove a@3; ");
}

BOOST_AUTO_TEST_CASE(streams_say_that_they_begin_and_end) {
  DrivenStore store = talkative();
  store.get<kv::PutResult>(put("a", "1"));
  store.tell(watch(2));
  BOOST_TEST(text(store.stream(1)) == "created; put a@2; ");
  store.tell(kv::WatchCancelRequest{{1}});
  BOOST_TEST(text(store.stream(1)) == "canceled; ");
  store.tell(kv::WatchCancelRequest{{1}});
  BOOST_TEST(text(store.stream(1)).empty());
  store.get<kv::CompactResult>(kv::CompactRequest{{2}});
  store.tell(watch(1));
  BOOST_TEST(text(store.stream(1)) == "created; compacted; canceled; ");
}

BOOST_AUTO_TEST_CASE(a_watch_of_no_key_at_all_is_refused_and_one_without_a_key_is_of_the_smallest) {
  DrivenStore store = talkative();
  kv::WatchRequest request{{1}, {"b", "a"}};
  store.tell(request);
  BOOST_TEST(text(store.stream(1)) == "created; canceled; ");
  BOOST_TEST(store.state().watches.empty());
  request.range = {};
  store.tell(request);
  BOOST_TEST(text(store.stream(1)) == "created; ");
  BOOST_TEST(store.state().watches.begin()->second.range.key == open_end);
}

BOOST_AUTO_TEST_CASE(etcd_13_progress_is_told_once_all_watches_have_begun) {
  DrivenStore store;
  store.tell(kv::WatchProgressRequest{});
  const std::uint32_t all = kv::all_watches.value;
  BOOST_TEST(store.stream(all).empty());
  store.tell(watch(0, 1));
  store.tell(kv::WatchProgressRequest{});
  const auto progress = store.stream(all);
  BOOST_REQUIRE(progress.size() == 1U);
  BOOST_TEST(progress[0].revision.value == 1U);
  BOOST_TEST(progress[0].events.empty());
  store.tell(watch(3, 2));
  store.get<kv::PutResult>(put("a", "1"));
  store.tell(kv::WatchProgressRequest{});
  BOOST_TEST(store.stream(all).empty());  // etcd issue 20221
  store.get<kv::PutResult>(put("a", "1"));
  store.tell(kv::WatchProgressRequest{});
  BOOST_TEST(store.stream(all).size() == 1U);
}

BOOST_AUTO_TEST_CASE(etcd_9_leases_are_listed_with_their_keys_and_time) {
  DrivenStore store;
  store.get<kv::LeaseGrantResult>(kv::LeaseGrantRequest{{8}, {20}});
  store.get<kv::LeaseGrantResult>(kv::LeaseGrantRequest{{7}, {10}});
  store.get<kv::PutResult>(put("b", "1", 7));
  store.get<kv::PutResult>(put("a", "1", 7));
  const auto leases = store.get<kv::LeaseLeasesResult>(kv::LeaseLeasesRequest{}).leases;
  BOOST_TEST((leases == std::vector<kv::LeaseId>{{7}, {8}}));
  const auto with_keys = store.get<kv::LeaseTimeToLiveResult>(kv::LeaseTimeToLiveRequest{{7}, true});
  BOOST_TEST((with_keys == kv::LeaseTimeToLiveResult{{7}, true, {10}, {10}, {"a", "b"}}));
  BOOST_TEST(store.get<kv::LeaseTimeToLiveResult>(kv::LeaseTimeToLiveRequest{{7}, false}).keys.empty());
  BOOST_TEST((store.get<kv::LeaseTimeToLiveResult>(kv::LeaseTimeToLiveRequest{{9}, true}) ==
              kv::LeaseTimeToLiveResult{{9}}));
  BOOST_TEST(store.get<kv::LeaseResult>(kv::LeaseKeepAliveRequest{{8}}).ttl.value == 20U);
}

BOOST_AUTO_TEST_CASE(etcd_9_a_ttl_beyond_the_largest_is_refused) {
  DrivenStore store;
  const kv::LeaseGrantRequest request{{7}, {0xffffffff}};
  BOOST_TEST((store.error(request) == kv::ErrorCode::lease_ttl_too_large));
  BOOST_TEST(store.armed().empty());
}

BOOST_AUTO_TEST_CASE(etcd_14_defragmentation_changes_nothing) {
  DrivenStore store;
  store.get<kv::PutResult>(put("a", "1"));
  const Store::State before = store.state();
  store.get<kv::DefragmentResult>(kv::DefragmentRequest{});
  BOOST_TEST((store.state() == before));
}

BOOST_AUTO_TEST_CASE(a_store_that_keeps_no_versions_has_no_floor) {
  DrivenStore plain({true, {1}, false, true});
  DrivenStore full;
  for (DrivenStore* store : {&plain, &full}) {
    store->get<kv::PutResult>(put("a", "1"));
    store->get<kv::PutResult>(put("b", "1"));
    store->get<kv::CompactResult>(kv::CompactRequest{{2}});
  }
  BOOST_TEST(plain.state().history.floor.empty());
  BOOST_TEST(full.state().history.floor.size() == 1U);
  BOOST_TEST((plain.state().history.events == full.state().history.events));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::model::store
