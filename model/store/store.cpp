#include "model/store/store.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "impl/base/assert.hpp"
#include "model/store/check.hpp"
#include "model/store/txn.hpp"

namespace plimsoll::model::store {
namespace {

using Out = base::Outputs<Store::Outgoing, Store::Timer>;
using Result = decltype(kv::Response::result);

/// Makes a change known: to the history, and whole to each watch it concerns (ETCD-10: Atomic, Reliable).
void publish(const Config& config, Store::State& state, const std::vector<kv::Event>& events, Out& outputs) {
  if (events.empty()) {
    return;
  }
  const kv::Revision revision = state.data.revision;
  state.history.events.insert(state.history.events.end(), events.begin(), events.end());
  if (!config.keep_history) {
    compact(config, state.history, revision);
  }
  for (auto& [key, watch] : state.watches) {
    kv::WatchResponse response{key.watch, revision, select(events, watch, state.history)};
    if (watch.start <= revision) {
      watch.start = {};
    }
    if (!response.events.empty()) {
      outputs.send(key.client, std::move(response));
    }
  }
}

/// Ends a lease by revocation or expiry, which are the same (ETCD-9).
void end_lease(const Config& config, Store::State& state, kv::LeaseId id, Out& outputs) {
  const std::vector<kv::Event> events = revoke(state.data, id);
  publish(config, state, events, outputs);
}

/// The result of an operation that is a request of its own.
struct Unboxed {
  Result operator()(base::Box<kv::TxnResult>&& result) const { return std::move(*result); }
  template <class R>
  Result operator()(R&& result) const {
    return std::forward<R>(result);
  }
};

/// Carries out one request. Returns what to answer; none for what is answered on a watch's stream.
struct Serve {
  const Config& config;
  Store::State& state;
  base::ProcessId client;
  Out& outputs;

  using Answer = std::optional<Result>;

  Answer operator()(const kv::RangeRequest& request) const { return single(request); }
  Answer operator()(const kv::DeleteRequest& request) const { return single(request); }
  // etcd looks for the lease of a put before it looks for the key; in a transaction it is the other way
  // round.
  Answer operator()(const kv::PutRequest& request) const {
    const bool is_leased = request.lease != kv::LeaseId{};
    if (!refusal(request) && is_leased && !state.data.leases.contains(request.lease)) {
      return kv::ErrorResult{kv::ErrorCode::lease_not_found};
    }
    return single(request);
  }
  Answer operator()(const kv::TxnRequest& request) const {
    if (const auto refused = refusal(request, config)) {
      return kv::ErrorResult{*refused};
    }
    auto executed = execute(config, state.data, state.history, request);
    if (!executed) {
      return kv::ErrorResult{executed.error()};
    }
    publish(config, state, executed->events, outputs);
    return std::move(executed->result);
  }

  // ETCD-9: ids are unique among the living.
  Answer operator()(const kv::LeaseGrantRequest& request) const {
    PLIMSOLL_ASSERT(request.id != kv::LeaseId{});
    if (request.ttl > config.lease_ttl_max) {
      return kv::ErrorResult{kv::ErrorCode::lease_ttl_too_large};
    }
    const base::Ticks ttl = std::max(request.ttl, config.lease_ttl_min);
    if (!state.data.leases.emplace(request.id, ttl).second) {
      return kv::ErrorResult{kv::ErrorCode::lease_exists};
    }
    outputs.arm(LeaseExpiry{request.id}, ttl);
    return kv::LeaseGrantResult{request.id, ttl};
  }
  Answer operator()(const kv::LeaseRevokeRequest& request) const {
    if (!state.data.leases.contains(request.id)) {
      return kv::ErrorResult{kv::ErrorCode::lease_not_found};
    }
    outputs.disarm(LeaseExpiry{request.id});
    end_lease(config, state, request.id, outputs);
    return kv::LeaseResult{};
  }
  Answer operator()(const kv::LeaseKeepAliveRequest& request) const {
    const auto lease = state.data.leases.find(request.id);
    if (lease == state.data.leases.end()) {
      return kv::ErrorResult{kv::ErrorCode::lease_not_found};
    }
    outputs.arm(LeaseExpiry{request.id}, lease->second);
    return kv::LeaseResult{lease->second};
  }
  Answer operator()(const kv::LeaseTimeToLiveRequest& request) const {
    const auto lease = state.data.leases.find(request.id);
    if (lease == state.data.leases.end()) {
      return kv::LeaseTimeToLiveResult{request.id};
    }
    const base::Ticks ttl = lease->second;
    return kv::LeaseTimeToLiveResult{
        request.id, true, ttl, ttl,
        request.keys ? keys_of(state.data, request.id) : std::vector<std::string>()};
  }
  Answer operator()(const kv::LeaseLeasesRequest& /*request*/) const {
    kv::LeaseLeasesResult result;
    for (const auto& [id, ttl] : state.data.leases) {
      result.leases.push_back(id);
    }
    return result;
  }

