// The spec against an even dumber model, request by request: version_list.hpp.
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <rapidcheck.h>

#include "model/store/driven_store.hpp"
#include "model/store/store.hpp"
#include "model/store/version_list.hpp"

namespace plimsoll::model::store {
namespace {

using Result = DrivenStore::Result;

struct OpenWatch {
  kv::KeyRange range;
  std::uint64_t from;  ///< the first revision that has not been seen
};

/// Small numbers that a request is made of.
using Dice = std::tuple<int, int, int, int, int, int>;

std::string key_of(int number) {
  return std::string(1, static_cast<char>('a' + number % 3));
}
kv::KeyRange range_of(int number) {
  return number % 2 == 0 ? kv::KeyRange{key_of(number), ""} : kv::KeyRange{"a", key_of(number) + "x"};
}
kv::Operation operation_of(int kind, int key, int value, int lease) {
  if (kind % 3 == 0) {
    return kv::DeleteRequest{range_of(key)};
  }
  if (kind % 3 == 1) {
    return kv::RangeRequest{range_of(key)};
  }
  const std::uint64_t id = lease < 4 ? 0 : static_cast<std::uint64_t>(lease - 3);
  return kv::PutRequest{key_of(key), std::to_string(value % 2), {id}};
}
bool puts_conflict(const std::vector<kv::Operation>& operations) {
  std::multiset<std::string> puts;
  for (const kv::Operation& operation : operations) {
    if (const auto* put = std::get_if<kv::PutRequest>(&operation)) {
      puts.insert(put->key);
    }
  }
  for (const std::string& key : puts) {
    bool conflict = puts.count(key) > 1;
    for (const kv::Operation& operation : operations) {
      const auto* removal = std::get_if<kv::DeleteRequest>(&operation);
      conflict = conflict || (removal != nullptr && kv::contains(removal->range, key));
    }
    if (conflict) {
      return true;
    }
  }
  return false;
}

template <class T>
const T& unboxed(const T& value) {
  return value;
}
template <class T>
const T& unboxed(const base::Box<T>& value) {
  return *value;
}

/// Plays one script on both, and compares every answer and every stream after every step.
class Duel {
 public:
  /// @param seen  Gets the names of the rarer things that happened.
  Duel(bool keep_history, std::set<std::string>& seen)
      : keep_history_(keep_history), seen_(seen), store_({keep_history, {1}, true, true}) {}

  void play(const Dice& dice) {
    const auto [kind, p, q, r, s, t] = dice;
    switch (kind) {
      case 0:
      case 1:
        single(operation_of(p, q, r, s));
        break;
      case 2:
        transaction(dice);
        break;
      case 3:
        grant(static_cast<std::uint64_t>(p % 2 + 1));
        break;
      case 4:
        end_lease(static_cast<std::uint64_t>(p % 2 + 1), q % 2 == 0);
        break;
      case 5:
      case 6:
        watch(static_cast<std::uint8_t>(p % 2 + 1), static_cast<std::uint32_t>(q % 2), range_of(r), s);
        break;
      case 7:
        compact(p);
        break;
      default:
        leave(static_cast<std::uint8_t>(p % 2 + 1), static_cast<std::uint32_t>(q % 2), r);
    }
    expected_.settle(keep_history_);
    RC_ASSERT(store_.revision().value == expected_.revision);
    compare_streams();
    const auto kvs = store_.get<kv::RangeResult>(kv::RangeRequest{{"a", "z"}}).kvs;
    RC_ASSERT(kvs == expected_.range({"a", "z"}));
    compare_past();
    RC_ASSERT(store_.armed().size() == expected_.leases.size());
  }

