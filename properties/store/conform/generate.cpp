#include <array>
#include <utility>

#include "checker/search/random_stream.hpp"
#include "properties/store/conform/sequence.hpp"

namespace plimsoll::properties::store {
namespace {

constexpr std::array<const char*, 7> keys = {"a", "b", "c", "ab", "abc", "b\xff", "z"};
constexpr std::array<const char*, 4> values = {"", "1", "2", "10"};
constexpr base::Ticks long_ttl{5000};
constexpr base::Ticks short_ttl{2};
constexpr base::Ticks too_long{0xffffffff};

class Generator {
 public:
  Generator(std::uint64_t seed, std::uint64_t number) : random_(seed, number) {}

  Sequence run() {
    const std::uint64_t count = 3 + random_.below(22);
    has_short_lease_ = random_.below(40) == 0;
    const std::uint64_t expiry_at = random_.below(count);
    Sequence sequence;
    for (std::uint64_t i = 0; i < count; ++i) {
      if (has_short_lease_ && i == expiry_at / 2) {
        sequence.emplace_back(RequestBody(kv::LeaseGrantRequest{short_lease, short_ttl}));
        sequence.emplace_back(RequestBody(kv::PutRequest{key(), value(), short_lease}));
      }
      add_step(sequence);
      if (has_short_lease_ && i == expiry_at) {
        sequence.emplace_back(LetExpire{});
        has_short_lease_ = false;
      }
    }
    return sequence;
  }

 private:
  bool one_in(std::uint64_t n) { return random_.below(n) == 0; }
  std::string key() { return one_in(60) ? "" : keys[random_.below(keys.size())]; }
  std::string value() { return values[random_.below(values.size())]; }
  /// Some from the past that is gone, some that are still to come.
  kv::Revision revision() { return {1 + random_.below(writes_ + 4)}; }
  kv::Revision maybe_revision(std::uint64_t n) { return one_in(n) ? revision() : kv::Revision{}; }
  kv::LeaseId lease() {
    if (has_short_lease_ && one_in(2)) {
      return short_lease;
    }
    return {1 + random_.below(3)};
  }
  kv::LeaseId maybe_lease(std::uint64_t n) { return one_in(n) ? lease() : kv::LeaseId{}; }
  kv::KeyRange range(bool open_allowed = true) {
    kv::KeyRange result{key(), ""};
    switch (random_.below(5)) {
      case 0:
        result.range_end = key();  // may lie before the key
        break;
      case 1:
        result = {"a", "c"};
        break;
      case 2:
        result.range_end = open_allowed ? std::string(1, '\0') : "zz";
        break;
      case 3:
        result = open_allowed && one_in(3) ? kv::KeyRange{std::string(1, '\0'), std::string(1, '\0')}
                                           : kv::KeyRange{"a", "b"};
        break;
      default:
        break;
    }
    return result;
  }