  // ETCD-11: from the next change on, from a revision yet to come, from the kept past, or refused.
  Answer operator()(const kv::WatchRequest& request) const {
    PLIMSOLL_ASSERT_KNOWN(config.keep_versions || !request.prev_kv,
                          "a watch with prev_kv needs a store that keeps versions");
    const kv::Revision now = state.data.revision;
    const WatchKey key{client, request.watch};
    state.watches.erase(key);
    kv::WatchResponse response{request.watch, now};
    const auto range = watched_range(request.range);
    if (!config.terse) {
      response.created = true;
      response.canceled = !range;
      outputs.send(client, std::exchange(response, {request.watch, now}));
    }
    if (!range) {
      return std::nullopt;
    }
    const bool from_now_on = request.start_revision == kv::Revision{};
    if (!from_now_on && request.start_revision < state.history.compact_revision) {
      response.compact_revision = state.history.compact_revision;
      response.canceled = !config.terse;
      outputs.send(client, std::move(response));
      return std::nullopt;
    }
    Watch watch{*range, request.start_revision, request.prev_kv, request.no_put, request.no_delete};
    if (!from_now_on) {
      response.events = select(state.history.events, watch, state.history);
    }
    watch.start = request.start_revision > now ? request.start_revision : kv::Revision{};
    state.watches.emplace(key, std::move(watch));
    if (!response.events.empty()) {
      outputs.send(client, std::move(response));
    }
    return std::nullopt;
  }
  Answer operator()(const kv::WatchCancelRequest& request) const {
    const bool was_open = state.watches.erase(WatchKey{client, request.watch}) != 0;
    if (was_open && !config.terse) {
      kv::WatchResponse response{request.watch, state.data.revision};
      response.canceled = true;
      outputs.send(client, std::move(response));
    }
    return std::nullopt;
  }
  // ETCD-11, 13: no word of progress for a client with no watch, or with one that has not begun.
  Answer operator()(const kv::WatchProgressRequest& /*request*/) const {
    bool has_any = false;
    bool has_begun = true;
    for (const auto& [key, watch] : state.watches) {
      has_any = has_any || key.client == client;
      has_begun = has_begun && (key.client != client || watch.start <= state.data.revision);
    }
    if (has_any && has_begun) {
      outputs.send(client, kv::WatchResponse{kv::all_watches, state.data.revision});
    }
    return std::nullopt;
  }

  // ETCD-7: the past before the revision is gone; the present and the current revision stay.
  Answer operator()(const kv::CompactRequest& request) const {
    if (request.revision <= state.history.compact_revision) {
      return kv::ErrorResult{kv::ErrorCode::compacted};
    }
    if (request.revision > state.data.revision) {
      return kv::ErrorResult{kv::ErrorCode::future_revision};
    }
    compact(config, state.history, request.revision);
    return kv::CompactResult{};
  }
  // ETCD-14: no logical change.
  Answer operator()(const kv::DefragmentRequest& /*request*/) const { return kv::DefragmentResult{}; }
  template <class Other>
  Answer operator()(const Other& /*request*/) const {
    PLIMSOLL_ASSERT_KNOWN(false, "the spec has neither hashes nor members nor a server's status");
    return std::nullopt;
  }

