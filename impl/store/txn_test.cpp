#include "impl/store/txn.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "impl/store/request_words.hpp"

namespace plimsoll::store {
namespace {

using namespace words;
using kv::CompareResult;
using kv::CompareTarget;
using kv::ErrorCode;

/// A store with a lease 7.
struct Bed {
  Mvcc store;
  Lessor lessor;

  Bed() { BOOST_TEST_REQUIRE(lessor.grant({}, store, {{7}, {60}}).has_value()); }

  template <class Request>
  auto run(Request request, Defects defects = {}) {
    if constexpr (std::is_same_v<Request, kv::TxnRequest>) {
      return execute(store, lessor, std::move(request), defects);
    } else {
      return execute(store, lessor, std::move(request));
    }
  }
  [[nodiscard]] bool holds(const kv::Compare& compare) const { return store::holds(store, compare); }
  [[nodiscard]] std::string value(const std::string& key) const {
    const kv::KeyValue* kv = store.find(key);
    return kv == nullptr ? "(absent)" : kv->value;
  }
  [[nodiscard]] std::set<std::string> keys_of(std::uint64_t lease) const {
    return lessor.leases.at({lease}).keys;
  }
};

template <class Result>
bool failed(const Done<Result>& done, ErrorCode code) {
  return !done.result && done.result.error() == code;
}

kv::Operation nest(kv::TxnRequest request) {
  return base::Box(std::move(request));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(txn_test)

BOOST_AUTO_TEST_CASE(etcd_4_compares_look_at_every_number) {
  Bed bed;
  bed.run(put("a", "1"));     // revision 2
  bed.run(put("b", "1"));     // revision 3
  bed.run(put("a", "2", 7));  // revision 4
  const auto is = [&](CompareTarget target, std::uint64_t number) {
    const bool equal = bed.holds(compare("a", target, CompareResult::equal, number));
    BOOST_TEST(bed.holds(compare("a", target, CompareResult::not_equal, number)) == !equal);
    BOOST_TEST(bed.holds(compare("a", target, CompareResult::greater, number - 1)));
    BOOST_TEST(!bed.holds(compare("a", target, CompareResult::greater, number)));
    BOOST_TEST(bed.holds(compare("a", target, CompareResult::less, number + 1)));
    BOOST_TEST(!bed.holds(compare("a", target, CompareResult::less, number)));
    return equal;
  };
  BOOST_TEST(is(CompareTarget::version, 2));
  BOOST_TEST(is(CompareTarget::create_revision, 2));
  BOOST_TEST(is(CompareTarget::mod_revision, 4));
  BOOST_TEST(is(CompareTarget::lease, 7));
}

BOOST_AUTO_TEST_CASE(etcd_4_values_are_compared_as_bytes) {
  Bed bed;
  bed.run(put("a", "m\x80"));
  BOOST_TEST(bed.holds(compare_value("a", CompareResult::equal, "m\x80")));
  BOOST_TEST(bed.holds(compare_value("a", CompareResult::greater, "mm")));
  BOOST_TEST(bed.holds(compare_value("a", CompareResult::less, "m\x81")));
  BOOST_TEST(bed.holds(compare_value("a", CompareResult::not_equal, "m")));
}

BOOST_AUTO_TEST_CASE(etcd_4_an_absent_key_has_numbers_zero_and_no_value) {
  const Bed bed;
  for (const CompareTarget target : {CompareTarget::version, CompareTarget::create_revision,
                                     CompareTarget::mod_revision, CompareTarget::lease}) {
    BOOST_TEST(bed.holds(compare("a", target, CompareResult::equal, 0)));
    BOOST_TEST(bed.holds(compare("a", target, CompareResult::less, 1)));
    BOOST_TEST(!bed.holds(compare("a", target, CompareResult::greater, 0)));
    BOOST_TEST(!bed.holds(compare("a", target, CompareResult::not_equal, 0)));
  }
  for (const CompareResult result :
       {CompareResult::equal, CompareResult::greater, CompareResult::less, CompareResult::not_equal}) {
    BOOST_TEST(!bed.holds(compare_value("a", result, "")));
  }
}

BOOST_AUTO_TEST_CASE(etcd_3_a_compare_of_a_range_holds_for_every_key) {
  Bed bed;
  bed.run(put("a", "1"));
  bed.run(put("b", "1"));
  bed.run(put("b", "2"));
  const auto version = [](CompareResult result, std::uint64_t number) {
    return compare("a", CompareTarget::version, result, number);
  };
  BOOST_TEST(bed.holds(over("c", version(CompareResult::greater, 0))));
  BOOST_TEST(bed.holds(over(open_end, version(CompareResult::greater, 0))));
  BOOST_TEST(!bed.holds(over("c", version(CompareResult::equal, 1))));
  BOOST_TEST(bed.holds(over("b", version(CompareResult::equal, 1))));
  // An empty range is compared as an absent key is.
  const kv::Compare nothing = compare("x", CompareTarget::version, CompareResult::equal, 0);
  BOOST_TEST(bed.holds(over("z", nothing)));
  BOOST_TEST(!bed.holds(over("z", compare_value("x", CompareResult::not_equal, "1"))));
}

BOOST_AUTO_TEST_CASE(etcd_3_exactly_one_branch_runs) {
  Bed bed;
  const auto absent = compare("a", CompareTarget::version, CompareResult::equal, 0);
  const auto holds_too = compare("b", CompareTarget::version, CompareResult::equal, 0);
  const kv::TxnRequest request = txn({put("a", "success")}, {put("b", "failure")}, {absent, holds_too});
  const auto first = bed.run(request);
  BOOST_TEST(first.result->succeeded);
  BOOST_TEST(first.result->responses.size() == 1U);
  BOOST_TEST(first.events.size() == 1U);
  BOOST_TEST(bed.value("a") == "success");
  BOOST_TEST(bed.value("b") == "(absent)");
  const auto second = bed.run(request);
  BOOST_TEST(!second.result->succeeded);
  BOOST_TEST(bed.value("b") == "failure");
}

BOOST_AUTO_TEST_CASE(etcd_3_operations_see_those_before_them) {
  Bed bed;
  bed.run(put("a", "old"));
  const auto done = bed.run(txn({get("b"), put("b", "new"), get("a", "z"), remove("a"), get("a", "z")}));
  const auto read = [&](std::size_t i) { return std::get<kv::RangeResult>(done.result->responses.at(i)); };
  BOOST_TEST(read(0).kvs.empty());
  BOOST_TEST(read(2).kvs.size() == 2U);
  BOOST_TEST(read(4).kvs.size() == 1U);
  BOOST_TEST((read(4).kvs.front().mod_revision == kv::Revision{3}));
  BOOST_TEST(std::get<kv::DeleteResult>(done.result->responses.at(3)).deleted == 1U);
  BOOST_TEST((bed.store.revision() == kv::Revision{3}));
  BOOST_TEST(done.events.size() == 2U);
}

BOOST_AUTO_TEST_CASE(etcd_3_nested_paths_are_chosen_before_anything_runs) {
  Bed bed;
  const auto absent = compare("a", CompareTarget::version, CompareResult::equal, 0);
  const kv::TxnRequest inner = txn({put("b", "was absent")}, {put("b", "was there")}, {absent});
  const kv::TxnRequest request = txn(
      {put("a"), nest(inner), nest(txn({}, {}, {absent, compare_value("a", CompareResult::equal, "v")}))});
  BOOST_TEST((choose_path(bed.store, request) == TxnPath{true, true, false}));
  const auto done = bed.run(request);
  BOOST_TEST(bed.value("b") == "was absent");
  BOOST_TEST(std::get<base::Box<kv::TxnResult>>(done.result->responses.at(1))->succeeded);
  BOOST_TEST(!std::get<base::Box<kv::TxnResult>>(done.result->responses.at(2))->succeeded);
  BOOST_TEST((choose_path(bed.store, request) == TxnPath{true, false, false}));
}

BOOST_AUTO_TEST_CASE(etcd_3_a_bad_operation_refuses_the_whole_transaction) {
  Bed bed;
  bed.run(put("a"));
  bed.run(put("a"));
  BOOST_TEST_REQUIRE(bed.store.schedule_compaction({3}).has_value());
  const Bed before = bed;
  const auto refused = [&](kv::Operation bad, ErrorCode code) {
    return failed(bed.run(txn({put("b"), bad})), code) &&
           failed(bed.run(txn({put("b"), nest(txn({bad}))})), code) &&
           failed(bed.run(txn({}, {put("b"), bad}, {compare_value("x", CompareResult::equal, "")})), code);
  };
  BOOST_TEST(refused(get("a", "", 2), ErrorCode::compacted));
  BOOST_TEST(refused(get("a", "", 4), ErrorCode::future_revision));  // even though the put makes it
  BOOST_TEST(refused(put("c", "v", 8), ErrorCode::lease_not_found));
  BOOST_TEST(refused(put_keeping_value("c"), ErrorCode::key_not_found));
  BOOST_TEST(refused(put_keeping_lease("c", "v"), ErrorCode::key_not_found));
  BOOST_TEST((bed.store == before.store));
  BOOST_TEST((bed.lessor == before.lessor));
  // What is wrong with a branch that does not run does not matter.
  BOOST_TEST(bed.run(txn({get("a", "", 3)}, {put("c", "v", 8)})).result.has_value());
}

BOOST_AUTO_TEST_CASE(etcd_3_which_error_comes_first) {
  Bed bed;
  BOOST_TEST(failed(bed.run(txn({get("a", "", 9), put("b", "v", 8)})), ErrorCode::lease_not_found));
  BOOST_TEST(failed(bed.run(txn({put_keeping_value("b", 8)})), ErrorCode::key_not_found));
  BOOST_TEST(failed(bed.run(put_keeping_value("b", 8)), ErrorCode::lease_not_found));
}

// etcd panics here, all members of it.
BOOST_AUTO_TEST_CASE(etcd_3_a_put_cannot_keep_what_its_transaction_deletes) {
  Bed bed;
  bed.run(put("b", "1"));
  BOOST_TEST(failed(bed.run(txn({remove("a", open_end), put_keeping_value("b")})), ErrorCode::key_not_found));
  BOOST_TEST(bed.value("b") == "1");
  BOOST_TEST(bed.run(txn({put_keeping_value("b"), remove("a", open_end)})).result.has_value());
  BOOST_TEST(bed.value("b") == "(absent)");
}

BOOST_AUTO_TEST_CASE(puts_keep_what_they_are_told_to) {
  Bed bed;
  bed.run(put("a", "1", 7));
  kv::PutRequest request = put_keeping_lease("a", "2");
  request.prev_kv = true;
  const auto kept_lease = bed.run(request);
  BOOST_TEST(kept_lease.result->prev_kv->value == "1");
  BOOST_TEST((bed.store.find("a")->lease == kv::LeaseId{7}));
  bed.run(put_keeping_value("a"));
  BOOST_TEST(bed.value("a") == "2");
  BOOST_TEST((bed.store.find("a")->lease == kv::LeaseId{}));
  BOOST_TEST(failed(bed.run(put_keeping_lease("x", "1")), ErrorCode::key_not_found));
  BOOST_TEST(failed(bed.run(put("x", "1", 8)), ErrorCode::lease_not_found));
  BOOST_TEST(bed.value("x") == "(absent)");
}

BOOST_AUTO_TEST_CASE(etcd_2_leases_hold_the_keys_that_were_put_last_with_them) {
  Bed bed;
  BOOST_TEST_REQUIRE(bed.lessor.grant({}, bed.store, {{8}, {60}}).has_value());
  bed.run(put("a", "1", 7));
  bed.run(txn({put("b", "1", 7), put("c", "1", 8)}));
  BOOST_TEST((bed.keys_of(7) == std::set<std::string>{"a", "b"}));
  bed.run(put("a", "2", 8));
  bed.run(put("b", "2"));
  BOOST_TEST(bed.keys_of(7).empty());
  BOOST_TEST((bed.keys_of(8) == std::set<std::string>{"a", "c"}));
  bed.run(put_keeping_lease("a", "3"));
  BOOST_TEST((bed.keys_of(8) == std::set<std::string>{"a", "c"}));
  kv::DeleteRequest request = remove("a", "c");
  request.prev_kv = true;
  const auto done = bed.run(request);
  BOOST_TEST(done.result->deleted == 2U);
  BOOST_TEST(done.result->prev_kvs.size() == 2U);
  BOOST_TEST((bed.keys_of(8) == std::set<std::string>{"c"}));
}

BOOST_AUTO_TEST_CASE(e19_part_of_a_transaction_stays) {
  Bed bed;
  const kv::TxnRequest request = txn({put("a"), put("b", "v", 8), put("c")});
  const auto done = bed.run(request, Defects().with(Defect::E19));
  BOOST_TEST(failed(done, ErrorCode::lease_not_found));
  BOOST_TEST(done.events.size() == 1U);
  BOOST_TEST(bed.value("a") == "v");
  BOOST_TEST(bed.value("c") == "(absent)");
}

BOOST_AUTO_TEST_CASE(e10_members_differ_by_how_far_they_have_compacted) {
  Bed done;
  done.run(put("a"));
  done.run(put("a"));
  BOOST_TEST_REQUIRE(done.store.schedule_compaction({3}).has_value());
  Bed under_way = done;
  while (!done.store.compact_step(10)) {
  }
  const kv::TxnRequest request = txn({put("b"), get("a", "", 2), put("c")});
  for (const Defects defects : {Defects(), Defects().with(Defect::E10)}) {
    Bed one = done;
    Bed other = under_way;
    const bool one_fails = failed(one.run(request, defects), ErrorCode::compacted);
    const bool other_fails = failed(other.run(request, defects), ErrorCode::compacted);
    BOOST_TEST(one_fails);
    BOOST_TEST(other_fails == defects.empty());
    BOOST_TEST((one.value("c") == other.value("c")) == defects.empty());
  }
}

BOOST_AUTO_TEST_CASE(read_only_transactions_are_read_off_the_store) {
  Bed bed;
  bed.run(put("a", "1"));
  bed.run(put("a", "2"));
  const auto there = compare("a", CompareTarget::version, CompareResult::greater, 1);
  const auto result = read(bed.store, txn({get("a"), get("a", "", 2)}, {}, {there}));
  BOOST_TEST_REQUIRE(result.has_value());
  BOOST_TEST(result->succeeded);
  BOOST_TEST(std::get<kv::RangeResult>(result->responses.at(0)).kvs.at(0).value == "2");
  BOOST_TEST(std::get<kv::RangeResult>(result->responses.at(1)).kvs.at(0).value == "1");
  const auto error = read(bed.store, txn({get("a", "", 4)}));
  BOOST_TEST_REQUIRE(!error.has_value());
  BOOST_TEST((error.error() == ErrorCode::future_revision));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
