// Timers of a member, and the work that it does a step at a time.
#include <utility>

#include "impl/base/described.hpp"
#include "impl/store/member.hpp"
#include "impl/store/snapshot.hpp"

namespace plimsoll::store {

base::TimerKind timer_kind(const MemberTimer& timer) {
  struct Kind {
    using K = base::TimerKind;
    K operator()(const BackendCommit& /*timer*/) const { return K::work; }
    K operator()(const CompactStep& /*timer*/) const { return K::work; }
    K operator()(const DefragmentStep& /*timer*/) const { return K::work; }
    K operator()(const SyncWatchers& /*timer*/) const { return K::work; }
    K operator()(const RetryVictims& /*timer*/) const { return K::work; }
    K operator()(const WatchProgress& /*timer*/) const { return K::deadline; }
    K operator()(const ReadRetry& /*timer*/) const { return K::deadline; }
    K operator()(const RequestTimeout& /*timer*/) const { return K::deadline; }
    K operator()(const LeaseExpiry& /*timer*/) const { return K::lapse; }
    K operator()(const LeaseCheckpointDue& /*timer*/) const { return K::lapse; }
  };
  return std::visit(Kind{}, timer);
}

struct Member::Fire {
  Member& member;

  void operator()(const BackendCommit& /*timer*/) const {
    member.timers_before_.commit = false;
    member.commit();
  }
  void operator()(const CompactStep& /*timer*/) const {
    member.timers_before_.compact = false;
    member.parts_.kv.compact_step(member.config_.rows_per_compact_step);
  }
  void operator()(const DefragmentStep& /*timer*/) const {
    member.timers_before_.defragment = false;
    member.defragment();
  }
  void operator()(const SyncWatchers& /*timer*/) const {
    member.timers_before_.sync = false;
    member.parts_.watches.sync(member.watch_context());
  }
  void operator()(const RetryVictims& /*timer*/) const {
    member.timers_before_.retry_victims = false;
    member.parts_.watches.retry_victims(member.watch_context());
  }
  void operator()(const WatchProgress& /*timer*/) const {
    member.timers_before_.progress = false;
    member.parts_.watches.progress_tick(member.watch_context());
  }
  void operator()(const ReadRetry& /*timer*/) const { member.send_round_again(); }
  void operator()(const RequestTimeout& timer) const {
    const Asker asker{timer.client, timer.request};
    if (member.parts_.waiting.forget(asker)) {
      member.refuse(asker, kv::ErrorCode::timed_out);
    }
  }
  void operator()(const LeaseExpiry& timer) const { member.expire(timer.lease); }
  void operator()(const LeaseCheckpointDue& timer) const { member.checkpoint(timer.lease); }
};

void Member::fired(const MemberTimer& timer) {
  std::visit(Fire{*this}, timer);
}

Member::Timers Member::timers() const {
  Timers timers;
  const bool may_write = !status_.is_installing;
  timers.commit = may_write && parts_.kv.has_uncommitted();
  timers.compact = parts_.kv.compacting();
  timers.defragment =
      may_write && (!parts_.waiting.defragmentations.empty() || parts_.kv.defragmented.has_value());
  timers.sync = parts_.watches.has_unsynced();
  timers.retry_victims = parts_.watches.has_victims();
  timers.progress = parts_.watches.has_progress_watchers();
  return timers;
}

void Member::change_timers() {
  const Timers now = timers();
  const auto change = [&](bool before, bool after, MemberTimer timer, base::Ticks ticks = {}) {
    if (after && !before) {
      arm(timer, ticks);
    } else if (!after && before) {
      disarm(timer);
    }
  };
  const Timers& before = timers_before_;
  change(before.commit, now.commit, BackendCommit{});
  change(before.compact, now.compact, CompactStep{});
  change(before.defragment, now.defragment, DefragmentStep{});
  change(before.sync, now.sync, SyncWatchers{});
  change(before.retry_victims, now.retry_victims, RetryVictims{});
  change(before.progress, now.progress, WatchProgress{}, config_.watch_progress);
  timers_before_ = now;
}

void Member::commit() {
  for (const Batch& batch : parts_.kv.commit(config_.defects)) {
    wants_.batches.push_back(base::to_bytes(batch));
  }
}

// ETCD-14. The first step copies the database, the second puts the copy in its place; a snapshot in between
// makes it begin anew.
void Member::defragment() {
  if (!parts_.kv.defragmented) {
    for (const Batch& batch : parts_.kv.start_defragment(config_.defects)) {
      wants_.batches.push_back(base::to_bytes(batch));
    }
    return;
  }
  wants_.database = to_snapshot(*parts_.kv.finish_defragment());
  for (const Asker& asker : std::exchange(parts_.waiting.defragmentations, {})) {
    answer(asker, kv::DefragmentResult{});
  }
}

}  // namespace plimsoll::store
