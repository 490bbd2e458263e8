// The store as a sequential program.
#include "checker/history/store_object.hpp"

#include <boost/test/unit_test.hpp>

#include "checker/history/store_test_bed.hpp"

namespace plimsoll::history {
namespace {

kv::PutRequest put(const std::string& key, const std::string& value) {
  kv::PutRequest request;
  request.key = key;
  request.value = value;
  return request;
}
kv::RangeRequest get(const std::string& key, const std::string& range_end = "") {
  kv::RangeRequest request;
  request.range = {key, range_end};
  return request;
}
kv::DeleteRequest remove(const std::string& key, const std::string& range_end = "") {
  kv::DeleteRequest request;
  request.range = {key, range_end};
  return request;
}
kv::Compare compare(const std::string& key, kv::CompareTarget target, kv::CompareResult result,
                    std::uint64_t number) {
  kv::Compare compare;
  compare.key = key;
  compare.target = target;
  compare.result = result;
  compare.number = number;
  return compare;
}

/// A store that is asked.
struct Store {
  StoreState state = {};
  StoreChanges changes = {};

  StoreResult operator()(const StoreRequest& request) {
    changes.clear();
    const auto result = perform(state, request, changes);
    BOOST_REQUIRE(result);
    return *result;
  }
  kv::RangeResult found(const kv::RangeRequest& request) {
    return std::get<kv::RangeResult>((*this)(request));
  }
  [[nodiscard]] std::uint64_t revision() const { return state.revision.value; }
};

std::string keys(const kv::RangeResult& result) {
  std::string text;
  for (const kv::KeyValue& one : result.kvs) {
    text += one.key;
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_object_test)

BOOST_AUTO_TEST_CASE(etcd_1_revisions_count_what_changed_something) {
  Store store;
  BOOST_TEST(store.revision() == 1U);
  store(get("a"));
  store(remove("a"));
  BOOST_TEST(store.revision() == 1U);
  store(put("a", "1"));
  BOOST_TEST(store.revision() == 2U);
  store(kv::TxnRequest{{}, {put("a", "2"), put("b", "2")}, {}});
  BOOST_TEST(store.revision() == 3U);
  BOOST_TEST(store.state.kvs.at("a").mod_revision.value == 3U);
  BOOST_TEST(store.state.kvs.at("b").mod_revision.value == 3U);
  BOOST_TEST(std::get<kv::DeleteResult>(store(remove("a", "c"))).deleted == 2U);
  BOOST_TEST(store.revision() == 4U);
}

BOOST_AUTO_TEST_CASE(etcd_2_versions_begin_with_each_creation) {
  Store store;
  store(put("a", "1"));
  kv::PutRequest with_lease = put("a", "2");
  with_lease.lease.value = 7;
  with_lease.prev_kv = true;
  BOOST_TEST(
      (*std::get<kv::PutResult>(store(with_lease)).prev_kv == kv::KeyValue{"a", "1", {2}, {2}, 1, {}}));
  BOOST_TEST((store.state.kvs.at("a") == kv::KeyValue{"a", "2", {2}, {3}, 2, {7}}));
  kv::PutRequest keeps = put("a", "");
  keeps.ignore_value = true;
  keeps.ignore_lease = true;
  store(keeps);
  BOOST_TEST((store.state.kvs.at("a") == kv::KeyValue{"a", "2", {2}, {4}, 3, {7}}));
  store(put("a", "3"));
  BOOST_TEST(store.state.kvs.at("a").lease.value == 0U);
  store(remove("a"));
  keeps.key = "a";
  BOOST_TEST(!perform(store.state, keeps, store.changes));
  store(put("a", "4"));
  BOOST_TEST((store.state.kvs.at("a") == kv::KeyValue{"a", "4", {7}, {7}, 1, {}}));
}

BOOST_AUTO_TEST_CASE(etcd_3_branches_are_chosen_before_anything_is_done) {
  using enum kv::CompareTarget;
  using enum kv::CompareResult;
  Store store;
  const kv::TxnRequest inner{{compare("a", version, equal, 0)}, {put("b", "new")}, {put("b", "old")}};
  const auto result = std::get<kv::TxnResult>(
      store(kv::TxnRequest{{}, {put("a", "1"), base::Box<kv::TxnRequest>(inner), get("a")}, {}}));
  BOOST_TEST(result.succeeded);
  BOOST_TEST((*std::get<base::Box<kv::TxnResult>>(result.responses[1])).succeeded);
  BOOST_TEST(keys(std::get<kv::RangeResult>(result.responses[2])) == "a");
  BOOST_TEST(store.state.kvs.at("b").value == "new");
  // A range compare must hold for each key.
  store(put("a", "2"));
  kv::Compare of_range = compare("a", version, equal, 2);
  of_range.range_end = "c";
  BOOST_TEST(!std::get<kv::TxnResult>(store(kv::TxnRequest{{of_range}, {}, {}})).succeeded);
  of_range.result = less;
  of_range.number = 3;
  BOOST_TEST(std::get<kv::TxnResult>(store(kv::TxnRequest{{of_range}, {}, {}})).succeeded);
  // Refused as a whole.
  kv::PutRequest keeps = put("none", "");
  keeps.ignore_value = true;
  const StoreState before = store.state;
  BOOST_TEST(!perform(store.state, kv::TxnRequest{{}, {put("a", "9"), keeps}, {}}, store.changes));
  BOOST_TEST((store.state == before));
}

BOOST_AUTO_TEST_CASE(etcd_4_an_absent_key_has_numbers_and_no_value) {
  using enum kv::CompareTarget;
  using enum kv::CompareResult;
  Store store;
  for (const kv::CompareTarget target : {version, create_revision, mod_revision, lease}) {
    BOOST_TEST(
        std::get<kv::TxnResult>(store(kv::TxnRequest{{compare("a", target, equal, 0)}, {}, {}})).succeeded);
  }
  for (const kv::CompareResult result : {equal, not_equal, less, greater}) {
    BOOST_TEST(
        !std::get<kv::TxnResult>(store(kv::TxnRequest{{compare("a", value, result, 0)}, {}, {}})).succeeded);
  }
}

BOOST_AUTO_TEST_CASE(etcd_5_ranges_are_filtered_sorted_and_cut) {
  Store store;
  for (const std::string key : {"a", "b", "c", "d"}) {
    store(put(key, key));
  }
  store(put("b", "z"));
  BOOST_TEST(keys(store.found(get("b", "d"))) == "bc");
  BOOST_TEST(keys(store.found(get("b", std::string(1, '\0')))) == "bcd");
  BOOST_TEST(keys(store.found(get("d", "b"))).empty());
  kv::RangeRequest request = get("a", "z");
  request.limit = 3;
  kv::RangeResult result = store.found(request);
  BOOST_TEST(keys(result) == "abc");
  BOOST_TEST(result.more);
  BOOST_TEST(result.count == 4U);
  request.sort_target = kv::SortTarget::mod_revision;
  request.sort_order = kv::SortOrder::descend;
  BOOST_TEST(keys(store.found(request)) == "bdc");
  request.sort_order = kv::SortOrder::none;
  BOOST_TEST(keys(store.found(request)) == "acd");
  request.sort_target = kv::SortTarget::value;
  request.limit = 0;
  BOOST_TEST(keys(store.found(request)) == "acdb");
  request.max_mod_revision.value = 4;
  request.min_create_revision.value = 3;
  result = store.found(request);
  BOOST_TEST(keys(result) == "c");
  BOOST_TEST(result.count == 4U);
  request.keys_only = true;
  BOOST_TEST(store.found(request).kvs.front().value.empty());
  request.count_only = true;
  BOOST_TEST((store.found(request) == kv::RangeResult{{}, 4, false}));
}

BOOST_AUTO_TEST_CASE(changes_are_taken_back) {
  Store store;
  store(put("a", "1"));
  store(put("b", "1"));
  const StoreState before = store.state;
  store.changes.clear();
  for (const StoreRequest& request : {StoreRequest(put("a", "2")), StoreRequest(remove("a", "z")),
                                      StoreRequest(put("c", "3")), StoreRequest(put("a", "4"))}) {
    (void)perform(store.state, request, store.changes);
  }
  undo(store.state, store.changes, 0, before.revision);
  BOOST_TEST((store.state == before));
  BOOST_TEST(store.changes.empty());
}

BOOST_AUTO_TEST_CASE(what_was_not_recorded_agrees) {
  const StoreRequest request = get("a");
  const kv::KeyValue full{"a", "1", {2}, {3}, 2, {}};
  const StoreResult is = kv::RangeResult{{full}, 1, false};
  const auto told = [&](const kv::KeyValue& found, std::uint64_t count) {
    return agrees(request, is, kv::RangeResult{{found}, count, false});
  };
  BOOST_TEST(told(full, 1));
  BOOST_TEST(told({"a", "1", {}, {}, 0, {}}, 0));
  BOOST_TEST(!told({"a", "2", {}, {}, 0, {}}, 1));
  BOOST_TEST(!told({"a", "1", {}, {2}, 0, {}}, 1));
  BOOST_TEST(!told({"a", "1", {3}, {}, 0, {}}, 1));
  BOOST_TEST(!told(full, 2));
  BOOST_TEST(!agrees(request, is, kv::RangeResult{}));
  BOOST_TEST(!agrees(request, is, kv::PutResult{}));
}

BOOST_AUTO_TEST_CASE(requests_and_answers_have_words) {
  kv::Compare mod = compare("a", kv::CompareTarget::mod_revision, kv::CompareResult::equal, 3);
  const kv::TxnRequest txn{{mod}, {put("a", "x y"), remove("b", "c")}, {get("a")}};
  BOOST_TEST(describe(StoreRequest(txn)) == "if a mod-revision = 3: put a \"x y\"; delete b..c else get a");
  kv::RangeRequest past = get("a", std::string(1, '\0'));
  past.revision.value = 5;
  past.serializable = true;
  past.limit = 2;
  BOOST_TEST(describe(StoreRequest(past)) == "get a.. at 5 serializable limit 2");
  kv::TxnResult result{true, {kv::PutResult{}, kv::DeleteResult{2, {}}}};
  BOOST_TEST(describe(StoreResult(result)) == "succeeded, deleted 2");
  BOOST_TEST(describe(StoreResult(kv::RangeResult{{{"a", "1", {2}, {3}, 2, {}}}, 2, true})) ==
             "a=1@3 and more");
  BOOST_TEST(describe(StoreResult(kv::RangeResult{{}, 3, false})) == "3 found");
  BOOST_TEST(describe(StoreResult(kv::RangeResult{})) == "none");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::history
