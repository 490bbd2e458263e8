// Pauses, restarts, crashes and failed connections, in the naive executor.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <optional>

#include "checker/world/naive_executor.hpp"
#include "checker/world/test_bed.hpp"

namespace plimsoll::checker {
namespace {

using Running = NaiveProcess::Status;

}  // namespace

void NaiveExecutor::add_status_changes(std::size_t process, const NaiveState& state, Collector& out) const {
  const NaiveProcess& now = state.processes[process];
  const std::string& name = model_.processes[process].name;
  const auto with = [&](const std::string& budget, auto change) -> std::optional<NaiveState> {
    const auto found = state.budgets.find(budget);
    if (found == state.budgets.end() || found->second == 0) {
      return std::nullopt;
    }
    NaiveState after = state;
    --after.budgets[budget];
    change(after);
    return after;
  };
  if (now.status == Running::down && model_.processes[process].supervised) {
    for (const Run& way : run(process, started(process, state, now.incarnation + 1), state)) {
      NaiveState after = state;
      after.processes[process].status = Running::up;
      ++after.processes[process].incarnation;
      const bool fits = apply(process, way.outputs, after);
      out.add(fits, naive_label("restart", {{"process", name}}, way.choice, way.outputs.exit_reason), after);
    }
  }
  if (now.status == Running::paused) {
    NaiveState after = state;
    after.processes[process].status = Running::up;
    out.add(true, naive_label("resume", {{"process", name}}), after);
  }
  if (now.status == Running::up) {
    if (const auto after =
            with("pause", [&](NaiveState& s) { s.processes[process].status = Running::paused; })) {
      out.add(true, naive_label("pause", {{"process", name}}), *after);
    }
  }
}

bool NaiveExecutor::has_budget(const std::string& name) const {
  const auto found = model_.budgets.find(name);
  return found != model_.budgets.end() && found->second > 0;
}

bool NaiveExecutor::may_tear() const {
  return std::any_of(model_.units.begin(), model_.units.end(), [&](const CrashUnit& unit) {
    return has_budget(unit.torn_budget) &&
           std::any_of(unit.processes.begin(), unit.processes.end(), [&](const base::ProcessId process) {
             return model_.processes[process.value].has_disk;
           });
  });
}

std::vector<std::pair<NaiveState, bool>> NaiveExecutor::crashed(const CrashUnit& unit,
                                                                const std::string& budget,
                                                                const NaiveState& state) const {
  const auto in_unit = [&](std::size_t process) {
    return std::count(unit.processes.begin(), unit.processes.end(),
                      base::ProcessId{static_cast<std::uint8_t>(process)}) > 0;
  };
  const auto left = state.budgets.find(budget);
  bool any_up = false;
  bool any_requests = false;
  for (const base::ProcessId process : unit.processes) {
    any_up |= state.processes[process.value].status != Running::down;
    for (std::size_t peer = 0; peer < state.processes.size(); ++peer) {
      const Link* over = peer == process.value ? nullptr : link(process.value, peer);
      any_requests |= over != nullptr && over->kind == LinkKind::connection && over->a == process &&
                      !in_unit(peer) && state.processes[peer].has_requests(process.value);
    }
  }
  std::vector<std::pair<NaiveState, bool>> ways;
  if (left == state.budgets.end() || left->second == 0 || !any_up) {
    return ways;
  }
  for (int purge = 0; purge < (any_requests ? 2 : 1); ++purge) {
    NaiveState after = state;
    --after.budgets[budget];
    for (const base::ProcessId process : unit.processes) {
      after.processes[process.value].status = Running::down;
    }
    bool fits = true;
    for (const base::ProcessId process : unit.processes) {
      fits &= take_down(process.value, purge == 1, after);
    }
    for (const PartId part : unit.lost_parts) {
      after.parts[part.value] = model_.parts[part.value].initial;
    }
    ways.emplace_back(after, fits);
  }
  return ways;
}

void NaiveExecutor::add_crash(const CrashUnit& unit, const NaiveState& state, Collector& out) const {
  for (const auto& [after, fits] : crashed(unit, unit.budget, state)) {
    add_ways_of_disks(unit, after, fits, out);
  }
}

void NaiveExecutor::add_ways_of_disks(const CrashUnit& unit, const NaiveState& crashed, bool fits,
                                      Collector& out) const {
  struct Way {
    NaiveState after;
    std::string torn;
  };
  std::vector<Way> ways = {{crashed, ""}};
  for (const base::ProcessId process : unit.processes) {
    std::vector<Way> next;
    for (const Way& way : ways) {
      const NaiveProcess& down = way.after.processes[process.value];
      for (std::size_t kept = down.synced; kept <= down.disk.size(); ++kept) {
        Way whole = way;
        whole.after.processes[process.value].disk.resize(kept);
        whole.after.processes[process.value].synced = kept;
        next.push_back(whole);
        const auto budget = whole.after.budgets.find(unit.torn_budget);
        if (kept < down.disk.size() && budget != whole.after.budgets.end() && budget->second > 0) {
          --budget->second;
          whole.after.processes[process.value].torn_tail = true;
          whole.torn += (whole.torn.empty() ? "" : ", ") + model_.processes[process.value].name;
          next.push_back(whole);
        }
      }
    }
    ways = next;
  }
  for (const Way& way : ways) {
    std::vector<std::pair<std::string, std::string>> parameters = {{"unit", unit.name}};
    if (!way.torn.empty()) {
      parameters.emplace_back("torn", way.torn);
    }
    out.add(fits, naive_label(unit.budget, parameters), way.after);
  }
}

void NaiveExecutor::add_disk_loss(const CrashUnit& unit, const NaiveState& state, Collector& out) const {
  bool any_disk = !unit.disk_parts.empty();
  for (const base::ProcessId process : unit.processes) {
    any_disk |= model_.processes[process.value].has_disk;
  }
  if (!any_disk) {
    return;
  }
  for (const auto& [before, fits] : crashed(unit, unit.disk_loss_budget, state)) {
    NaiveState after = before;
    for (const base::ProcessId process : unit.processes) {
      after.processes[process.value].disk.clear();
      after.processes[process.value].synced = 0;
      after.processes[process.value].torn_tail = false;
    }
    for (const PartId part : unit.disk_parts) {
      after.parts[part.value] = model_.parts[part.value].initial;
    }
    out.add(fits, naive_label(unit.disk_loss_budget, {{"unit", unit.name}}), after);
  }
}

void NaiveExecutor::add_disconnect(const Link& link, const NaiveState& state, Collector& out) const {
  const auto budget = state.budgets.find(link.break_budget);
  const NaiveProcess& server = state.processes[link.b.value];
  if (link.kind != LinkKind::connection || budget == state.budgets.end() || budget->second == 0 ||
      !is_connected(link, state)) {
    return;
  }
  for (int lost = 0; lost < (server.has_requests(link.a.value) ? 2 : 1); ++lost) {
    NaiveState after = state;
    --after.budgets[link.break_budget];
    after.processes[link.a.value].forget_sender(link.b.value);
    if (lost == 1) {
      after.processes[link.b.value].forget_sender(link.a.value);
    }
    const bool client_fits = tell(link.a.value, link.b.value, after);
    const bool server_fits = tell(link.b.value, link.a.value, after);
    out.add(client_fits && server_fits,
            naive_label(link.break_budget, {{"client", model_.processes[link.a.value].name},
                                            {"server", model_.processes[link.b.value].name},
                                            {"requests", lost == 1 ? "lost" : "arrive"}}),
            after);
  }
}

bool NaiveExecutor::is_patient(std::size_t process, const base::Bytes& timer, const NaiveState& state) const {
  for (std::size_t i = 0; i < state.processes.size(); ++i) {
    const NaiveProcess& now = state.processes[i];
    const bool works = std::any_of(now.timers.begin(), now.timers.end(), [&](const auto& armed) {
      return model_.processes[i].process->timer_kind(armed.first) == base::TimerKind::work;
    });
    if (works || !now.mailbox.empty()) {
      return false;
    }
  }
  const std::string name = to_line(to_datum(model_.processes[process].process->timer_schema(), timer));
  return std::any_of(model_.patient_timers.begin(), model_.patient_timers.end(), [&](const auto& patient) {
    return patient.process.value == process && patient.timer == name;
  });
}

BOOST_AUTO_TEST_SUITE(naive_faults_test)

BOOST_AUTO_TEST_CASE(a_crash_keeps_any_prefix_of_what_was_not_synced) {
  WorldModel model = ring_world(2, 1);
  model.processes[1].has_disk = true;
  model.units = {{"node", "crash", {base::ProcessId{1}}, {}}};
  model.budgets["crash"] = 1;
  const NaiveExecutor naive(model);
  NaiveState state = naive.initial().at(0);
  state.processes[1].disk = {"a", "b", "c"};
  state.processes[1].synced = 1;
  std::uint64_t pruned = 0;
  std::vector<std::size_t> kept;
  for (const NaiveTransition& transition : naive.successors(state, pruned)) {
    if (transition.label == "crash(unit: node)") {
      kept.push_back(transition.after.processes[1].disk.size());
      BOOST_TEST(transition.after.processes[1].synced == kept.back());
    }
  }
  const std::vector<std::size_t> expected = {1, 2, 3};
  BOOST_TEST(kept == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
