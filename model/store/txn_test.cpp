// Transactions: paths chosen beforehand, refusals before the first write, what comes out.
#include "model/store/txn.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

#include "model/store/driven_store.hpp"

namespace plimsoll::model::store {
namespace {

using kv::ErrorCode;
using Operations = std::vector<kv::Operation>;

const std::string open_end(1, '\0');

kv::Compare is_absent(std::string key) {
  return {std::move(key), kv::CompareTarget::version, kv::CompareResult::equal, 0};
}
kv::PutRequest put(std::string key, std::string value = "1", std::uint64_t lease = 0) {
  return {std::move(key), std::move(value), {lease}};
}
kv::PutRequest touch(std::string key, std::uint64_t lease = 0) {
  kv::PutRequest request{std::move(key), "", {lease}};
  request.ignore_value = true;
  return request;
}
kv::RangeRequest all(std::uint64_t revision = 0) {
  kv::RangeRequest request{{"a", open_end}};
  request.revision = {revision};
  return request;
}
kv::Operation nested(std::vector<kv::Compare> compares, Operations success, Operations failure = {}) {
  return base::Box<kv::TxnRequest>(
      kv::TxnRequest{std::move(compares), std::move(success), std::move(failure)});
}
kv::TxnRequest txn(Operations success) {
  return {{}, std::move(success), {}};
}
std::string keys(const kv::RangeResult& result) {
  std::string text;
  for (const kv::KeyValue& kv : result.kvs) {
    text += kv.key + "=" + kv.value + "@" + std::to_string(kv.mod_revision.value) + " ";
  }
  return text;
}
std::string contents(DrivenStore& store, std::uint64_t revision = 0) {
  return keys(store.get<kv::RangeResult>(all(revision)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(txn_test)

BOOST_AUTO_TEST_CASE(etcd_3_nested_transactions_choose_by_the_state_before_all_operations) {
  DrivenStore store;
  const auto result = store.get<kv::TxnResult>(
      txn({put("a"), nested({is_absent("a")}, {put("then")}, {put("else")}),
           nested({is_absent("else")}, {nested({is_absent("then")}, {all()}, {})})}));
  BOOST_REQUIRE(result.responses.size() == 3U);
  BOOST_TEST(std::get<base::Box<kv::TxnResult>>(result.responses[1])->succeeded);
  const auto& outer = std::get<base::Box<kv::TxnResult>>(result.responses[2]);
  const auto& inner = std::get<base::Box<kv::TxnResult>>(outer->responses.at(0));
  BOOST_TEST(inner->succeeded);
  BOOST_TEST(keys(std::get<kv::RangeResult>(inner->responses.at(0))) == "a=1@2 then=1@2 ");
  BOOST_TEST(contents(store) == "a=1@2 then=1@2 ");
  BOOST_TEST(store.revision().value == 2U);
}

BOOST_AUTO_TEST_CASE(etcd_3_what_cannot_run_on_the_path_refuses_everything_and_nothing_else_does) {
  DrivenStore store;
  store.get<kv::PutResult>(put("a"));
  const Store::State before = store.state();
  BOOST_TEST((store.error(txn({put("b"), nested({}, {put("c", "1", 9)})})) == ErrorCode::lease_not_found));
  BOOST_TEST((store.error(txn({put("b"), nested({}, {all(3)})})) == ErrorCode::future_revision));
  BOOST_TEST((store.error(txn({put("b"), touch("c")})) == ErrorCode::key_not_found));
  BOOST_TEST((store.state() == before));
  BOOST_TEST(store.get<kv::TxnResult>(txn({nested({is_absent("a")}, {all(9), touch("c")})})).succeeded);
}

BOOST_AUTO_TEST_CASE(etcd_3_puts_are_looked_at_before_ranges_and_keys_before_leases) {
  DrivenStore store;
  BOOST_TEST((store.error(txn({all(9), put("b", "1", 9)})) == ErrorCode::lease_not_found));
  BOOST_TEST((store.error(txn({touch("b", 9)})) == ErrorCode::key_not_found));
  BOOST_TEST((store.error(touch("b", 9)) == ErrorCode::lease_not_found));  // alone: the lease comes first
  BOOST_TEST((store.error(touch("b")) == ErrorCode::key_not_found));
}

BOOST_AUTO_TEST_CASE(etcd_3_a_put_that_lost_its_key_on_the_way_refuses_everything) {
  DrivenStore store;
  store.get<kv::PutResult>(put("a"));
  const Store::State before = store.state();
  const auto lost = txn({put("b"), kv::DeleteRequest{{"a", open_end}}, touch("a")});
  BOOST_TEST((store.error(lost) == ErrorCode::key_not_found));
  BOOST_TEST((store.state() == before));
}

BOOST_AUTO_TEST_CASE(etcd_4_a_compare_of_a_range_holds_for_every_key_that_is_there) {
  DrivenStore store;
  store.get<kv::PutResult>(put("a"));
  store.get<kv::PutResult>(put("b", "2"));
  store.get<kv::PutResult>(put("b", "2"));
  const Data& data = store.state().data;
  kv::Compare compare{"a", kv::CompareTarget::version, kv::CompareResult::less, 3, "", open_end};
  BOOST_TEST(holds(data, compare));
  compare.number = 2;
  BOOST_TEST(!holds(data, compare));
  compare = {"x", kv::CompareTarget::version, kv::CompareResult::equal, 0, "", open_end};
  BOOST_TEST(holds(data, compare));  // none is there: numbers are 0
  compare.target = kv::CompareTarget::value;
  compare.result = kv::CompareResult::not_equal;
  BOOST_TEST(!holds(data, compare));  // and there is no value
}

BOOST_AUTO_TEST_CASE(etcd_2_puts_keep_what_they_ignore_and_answer_with_what_was_there) {
  DrivenStore store;
  store.get<kv::LeaseGrantResult>(kv::LeaseGrantRequest{{7}, {10}});
  BOOST_TEST(!store.get<kv::PutResult>(kv::PutRequest{"a", "1", {7}, true}).prev_kv.has_value());
  kv::PutRequest request{"a", "", {}, true, true, true};
  const auto before = store.get<kv::PutResult>(request).prev_kv;
  BOOST_REQUIRE(before.has_value());
  BOOST_TEST((*before == kv::KeyValue{"a", "1", {2}, {2}, 1, {7}}));
  request.ignore_lease = false;
  BOOST_TEST((store.get<kv::PutResult>(request).prev_kv == kv::KeyValue{"a", "1", {2}, {3}, 2, {7}}));
  const auto gone = store.get<kv::DeleteResult>(kv::DeleteRequest{{"a", open_end}, true});
  BOOST_REQUIRE(gone.prev_kvs.size() == 1U);
  BOOST_TEST((gone.prev_kvs[0] == kv::KeyValue{"a", "1", {2}, {4}, 3, {}}));
}

BOOST_AUTO_TEST_CASE(etcd_5_the_past_can_be_read_down_to_the_compacted_revision) {
  DrivenStore store;
  store.get<kv::PutResult>(put("a", "1"));                                   // 2
  store.get<kv::PutResult>(put("b", "1"));                                   // 3
  store.get<kv::TxnResult>(txn({put("a", "2"), kv::DeleteRequest{{"b"}}}));  // 4
  store.get<kv::PutResult>(put("b", "3"));                                   // 5
  BOOST_TEST(contents(store, 1).empty());
  BOOST_TEST(contents(store, 2) == "a=1@2 ");
  BOOST_TEST(contents(store, 3) == "a=1@2 b=1@3 ");
  store.get<kv::CompactResult>(kv::CompactRequest{{4}});
  BOOST_TEST((store.error(all(3)) == ErrorCode::compacted));
  BOOST_TEST(contents(store, 4) == "a=2@4 ");
  BOOST_TEST(contents(store, 5) == "a=2@4 b=3@5 ");
  BOOST_TEST((store.error(all(6)) == ErrorCode::future_revision));
}

BOOST_AUTO_TEST_CASE(etcd_5_a_range_at_a_revision_does_not_see_its_own_transaction) {
  DrivenStore store;
  store.get<kv::PutResult>(put("a", "1"));
  const auto result = store.get<kv::TxnResult>(txn({put("a", "2"), all(2), all()}));
  BOOST_TEST(keys(std::get<kv::RangeResult>(result.responses.at(1))) == "a=1@2 ");
  BOOST_TEST(keys(std::get<kv::RangeResult>(result.responses.at(2))) == "a=2@3 ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::model::store
