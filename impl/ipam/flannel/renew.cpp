// Keeping a subnet (FLN-1, FLN-5): flannel's RenewLease, CompleteLease and WatchLease in local_manager.go,
// updateSubnet in registry.go. The lease's clock is ours; subnet_manager.hpp says why.

#include <utility>

#include "impl/base/assert.hpp"
#include "impl/ipam/flannel/manager_step.hpp"

namespace plimsoll::ipam::flannel {

void hold(Step step, kv::Revision mod_revision) {
  Manager& manager = step.state.manager;
  PLIMSOLL_ASSERT(manager.attempt.has_value());
  if (manager.held) {
    step.outputs.disarm(manager.held->expiry);
  }
  const LeaseAttempt attempt = *std::exchange(manager.attempt, std::nullopt);
  manager.held = HeldLease{attempt.subnet, attempt.lease, mod_revision, attempt.expiry};
  manager.races_lost = 0;
  manager.phase = ManagerPhase::holding;
  step.outputs.arm(Timer::renew, base::Ticks{step.config.ttl.value - step.config.renew_margin.value});
}

void renew(Step step) {
  const HeldLease& held = *step.state.manager.held;
  begin_attempt(step, held.subnet, held.mod_revision);
}

void on_renewal_refused(Step step, const kv::TxnResult& result) {
  std::optional<StoredLease> now;
  if (!result.responses.empty()) {
    if (const auto* const range = std::get_if<kv::RangeResult>(&result.responses.front());
        range != nullptr && !range->kvs.empty()) {
      now = read_lease(step.config.prefix, range->kvs.front());
    }
  }
  const kv::Revision before = step.state.manager.held->mod_revision;
  drop_attempt(step);
  // A renewal given up earlier may have been executed after all: then the key is still ours, only newer.
  if (now && now->mod_revision > before && still_ours(step, now, now->mod_revision)) {
    renew(step);
  } else {
    lose(step);
  }
}

void on_expired(Step step, Timer expiry) {
  const Manager& manager = step.state.manager;
  if (manager.held && manager.held->expiry == expiry) {
    lose(step);
  } else if (manager.attempt && manager.attempt->expiry == expiry) {
    wait(step);
  }
}

void lose(Step step) {
  Manager& manager = step.state.manager;
  step.outputs.disarm(manager.held->expiry);
  step.outputs.disarm(Timer::renew);
  step.outputs.disarm(Timer::retry);
  drop_attempt(step);
  manager.held.reset();
  stop_watching(step);
  change_network(step, std::nullopt);
  list(step);
}

bool still_ours(Step step, const std::optional<StoredLease>& now, kv::Revision revision) {
  Manager& manager = step.state.manager;
  HeldLease& held = *manager.held;
  if (revision <= held.mod_revision) {
    return true;
  }
  if (!now || !now->attributes || now->attributes->public_ip != step.config.public_ip) {
    return false;
  }
  // FLN-5: our own renewal, whose answer is under way or was lost. Its lease was granted after the one held,
  // so the clock of the one held errs on the safe side. A write of an earlier life could be attached to an
  // older lease: not trusted.
  const kv::LeaseId life = lease_id(step.config.public_ip, manager.call.incarnation, 0);
  if (now->lease.value >> 16 != life.value >> 16) {
    return false;
  }
  held.lease = now->lease;
  held.mod_revision = revision;
  return true;
}

void revoke(Step step) {
  change_network(step, std::nullopt);
  end(step, "lease revoked");
}

}  // namespace plimsoll::ipam::flannel
