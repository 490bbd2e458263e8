#include "checker/world/faults.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "checker/world/partitions.hpp"
#include "checker/world/possible.hpp"

namespace plimsoll::checker {
namespace {

/// What a fault of the world needs, where its name says it best.
struct Need {
  const char* fault;
  const char* what;
};
constexpr std::array needs = {
    Need{"drop", "a datagram or fifo link"},
    Need{"duplicate", "a datagram or fifo link"},
    Need{"reorder", "a fifo link"},
    Need{"torn-write", "a process with a disk that crashes"},
    Need{"disk-loss", "something with a disk that crashes"},
    Need{"partition", "two hosts with a link between them, and 10 hosts at most"},
    Need{"one-way-partition", "two hosts with a link between them, and 32 hosts at most"},
    Need{"partial-partition", "two hosts with a link between them, and 32 hosts at most"},
};

/// Could a partition of this shape cut anything?
bool is_cut_by(const WorldModel& model, CutShape shape) {
  const std::size_t hosts = model.hosts.empty() ? model.processes.size() : model.hosts.size();
  if (hosts > (shape == CutShape::halves ? Partitions::split_hosts_max : Partitions::hosts_max)) {
    return false;
  }
  WorldModel asked = model;
  asked.budgets = {{std::string(to_text(shape)), 1}};
  return !Partitions(asked).cuts().empty();
}

void add_links(const WorldModel& model, std::set<std::string>& names) {
  for (const Link& link : model.links) {
    if (link.kind == LinkKind::connection) {
      names.insert(link.break_budget);
    }
    if (is_lossy(link.kind)) {
      names.insert({link.drop_budget, link.duplicate_budget});
    }
    if (link.kind == LinkKind::fifo) {
      names.insert(link.reorder_budget);
    }
  }
}

void add_units(const WorldModel& model, std::set<std::string>& names) {
  for (const CrashUnit& unit : model.units) {
    const bool has_disk =
        std::any_of(unit.processes.begin(), unit.processes.end(),
                    [&](const base::ProcessId process) { return model.processes[process.value].has_disk; });
    names.insert(unit.budget);
    if (has_disk) {
      names.insert(unit.torn_budget);
    }
    if (has_disk || !unit.disk_parts.empty()) {
      names.insert(unit.disk_loss_budget);
    }
  }
}

void add_timers(const WorldModel& model, std::set<std::string>& names) {
  for (std::size_t i = 0; i < model.processes.size(); ++i) {
    const std::vector<std::string> kinds = kinds_of(model.processes[i].process->timer_schema());
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
      if (may_spend(model, i, kind)) {
        names.insert(kinds[kind]);
      }
    }
  }
}

}  // namespace

std::vector<std::string> spendable_budgets(const WorldModel& model) {
  std::set<std::string> names;
  add_links(model, names);
  add_units(model, names);
  add_timers(model, names);
  if (!model.processes.empty()) {
    names.insert("pause");
  }
  for (const CutShape shape : {CutShape::halves, CutShape::one_way, CutShape::pair}) {
    if (is_cut_by(model, shape)) {
      names.insert(std::string(to_text(shape)));
    }
  }
  // What has no name is never spent.
  names.erase("");
  return {names.begin(), names.end()};
}

std::optional<std::string> complaint_about_budget(const WorldModel& model, const std::string& name) {
  const std::vector<std::string> known = spendable_budgets(model);
  if (std::find(known.begin(), known.end(), name) != known.end()) {
    return std::nullopt;
  }
  const auto* const need =
      std::find_if(needs.begin(), needs.end(), [&](const Need& one) { return name == one.fault; });
  if (need != needs.end()) {
    return "fault '" + name + "' needs " + need->what;
  }
  std::string names;
  for (const std::string& one : known) {
    names += (names.empty() ? "" : ", ") + one;
  }
  return "unknown fault '" + name + "': expected one of " + names;
}

}  // namespace plimsoll::checker