 private:
  /// An operation outside a transaction is a transaction of its own.
  template <class Request>
  [[nodiscard]] Result single(const Request& request) const {
    if (const auto refused = refusal(request)) {
      return kv::ErrorResult{*refused};
    }
    auto executed = execute(config, state.data, state.history, kv::TxnRequest{{}, {request}, {}});
    if (!executed) {
      return kv::ErrorResult{executed.error()};
    }
    publish(config, state, executed->events, outputs);
    return std::visit(Unboxed{}, std::move(executed->result.responses.front()));
  }
};

/// Takes one input.
struct Take {
  const Config& config;
  Store::State& state;
  Out& outputs;

  // Streams ended with the life before. ETCD-9: leases outlive it, and each gets its whole TTL again.
  void operator()(const base::Started& /*input*/) const {
    state.watches.clear();
    for (const auto& [id, ttl] : state.data.leases) {
      outputs.arm(LeaseExpiry{id}, ttl);
    }
  }
  void operator()(const base::Received<kv::Request>& input) const {
    const kv::Request& request = input.message;
    std::optional<Result> result = std::visit(Serve{config, state, input.from, outputs}, request.body);
    if (result) {
      kv::Response response{request.id, state.data.revision, {}};
      response.result = std::move(*result);
      outputs.send(input.from, std::move(response));
    }
  }
  void operator()(const base::TimerFired<LeaseExpiry>& input) const {
    end_lease(config, state, input.timer.id, outputs);
  }
  // A client's watches are bound to its connection; its leases are not.
  void operator()(const base::Disconnected& input) const {
    std::erase_if(state.watches, [&](const auto& entry) { return entry.first.client == input.peer; });
  }
};

constexpr std::uint32_t data = 1;
constexpr std::uint32_t history = 2;
constexpr std::uint32_t watches = 4;

/// As Serve and Take; whatever may change the data is published.
struct Reads {
  const Config& config;

  std::uint32_t operator()(const base::Started& /*input*/) const { return data | watches; }
  std::uint32_t operator()(const base::Received<kv::Request>& input) const {
    return std::visit(*this, input.message.body);
  }
  std::uint32_t operator()(const base::TimerFired<LeaseExpiry>& /*input*/) const {
    return data | history | watches;
  }
  std::uint32_t operator()(const base::Disconnected& /*input*/) const { return watches; }
  std::uint32_t operator()(const kv::RangeRequest& request) const {
    return request.revision == kv::Revision{} ? data : data | history;
  }
  std::uint32_t operator()(const kv::LeaseGrantRequest& /*request*/) const { return data; }
  std::uint32_t operator()(const kv::LeaseKeepAliveRequest& /*request*/) const { return data; }
  std::uint32_t operator()(const kv::LeaseTimeToLiveRequest& /*request*/) const { return data; }
  std::uint32_t operator()(const kv::LeaseLeasesRequest& /*request*/) const { return data; }
  std::uint32_t operator()(const kv::WatchCancelRequest& /*request*/) const {
    return config.terse ? watches : data | watches;
  }
  std::uint32_t operator()(const kv::WatchProgressRequest& /*request*/) const { return data | watches; }
  std::uint32_t operator()(const kv::DefragmentRequest& /*request*/) const { return data; }
  std::uint32_t operator()(const kv::CompactRequest& /*request*/) const { return data | history; }
  template <class Other>
  std::uint32_t operator()(const Other& /*request*/) const {
    return data | history | watches;
  }
};

}  // namespace

std::uint32_t Store::reads(const Config& config, const base::Input<Incoming, Timer>& input) {
  return std::visit(Reads{config}, input);
}

void Store::step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                 base::Outputs<Outgoing, Timer>& outputs) {
  std::visit(Take{config, state, outputs}, input);
}

}  // namespace plimsoll::model::store
