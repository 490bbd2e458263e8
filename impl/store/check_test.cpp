#include "impl/store/check.hpp"

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include <map>

#include "impl/store/request_words.hpp"

namespace plimsoll::store {
namespace {

using namespace words;
using kv::ErrorCode;
using Operations = std::vector<kv::Operation>;

template <class Request>
bool passes(const Request& request) {
  return check(request).has_value();
}
template <class Request>
bool is_refused(const Request& request, ErrorCode code) {
  const Checked checked = check(request);
  return !checked && checked.error() == code;
}

/// A transaction is refused if its puts conflict somewhere; here no other reason exists.
bool conflicts(Operations success) {
  const kv::TxnRequest request = txn(std::move(success));
  RC_ASSERT(passes(request) || is_refused(request, ErrorCode::duplicate_key));
  return !passes(request);
}

std::string key_of(int number) {
  return {static_cast<char>('a' + number)};
}

/// How often a list of operations may put a key, over all ways to take branches: the largest number.
std::map<std::string, int> most_puts(const Operations& operations) {
  std::map<std::string, int> sum;
  for (const kv::Operation& operation : operations) {
    if (const auto* request = std::get_if<kv::PutRequest>(&operation)) {
      ++sum[request->key];
    }
    if (const auto* nested = std::get_if<base::Box<kv::TxnRequest>>(&operation)) {
      std::map<std::string, int> most = most_puts((*nested)->success);
      for (const auto& [key, count] : most_puts((*nested)->failure)) {
        most[key] = std::max(most[key], count);
      }
      for (const auto& [key, count] : most) {
        sum[key] += count;
      }
    }
  }
  return sum;
}

Operations any_puts(int depth) {
  Operations operations;
  const int count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i) {
    if (depth > 0 && *rc::gen::inRange(0, 3) == 0) {
      operations.emplace_back(base::Box(txn(any_puts(depth - 1), any_puts(depth - 1))));
    } else {
      operations.emplace_back(put(key_of(*rc::gen::inRange(0, 12))));
    }
  }
  return operations;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_test)

BOOST_AUTO_TEST_CASE(keys_must_not_be_empty) {
  BOOST_TEST(passes(get("a")));
  BOOST_TEST(passes(put("a")));
  BOOST_TEST(passes(remove("a")));
  BOOST_TEST(is_refused(get("", "b"), ErrorCode::empty_key));
  BOOST_TEST(is_refused(put(""), ErrorCode::empty_key));
  BOOST_TEST(is_refused(remove("", "b"), ErrorCode::empty_key));
  BOOST_TEST(is_refused(txn({get("")}), ErrorCode::empty_key));
  BOOST_TEST(is_refused(txn({}, {get("")}), ErrorCode::empty_key));
  BOOST_TEST(is_refused(txn({base::Box(txn({put("")}))}), ErrorCode::empty_key));
  const auto compared = compare("", kv::CompareTarget::version, kv::CompareResult::equal, 0);
  BOOST_TEST(is_refused(txn({}, {}, {compared}), ErrorCode::empty_key));
  // Found before keys that are put twice.
  BOOST_TEST(is_refused(txn({put("a"), put("a"), get("")}), ErrorCode::empty_key));
}

BOOST_AUTO_TEST_CASE(what_is_ignored_must_not_be_given) {
  kv::PutRequest request = put("a", "v", 7);
  BOOST_TEST(passes(request));
  request.ignore_lease = true;
  BOOST_TEST(is_refused(request, ErrorCode::lease_provided));
  request.ignore_value = true;
  BOOST_TEST(is_refused(request, ErrorCode::value_provided));
  request.value = "";
  BOOST_TEST(is_refused(request, ErrorCode::lease_provided));
  request.lease = {};
  BOOST_TEST(passes(request));
  request.value = "v";
  request.key = "";
  BOOST_TEST(is_refused(request, ErrorCode::empty_key));
}

BOOST_AUTO_TEST_CASE(a_transaction_has_a_limited_number_of_operations) {
  BOOST_TEST(passes(txn(Operations(128, get("a")), Operations(128, get("a")))));
  BOOST_TEST(is_refused(txn(Operations(129, get("a"))), ErrorCode::too_many_operations));
  BOOST_TEST(is_refused(txn({}, Operations(129, get("a"))), ErrorCode::too_many_operations));
  const auto compared = compare("a", kv::CompareTarget::version, kv::CompareResult::equal, 0);
  BOOST_TEST(
      is_refused(txn({}, {}, std::vector<kv::Compare>(129, compared)), ErrorCode::too_many_operations));
  // Found before empty keys.
  BOOST_TEST(is_refused(txn(Operations(129, get(""))), ErrorCode::too_many_operations));
}

BOOST_AUTO_TEST_CASE(a_nested_transaction_has_what_its_parent_leaves) {
  const auto nesting = [](std::size_t count) {
    Operations operations(99, get("a"));
    operations.emplace_back(base::Box(txn(Operations(count, get("a")))));
    return txn(std::move(operations));
  };
  BOOST_TEST(passes(nesting(28)));
  BOOST_TEST(is_refused(nesting(29), ErrorCode::too_many_operations));
  BOOST_TEST(check(nesting(28), 128).has_value());
  BOOST_TEST(!check(nesting(28), 127).has_value());
}

BOOST_AUTO_TEST_CASE(etcd_3_a_transaction_changes_a_key_once) {
  const auto duplicate = [](Operations operations) {
    return is_refused(txn(std::move(operations)), ErrorCode::duplicate_key);
  };
  BOOST_TEST(duplicate({put("a"), put("a")}));
  BOOST_TEST(is_refused(txn({}, {put("a"), put("a")}), ErrorCode::duplicate_key));
  BOOST_TEST(passes(txn({put("a")}, {put("a")})));
  BOOST_TEST(passes(txn({put("a"), put("b"), get("a")})));
  BOOST_TEST(duplicate({put("a"), remove("a")}));
  BOOST_TEST(duplicate({remove("a"), put("a")}));
  BOOST_TEST(duplicate({put("b"), remove("a", "c")}));
  BOOST_TEST(passes(txn({put("c"), remove("a", "c")})));
  BOOST_TEST(passes(txn({put("b"), remove("c", "a")})));
  BOOST_TEST(passes(txn({remove("a"), remove("a"), remove("a", "c")})));
}

// What a real etcd (3.4.23) answers: some of it is an accident of how it looks for conflicts.
BOOST_AUTO_TEST_CASE(etcd_3_nested_changes_conflict_by_order) {
  const auto nest = [](Operations success, Operations failure = {}) -> kv::Operation {
    return base::Box(txn(std::move(success), std::move(failure)));
  };
  BOOST_TEST(!passes(txn({nest({put("a")}), put("a")})));
  BOOST_TEST(!passes(txn({nest({put("a")}), nest({put("a")})})));
  BOOST_TEST(!passes(txn({nest({put("a")}), nest({}, {put("a")})})));
  BOOST_TEST(passes(txn({nest({put("a")}, {put("a")})})));
  BOOST_TEST(passes(txn({nest({put("a")}, {remove("a")})})));
  BOOST_TEST(!passes(txn({nest({put("a")}), remove("a")})));
  BOOST_TEST(!passes(txn({put("a"), nest({remove("a")})})));
  BOOST_TEST(!passes(txn({nest({remove("a")}), nest({put("a")})})));
  BOOST_TEST(!passes(txn({nest({}, {remove("a")}), put("a")})));
  BOOST_TEST(passes(txn({nest({put("a")}), nest({remove("a")})})));
  BOOST_TEST(passes(txn({remove("a", open_end), put("b")})));
  BOOST_TEST(passes(txn({put("b"), remove("a", open_end)})));
}

BOOST_AUTO_TEST_CASE(etcd_3_flat_puts_conflict_with_each_other_and_with_deletes) {
  BOOST_TEST(rc::check("every put is compared with everything", [] {
    Operations operations;
    std::vector<std::string> puts;
    std::vector<kv::KeyRange> deletes;
    const int count = *rc::gen::inRange(0, 8);
    for (int i = 0; i < count; ++i) {
      const std::string key = key_of(*rc::gen::inRange(0, 16));
      if (*rc::gen::inRange(0, 3) > 0) {
        operations.emplace_back(put(key));
        puts.push_back(key);
      } else {
        const kv::KeyRange range{key, *rc::gen::arbitrary<bool>() ? key_of(*rc::gen::inRange(0, 16)) : ""};
        operations.emplace_back(remove(range.key, range.range_end));
        deletes.push_back(range);
      }
    }
    int conflicting = 0;
    for (std::size_t i = 0; i < puts.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        conflicting += puts[i] == puts[j] ? 1 : 0;
      }
      for (const kv::KeyRange& range : deletes) {
        conflicting += kv::contains(range, puts[i]) ? 1 : 0;
      }
    }
    RC_CLASSIFY(conflicting > 0);
    RC_ASSERT(conflicts(operations) == (conflicting > 0));
  }));
}