 private:
  /// Every revision that is not compacted can be read as it was.
  void compare_past() {
    kv::RangeRequest request{{"a", "z"}};
    for (std::uint64_t at = std::max<std::uint64_t>(expected_.compacted, 1); at <= expected_.revision; ++at) {
      request.revision = {at};
      RC_ASSERT(store_.get<kv::RangeResult>(request).kvs == expected_.range({"a", "z"}, at));
    }
    if (expected_.compacted > 1) {
      request.revision = {expected_.compacted - 1};
      RC_ASSERT(store_.error(request) == kv::ErrorCode::compacted);
    }
  }
  template <class Body>
  void expect(const Body& body, const Result& result) {
    expected_.settle(keep_history_);
    const kv::Response response = store_.call(body);
    RC_ASSERT(response.result == result);
    if (const auto* error = std::get_if<kv::ErrorResult>(&result)) {
      seen_.insert(base::enumerator_text(error->code));
    }
    RC_ASSERT(response.revision.value == expected_.revision);
  }
  void single(const kv::Operation& operation) {
    const auto refusal = expected_.refusal({operation});
    Result result = kv::ErrorResult{refusal.value_or(kv::ErrorCode::unavailable)};
    if (!refusal) {
      std::visit([&](const auto& one) { result = unboxed(one); }, expected_.run({operation}).front());
    }
    std::visit([&](const auto& body) { expect(unboxed(body), result); }, operation);
  }
  void transaction(const Dice& dice) {
    const auto [kind, p, q, r, s, t] = dice;
    const kv::Compare compare{key_of(p), static_cast<kv::CompareTarget>(q % 5),
                              static_cast<kv::CompareResult>(r % 4), static_cast<std::uint64_t>(s % 4),
                              std::to_string(s % 2)};
    const kv::TxnRequest txn{{compare},
                             {operation_of(t, r, q, s), operation_of(q, s, p, t)},
                             {operation_of(r, t, s, p), operation_of(s, p, r, q), operation_of(p, q, t, r)}};
    if (puts_conflict(txn.success) || puts_conflict(txn.failure)) {
      return expect(txn, kv::ErrorResult{kv::ErrorCode::duplicate_key});
    }
    const bool succeeded = expected_.holds(compare);
    seen_.insert(succeeded ? "txn-succeeded" : "txn-failed");
    const auto& branch = succeeded ? txn.success : txn.failure;
    if (const auto refusal = expected_.refusal(branch)) {
      return expect(txn, kv::ErrorResult{*refusal});
    }
    expect(txn, kv::TxnResult{succeeded, expected_.run(branch)});
  }
  void grant(std::uint64_t id) {
    const bool is_new = expected_.leases.insert(id).second;
    expect(kv::LeaseGrantRequest{{id}, {3}}, is_new ? Result(kv::LeaseGrantResult{{id}, {3}})
                                                    : Result(kv::ErrorResult{kv::ErrorCode::lease_exists}));
  }
  void end_lease(std::uint64_t id, bool by_expiry) {
    if (!expected_.leases.contains(id)) {
      const Result unknown = kv::ErrorResult{kv::ErrorCode::lease_not_found};
      expect(kv::LeaseRevokeRequest{{id}}, unknown);
      return expect(kv::LeaseKeepAliveRequest{{id}}, unknown);
    }
    expected_.end_lease(id);
    if (by_expiry) {
      store_.expire({id});
    } else {
      expect(kv::LeaseRevokeRequest{{id}}, kv::LeaseResult{});
    }
  }
  void watch(std::uint8_t client, std::uint32_t id, const kv::KeyRange& range, int start_from_now) {
    const std::uint64_t back = static_cast<std::uint64_t>(start_from_now);
    const std::uint64_t start = expected_.revision + 3 > back ? expected_.revision + 3 - back : 0;
    store_.tell(kv::WatchRequest{{id}, range, {start}}, client);
    const WatchKey key{{client}, {id}};
    open_.erase(key);
    if (start != 0 && start < expected_.compacted) {
      const auto stream = store_.stream(id, client);
      seen_.insert("watch-cancelled");
      RC_ASSERT(stream.size() == 1U);
      RC_ASSERT(stream[0].events.empty());
      RC_ASSERT(stream[0].compact_revision == kv::Revision{expected_.compacted});
    } else {
      seen_.insert(start > expected_.revision + 1 ? "watch-from-the-future" : "watch");
      open_[key] = {range, start == 0 ? expected_.revision + 1 : start};
    }
  }
  void compact(int back) {
    const std::uint64_t revision =
        expected_.revision + 1 -
        std::min<std::uint64_t>(expected_.revision, static_cast<std::uint64_t>(back));
    Result result = kv::CompactResult{};
    if (revision <= expected_.compacted) {
      result = kv::ErrorResult{kv::ErrorCode::compacted};
    } else if (revision > expected_.revision) {
      result = kv::ErrorResult{kv::ErrorCode::future_revision};
    } else {
      expected_.compacted = revision;
    }
    expect(kv::CompactRequest{{revision}}, result);
  }
  void leave(std::uint8_t client, std::uint32_t id, int how) {
    if (how % 3 == 0) {
      store_.feed(base::Disconnected{{client}});
      std::erase_if(open_, [&](const auto& entry) { return entry.first.client.value == client; });
    } else {
      store_.tell(kv::WatchCancelRequest{{id}}, client);
      open_.erase(WatchKey{{client}, {id}});
    }
  }
  /// Every open watch was told in one response what it had not seen, and nobody else was told anything
  /// (ETCD-10).
  void compare_streams() {
    for (const std::uint8_t client : {std::uint8_t{1}, std::uint8_t{2}}) {
      for (const std::uint32_t id : {0U, 1U}) {
        std::vector<kv::Event> due;
        const auto open = open_.find(WatchKey{{client}, {id}});
        if (open != open_.end()) {
          due = events(open->second);
          open->second.from = std::max(open->second.from, expected_.revision + 1);
        }
        const auto stream = store_.stream(id, client);
        RC_ASSERT(stream.size() == (due.empty() ? 0U : 1U));
        if (!stream.empty()) {
          seen_.insert(due.front().kv.mod_revision < due.back().kv.mod_revision ? "replay" : "event");
          RC_ASSERT(stream[0].events == due);
          RC_ASSERT(stream[0].revision.value == expected_.revision);
        }
      }
    }
  }
  [[nodiscard]] std::vector<kv::Event> events(const OpenWatch& watch) const {
    std::vector<kv::Event> found;
    for (std::size_t i = 0; i < expected_.versions.size(); ++i) {
      const Version& version = expected_.versions[i];
      if (version.revision >= watch.from && kv::contains(watch.range, version.key)) {
        found.push_back({version.value ? kv::EventType::put : kv::EventType::remove, expected_.described(i)});
      }
    }
    return found;
  }

  bool keep_history_;
  std::set<std::string>& seen_;
  DrivenStore store_;
  VersionList expected_;
  std::map<WatchKey, OpenWatch> open_;
};

auto dice() {
  const auto die = rc::gen::inRange(0, 7);
  return rc::gen::tuple(rc::gen::inRange(0, 9), die, die, die, die, die);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_oracle_test)

BOOST_AUTO_TEST_CASE(the_store_agrees_with_a_list_of_versions) {
  std::set<std::string> seen;
  BOOST_TEST(rc::check("every answer and every stream is read off the list of versions", [&] {
    const auto keep_history = *rc::gen::arbitrary<bool>();
    const auto script = *rc::gen::container<std::vector<Dice>>(dice());
    Duel duel(keep_history, seen);
    for (const Dice& throw_of_dice : script) {
      duel.play(throw_of_dice);
    }
  }));
  const std::set<std::string> rare = {"compacted",    "duplicate-key",   "future-revision",
                                      "lease-exists", "lease-not-found", "txn-succeeded",
                                      "txn-failed",   "watch-cancelled", "watch-from-the-future",
                                      "watch",        "replay",          "event"};
  BOOST_TEST(seen == rare, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::model::store
