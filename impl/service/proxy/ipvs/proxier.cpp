#include "impl/service/proxy/ipvs/proxier.hpp"

#include <utility>

#include "impl/base/assert.hpp"
#include "impl/service/proxy/ipvs/rules.hpp"
#include "impl/service/proxy/stale_flows.hpp"

namespace plimsoll::service {

namespace {

using Timer = IpvsProxierTimer;
constexpr std::string_view device = "kube-ipvs0";

/// What a step works on.
struct Step {
  const IpvsProxier::Config& config;
  ChangeTracker& tracker;
  IpvsSync& sync;
  IpvsProxier::Outputs& outputs;

  [[nodiscard]] Defects defects() const { return config.plan.rules.defects; }
};

/// The numbers of a phase's requests begin at 0.
template <class Body>
void ask(Step step, Body body) {
  const CallId id{step.sync.incarnation, step.sync.open++};
  step.outputs.send(step.config.kernel, ipvs::Request{id, std::move(body)});
}
template <class TableChange>
void change(Step step, TableChange body) {
  ask(step, overlay::TableChange{std::move(body)});
}

overlay::InterfaceAddress dummy_address(const base::Ipv4& ip) {
  overlay::InterfaceAddress address;
  address.device = device;
  address.address = {ip, 32};
  return address;
}

void begin_if_wanted(Step step) {
  IpvsSync& sync = step.sync;
  if (sync.phase != IpvsPhase::idle || !sync.is_wanted || sync.is_soon_armed || !sync.services_synced ||
      !sync.slices_synced) {
    return;
  }
  sync.is_wanted = false;
  sync.has_failed = false;
  sync.is_soon_armed = true;
  step.outputs.arm(Timer::soon, step.config.min_sync_period);
  step.outputs.arm(Timer::resync, step.config.sync_period);
  step.outputs.disarm(Timer::retry);
  sync.phase = IpvsPhase::looking;
  ask(step, ipvs::Look{});
}

void become_idle(Step step) {
  step.sync.phase = IpvsPhase::idle;
  begin_if_wanted(step);
}

void want(Step step) {
  step.sync.is_wanted = true;
  begin_if_wanted(step);
}

void fail(Step step) {
  abandon_sync(step.tracker);
  step.outputs.arm(Timer::retry, step.config.sync_period);
  become_idle(step);
}

/// Addresses and servers first, then the sets, then the rules that look into them; what is wanted no more
/// goes last.
void write(Step step, const ipvs::Answer& there) {
  begin_sync(step.tracker);
  step.sync.is_wanted = false;  // what changed since the sync began is in it
  step.sync.phase = IpvsPhase::writing;
  const ipvs::Plan plan = make_plan(step.tracker.views, step.sync.zone, step.config.plan);
  for (const base::Ipv4& ip : plan.addresses) {
    if (!there.addresses.contains(ip)) {
      change(step, overlay::AddressAdd{dummy_address(ip)});
    }
  }
  ipvs::Reconciliation servers = reconcile(plan.tables, there.listing, step.defects());
  for (ipvs::Change& each : servers.changes) {
    ask(step, std::move(each));
  }
  for (const auto& [name, set] : plan.sets) {
    ask(step, ipvs::SetReplace{name, set});
  }
  std::string missing = iptables::ensure_input(there.saved, ipvs::ipvs_jumps());
  if (!missing.empty()) {
    change(step, overlay::IptablesRestore{std::move(missing), true});
  }
  change(step, overlay::IptablesRestore{ipvs::restore_input(plan.sets, step.config.plan.rules), true});
  for (const base::Ipv4& ip : there.addresses) {
    if (!plan.addresses.contains(ip)) {
      change(step, overlay::AddressDelete{dummy_address(ip)});
    }
  }
  if (servers.is_draining) {
    step.outputs.arm(Timer::drain, step.config.drain_period);
  }
}

void on_written(Step step) {
  if (step.sync.has_failed) {
    fail(step);
    return;
  }
  for (const ProgrammedChange& each : finish_sync(step.tracker)) {
    step.sync.owed.merge(stale_flows(each.before, each.after, step.defects()));
  }
  step.sync.phase = IpvsPhase::cleaning;
  for (const overlay::ConntrackDelete& flows : step.sync.owed) {
    step.sync.asked.emplace(step.sync.open, flows);
    change(step, flows);
  }
  if (step.sync.open == 0) {
    become_idle(step);
  }
}

void on_cleaned(Step step, const ipvs::Answer& answer) {
  const auto asked = step.sync.asked.extract(answer.id.number);
  if (!answer.error) {
    step.sync.owed.erase(asked.mapped());
  }
  if (step.sync.open == 0) {
    if (!step.sync.owed.empty()) {
      step.outputs.arm(Timer::retry, step.config.sync_period);
    }
    become_idle(step);
  }
}

void on_started(Step step, std::uint32_t incarnation) {
  step.tracker = ChangeTracker{};
  step.sync = IpvsSync{};
  step.sync.incarnation = incarnation;
  step.sync.phase = IpvsPhase::starting;
  const auto set = [&](const char* key, const char* value) { change(step, overlay::SysctlSet{key, value}); };
  set("net.ipv4.vs.conntrack", "1");
  if (step.defects().has(Defect::P11)) {
    set("net.ipv4.vs.conn_reuse_mode", "0");
  }
  set("net.ipv4.vs.expire_nodest_conn", "1");
  set("net.ipv4.vs.expire_quiescent_template", step.defects().has(Defect::P12) ? "0" : "1");
  set("net.ipv4.ip_forward", "1");
  if (step.config.strict_arp) {
    set("net.ipv4.conf.all.arp_ignore", "1");
    set("net.ipv4.conf.all.arp_announce", "2");
  }
  overlay::Link dummy;
  dummy.name = device;
  dummy.kind = overlay::LinkKind::dummy;
  change(step, overlay::LinkAdd{dummy});
}

/// The device may be there from an earlier life, and stays down: addresses count on devices that are down.
void on_start_answer(Step step, const ipvs::Answer& answer) {
  if (answer.error && answer.error != overlay::Errno::eexist) {
    step.tracker = ChangeTracker{};
    step.sync = IpvsSync{};
    step.outputs.exit("the node cannot be set up: " + base::enumerator_text(*answer.error));
  } else if (step.sync.open == 0) {
    become_idle(step);
  }
}

void on_answer(Step step, const ipvs::Answer& answer) {
  IpvsSync& sync = step.sync;
  if (answer.id.incarnation != sync.incarnation || sync.open == 0) {
    return;  // of an earlier life
  }
  --sync.open;
  switch (sync.phase) {
    case IpvsPhase::starting:
      on_start_answer(step, answer);
      break;
    case IpvsPhase::looking:
      answer.error ? fail(step) : write(step, answer);
      break;
    case IpvsPhase::writing:
      sync.has_failed = sync.has_failed || answer.error.has_value();
      if (sync.open == 0) {
        on_written(step);
      }
      break;
    case IpvsPhase::cleaning:
      on_cleaned(step, answer);
      break;
    case IpvsPhase::stopped:
    case IpvsPhase::idle:
      PLIMSOLL_ASSERT_KNOWN(false, "an answer while nothing is under way");
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
      want(step);
    }
  }
  void operator()(const ipvs::Answer& answer) const { on_answer(step, answer); }

