#include "model/store/data.hpp"

#include <algorithm>
#include <compare>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::model::store {
namespace {

/// One revision in the making. The store's revision moves only if something changed (ETCD-1).
class Change {
 public:
  explicit Change(Data& data) : data_(data), revision_(data.revision.next()) {}

  kv::RangeResult operator()(const kv::RangeRequest& request) const {
    kv::RangeResult result;
    for (const auto& [key, kv] : data_.keys) {
      if (kv::contains(request.range, key)) {
        result.kvs.push_back(kv);
      }
    }
    return result;
  }

  // ETCD-2: a live key keeps its create_revision, a new one starts at version 1; the lease is replaced.
  kv::PutResult operator()(const kv::PutRequest& request) {
    kv::KeyValue& kv = data_.keys[request.key];
    if (kv.version == 0) {
      kv.key = request.key;
      kv.create_revision = revision_;
    }
    kv.value = request.value;
    kv.mod_revision = revision_;
    kv.version += 1;
    kv.lease = request.lease;
    events_.push_back({kv::EventType::put, kv});
    return {};
  }

  // ETCD-1, 2: deleting nothing changes nothing; what is deleted leaves no trace in the present.
  kv::DeleteResult operator()(const kv::DeleteRequest& request) {
    return {remove_if([&](const kv::KeyValue& kv) { return kv::contains(request.range, kv.key); })};
  }

  /// In key order, which gives the events of a range or of a lease their order.
  template <class Predicate>
  std::uint64_t remove_if(const Predicate& goes) {
    return std::erase_if(data_.keys, [&](const auto& entry) {
      if (!goes(entry.second)) {
        return false;
      }
      kv::Event event{kv::EventType::remove, {}};
      event.kv.key = entry.first;
      event.kv.mod_revision = revision_;
      events_.push_back(std::move(event));
      return true;
    });
  }

  [[nodiscard]] std::vector<kv::Event> end() {
    if (!events_.empty()) {
      data_.revision = revision_;
    }
    return std::move(events_);
  }

 private:
  Data& data_;
  kv::Revision revision_;
  std::vector<kv::Event> events_;
};

[[nodiscard]] std::uint64_t number_of(const kv::KeyValue& kv, kv::CompareTarget target) {
  switch (target) {
    case kv::CompareTarget::version:
      return kv.version;
    case kv::CompareTarget::create_revision:
      return kv.create_revision.value;
    case kv::CompareTarget::mod_revision:
      return kv.mod_revision.value;
    case kv::CompareTarget::lease:
      return kv.lease.value;
    case kv::CompareTarget::value:
      break;
  }
  PLIMSOLL_ASSERT(target != kv::CompareTarget::value);
  return 0;
}

/// `order`: how what the store holds compares to what the client named.
[[nodiscard]] bool is(std::strong_ordering order, kv::CompareResult result) {
  switch (result) {
    case kv::CompareResult::equal:
      return order == std::strong_ordering::equal;
    case kv::CompareResult::greater:
      return order == std::strong_ordering::greater;
    case kv::CompareResult::less:
      return order == std::strong_ordering::less;
    case kv::CompareResult::not_equal:
      break;
  }
  return order != std::strong_ordering::equal;
}

[[nodiscard]] bool names_a_dead_lease(const Data& data, const kv::Operation& operation) {
  const auto* put = std::get_if<kv::PutRequest>(&operation);
  return put != nullptr && put->lease != kv::LeaseId{} && !data.leases.contains(put->lease);
}

}  // namespace

tl::expected<Executed, kv::ErrorCode> execute(Data& data, const std::vector<kv::Operation>& operations) {
  // ETCD-3: invalid operations are found before the first write.
  for (const kv::Operation& operation : operations) {
    if (names_a_dead_lease(data, operation)) {
      return tl::unexpected(kv::ErrorCode::lease_not_found);
    }
  }
  Executed executed;
  Change change(data);
  for (const kv::Operation& operation : operations) {
    std::visit([&](const auto& one) { executed.results.emplace_back(change(one)); }, operation);
  }
  executed.events = change.end();
  return executed;
}

bool holds(const Data& data, const kv::Compare& compare) {
  const auto found = data.keys.find(compare.key);
  const bool is_live = found != data.keys.end();
  // ETCD-4: an absent key has no value to compare, and every number of it is 0.
  if (compare.target == kv::CompareTarget::value) {
    return is_live && is(found->second.value <=> compare.value, compare.result);
  }
  const kv::KeyValue& kv = is_live ? found->second : kv::KeyValue{};
  return is(number_of(kv, compare.target) <=> compare.number, compare.result);
}

bool changes_a_key_twice(const std::vector<kv::Operation>& operations) {
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const auto* put = std::get_if<kv::PutRequest>(&operations[i]);
    if (put == nullptr) {
      continue;
    }
    for (std::size_t j = 0; j < operations.size(); ++j) {
      const auto* other = std::get_if<kv::PutRequest>(&operations[j]);
      const auto* removal = std::get_if<kv::DeleteRequest>(&operations[j]);
      if ((other != nullptr && j < i && other->key == put->key) ||
          (removal != nullptr && kv::contains(removal->range, put->key))) {
        return true;
      }
    }
  }
  return false;
}

std::vector<kv::Event> revoke(Data& data, kv::LeaseId lease) {
  const std::size_t erased = data.leases.erase(lease);
  PLIMSOLL_ASSERT(erased == 1);
  Change change(data);
  change.remove_if([&](const kv::KeyValue& kv) { return kv.lease == lease; });
  return change.end();
}

}  // namespace plimsoll::model::store
