// What a member does about leases besides applying entries: timers that fire at the primary lessor, and
// keep-alives that cannot be answered at once.
//
// Source: etcd server/etcdserver/server.go (revokeExpiredLeases, ensureLeadership), v3_server.go (LeaseRenew,
// checkpoints), v3.5. Statement: ETCD-9.
#include <utility>

#include "impl/base/described.hpp"
#include "impl/store/member.hpp"

namespace plimsoll::store {

void Member::note(const LeaseTimerChanges& changes) {
  for (const LeaseTimerChange& change : changes) {
    const kv::LeaseId lease = change.timer.lease;
    if (change.timer.kind == LeaseTimerKind::expiry) {
      wants_.timers.push_back({LeaseExpiry{lease}, change.after});
    } else {
      wants_.timers.push_back({LeaseCheckpointDue{lease}, change.after});
    }
  }
}

// Nobody waits for it: a lease that is not revoked runs out again.
void Member::propose_revoke(kv::LeaseId lease) {
  const InternalRequest proposal{{config_.id, parts_.waiting.next_counter()}, kv::LeaseRevokeRequest{lease}};
  wants_.proposals.push_back({proposal.id.counter, base::to_bytes(proposal)});
}

void Member::expire(kv::LeaseId lease) {
  const Expiry expiry = parts_.lessor.expire(config_.applier.leases, lease, config_.defects);
  note(expiry.timers);
  if (!expiry.revoke) {
    return;
  }
  // A member that is held up may have a successor without having been told. What it proposes then, Raft would
  // forward to the new leader, where the lease may have been renewed.
  if (expiry.confirm_leadership && status_.is_held_up) {
    add_reader(LeadershipCheck{lease});
  } else {
    propose_revoke(lease);
  }
}

void Member::checkpoint(kv::LeaseId lease) {
  const Lessor::DueCheckpoint due = parts_.lessor.checkpoint_due(config_.applier.leases, parts_.kv, lease);
  note(due.timers);
  if (due.proposal) {
    const InternalRequest proposal{{config_.id, parts_.waiting.next_counter()},
                                   LeaseCheckpointRequest{{*due.proposal}}};
    wants_.proposals.push_back({proposal.id.counter, base::to_bytes(proposal)});
  }
}

void Member::handle(const Asker& asker, Renewal renewal) {
  note(renewal.timers);
  if (const auto* const renewed = std::get_if<kv::LeaseResult>(&renewal.outcome)) {
    return answer(asker, *renewed);
  }
  if (const auto* const error = std::get_if<kv::ErrorResult>(&renewal.outcome)) {
    return answer(asker, *error);
  }
  const WaitingRenewal waiting = std::get<WaitingRenewal>(renewal.outcome);
  await_answer(asker);
  if (!waiting.clears_checkpoint) {
    parts_.waiting.keep_alives.push_back({asker, waiting});
    return;
  }
  const InternalRequest proposal{{config_.id, parts_.waiting.next_counter()},
                                 LeaseCheckpointRequest{{{waiting.id, {}}}}};
  parts_.waiting.proposals.emplace(proposal.id.counter, WaitingProposal{asker, false, waiting});
  wants_.proposals.push_back({proposal.id.counter, base::to_bytes(proposal)});
}

void Member::resume(std::vector<WaitingKeepAlive> keep_alives) {
  for (const WaitingKeepAlive& waiting : keep_alives) {
    handle(waiting.asker,
           parts_.lessor.resume_renewal(config_.applier.leases, waiting.renewal, config_.defects));
  }
}

void Member::resume_all() {
  std::vector<WaitingKeepAlive> all = parts_.waiting.take_keep_alives({});
  std::erase_if(parts_.waiting.proposals, [&](const auto& entry) {
    const WaitingProposal& waiting = entry.second;
    if (waiting.renewal) {
      all.push_back({waiting.asker, *waiting.renewal});
    }
    return waiting.renewal.has_value();
  });
  resume(std::move(all));
}

}  // namespace plimsoll::store
