#include "impl/store/member.hpp"

#include <utility>

#include "impl/base/described.hpp"

namespace plimsoll::store {

Member::Member(const MemberConfig& config, MemberParts parts, const RaftStatus& status, Wants& wants)
    : config_(config), parts_(parts), status_(status), wants_(wants), timers_before_(timers()) {}

void Member::disconnected(base::ProcessId client) {
  parts_.waiting.forget(client);
  parts_.watches.disconnected(client);
}

void Member::role_changed(const raft::SoftState& role) {
  const raft::SoftState before = std::exchange(parts_.waiting.role, role);
  if (!leads()) {
    note(parts_.lessor.demote());
    resume_all();
  }
  if (role.lead != raft::nobody && role.lead != before.lead) {
    fail_reads();
  }
}

void Member::apply(const raft::Entry& entry, const raft::ConfState& conf_state) {
  Applier applier(config_.applier, parts_.kv, parts_.lessor);
  std::optional<Applied> applied = entry.type == raft::EntryType::normal
                                       ? applier.apply(entry)
                                       : applier.apply_conf_change(entry, conf_state);
  if (!applied) {
    return;
  }
  note(applied->timers);
  if (!applied->events.empty()) {
    parts_.watches.notify(watch_context(), applied->events);
  }
  if (applied->is_empty) {
    if (leads()) {
      note(parts_.lessor.promote(config_.applier.leases, parts_.kv, config_.lease_extend, config_.defects));
    }
    // The leader may have kept a read waiting for this, or not have heard of it.
    send_round_again();
  }
  const kv::LeaseId revoked = applied->revoked;
  if (applied->id.member == config_.id) {
    finish_proposal(*std::move(applied));
  }
  if (revoked != kv::LeaseId{}) {
    resume(parts_.waiting.take_keep_alives(revoked));
  }
}

void Member::finish_proposal(Applied applied) {
  std::optional<WaitingProposal> waiting = parts_.waiting.take_proposal(applied.id.counter);
  if (!waiting) {
    return;
  }
  if (waiting->renewal) {
    const ApplierConfig& config = config_.applier;
    handle(waiting->asker, parts_.lessor.resume_renewal(config.leases, *waiting->renewal, config_.defects));
  } else if (std::holds_alternative<kv::MemberListResult>(applied.result)) {
    answer(waiting->asker, members());
  } else if (waiting->physical && std::holds_alternative<kv::CompactResult>(applied.result)) {
    parts_.waiting.compactions.push_back(waiting->asker);
  } else {
    answer(waiting->asker, std::move(applied.result));
  }
}

void Member::dropped(std::uint64_t counter) {
  if (const auto waiting = parts_.waiting.take_proposal(counter)) {
    refuse(waiting->asker, kv::ErrorCode::no_leader);
  }
}

void Member::install(Backend backend) {
  parts_.kv.install(std::move(backend), config_.defects);
  note(parts_.lessor.demote());
  parts_.lessor = Lessor::restore(parts_.kv);
  parts_.watches.restore();
  resume_all();
}

void Member::settle() {
  for (const Reader& reader : parts_.waiting.take_applied(applied())) {
    serve(reader);
  }
  if (!parts_.kv.compacting()) {
    for (const Asker& asker : std::exchange(parts_.waiting.compactions, {})) {
      answer(asker, kv::CompactResult{});
    }
  }
  if (config_.commits_at_once && !status_.is_installing) {
    commit();
  }
  change_timers();
}

}  // namespace plimsoll::store
