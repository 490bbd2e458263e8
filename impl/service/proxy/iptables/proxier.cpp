#include "impl/service/proxy/iptables/proxier.hpp"

#include <utility>

#include "impl/base/assert.hpp"
#include "impl/service/proxy/iptables/jumps.hpp"
#include "impl/service/proxy/iptables/rules.hpp"
#include "impl/service/proxy/stale_flows.hpp"

namespace plimsoll::service {

namespace {

using Timer = IptablesProxierTimer;

/// What a step works on.
struct Step {
  const IptablesProxier::Config& config;
  ChangeTracker& tracker;
  SyncState& sync;
  IptablesProxier::Outputs& outputs;

  [[nodiscard]] bool has(Defect defect) const { return config.rules.defects.has(defect); }
};

/// @param number  Of the request, among those of this phase.
void ask(Step step, std::uint32_t number, std::variant<overlay::TableChange, SaveTables> body) {
  ++step.sync.open;
  step.outputs.send(step.config.kernel,
                    KernelRequest{CallId{step.sync.incarnation, number}, std::move(body)});
}

void restore(Step step, SyncPhase phase, std::string text) {
  step.sync.phase = phase;
  ask(step, 0, overlay::TableChange{overlay::IptablesRestore{std::move(text), true}});
}

void become_idle(Step step);

void retry_later(Step step) {
  step.outputs.arm(Timer::retry, step.config.sync_period);
}

/// Nothing of this sync counts as done.
void fail(Step step) {
  const bool was_full = step.sync.is_full;
  if (step.has(Defect::P5) || step.has(Defect::P6)) {
    step.tracker.in_flight.clear();
  } else {
    abandon_sync(step.tracker);
  }
  // What a partial sync would build on is in doubt.
  step.sync.needs_full = step.sync.needs_full || was_full || !step.has(Defect::P6);
  retry_later(step);
  become_idle(step);
}

void clean(Step step) {
  step.sync.phase = SyncPhase::cleaning;
  std::uint32_t number = 0;
  for (const overlay::ConntrackDelete& flows : step.sync.owed) {
    step.sync.asked.emplace(number, flows);
    ask(step, number++, overlay::TableChange{flows});
  }
  if (step.sync.open == 0) {
    become_idle(step);
  }
}

void on_restored(Step step) {
  for (const ProgrammedChange& change : finish_sync(step.tracker)) {
    step.sync.owed.merge(stale_flows(change.before, change.after, step.config.rules.defects));
  }
  if (step.sync.is_full && !step.has(Defect::P7)) {
    step.outputs.arm(Timer::resync, step.config.full_sync_period);
  }
  clean(step);
}

void write_rules(Step step) {
  SyncState& sync = step.sync;
  begin_sync(step.tracker);
  sync.is_wanted = sync.needs_full;  // what changed since the sync began is in it
  const bool is_large = iptables::is_large_cluster(step.tracker.views, step.config.rules);
  const bool writes_all = sync.is_full || is_large != std::exchange(sync.is_large, is_large);
  const iptables::SyncRequest request{step.tracker.views, sync.zone,
                                      writes_all ? nullptr : &step.tracker.in_flight,
                                      std::exchange(sync.nat_chains, {})};
  restore(step, SyncPhase::restoring, iptables::restore_input(request, step.config.rules));
}

void on_saved(Step step, const KernelAnswer& answer) {
  if (answer.error && step.sync.is_full) {
    fail(step);
    return;
  }
  if (answer.error) {
    write_rules(step);  // stale chains stay for another time; nothing refers to them
    return;
  }
  step.sync.nat_chains = iptables::chains_of(answer.saved, "nat");
  step.sync.cleanup_due = false;
  step.outputs.arm(Timer::cleanup, step.config.sync_period);
  std::string missing = step.sync.is_full ? iptables::ensure_input(answer.saved) : std::string{};
  if (missing.empty()) {
    write_rules(step);
  } else {
    restore(step, SyncPhase::ensuring, std::move(missing));
  }
}

void begin(Step step) {
  SyncState& sync = step.sync;
  sync.is_wanted = false;
  sync.is_full = std::exchange(sync.needs_full, false);
  sync.is_soon_armed = true;
  step.outputs.arm(Timer::soon, step.config.min_sync_period);
  step.outputs.disarm(Timer::retry);
  // iptables-save takes long where there are many rules.
  const bool is_large = iptables::is_large_cluster(step.tracker.views, step.config.rules);
  if (sync.is_full || !is_large || sync.cleanup_due) {
    sync.phase = SyncPhase::saving;
    ask(step, 0, SaveTables{});
  } else {
    write_rules(step);
  }
}

void begin_if_wanted(Step step) {
  const SyncState& sync = step.sync;
  if (sync.phase == SyncPhase::idle && sync.is_wanted && !sync.is_soon_armed && sync.services_synced &&
      sync.slices_synced) {
    begin(step);
  }
}

void become_idle(Step step) {
  step.sync.phase = SyncPhase::idle;
  begin_if_wanted(step);
}

void want(Step step) {
  step.sync.is_wanted = true;
  begin_if_wanted(step);
}
void want_full(Step step) {
  step.sync.needs_full = true;
  want(step);
}

/// After a look at the tables between syncs.
void on_checked(Step step, const KernelAnswer& answer) {
  const bool is_flushed = !answer.error && !iptables::has_canaries(answer.saved);
  // Before the first sync there are none.
  if (is_flushed && step.sync.services_synced && step.sync.slices_synced) {
    step.sync.needs_full = true;
    step.sync.is_wanted = true;
  }
  become_idle(step);
}

void on_cleaned(Step step, const KernelAnswer& answer) {
  const auto asked = step.sync.asked.extract(answer.id.number);
  if (!answer.error) {
    step.sync.owed.erase(asked.mapped());
  }
  if (step.sync.open == 0) {
    if (!step.sync.owed.empty()) {
      retry_later(step);
    }
    become_idle(step);
  }
}

void on_started(Step step, std::uint32_t incarnation) {
  step.tracker = ChangeTracker{};
  step.sync = SyncState{};
  step.sync.incarnation = incarnation;
  step.sync.phase = SyncPhase::starting;
  std::uint32_t number = 0;
  if (step.config.rules.localhost_node_ports) {
    ask(step, number++, overlay::TableChange{overlay::SysctlSet{"net.ipv4.conf.all.route_localnet", "1"}});
  }
  if (step.config.rules.conntrack_tcp_be_liberal) {
    ask(step, number++,
        overlay::TableChange{overlay::SysctlSet{"net.netfilter.nf_conntrack_tcp_be_liberal", "1"}});
  }
  if (!step.has(Defect::P7)) {
    step.outputs.arm(Timer::monitor, step.config.sync_period);
  }
  if (step.sync.open == 0) {
    become_idle(step);
  }
}

void on_sysctl(Step step, const KernelAnswer& answer) {
  if (answer.error) {
    step.tracker = ChangeTracker{};
    step.sync = SyncState{};
    step.outputs.exit("a sysctl cannot be set: " + base::enumerator_text(*answer.error));
  } else if (step.sync.open == 0) {
    become_idle(step);
  }
}

void on_answer(Step step, const KernelAnswer& answer) {
  if (answer.id.incarnation != step.sync.incarnation || step.sync.open == 0) {
    return;  // of an earlier life
  }
  --step.sync.open;
  switch (step.sync.phase) {
    case SyncPhase::starting:
      on_sysctl(step, answer);
      break;
    case SyncPhase::checking:
      on_checked(step, answer);
      break;
    case SyncPhase::saving:
      on_saved(step, answer);
      break;
    case SyncPhase::ensuring:
      answer.error ? fail(step) : write_rules(step);
      break;
    case SyncPhase::restoring:
      answer.error ? fail(step) : on_restored(step);
      break;
    case SyncPhase::cleaning:
      on_cleaned(step, answer);
      break;
    case SyncPhase::stopped:
    case SyncPhase::idle:
      PLIMSOLL_ASSERT_KNOWN(false, "an answer while nothing is under way");
  }
}

void on_timer(Step step, Timer timer) {
  switch (timer) {
    case Timer::soon:
      step.sync.is_soon_armed = false;
      begin_if_wanted(step);
      break;
    case Timer::retry:
      want(step);
      break;
    case Timer::resync:
      want_full(step);
      break;
    case Timer::monitor:
      step.outputs.arm(Timer::monitor, step.config.sync_period);
      if (step.sync.phase == SyncPhase::idle) {
        step.sync.phase = SyncPhase::checking;
        ask(step, 0, SaveTables{});
      }
      break;
    case Timer::cleanup:
      step.sync.cleanup_due = true;
      break;
  }
}

struct OnMessage {
  Step step;

