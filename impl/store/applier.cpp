#include "impl/store/applier.hpp"

#include <utility>
#include <variant>

#include "impl/base/assert.hpp"
#include "impl/base/described.hpp"
#include "impl/raft/conf_change.hpp"
#include "impl/store/quota.hpp"
#include "impl/store/txn.hpp"

namespace plimsoll::store {
namespace {

using Result = Applied::Result;

template <class T>
Result to_result(tl::expected<T, kv::ErrorCode>&& expected) {
  return expected ? Result(std::move(*expected)) : Result(kv::ErrorResult{expected.error()});
}

/// Does what a request says.
struct Execute {
  const ApplierConfig& config;
  Mvcc& store;
  Lessor& lessor;
  Applied& applied;

  void operator()(kv::PutRequest&& request) const { note(execute(store, lessor, std::move(request))); }
  void operator()(kv::DeleteRequest&& request) const { note(execute(store, lessor, request)); }
  void operator()(kv::TxnRequest&& request) const {
    note(execute(store, lessor, std::move(request), config.defects));
  }
  void operator()(kv::CompactRequest&& request) const {
    applied.result = to_result(
        store.schedule_compaction(request.revision, config.defects).map([] { return kv::CompactResult{}; }));
  }
  void operator()(kv::LeaseGrantRequest&& request) const {
    auto granted = lessor.grant(config.leases, store, request);
    if (granted) {
      applied.timers = std::move(granted->timers);
    }
    applied.result = to_result(std::move(granted).map(
        [&](const Lessor::Granted& lease) { return kv::LeaseGrantResult{request.id, lease.ttl}; }));
  }
  void operator()(kv::LeaseRevokeRequest&& request) const {
    auto revoked = lessor.revoke(store, request.id);
    if (!revoked) {
      applied.result = kv::ErrorResult{revoked.error()};
      return;
    }
    applied.result = kv::LeaseResult{};
    applied.revoked = request.id;
    applied.events = std::move(revoked->events);
    applied.timers = std::move(revoked->timers);
  }
  void operator()(LeaseCheckpointRequest&& request) const {
    for (const LeaseCheckpoint& checkpoint : request.checkpoints) {
      lessor.checkpoint(store, checkpoint);
    }
    applied.result = kv::LeaseResult{};
  }

 private:
  template <class T>
  void note(Done<T>&& done) const {
    applied.result = to_result(std::move(done.result));
    applied.events = std::move(done.events);
  }
};

}  // namespace

bool Applier::is_applied(raft::Index index) const {
  return index <= store_.meta().consistent_index;
}

std::optional<Applied> Applier::apply(const raft::Entry& entry) {
  PLIMSOLL_ASSERT(entry.type == raft::EntryType::normal);
  if (is_applied(entry.index)) {
    return std::nullopt;
  }
  if (!entry.data.empty()) {
    return apply(entry.index, entry.term, base::from_bytes<InternalRequest>(entry.data));
  }
  store_.set_consistent_index(entry.index, entry.term);
  Applied applied;
  applied.revision = store_.revision();
  applied.is_empty = true;
  return applied;
}

std::optional<Applied> Applier::apply(raft::Index index, raft::Term term, InternalRequest request) {
  if (is_applied(index)) {
    return std::nullopt;
  }
  Applied applied;
  applied.id = request.id;
  const bool fits = has_room(store_, request, config_.quota_bytes);
  std::visit(Execute{config_, store_, lessor_, applied}, std::move(request.body));
  if (!fits && !std::holds_alternative<kv::ErrorResult>(applied.result)) {
    applied.result = kv::ErrorResult{kv::ErrorCode::no_space};
  }
  store_.set_consistent_index(index, term);
  applied.revision = store_.revision();
  return applied;
}

std::optional<Applied> Applier::apply_conf_change(const raft::Entry& entry, raft::ConfState conf_state) {
  if (is_applied(entry.index)) {
    return std::nullopt;
  }
  const auto change = raft::conf_change_of(entry);
  PLIMSOLL_ASSERT(change.has_value());
  store_.set_conf_state(std::move(conf_state));
  store_.set_consistent_index(entry.index, entry.term);
  Applied applied;
  if (!change->context.empty()) {
    applied.id = base::from_bytes<ProposalId>(change->context);
  }
  applied.result = kv::MemberListResult{};
  applied.revision = store_.revision();
  return applied;
}

}  // namespace plimsoll::store