BOOST_AUTO_TEST_CASE(etcd_3_nested_puts_conflict_if_some_path_puts_a_key_twice) {
  BOOST_TEST(rc::check("over all ways to take branches", [] {
    const Operations operations = any_puts(2);
    bool twice = false;
    for (const auto& [key, count] : most_puts(operations)) {
      twice = twice || count > 1;
    }
    RC_CLASSIFY(twice);
    RC_ASSERT(conflicts(operations) == twice);
  }));
}

BOOST_AUTO_TEST_CASE(requests_are_checked_by_what_they_are) {
  const auto refused = [](const kv::Request& request, ErrorCode code) {
    const Checked checked = check(request, 1);
    return !checked && checked.error() == code;
  };
  BOOST_TEST(refused({{1}, get("")}, ErrorCode::empty_key));
  BOOST_TEST(refused({{1}, put("")}, ErrorCode::empty_key));
  BOOST_TEST(refused({{1}, remove("")}, ErrorCode::empty_key));
  BOOST_TEST(refused({{1}, txn({get("a"), get("a")})}, ErrorCode::too_many_operations));
  BOOST_TEST(check({{1}, kv::WatchRequest{}}).has_value());
  BOOST_TEST(check({{1}, kv::LeaseGrantRequest{}}).has_value());
}

BOOST_AUTO_TEST_CASE(read_only_transactions_need_no_entry) {
  kv::RangeRequest serializable = get("a");
  serializable.serializable = true;
  BOOST_TEST(is_read_only(txn({})));
  BOOST_TEST(is_serializable(txn({})));
  BOOST_TEST(is_read_only(txn({get("a"), serializable}, {get("a")})));
  BOOST_TEST(!is_serializable(txn({get("a"), serializable})));
  BOOST_TEST(!is_serializable(txn({serializable}, {get("a")})));
  BOOST_TEST(is_serializable(txn({serializable}, {serializable})));
  BOOST_TEST(!is_read_only(txn({get("a")}, {put("a")})));
  BOOST_TEST(!is_read_only(txn({remove("a")})));
  BOOST_TEST(!is_read_only(txn({base::Box(txn({get("a")}))})));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