  void operator()(const ServiceEvent& event) const {
    service_changed(step.tracker, step.config.node, event.name, event.service);
    want_if_changed();
  }
  void operator()(const SliceEvent& event) const {
    slice_changed(step.tracker, step.config.node, event.name, event.slice);
    want_if_changed();
  }
  void operator()(const Synced& kind) const {
    (kind == Synced::services ? step.sync.services_synced : step.sync.slices_synced) = true;
    want(step);
  }
  void operator()(const ZoneEvent& event) const {
    if (event.zone != step.sync.zone) {
      step.sync.zone = event.zone;
      want_full(step);
    }
  }
  void operator()(const KernelAnswer& answer) const { on_answer(step, answer); }

  void want_if_changed() const {
    if (!step.tracker.changed.empty()) {
      want(step);
    }
  }
};

}  // namespace

void IptablesProxier::step(const Config& config, State& state, const Input& input, Outputs& outputs) {
  const Step step{config, state.tracker, state.sync, outputs};
  if (const auto* const started = std::get_if<base::Started>(&input)) {
    on_started(step, started->incarnation);
  } else if (state.sync.phase == SyncPhase::stopped) {
    return;
  } else if (const auto* const received = std::get_if<base::Received<Incoming>>(&input)) {
    std::visit(OnMessage{step}, received->message);
  } else if (const auto* const fired = std::get_if<base::TimerFired<Timer>>(&input)) {
    on_timer(step, fired->timer);
  }
}

base::TimerKind IptablesProxier::timer_kind(const Timer& timer) {
  switch (timer) {
    case Timer::soon:
    case Timer::retry:
      return base::TimerKind::deadline;
    case Timer::resync:
    case Timer::monitor:
    case Timer::cleanup:
      return base::TimerKind::lapse;
  }
  return base::TimerKind::lapse;
}

bool is_quiescent(const IptablesProxier::State& state) {
  const SyncState& sync = state.sync;
  return sync.phase == SyncPhase::idle && !sync.is_wanted && !sync.needs_full &&
         state.tracker.changed.empty() && sync.owed.empty();
}

}  // namespace plimsoll::service
