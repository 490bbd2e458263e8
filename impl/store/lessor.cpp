#include "impl/store/lessor.hpp"

#include <algorithm>
#include <utility>

namespace plimsoll::store {
namespace {

LeaseTimerChange armed(LeaseTimerKind kind, kv::LeaseId id, base::Ticks after) {
  return {{kind, id}, after};
}
LeaseTimerChange disarmed(LeaseTimerKind kind, kv::LeaseId id) {
  return {{kind, id}, std::nullopt};
}

Renewal refused(kv::ErrorCode code) {
  return {kv::ErrorResult{code}, {}};
}

base::Ticks sum(base::Ticks a, base::Ticks b) {
  return {a.value > UINT32_MAX - b.value ? UINT32_MAX : a.value + b.value};
}

/// Leases that run out in the same tick would be revoked at once, and hold up everything else: in each tick
/// so many may, the others in those after it.
void spread(std::vector<std::pair<base::Ticks, kv::LeaseId>>& expiries, std::uint32_t per_tick) {
  std::sort(expiries.begin(), expiries.end());
  base::Ticks tick = {};
  std::uint32_t count = 0;
  for (auto& [left, id] : expiries) {
    if (left > tick) {
      tick = left;
      count = 0;
    } else if (per_tick != 0 && count == per_tick) {
      tick = sum(tick, {1});
      count = 0;
    }
    left = tick;
    ++count;
  }
}

}  // namespace

Lessor Lessor::restore(const Mvcc& store) {
  Lessor lessor;
  for (const auto& [id, row] : store.backend.leases) {
    lessor.leases.emplace_hint(lessor.leases.end(), id, LiveLease{});
  }
  for (const kv::KeyValue* kv : store.live()) {
    lessor.move_key(kv->key, {}, kv->lease);
  }
  return lessor;
}

tl::expected<Lessor::Granted, kv::ErrorCode> Lessor::grant(const LessorConfig& config, Mvcc& store,
                                                           const kv::LeaseGrantRequest& request) {
  if (request.id == kv::LeaseId{}) {
    return tl::unexpected(kv::ErrorCode::lease_not_found);
  }
  if (request.ttl.value > config.ttl_max) {
    return tl::unexpected(kv::ErrorCode::lease_ttl_too_large);
  }
  const auto [entry, is_new] = leases.try_emplace(request.id);
  if (!is_new) {
    return tl::unexpected(kv::ErrorCode::lease_exists);
  }
  Granted granted{std::max(request.ttl, config.ttl_min), {}};
  store.put_lease(request.id, {granted.ttl, {}});
  if (primary) {
    arm(config, request.id, entry->second, granted.ttl, granted.timers);
  }
  return granted;
}

tl::expected<Lessor::Revoked, kv::ErrorCode> Lessor::revoke(Mvcc& store, kv::LeaseId id) {
  const auto found = leases.find(id);
  if (found == leases.end()) {
    return tl::unexpected(kv::ErrorCode::lease_not_found);
  }
  Revoked revoked;
  WriteTxn txn = store.begin();
  for (const std::string& key : found->second.keys) {
    txn.remove({key, {}});
  }
  revoked.events = txn.end();
  store.remove_lease(id);
  leases.erase(found);
  if (primary) {
    revoked.timers = {disarmed(LeaseTimerKind::expiry, id), disarmed(LeaseTimerKind::checkpoint, id)};
  }
  return revoked;
}

void Lessor::checkpoint(Mvcc& store, const LeaseCheckpoint& checkpoint) {
  const auto found = leases.find(checkpoint.id);
  if (found == leases.end()) {
    return;
  }
  found->second.checkpoint_proposed = false;
  store.put_lease(checkpoint.id, {store.backend.leases.at(checkpoint.id).granted, checkpoint.remaining});
}

void Lessor::move_key(const std::string& key, kv::LeaseId from, kv::LeaseId to) {
  if (from == to) {
    return;
  }
  if (const auto old = leases.find(from); old != leases.end()) {
    old->second.keys.erase(key);
  }
  if (const auto holder = leases.find(to); holder != leases.end()) {
    holder->second.keys.insert(key);
  }
}

void Lessor::arm(const LessorConfig& config, kv::LeaseId id, LiveLease& lease, base::Ticks left,
                 LeaseTimerChanges& timers) {
  lease.left = left;
  lease.expired = false;
  timers.push_back(armed(LeaseTimerKind::expiry, id, left));
  if (config.checkpoint_interval == base::Ticks{}) {
    return;
  }
  timers.push_back(left > config.checkpoint_interval
                       ? armed(LeaseTimerKind::checkpoint, id, config.checkpoint_interval)
                       : disarmed(LeaseTimerKind::checkpoint, id));
}

LeaseTimerChanges Lessor::promote(const LessorConfig& config, const Mvcc& store, base::Ticks extend,
                                  Defects defects) {
  primary = true;
  std::vector<std::pair<base::Ticks, kv::LeaseId>> expiries;
  expiries.reserve(leases.size());
  for (const auto& [id, row] : store.backend.leases) {
    const bool has_checkpoint = row.remaining != base::Ticks{} && !defects.has(Defect::E16);
    expiries.emplace_back(sum(has_checkpoint ? row.remaining : row.granted, extend), id);
  }
  spread(expiries, config.expiries_per_tick);
  LeaseTimerChanges timers;
  for (const auto& [left, id] : expiries) {
    arm(config, id, leases.at(id), left, timers);
  }
  return timers;
}

LeaseTimerChanges Lessor::demote() {
  if (!primary) {
    return {};
  }
  primary = false;
  LeaseTimerChanges timers;
  for (auto& [id, lease] : leases) {
    lease = {std::move(lease.keys), {}, false, false};
    timers.push_back(disarmed(LeaseTimerKind::expiry, id));
    timers.push_back(disarmed(LeaseTimerKind::checkpoint, id));
  }
  return timers;
}

Renewal Lessor::renew(const LessorConfig& config, const Mvcc& store, kv::LeaseId id) {
  if (!primary) {
    return refused(kv::ErrorCode::not_primary);
  }
  const auto found = leases.find(id);
  if (found == leases.end()) {
    return refused(kv::ErrorCode::lease_not_found);
  }
  LiveLease& lease = found->second;
  const LeaseRow& row = store.backend.leases.at(id);
  if (lease.expired) {
    return {WaitingRenewal{id, row.granted, false}, {}};
  }
  if (row.remaining != base::Ticks{} || lease.checkpoint_proposed) {
    // Until the checkpoint is cleared there must be no new one.
    return {WaitingRenewal{id, row.granted, true}, {disarmed(LeaseTimerKind::checkpoint, id)}};
  }
  Renewal renewal{kv::LeaseResult{row.granted}, {}};
  arm(config, id, lease, row.granted, renewal.timers);
  return renewal;
}

Renewal Lessor::resume_renewal(const LessorConfig& config, const WaitingRenewal& renewal, Defects defects) {
  const auto found = leases.find(renewal.id);
  if (found == leases.end() && defects.has(Defect::E15)) {
    return {kv::LeaseResult{renewal.ttl}, {}};
  }
  if (!primary) {
    return refused(kv::ErrorCode::not_primary);
  }
  if (found == leases.end()) {
    return refused(kv::ErrorCode::lease_not_found);
  }
  if (found->second.expired) {
    return {WaitingRenewal{renewal.id, renewal.ttl, false}, {}};
  }
  Renewal renewed{kv::LeaseResult{renewal.ttl}, {}};
  arm(config, renewal.id, found->second, renewal.ttl, renewed.timers);
  return renewed;
}

Expiry Lessor::expire(const LessorConfig& config, kv::LeaseId id, Defects defects) {
  const auto found = leases.find(id);
  if (!primary || found == leases.end()) {
    return {};
  }
  found->second.expired = true;
  found->second.left = {};
  return {true,
          !defects.has(Defect::E14),
          {armed(LeaseTimerKind::expiry, id, config.revoke_retry), disarmed(LeaseTimerKind::checkpoint, id)}};
}

Lessor::DueCheckpoint Lessor::checkpoint_due(const LessorConfig& config, const Mvcc& store, kv::LeaseId id) {
  const auto found = leases.find(id);
  if (!primary || found == leases.end() || found->second.expired) {
    return {};
  }
  LiveLease& lease = found->second;
  PLIMSOLL_ASSERT(lease.left > config.checkpoint_interval);
  lease.left = {lease.left.value - config.checkpoint_interval.value};
  DueCheckpoint due;
  // A new primary may have given it more than all of its time.
  if (lease.left < store.backend.leases.at(id).granted) {
    lease.checkpoint_proposed = true;
    due.proposal = LeaseCheckpoint{id, lease.left};
  }
  if (lease.left > config.checkpoint_interval) {
    due.timers.push_back(armed(LeaseTimerKind::checkpoint, id, config.checkpoint_interval));
  }
  return due;
}

kv::LeaseTimeToLiveResult Lessor::time_to_live(const Mvcc& store,
                                               const kv::LeaseTimeToLiveRequest& request) const {
  kv::LeaseTimeToLiveResult result{request.id, false, {}, {}, {}};
  const auto found = leases.find(request.id);
  if (found == leases.end()) {
    return result;
  }
  result.alive = true;
  result.granted = store.backend.leases.at(request.id).granted;
  result.left = found->second.left;
  if (request.keys) {
    result.keys.assign(found->second.keys.begin(), found->second.keys.end());
  }
  return result;
}

kv::LeaseLeasesResult Lessor::list() const {
  kv::LeaseLeasesResult result;
  for (const auto& [id, lease] : leases) {
    result.leases.push_back(id);
  }
  return result;
}

}  // namespace plimsoll::store