  void want_if_changed() const {
    if (!step.tracker.changed.empty()) {
      want(step);
    }
  }
};

}  // namespace

void IpvsProxier::step(const Config& config, State& state, const Input& input, Outputs& outputs) {
  const Step step{config, state.tracker, state.sync, outputs};
  if (const auto* const started = std::get_if<base::Started>(&input)) {
    on_started(step, started->incarnation);
  } else if (state.sync.phase == IpvsPhase::stopped) {
    return;
  } else if (const auto* const received = std::get_if<base::Received<Incoming>>(&input)) {
    std::visit(OnMessage{step}, received->message);
  } else if (const auto* const fired = std::get_if<base::TimerFired<Timer>>(&input)) {
    if (fired->timer == Timer::soon) {
      state.sync.is_soon_armed = false;
      begin_if_wanted(step);
    } else {
      want(step);
    }
  }
}

base::TimerKind IpvsProxier::timer_kind(const Timer& timer) {
  return timer == Timer::soon || timer == Timer::retry ? base::TimerKind::deadline : base::TimerKind::lapse;
}

bool is_quiescent(const IpvsProxier::State& state) {
  return state.sync.phase == IpvsPhase::idle && !state.sync.is_wanted && state.tracker.changed.empty() &&
         state.sync.owed.empty();
}

}  // namespace plimsoll::service
