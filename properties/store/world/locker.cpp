#include "properties/store/world/locker.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace plimsoll::properties::store {
namespace {

/// The answer of a range, or of the one range in a transaction.
const kv::RangeResult* range_in(const kv::Response& response) {
  if (const auto* const txn = std::get_if<kv::TxnResult>(&response.result)) {
    return std::get_if<kv::RangeResult>(&txn->responses.back());
  }
  return std::get_if<kv::RangeResult>(&response.result);
}

class Step {
 public:
  Step(const Locker::Config& config, LockTenure& tenure, Locker::Outputs& outputs)
      : config_(config), tenure_(tenure), outputs_(outputs) {}

  void handle(const base::Started& /*started*/) {
    ask(LockPhase::granting, kv::LeaseGrantRequest{config_.lease, {1}});
  }
  void handle(const base::TimerFired<Locker::Timer>& /*fired*/) {
    if (tenure_.phase == LockPhase::holding) {
      ask(LockPhase::releasing, kv::DeleteRequest{{key_, ""}});
    }
  }
  void handle(const base::Received<Locker::Incoming>& received) {
    std::visit([this](const auto& message) { hear(message); }, received.message);
  }
  void handle(const base::Disconnected& /*disconnected*/) { finish(); }

 private:
  void finish() { tenure_.phase = LockPhase::finished; }
  void ask(LockPhase phase, decltype(kv::Request::body) body) {
    tenure_.phase = phase;
    outputs_.send(config_.server, {{++tenure_.requests}, std::move(body)});
  }
  [[nodiscard]] static kv::RangeRequest everybody() { return {.range = kv::prefix_range(lock_key({}))}; }

  void queue() {
    kv::TxnRequest txn;
    txn.compares = {{key_, kv::CompareTarget::create_revision, kv::CompareResult::equal, 0}};
    txn.success = {kv::PutRequest{.key = key_, .lease = config_.lease}, everybody()};
    txn.failure = {everybody()};
    ask(LockPhase::queueing, txn);
  }

  void hear(const kv::Response& response) {
    if (response.id.value != tenure_.requests || std::holds_alternative<kv::ErrorResult>(response.result)) {
      return finish();
    }
    if (const kv::RangeResult* const range = range_in(response)) {
      return look(response.revision, range->kvs);
    }
    if (tenure_.phase == LockPhase::releasing && tenure_.taken == config_.times) {
      return finish();
    }
    queue();
  }
  void hear(const kv::WatchResponse& response) {
    if (tenure_.phase != LockPhase::waiting || response.watch.value != tenure_.requests) {
      return;
    }
    if (response.canceled || response.broken || response.compact_revision) {
      return finish();
    }
    if (!response.events.empty()) {
      ask(LockPhase::looking, everybody());
    }
  }

  /// Who wants the lock, at a revision.
  void look(kv::Revision revision, const std::vector<kv::KeyValue>& all) {
    const auto own = std::ranges::find(all, key_, &kv::KeyValue::key);
    if (tenure_.phase == LockPhase::queueing && own != all.end()) {
      tenure_.own = own->create_revision;
    } else if (own == all.end() && config_.looks_for_its_key) {
      return finish();
    }
    const kv::KeyValue* before = nullptr;
    for (const kv::KeyValue& one : all) {
      const bool is_earlier = one.create_revision < tenure_.own;
      if (is_earlier && (before == nullptr || one.create_revision > before->create_revision)) {
        before = &one;
      }
    }
    if (before != nullptr) {
      return wait_for(before->key, revision.next());
    }
    tenure_.phase = LockPhase::holding;
    tenure_.since = revision;
    ++tenure_.taken;
    outputs_.arm(Locker::Timer::work, {});
  }
  void wait_for(const std::string& key, kv::Revision from) {
    kv::WatchRequest watch{.range = {key, ""}, .start_revision = from, .no_put = true};
    watch.watch = {tenure_.requests + 1};
    ask(LockPhase::waiting, watch);
  }

  const Locker::Config& config_;
  LockTenure& tenure_;
  Locker::Outputs& outputs_;
  const std::string key_ = lock_key(config_.lease);
};

}  // namespace

std::string lock_key(kv::LeaseId lease) {
  return "lock/" + (lease == kv::LeaseId{} ? "" : std::to_string(lease.value));
}

void Locker::step(const Config& config, State& state, const Input& input, Outputs& outputs) {
  Step step(config, state.tenure, outputs);
  std::visit([&](const auto& alternative) { step.handle(alternative); }, input);
}

}  // namespace plimsoll::properties::store
