// Random transactions on the store and on a naive one, which keeps a copy of everything for each revision
// and runs a transaction on a copy to see whether it can be done.
#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

#include "impl/store/check.hpp"
#include "impl/store/request_words.hpp"
#include "impl/store/txn.hpp"

namespace plimsoll::store {
namespace {

using namespace words;
using kv::ErrorCode;
using Keys = std::map<std::string, kv::KeyValue>;

bool in(const kv::KeyRange& range, const std::string& key) {
  if (range.range_end == open_end) {
    return key >= range.key;
  }
  return range.range_end.empty() ? key == range.key : key >= range.key && key < range.range_end;
}

/// One run of a transaction on a copy.
struct NaiveRun {
  const std::map<std::uint64_t, Keys>& past;  ///< by revision
  std::uint64_t revision;                     ///< before it
  const Keys& before;
  Keys now;
  bool changed = false;
  std::optional<ErrorCode> put_error = {};
  std::optional<ErrorCode> range_error = {};

  static bool fits(kv::CompareResult result, int order) {
    switch (result) {
      case kv::CompareResult::equal:
        return order == 0;
      case kv::CompareResult::greater:
        return order > 0;
      case kv::CompareResult::less:
        return order < 0;
      default:
        return order != 0;
    }
  }
  static bool holds(const kv::Compare& compare, const kv::KeyValue& kv) {
    if (compare.target == kv::CompareTarget::value) {
      return fits(compare.result, kv.value.compare(compare.value));
    }
    const std::map<kv::CompareTarget, std::uint64_t> numbers = {
        {kv::CompareTarget::version, kv.version},
        {kv::CompareTarget::create_revision, kv.create_revision.value},
        {kv::CompareTarget::mod_revision, kv.mod_revision.value},
        {kv::CompareTarget::lease, kv.lease.value}};
    const std::uint64_t number = numbers.at(compare.target);
    return fits(compare.result, number < compare.number ? -1 : number > compare.number ? 1 : 0);
  }
  [[nodiscard]] bool holds(const kv::Compare& compare) const {
    bool any = false;
    for (const auto& [key, kv] : before) {
      if (in({compare.key, compare.range_end}, key)) {
        any = true;
        if (!holds(compare, kv)) {
          return false;
        }
      }
    }
    return any || (compare.target != kv::CompareTarget::value && holds(compare, kv::KeyValue{}));
  }

  kv::OperationResult operator()(const kv::RangeRequest& request) {
    const std::uint64_t at = request.revision.value;
    const bool known = at == 0 || past.contains(at);
    if (!known && !range_error) {
      range_error = at > revision ? ErrorCode::future_revision : ErrorCode::compacted;
    }
    kv::RangeResult result;
    for (const auto& [key, kv] : at == 0 || !known ? now : past.at(at)) {
      if (in(request.range, key)) {
        result.kvs.push_back(kv);
        ++result.count;
      }
    }
    return result;
  }
  kv::OperationResult operator()(const kv::PutRequest& request) {
    const auto found = now.find(request.key);
    const bool is_there = found != now.end();
    if (!put_error && (request.ignore_value || request.ignore_lease) && !is_there) {
      put_error = ErrorCode::key_not_found;
    }
    if (!put_error && request.lease.value > 2) {
      put_error = ErrorCode::lease_not_found;
    }
    kv::PutResult result;
    if (request.prev_kv && is_there) {
      result.prev_kv = found->second;
    }
    kv::KeyValue& kv = now[request.key];
    kv.key = request.key;
    kv.value = request.ignore_value ? kv.value : request.value;
    kv.lease = request.ignore_lease ? kv.lease : request.lease;
    kv.create_revision = is_there ? kv.create_revision : kv::Revision{revision + 1};
    kv.mod_revision = {revision + 1};
    ++kv.version;
    changed = true;
    return result;
  }
  kv::OperationResult operator()(const kv::DeleteRequest& request) {
    kv::DeleteResult result;
    for (auto kv = now.begin(); kv != now.end();) {
      if (!in(request.range, kv->first)) {
        ++kv;
        continue;
      }
      ++result.deleted;
      if (request.prev_kv) {
        result.prev_kvs.push_back(kv->second);
      }
      kv = now.erase(kv);
      changed = true;
    }
    return result;
  }
  kv::OperationResult operator()(const base::Box<kv::TxnRequest>& nested) { return base::Box(run(*nested)); }

  kv::TxnResult run(const kv::TxnRequest& request) {
    kv::TxnResult result;
    result.succeeded = std::all_of(request.compares.begin(), request.compares.end(),
                                   [&](const kv::Compare& compare) { return holds(compare); });
    for (const kv::Operation& operation : result.succeeded ? request.success : request.failure) {
      result.responses.push_back(std::visit(*this, operation));
    }
    return result;
  }
};

struct NaiveStore {
  std::uint64_t revision = 1;
  std::map<std::uint64_t, Keys> past = {{1, {}}};  ///< those that can be read

