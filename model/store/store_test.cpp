// Each statement of the semantics that the spec encodes, as one named case.
#include "model/store/store.hpp"

#include <boost/test/unit_test.hpp>

#include "model/store/driven_store.hpp"
#include "model/store/txn.hpp"

namespace plimsoll::model::store {
namespace {

using kv::CompareResult;
using kv::CompareTarget;
using kv::ErrorCode;

kv::KeyRange all() {
  return {"a", "z"};
}
kv::RangeRequest range() {
  return {all()};
}
kv::PutRequest put(std::string key, std::string value, std::uint64_t lease = 0) {
  return {std::move(key), std::move(value), {lease}};
}
kv::DeleteRequest remove(std::string key) {
  return {{std::move(key), ""}};
}
kv::Compare version(std::string key, std::uint64_t number, CompareResult result = CompareResult::equal) {
  return {std::move(key), CompareTarget::version, result, number, ""};
}
kv::LeaseGrantRequest grant(std::uint64_t id, std::uint32_t ttl = 10) {
  return {{id}, {ttl}};
}
kv::WatchRequest watch(std::uint32_t id, kv::KeyRange keys, std::uint64_t start = 0) {
  return {{id}, std::move(keys), {start}};
}
kv::KeyValue key_value(std::string key, std::string value, std::uint64_t created, std::uint64_t modified,
                       std::uint64_t versions, std::uint64_t lease = 0) {
  return {std::move(key), std::move(value), {created}, {modified}, versions, {lease}};
}
std::vector<kv::KeyValue> contents(DrivenStore& store) {
  return store.get<kv::RangeResult>(range()).kvs;
}
/// "put a@2, remove b@3; put c@4": events of a response divided by commas, responses by semicolons.
std::string text(const DrivenStore::Stream& stream) {
  std::string line;
  for (const kv::WatchResponse& response : stream) {
    line += line.empty() ? "" : "; ";
    if (response.compact_revision) {
      line += "compacted@" + std::to_string(response.compact_revision->value);
    }
    for (const kv::Event& event : response.events) {
      line += &event == &response.events.front() ? "" : ", ";
      line += event.type == kv::EventType::put ? "put " : "remove ";
      line += event.kv.key + "@" + std::to_string(event.kv.mod_revision.value);
    }
  }
  return line;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_test)

BOOST_AUTO_TEST_CASE(etcd_1_a_fresh_store_is_at_revision_1_and_only_changes_raise_it) {
  DrivenStore store;
  BOOST_TEST(store.call(range()).revision.value == 1U);
  BOOST_TEST(!store.state().history.compact_revision.has_value());
  BOOST_TEST(store.call(put("a", "1")).revision.value == 2U);
  BOOST_TEST(store.call(put("a", "1")).revision.value == 3U);  // the same value again is a change
  BOOST_TEST(store.call(remove("b")).revision.value == 3U);
  BOOST_TEST(store.call(grant(7)).revision.value == 3U);
  BOOST_TEST(store.call(kv::CompactRequest{{2}}).revision.value == 3U);
  BOOST_TEST(store.call(range()).revision.value == 3U);
  BOOST_TEST(store.call(kv::TxnRequest{{}, {range()}, {}}).revision.value == 3U);
  BOOST_TEST(store.call(kv::LeaseRevokeRequest{{7}}).revision.value == 3U);  // it held no key
  BOOST_TEST(store.call(remove("a")).revision.value == 4U);
}

BOOST_AUTO_TEST_CASE(etcd_1_all_keys_of_a_transaction_get_one_revision) {
  DrivenStore store;
  store.get<kv::TxnResult>(kv::TxnRequest{{}, {put("b", "1"), put("a", "2")}, {}});
  const std::vector<kv::KeyValue> expected = {key_value("a", "2", 2, 2, 1), key_value("b", "1", 2, 2, 1)};
  BOOST_TEST((contents(store) == expected));
}

BOOST_AUTO_TEST_CASE(etcd_2_create_revision_stays_and_version_counts_while_the_key_lives) {
  DrivenStore store;
  store.get<kv::PutResult>(put("a", "1"));
  store.get<kv::PutResult>(put("a", "2"));
  BOOST_TEST((contents(store) == std::vector{key_value("a", "2", 2, 3, 2)}));
  BOOST_TEST(store.get<kv::DeleteResult>(remove("a")).deleted == 1U);
  BOOST_TEST(contents(store).empty());
  store.get<kv::PutResult>(put("a", "3"));
  BOOST_TEST((contents(store) == std::vector{key_value("a", "3", 5, 5, 1)}));
}

BOOST_AUTO_TEST_CASE(etcd_2_a_put_replaces_the_lease_and_lease_0_detaches) {
  DrivenStore store;
  store.get<kv::LeaseGrantResult>(grant(7));
  store.get<kv::LeaseGrantResult>(grant(8));
  store.get<kv::PutResult>(put("a", "1", 7));
  store.get<kv::PutResult>(put("b", "1", 7));
  store.get<kv::PutResult>(put("a", "1", 8));
  store.get<kv::PutResult>(put("b", "1"));
  store.expire({7});
  const std::vector<kv::KeyValue> expected = {key_value("a", "1", 2, 4, 2, 8), key_value("b", "1", 3, 5, 2)};
  BOOST_TEST((contents(store) == expected));
}

BOOST_AUTO_TEST_CASE(etcd_3_exactly_one_branch_runs_by_the_state_before) {
  DrivenStore store;
  const kv::TxnRequest create{{version("a", 0)}, {put("a", "mine")}, {range()}};
  BOOST_TEST(store.get<kv::TxnResult>(create).succeeded);
  const auto second = store.get<kv::TxnResult>(create);
  BOOST_TEST(!second.succeeded);
  BOOST_REQUIRE(second.responses.size() == 1U);
  BOOST_TEST(
      (std::get<kv::RangeResult>(second.responses[0]).kvs == std::vector{key_value("a", "mine", 2, 2, 1)}));
  const kv::TxnRequest both{{version("a", 1), version("b", 1)}, {}, {}};
  BOOST_TEST(!store.get<kv::TxnResult>(both).succeeded);  // all must hold
}

BOOST_AUTO_TEST_CASE(etcd_3_operations_see_the_effects_of_earlier_ones) {
  DrivenStore store;
  const auto result = store.get<kv::TxnResult>(kv::TxnRequest{{}, {range(), put("a", "1"), range()}, {}});
  BOOST_REQUIRE(result.responses.size() == 3U);
  BOOST_TEST(std::get<kv::RangeResult>(result.responses[0]).kvs.empty());
  BOOST_TEST(std::holds_alternative<kv::PutResult>(result.responses[1]));
  BOOST_TEST(std::get<kv::RangeResult>(result.responses[2]).kvs.size() == 1U);
}

BOOST_AUTO_TEST_CASE(etcd_3_an_unknown_lease_in_the_taken_branch_rejects_the_whole_transaction) {
  DrivenStore store;
  const kv::TxnRequest doomed{{}, {put("a", "1"), put("b", "1", 9)}, {}};
  BOOST_TEST((store.error(doomed) == ErrorCode::lease_not_found));
  BOOST_TEST((store.error(put("a", "1", 9)) == ErrorCode::lease_not_found));
  BOOST_TEST((store.state() == Store::State{}));
  const kv::TxnRequest not_taken{{}, {put("a", "1")}, {put("b", "1", 9)}};
  BOOST_TEST(store.get<kv::TxnResult>(not_taken).succeeded);
}

BOOST_AUTO_TEST_CASE(etcd_3_a_branch_that_changes_a_key_twice_is_refused_whether_taken_or_not) {
  DrivenStore store;
  const std::vector<kv::Operation> twice = {put("a", "1"), put("b", "1"), put("a", "2")};
  const std::vector<kv::Operation> put_and_removed = {put("a", "1"), kv::DeleteRequest{all()}};
  BOOST_TEST((store.error(kv::TxnRequest{{}, twice, {}}) == ErrorCode::duplicate_key));
  BOOST_TEST((store.error(kv::TxnRequest{{}, {}, twice}) == ErrorCode::duplicate_key));
  BOOST_TEST((store.error(kv::TxnRequest{{}, put_and_removed, {}}) == ErrorCode::duplicate_key));
  BOOST_TEST((store.state() == Store::State{}));
  const kv::TxnRequest one_in_each{{}, {put("a", "1"), remove("b"), remove("b")}, {put("a", "2")}};
  BOOST_TEST(store.get<kv::TxnResult>(one_in_each).succeeded);
}

BOOST_AUTO_TEST_CASE(etcd_4_an_absent_key_has_zero_numbers_and_no_value) {
  DrivenStore store;
  for (const auto target : {CompareTarget::version, CompareTarget::create_revision,
                            CompareTarget::mod_revision, CompareTarget::lease}) {
    BOOST_TEST(holds(store.state().data, {"a", target, CompareResult::equal, 0, ""}));
    BOOST_TEST(holds(store.state().data, {"a", target, CompareResult::less, 1, ""}));
    BOOST_TEST(!holds(store.state().data, {"a", target, CompareResult::not_equal, 0, ""}));
  }
  for (const auto result :
       {CompareResult::equal, CompareResult::greater, CompareResult::less, CompareResult::not_equal}) {
    BOOST_TEST(!holds(store.state().data, {"a", CompareTarget::value, result, 0, "x"}));
  }
}

BOOST_AUTO_TEST_CASE(etcd_4_compares_read_what_the_store_holds_on_the_left) {
  DrivenStore store;
  store.get<kv::LeaseGrantResult>(grant(7));
  store.get<kv::PutResult>(put("x", "0"));
  store.get<kv::PutResult>(put("a", "m", 7));
  store.get<kv::PutResult>(put("a", "n", 7));
  const Data& data = store.state().data;
  BOOST_TEST(holds(data, {"a", CompareTarget::version, CompareResult::equal, 2, ""}));
  BOOST_TEST(holds(data, {"a", CompareTarget::create_revision, CompareResult::equal, 3, ""}));
  BOOST_TEST(holds(data, {"a", CompareTarget::mod_revision, CompareResult::equal, 4, ""}));
  BOOST_TEST(holds(data, {"a", CompareTarget::mod_revision, CompareResult::greater, 3, ""}));
  BOOST_TEST(!holds(data, {"a", CompareTarget::mod_revision, CompareResult::greater, 4, ""}));
  BOOST_TEST(holds(data, {"a", CompareTarget::lease, CompareResult::not_equal, 0, ""}));
  BOOST_TEST(holds(data, {"a", CompareTarget::value, CompareResult::greater, 0, "m"}));
  BOOST_TEST(holds(data, {"a", CompareTarget::value, CompareResult::less, 0, "nn"}));
}

BOOST_AUTO_TEST_CASE(etcd_5_a_range_is_sorted_and_ends_before_its_end) {
  DrivenStore store;
  for (const char* key : {"c", "a", "b"}) {
    store.get<kv::PutResult>(put(key, "1"));
  }
  const auto kvs = store.get<kv::RangeResult>(kv::RangeRequest{{"a", "c"}}).kvs;
  BOOST_TEST((kvs == std::vector{key_value("a", "1", 3, 3, 1), key_value("b", "1", 4, 4, 1)}));
  BOOST_TEST(store.get<kv::RangeResult>(kv::RangeRequest{{"b", ""}}).kvs.size() == 1U);
}

BOOST_AUTO_TEST_CASE(etcd_7_compaction_drops_the_past_and_nothing_else) {
  DrivenStore store;
  for (const char* key : {"a", "b", "c"}) {
    store.get<kv::PutResult>(put(key, "1"));
  }
  const Data before = store.state().data;
  BOOST_TEST((store.error(kv::CompactRequest{{5}}) == ErrorCode::future_revision));
  store.get<kv::CompactResult>(kv::CompactRequest{{3}});
  BOOST_TEST((store.error(kv::CompactRequest{{3}}) == ErrorCode::compacted));
  BOOST_TEST((store.error(kv::CompactRequest{{2}}) == ErrorCode::compacted));
  BOOST_TEST((store.state().data == before));
  BOOST_TEST(store.state().history.events.size() == 2U);
  store.get<kv::CompactResult>(kv::CompactRequest{{4}});
  BOOST_TEST(store.state().history.events.size() == 1U);
}

BOOST_AUTO_TEST_CASE(etcd_9_an_expired_lease_takes_its_keys_in_sorted_order_and_one_revision) {
  DrivenStore store;
  store.tell(watch(1, all()));
  store.get<kv::LeaseGrantResult>(grant(7));
  for (const char* key : {"c", "a", "b"}) {
    store.get<kv::PutResult>(put(key, "1", key == std::string("b") ? 0 : 7));
  }
  store.stream(1);
  store.expire({7});
  BOOST_TEST(store.answers() == 0U);
  BOOST_TEST(text(store.stream(1)) == "remove a@5, remove c@5");
  BOOST_TEST((contents(store) == std::vector{key_value("b", "1", 4, 4, 1)}));
  BOOST_TEST((store.error(kv::LeaseKeepAliveRequest{{7}}) == ErrorCode::lease_not_found));
}

BOOST_AUTO_TEST_CASE(etcd_9_revocation_does_what_expiry_does_and_stops_the_timer) {
  DrivenStore store;
  store.get<kv::LeaseGrantResult>(grant(7));
  store.get<kv::PutResult>(put("a", "1", 7));
  BOOST_TEST(store.call(kv::LeaseRevokeRequest{{7}}).revision.value == 3U);
  BOOST_TEST(contents(store).empty());
  BOOST_TEST(store.armed().empty());
  BOOST_TEST((store.error(kv::LeaseRevokeRequest{{7}}) == ErrorCode::lease_not_found));
}

BOOST_AUTO_TEST_CASE(etcd_9_grants_are_unique_raised_to_the_minimum_and_renewed_with_the_whole_ttl) {
  DrivenStore store({true, {5}, true, true});
  const auto granted = store.get<kv::LeaseGrantResult>(grant(7, 2));
  BOOST_TEST((granted == kv::LeaseGrantResult{{7}, {5}}));
  BOOST_TEST(store.armed().at({7}).value == 5U);
  BOOST_TEST((store.error(grant(7, 20)) == ErrorCode::lease_exists));
  BOOST_TEST(store.armed().at({7}).value == 5U);
  store.get<kv::LeaseGrantResult>(grant(8, 20));
  store.get<kv::LeaseResult>(kv::LeaseKeepAliveRequest{{8}});
  BOOST_TEST((store.just_armed() == std::set<kv::LeaseId>{{8}}));
  BOOST_TEST(store.armed().at({8}).value == 20U);
  store.expire({7});
  store.get<kv::LeaseGrantResult>(grant(7, 6));  // free again
  BOOST_TEST((Store::timer_kind(LeaseExpiry{{7}}) == base::TimerKind::lapse));
}

BOOST_AUTO_TEST_CASE(etcd_9_a_restart_keeps_leases_and_gives_them_their_whole_ttl) {
  DrivenStore store;
  store.get<kv::LeaseGrantResult>(grant(7, 20));
  store.tell(watch(1, all()));
  store.feed(base::Started{1, {}});
  BOOST_TEST(store.armed().at({7}).value == 20U);
  BOOST_TEST(store.state().watches.empty());
}

BOOST_AUTO_TEST_CASE(etcd_10_a_revision_reaches_a_watch_whole_and_filtered) {
  DrivenStore store;
  store.tell(watch(1, {"a", "c"}), 1);
  store.tell(watch(1, {"c", ""}), 2);
  store.get<kv::TxnResult>(
      kv::TxnRequest{{}, {put("b", "1"), put("a", "1"), put("c", "1"), put("d", "1")}, {}}, 3);
  const auto stream = store.stream(1, 1);
  BOOST_TEST(text(stream) == "put b@2, put a@2");
  BOOST_TEST(stream.front().revision.value == 2U);
  BOOST_TEST((stream.front().events[1].kv == key_value("a", "1", 2, 2, 1)));
  BOOST_TEST(text(store.stream(1, 2)) == "put c@2");
  store.get<kv::PutResult>(put("d", "2"));
  BOOST_TEST(text(store.stream(1, 1)).empty());
}

BOOST_AUTO_TEST_CASE(etcd_11_a_watch_without_start_sees_the_next_change_first) {
  DrivenStore store;
  store.get<kv::PutResult>(put("a", "1"));
  store.tell(watch(1, all()));
  BOOST_TEST(store.stream(1).empty());
  store.get<kv::PutResult>(put("a", "2"));
  BOOST_TEST(text(store.stream(1)) == "put a@3");
}

BOOST_AUTO_TEST_CASE(etcd_11_a_watch_from_the_past_is_told_it_in_one_response) {
  DrivenStore store;
  for (const char* key : {"a", "b", "c"}) {
    store.get<kv::PutResult>(put(key, "1"));
  }
  store.tell(watch(1, {"a", "c"}, 2));
  const auto stream = store.stream(1);
  BOOST_TEST(text(stream) == "put a@2, put b@3");
  BOOST_TEST(stream.front().revision.value == 4U);
  store.tell(watch(2, {"a", "c"}, 4));
  BOOST_TEST(store.stream(2).empty());
  store.get<kv::DeleteResult>(remove("b"));
  BOOST_TEST(text(store.stream(1)) == "remove b@5");
  BOOST_TEST(text(store.stream(2)) == "remove b@5");
}

BOOST_AUTO_TEST_CASE(etcd_11_a_watch_from_the_future_waits_for_it) {
  DrivenStore store;
  store.tell(watch(1, all(), 4));
  for (const char* key : {"a", "b", "c", "d"}) {
    store.get<kv::PutResult>(put(key, "1"));
  }
  BOOST_TEST(text(store.stream(1)) == "put c@4; put d@5");
  BOOST_TEST(store.state().watches.begin()->second.start.value == 0U);  // it no longer differs from others
}

BOOST_AUTO_TEST_CASE(etcd_11_a_watch_below_the_compacted_revision_is_cancelled_and_one_at_it_is_not) {
  DrivenStore store;
  store.get<kv::PutResult>(put("a", "1"));
  store.get<kv::DeleteResult>(remove("a"));
  store.get<kv::CompactResult>(kv::CompactRequest{{3}});
  store.tell(watch(1, all(), 2));
  const auto cancelled = store.stream(1);
  BOOST_TEST(text(cancelled) == "compacted@3");
  BOOST_TEST(cancelled.front().events.empty());
  store.tell(watch(2, all(), 3));
  BOOST_TEST(text(store.stream(2)) == "remove a@3");  // etcd issue 19179
  store.get<kv::PutResult>(put("a", "2"));
  BOOST_TEST(store.stream(1).empty());
  BOOST_TEST(text(store.stream(2)) == "put a@4");
}

BOOST_AUTO_TEST_CASE(a_watch_ends_by_cancellation_replacement_or_disconnection_of_its_client_only) {
  DrivenStore store;
  store.tell(watch(1, {"a", ""}), 1);
  store.tell(watch(1, {"b", ""}), 1);  // replaces
  store.tell(watch(2, all()), 1);
  store.tell(watch(1, all()), 2);
  store.tell(kv::WatchCancelRequest{{2}}, 1);
  store.tell(kv::WatchCancelRequest{{9}}, 1);
  store.get<kv::PutResult>(put("a", "1"));
  store.get<kv::PutResult>(put("b", "1"));
  BOOST_TEST(text(store.stream(1, 1)) == "put b@3");
  BOOST_TEST(store.stream(2, 1).empty());
  store.get<kv::LeaseGrantResult>(grant(7), 1);
  store.feed(base::Disconnected{{1}});
  BOOST_TEST(store.state().data.leases.size() == 1U);
  store.get<kv::PutResult>(put("b", "2"));
  BOOST_TEST(store.stream(1, 1).empty());
  BOOST_TEST(text(store.stream(1, 2)) == "put a@2; put b@3; put b@4");
}

BOOST_AUTO_TEST_CASE(a_state_is_its_canonical_bytes) {
  DrivenStore store;
  store.get<kv::LeaseGrantResult>(grant(7));
  store.tell(watch(1, all(), 9));
  store.get<kv::PutResult>(put("a", "1", 7));
  store.get<kv::CompactResult>(kv::CompactRequest{{2}});
  const base::Bytes bytes = base::to_bytes(store.state());
  base::ByteReader reader(bytes);
  BOOST_TEST((base::decode<Store::State>(reader) == store.state()));
  BOOST_TEST(reader.at_end());
}

BOOST_AUTO_TEST_CASE(without_history_equal_presents_are_equal_states) {
  DrivenStore one({false, {1}, true, true});
  DrivenStore other({false, {1}, true, true});
  one.get<kv::PutResult>(put("a", "1"));
  one.get<kv::DeleteResult>(remove("a"));
  other.get<kv::PutResult>(put("b", "1"));
  other.get<kv::DeleteResult>(remove("b"));
  one.get<kv::PutResult>(put("c", "1"));
  other.get<kv::PutResult>(put("c", "1"));
  BOOST_TEST((one.state() == other.state()));
  one.tell(watch(1, all(), 3));
  BOOST_TEST(text(one.stream(1)) == "compacted@4");
  one.tell(watch(2, all(), 4));
  BOOST_TEST(text(one.stream(2)) == "put c@4");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::model::store
