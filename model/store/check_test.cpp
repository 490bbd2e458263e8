// Requests that are refused whatever the store holds.
#include "model/store/check.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace plimsoll::model::store {
namespace {

using kv::ErrorCode;
using Operations = std::vector<kv::Operation>;

kv::PutRequest put(std::string key) {
  return {std::move(key), "1"};
}
kv::DeleteRequest remove(std::string key, std::string end = "") {
  return {{std::move(key), std::move(end)}};
}
kv::Operation nested(Operations success, Operations failure = {}) {
  return base::Box<kv::TxnRequest>(kv::TxnRequest{{}, std::move(success), std::move(failure)});
}
std::optional<ErrorCode> in_success(Operations operations) {
  return refusal(kv::TxnRequest{{}, std::move(operations), {}}, {});
}
bool is_duplicate(const Operations& operations) {
  const bool is_refused = in_success(operations) == ErrorCode::duplicate_key;
  const auto in_failure = refusal(kv::TxnRequest{{}, {}, operations}, {});
  BOOST_TEST(is_refused == (in_failure == ErrorCode::duplicate_key));
  return is_refused;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_test)

BOOST_AUTO_TEST_CASE(keys_are_not_empty_wherever_they_are) {
  BOOST_TEST((refusal(kv::RangeRequest{}) == ErrorCode::empty_key));
  BOOST_TEST((refusal(put("")) == ErrorCode::empty_key));
  BOOST_TEST((refusal(remove("", "z")) == ErrorCode::empty_key));
  BOOST_TEST((in_success({put("a"), nested({remove("")})}) == ErrorCode::empty_key));
  BOOST_TEST((refusal(kv::TxnRequest{{kv::Compare{}}, {}, {}}, {}) == ErrorCode::empty_key));
  BOOST_TEST(!refusal(kv::RangeRequest{{"a", ""}}));
}

BOOST_AUTO_TEST_CASE(what_is_ignored_is_not_given) {
  kv::PutRequest request = put("a");
  request.ignore_value = true;
  BOOST_TEST((refusal(request) == ErrorCode::value_provided));
  request.value = "";
  BOOST_TEST(!refusal(request));
  request.ignore_lease = true;
  request.lease = {7};
  BOOST_TEST((refusal(request) == ErrorCode::lease_provided));
  BOOST_TEST((in_success({nested({}, {request})}) == ErrorCode::lease_provided));
}

BOOST_AUTO_TEST_CASE(a_level_has_as_many_operations_as_those_around_it_leave) {
  Config config;
  config.txn_operations_max = 4;
  const auto with = [&](std::size_t outside, std::size_t inside) {
    kv::TxnRequest request;
    request.failure.assign(outside - 1, kv::RangeRequest{{"a", ""}});
    request.failure.push_back(nested(Operations(inside, kv::RangeRequest{{"a", ""}})));
    return refusal(request, config);
  };
  BOOST_TEST(!with(3, 1));
  BOOST_TEST((with(3, 2) == ErrorCode::too_many_operations));
  BOOST_TEST(!with(4, 0));
  BOOST_TEST((with(5, 0) == ErrorCode::too_many_operations));
  kv::TxnRequest compares;
  compares.compares.assign(5, kv::Compare{"a"});
  BOOST_TEST((refusal(compares, config) == ErrorCode::too_many_operations));
}

BOOST_AUTO_TEST_CASE(etcd_3_a_branch_does_not_change_a_key_twice) {
  BOOST_TEST(is_duplicate({put("a"), put("a")}));
  BOOST_TEST(is_duplicate({put("a"), remove("a")}));
  BOOST_TEST(is_duplicate({remove("a", "c"), put("b")}));
  BOOST_TEST(!is_duplicate({remove("a"), remove("a", "c")}));
  BOOST_TEST(!is_duplicate({put("a"), put("b"), remove("c")}));
}

BOOST_AUTO_TEST_CASE(etcd_3_nested_branches_count_but_exclude_each_other) {
  BOOST_TEST(is_duplicate({put("a"), nested({}, {put("a")})}));
  BOOST_TEST(is_duplicate({nested({put("a")}), nested({put("a")})}));
  BOOST_TEST(is_duplicate({nested({put("a")}), nested({}, {put("a")})}));
  BOOST_TEST(is_duplicate({nested({remove("a")}), nested({put("a")})}));
  BOOST_TEST(is_duplicate({put("a"), nested({remove("a")})}));
  BOOST_TEST(is_duplicate({nested({nested({put("a"), remove("a")})})}));
  BOOST_TEST(!is_duplicate({nested({put("a")}, {put("a")})}));
  BOOST_TEST(!is_duplicate({nested({put("a")}, {remove("a")})}));
}

BOOST_AUTO_TEST_CASE(etcd_3_two_ways_to_change_a_key_twice_are_not_noticed) {
  BOOST_TEST(!is_duplicate({nested({put("a")}), nested({remove("a")})}));
  BOOST_TEST(!is_duplicate({put("b"), remove("a", std::string(1, '\0'))}));
  BOOST_TEST(!is_duplicate({remove("a", std::string(1, '\0')), put("b")}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::model::store