  tl::expected<kv::TxnResult, ErrorCode> execute(const kv::TxnRequest& request) {
    NaiveRun run{past, revision, past.at(revision), past.at(revision)};
    kv::TxnResult result = run.run(request);
    if (run.put_error || run.range_error) {
      return tl::unexpected(run.put_error ? *run.put_error : *run.range_error);
    }
    if (run.changed) {
      past[++revision] = run.now;
    }
    return result;
  }
  void compact(std::uint64_t at) { past.erase(past.begin(), past.lower_bound(at)); }
};

int below(int count) {
  return *rc::gen::inRange(0, count);
}
bool one_in(int count) {
  return below(count) == 0;
}
std::string any_key() {
  return {static_cast<char>('a' + below(5))};
}
std::string any_end() {
  return one_in(2) ? "" : one_in(3) ? open_end : any_key();
}

kv::Compare any_compare() {
  const auto target = static_cast<kv::CompareTarget>(below(5));
  const auto result = static_cast<kv::CompareResult>(below(4));
  kv::Compare compare{any_key(), target, result, static_cast<std::uint64_t>(below(6)), "", ""};
  if (target == kv::CompareTarget::value) {
    compare.value = std::to_string(below(3));
  }
  compare.range_end = any_end();
  return compare;
}

kv::TxnRequest any_txn(int depth, std::uint64_t revision);

kv::Operation any_operation(int depth, std::uint64_t revision) {
  if (depth > 0 && one_in(4)) {
    return base::Box(any_txn(depth - 1, revision));
  }
  const int kind = below(5);
  if (kind == 0) {
    const auto back = static_cast<std::uint64_t>(below(6));
    const std::uint64_t at = one_in(2) ? revision + 1 - std::min(revision, back) : 0;
    return get(any_key(), any_end(), at);
  }
  if (kind == 1) {
    return kv::DeleteRequest{{any_key(), any_end()}, one_in(2)};
  }
  kv::PutRequest request =
      put(any_key(), std::to_string(below(3)), one_in(12) ? 3U : static_cast<unsigned>(below(3)));
  request.prev_kv = one_in(2);
  request.ignore_value = one_in(8);
  request.ignore_lease = one_in(8);
  request.value = request.ignore_value ? "" : request.value;
  request.lease = request.ignore_lease ? kv::LeaseId{} : request.lease;
  return request;
}

kv::TxnRequest any_txn(int depth, std::uint64_t revision) {
  kv::TxnRequest request;
  for (int i = below(3); i > 0; --i) {
    request.compares.push_back(any_compare());
  }
  for (std::vector<kv::Operation>* branch : {&request.success, &request.failure}) {
    for (int i = below(4); i > 0; --i) {
      branch->push_back(any_operation(depth, revision));
    }
  }
  return request;
}

/// The keys that a lease holds are those that say so.
void check_leases(const Mvcc& store, const Lessor& lessor) {
  for (const auto& [id, lease] : lessor.leases) {
    std::set<std::string> keys;
    for (const kv::KeyValue* kv : store.live()) {
      if (kv->lease == id) {
        keys.insert(kv->key);
      }
    }
    RC_ASSERT(lease.keys == keys);
  }
}

void check_events(const std::vector<kv::Event>& events, const NaiveStore& naive, bool changed) {
  RC_ASSERT(events.empty() == !changed);
  for (const kv::Event& event : events) {
    RC_ASSERT(event.kv.mod_revision.value == naive.revision);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(txn_oracle_test)

BOOST_AUTO_TEST_CASE(etcd_3_transactions_do_what_a_naive_store_does) {
  int failed = 0;
  int changed = 0;
  int read_only = 0;
  BOOST_TEST(rc::check("results, errors, keys, leases", [&] {
    Mvcc store;
    Lessor lessor;
    RC_ASSERT(lessor.grant({}, store, {{1}, {60}}).has_value());
    RC_ASSERT(lessor.grant({}, store, {{2}, {60}}).has_value());
    NaiveStore naive;
    for (int step = below(20) + 1; step > 0; --step) {
      if (one_in(10) && store.schedule_compaction(store.revision()).has_value()) {
        naive.compact(store.revision().value);
        continue;
      }
      const kv::TxnRequest request = any_txn(2, naive.revision);
      if (!check(request)) {
        continue;
      }
      const std::uint64_t revision = naive.revision;
      const auto expected = naive.execute(request);
      ++(!expected ? failed : naive.revision > revision ? changed : read_only);
      const auto done = execute(store, lessor, request);
      RC_ASSERT(done.result.has_value() == expected.has_value());
      if (expected) {
        RC_ASSERT(*done.result == *expected);
      } else {
        RC_ASSERT(done.result.error() == expected.error());
      }
      RC_ASSERT(store.revision().value == naive.revision);
      check_events(done.events, naive, naive.revision > revision);
      check_leases(store, lessor);
      const auto all = store.range(get("a", open_end));
      RC_ASSERT(all->kvs.size() == naive.past.at(naive.revision).size());
      for (const kv::KeyValue& kv : all->kvs) {
        RC_ASSERT(naive.past.at(naive.revision).at(kv.key) == kv);
      }
    }
  }));
  // There were enough of each.
  BOOST_TEST(failed > 50);
  BOOST_TEST(changed > 50);
  BOOST_TEST(read_only > 50);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
