#include "model/store/store.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "impl/base/assert.hpp"

namespace plimsoll::model::store {
namespace {

using Out = base::Outputs<Store::Outgoing, Store::Timer>;
using Result = decltype(kv::Response::result);

/// Makes a change known: to the history, and whole to each watch it concerns (ETCD-10: Atomic, Reliable).
void publish(const Store::Config& config, Store::State& state, const std::vector<kv::Event>& events,
             Out& outputs) {
  if (events.empty()) {
    return;
  }
  const kv::Revision revision = state.data.revision;
  state.history.events.insert(state.history.events.end(), events.begin(), events.end());
  if (!config.keep_history) {
    compact(state.history, revision);
  }
  for (auto& [key, watch] : state.watches) {
    std::vector<kv::Event> seen = select(events, watch.range, watch.start);
    if (watch.start <= revision) {
      watch.start = {};
    }
    if (!seen.empty()) {
      outputs.send(key.client, kv::WatchResponse{key.watch, revision, std::move(seen), std::nullopt, false});
    }
  }
}

/// Ends a lease by revocation or expiry, which are the same (ETCD-9).
void end_lease(const Store::Config& config, Store::State& state, kv::LeaseId id, Out& outputs) {
  const std::vector<kv::Event> events = revoke(state.data, id);
  publish(config, state, events, outputs);
}

/// Carries out one request. Returns what to answer; none for what is answered on a watch's stream.
struct Serve {
  const Store::Config& config;
  Store::State& state;
  base::ProcessId client;
  Out& outputs;

  std::optional<Result> operator()(const kv::RangeRequest& request) const { return single(request); }
  std::optional<Result> operator()(const kv::PutRequest& request) const { return single(request); }
  std::optional<Result> operator()(const kv::DeleteRequest& request) const { return single(request); }

  // ETCD-3: all compares see the state before; exactly one branch runs, as a whole or not at all.
  std::optional<Result> operator()(const kv::TxnRequest& request) const {
    if (changes_a_key_twice(request.success) || changes_a_key_twice(request.failure)) {
      return kv::ErrorResult{kv::ErrorCode::duplicate_key};
    }
    const bool succeeded =
        std::all_of(request.compares.begin(), request.compares.end(),
                    [&](const kv::Compare& compare) { return holds(state.data, compare); });
    auto executed = execute(state.data, succeeded ? request.success : request.failure);
    if (!executed) {
      return kv::ErrorResult{executed.error()};
    }
    publish(config, state, executed->events, outputs);
    return kv::TxnResult{succeeded, std::move(executed->results)};
  }

  // ETCD-9: ids are unique among the living.
  std::optional<Result> operator()(const kv::LeaseGrantRequest& request) const {
    PLIMSOLL_ASSERT(request.id != kv::LeaseId{});
    const base::Ticks ttl = std::max(request.ttl, config.lease_ttl_min);
    if (!state.data.leases.emplace(request.id, ttl).second) {
      return kv::ErrorResult{kv::ErrorCode::lease_exists};
    }
    outputs.arm(LeaseExpiry{request.id}, ttl);
    return kv::LeaseGrantResult{request.id, ttl};
  }

  std::optional<Result> operator()(const kv::LeaseRevokeRequest& request) const {
    if (!state.data.leases.contains(request.id)) {
      return kv::ErrorResult{kv::ErrorCode::lease_not_found};
    }
    outputs.disarm(LeaseExpiry{request.id});
    end_lease(config, state, request.id, outputs);
    return kv::LeaseResult{};
  }

  std::optional<Result> operator()(const kv::LeaseKeepAliveRequest& request) const {
    const auto lease = state.data.leases.find(request.id);
    if (lease == state.data.leases.end()) {
      return kv::ErrorResult{kv::ErrorCode::lease_not_found};
    }
    outputs.arm(LeaseExpiry{request.id}, lease->second);
    return kv::LeaseResult{};
  }

  // ETCD-11: from the next change on, from a revision yet to come, from the kept past, or refused.
  std::optional<Result> operator()(const kv::WatchRequest& request) const {
    const kv::Revision now = state.data.revision;
    const WatchKey key{client, request.watch};
    state.watches.erase(key);
    const bool from_now_on = request.start_revision == kv::Revision{};
    if (!from_now_on && request.start_revision < state.history.compact_revision) {
      outputs.send(client, kv::WatchResponse{request.watch, now, {}, state.history.compact_revision, false});
      return std::nullopt;
    }
    const bool is_ahead = request.start_revision > now;
    state.watches.emplace(key, Watch{request.range, is_ahead ? request.start_revision : kv::Revision{}});
    if (!from_now_on) {
      std::vector<kv::Event> missed = select(state.history.events, request.range, request.start_revision);
      if (!missed.empty()) {
        outputs.send(client, kv::WatchResponse{request.watch, now, std::move(missed), std::nullopt, false});
      }
    }
    return std::nullopt;
  }

  std::optional<Result> operator()(const kv::WatchCancelRequest& request) const {
    state.watches.erase(WatchKey{client, request.watch});
    return std::nullopt;
  }

  // ETCD-7: the past before the revision is gone; the present and the current revision stay.
  std::optional<Result> operator()(const kv::CompactRequest& request) const {
    if (request.revision <= state.history.compact_revision) {
      return kv::ErrorResult{kv::ErrorCode::compacted};
    }
    if (request.revision > state.data.revision) {
      return kv::ErrorResult{kv::ErrorCode::future_revision};
    }
    compact(state.history, request.revision);
    return kv::CompactResult{};
  }

 private:
  /// An operation outside a transaction is a transaction of its own.
  [[nodiscard]] Result single(kv::Operation operation) const {
    auto executed = execute(state.data, {std::move(operation)});
    if (!executed) {
      return kv::ErrorResult{executed.error()};
    }
    publish(config, state, executed->events, outputs);
    return std::visit([](auto&& result) -> Result { return std::move(result); },
                      std::move(executed->results.front()));
  }
};

/// Takes one input.
struct Take {
  const Store::Config& config;
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
  std::uint32_t operator()(const base::Started& /*input*/) const { return data | watches; }
  std::uint32_t operator()(const base::Received<kv::Request>& input) const {
    return std::visit(*this, input.message.body);
  }
  std::uint32_t operator()(const base::TimerFired<LeaseExpiry>& /*input*/) const {
    return data | history | watches;
  }
  std::uint32_t operator()(const base::Disconnected& /*input*/) const { return watches; }
  std::uint32_t operator()(const kv::RangeRequest& /*request*/) const { return data; }
  std::uint32_t operator()(const kv::LeaseGrantRequest& /*request*/) const { return data; }
  std::uint32_t operator()(const kv::LeaseKeepAliveRequest& /*request*/) const { return data; }
  std::uint32_t operator()(const kv::WatchCancelRequest& /*request*/) const { return watches; }
  std::uint32_t operator()(const kv::CompactRequest& /*request*/) const { return data | history; }
  template <class Other>
  std::uint32_t operator()(const Other& /*request*/) const {
    return data | history | watches;
  }
};

}  // namespace

std::uint32_t Store::reads(const Config& /*config*/, const base::Input<Incoming, Timer>& input) {
  return std::visit(Reads{}, input);
}

void Store::step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                 base::Outputs<Outgoing, Timer>& outputs) {
  std::visit(Take{config, state, outputs}, input);
}

}  // namespace plimsoll::model::store
