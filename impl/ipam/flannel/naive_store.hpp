// A key-value store for tests of the subnet manager, written against kv.hpp alone and as plainly as can be.
//
// It is an oracle, not a model of etcd: it answers only what the subnet manager asks, and a violated
// expectation aborts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "impl/base/assert.hpp"
#include "impl/base/kv.hpp"
#include "impl/ipam/flannel/subnet_manager.hpp"

namespace plimsoll::ipam {

class NaiveStore {
 public:
  using Client = std::size_t;
  using Reply = std::optional<SubnetManager::Incoming>;

  Reply handle(Client client, const kv::Request& request, std::uint32_t now) {
    kv::Response response{request.id, {}, kv::ErrorResult{}};
    if (const auto* const watch = std::get_if<kv::WatchRequest>(&request.body)) {
      watches_[client] = {watch->watch, watch->start_revision.value};
      return std::nullopt;
    }
    if (std::holds_alternative<kv::WatchCancelRequest>(request.body)) {
      watches_[client].reset();
      return std::nullopt;
    }
    if (const auto* const range = std::get_if<kv::RangeRequest>(&request.body)) {
      response.result = read(range->range);
    } else if (const auto* const grant = std::get_if<kv::LeaseGrantRequest>(&request.body)) {
      PLIMSOLL_ASSERT(granted_before_.insert(grant->id.value).second);
      leases_[grant->id.value] = now + grant->ttl.value;
      response.result = kv::LeaseGrantResult{grant->id, grant->ttl};
    } else {
      response.result = transact(std::get<kv::TxnRequest>(request.body));
    }
    response.revision = {revision_};
    return response;
  }

  void drop_watch(Client client) { watches_[client].reset(); }

  /// What the client's watch has to say; at most one message.
  Reply stream(Client client) {
    auto& watch = watches_[client];
    if (!watch) {
      return std::nullopt;
    }
    kv::WatchResponse response{watch->id, {revision_}, {}, std::nullopt, false};
    if (watch->next <= compacted_) {
      response.compact_revision = kv::Revision{compacted_};
      watch.reset();
      return response;
    }
    for (const kv::Event& event : history_) {
      if (event.kv.mod_revision.value >= watch->next) {
        response.events.push_back(event);
      }
    }
    watch->next = revision_ + 1;
    return response.events.empty() ? Reply() : response;
  }

  void compact() { compacted_ = revision_; }

  /// Leases that are due go, but for those that are late.
  void expire(std::uint32_t now, const std::function<bool()>& is_late) {
    for (auto lease = leases_.begin(); lease != leases_.end();) {
      if (lease->second > now || is_late()) {
        ++lease;
        continue;
      }
      const kv::LeaseId id{lease->first};
      lease = leases_.erase(lease);
      const std::uint64_t before = revision_;
      for (const auto& [key, kv] : std::map(kvs_)) {
        if (kv.lease == id) {
          remove(key, before + 1);
        }
      }
    }
  }

  [[nodiscard]] kv::RangeResult read(const kv::KeyRange& range) const {
    kv::RangeResult result;
    for (const auto& [key, kv] : kvs_) {
      if (kv::contains(range, key)) {
        result.kvs.push_back(kv);
      }
    }
    return result;
  }

 private:
  struct Watch {
    kv::WatchId id;
    std::uint64_t next;
  };

  void remove(const std::string& key, std::uint64_t revision) {
    kvs_.erase(key);
    revision_ = revision;
    history_.push_back({kv::EventType::remove, {key, {}, {}, {revision}, 0, {}}});
  }

  decltype(kv::Response::result) transact(const kv::TxnRequest& txn) {
    kv::TxnResult result{true, {}};
    for (const kv::Compare& compare : txn.compares) {
      const auto found = kvs_.find(compare.key);
      const kv::KeyValue kv = found == kvs_.end() ? kv::KeyValue{} : found->second;
      result.succeeded = result.succeeded && compare.number == (compare.target == kv::CompareTarget::version
                                                                    ? kv.version
                                                                    : kv.mod_revision.value);
    }
    for (const kv::Operation& operation : result.succeeded ? txn.success : txn.failure) {
      if (const auto* const put = std::get_if<kv::PutRequest>(&operation)) {
        if (!leases_.contains(put->lease.value)) {
          return kv::ErrorResult{kv::ErrorCode::lease_not_found};
        }
        kv::KeyValue& kv = kvs_[put->key];
        kv = {put->key,        put->value,     {kv.version == 0 ? revision_ + 1 : kv.create_revision.value},
              {revision_ + 1}, kv.version + 1, put->lease};
        ++revision_;
        history_.push_back({kv::EventType::put, kv});
        result.responses.emplace_back(kv::PutResult{});
      } else if (const auto* const range = std::get_if<kv::RangeRequest>(&operation)) {
        result.responses.emplace_back(read(range->range));
      } else {
        const std::string key = std::get<kv::DeleteRequest>(operation).range.key;
        remove(key, revision_ + 1);
        result.responses.emplace_back(kv::DeleteResult{1});
      }
    }
    return result;
  }

  std::map<std::string, kv::KeyValue> kvs_;
  std::map<std::uint64_t, std::uint32_t> leases_;
  std::set<std::uint64_t> granted_before_;
  std::vector<kv::Event> history_;
  std::map<Client, std::optional<Watch>> watches_;
  std::uint64_t revision_ = 1;
  std::uint64_t compacted_ = 0;
};

}  // namespace plimsoll::ipam