  kv::RangeRequest range_request() {
    kv::RangeRequest request;
    request.range = range();
    request.revision = maybe_revision(4);
    request.limit = one_in(3) ? random_.below(4) : 0;
    request.sort_order = static_cast<kv::SortOrder>(one_in(3) ? random_.below(3) : 0);
    request.sort_target = static_cast<kv::SortTarget>(one_in(3) ? random_.below(5) : 0);
    request.serializable = one_in(8);
    request.keys_only = one_in(6);
    request.count_only = one_in(8);
    request.min_mod_revision = maybe_revision(12);
    request.max_mod_revision = maybe_revision(12);
    request.min_create_revision = maybe_revision(12);
    request.max_create_revision = maybe_revision(12);
    return request;
  }
  kv::PutRequest put_request(bool ignoring_allowed = true) {
    kv::PutRequest request{key(), value(), maybe_lease(6)};
    request.prev_kv = one_in(3);
    request.ignore_value = ignoring_allowed && one_in(8);
    request.ignore_lease = ignoring_allowed && one_in(8);
    if (request.ignore_value && !one_in(6)) {
      request.value.clear();
    }
    if (request.ignore_lease && !one_in(6)) {
      request.lease = {};
    }
    return request;
  }
  kv::Compare compare() {
    kv::Compare result;
    result.key = key();
    result.target = static_cast<kv::CompareTarget>(random_.below(5));
    result.result = static_cast<kv::CompareResult>(random_.below(4));
    switch (result.target) {
      case kv::CompareTarget::value:
        result.value = value();
        break;
      case kv::CompareTarget::version:
        result.number = random_.below(3);
        break;
      case kv::CompareTarget::lease:
        result.number = maybe_lease(2).value;
        break;
      default:
        result.number = maybe_revision(2).value;
    }
    if (one_in(4)) {
      result.range_end = range().range_end;
    }
    return result;
  }
  /// etcd stops if a put is to keep what its transaction has removed, so that one transaction has either
  /// puts that keep something or removals without an end.
  std::vector<kv::Operation> branch(std::uint64_t depth, bool ignoring) {
    std::vector<kv::Operation> operations;
    for (std::uint64_t count = random_.below(4); count > 0; --count) {
      switch (random_.below(depth == 0 ? 7 : 8)) {
        case 0:
        case 1:
          operations.emplace_back(range_request());
          break;
        case 2:
        case 3:
          operations.emplace_back(kv::DeleteRequest{range(!ignoring), one_in(2)});
          break;
        case 7:
          operations.emplace_back(base::Box<kv::TxnRequest>(txn(depth - 1, ignoring)));
          break;
        default:
          operations.emplace_back(put_request(ignoring));
      }
    }
    return operations;
  }
  kv::TxnRequest txn(std::uint64_t depth, bool ignoring) {
    kv::TxnRequest request;
    for (std::uint64_t count = random_.below(3); count > 0; --count) {
      request.compares.push_back(compare());
    }
    request.success = branch(depth, ignoring);
    request.failure = branch(depth, ignoring);
    return request;
  }
  kv::WatchRequest watch() {
    kv::WatchRequest request;
    request.watch = {next_watch_++};
    request.range = range();
    request.start_revision = maybe_revision(2);
    request.prev_kv = one_in(2);
    request.progress_notify = one_in(8);
    request.no_put = one_in(8);
    request.no_delete = one_in(8);
    request.fragment = one_in(8);
    return request;
  }
  RequestBody lease_request() {
    switch (random_.below(7)) {
      case 0:
        return kv::LeaseRevokeRequest{lease()};
      case 1:
        return kv::LeaseKeepAliveRequest{lease()};
      case 2:
        return kv::LeaseTimeToLiveRequest{lease(), one_in(2)};
      case 3:
        return kv::LeaseLeasesRequest{};
      default:
        return kv::LeaseGrantRequest{{1 + random_.below(3)}, one_in(20) ? too_long : long_ttl};
    }
  }
  void add_step(Sequence& sequence) {
    const std::uint64_t kind = random_.below(100);
    if (kind < 30) {
      ++writes_;
      sequence.emplace_back(RequestBody(put_request()));
    } else if (kind < 40) {
      ++writes_;
      sequence.emplace_back(RequestBody(kv::DeleteRequest{range(), one_in(2)}));
    } else if (kind < 55) {
      sequence.emplace_back(RequestBody(range_request()));
    } else if (kind < 75) {
      ++writes_;
      sequence.emplace_back(RequestBody(txn(2, one_in(2))));
    } else if (kind < 90) {
      sequence.emplace_back(lease_request());
    } else if (kind < 95) {
      sequence.emplace_back(RequestBody(kv::CompactRequest{maybe_revision(1), one_in(4)}));
    } else if (kind < 99 && next_watch_ < 3) {
      const kv::WatchRequest request = watch();
      sequence.emplace_back(RequestBody(request));
      if (request.start_revision == kv::Revision{} && one_in(4)) {
        sequence.emplace_back(RequestBody(kv::WatchCancelRequest{request.watch}));
      }
    } else {
      sequence.emplace_back(RequestBody(oversized()));
    }
  }
  /// More operations than a transaction may have, or just as many, some of them nested.
  kv::TxnRequest oversized() {
    kv::TxnRequest inner;
    kv::TxnRequest outer;
    const std::uint64_t outside = 1 + random_.below(40);
    const std::uint64_t inside = 129 - outside - random_.below(2);
    inner.success.assign(inside, kv::RangeRequest{{"a", ""}});
    outer.success.assign(outside - 1, kv::RangeRequest{{"b", ""}});
    outer.success.emplace_back(base::Box<kv::TxnRequest>(std::move(inner)));
    return outer;
  }

  checker::RandomStream random_;
  std::uint64_t writes_ = 0;
  std::uint32_t next_watch_ = 1;
  bool has_short_lease_ = false;
};

}  // namespace

Sequence generate_sequence(std::uint64_t seed, std::uint64_t number) {
  return Generator(seed, number).run();
}

}  // namespace plimsoll::properties::store
