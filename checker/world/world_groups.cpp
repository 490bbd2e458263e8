// Names of everything that can happen in a world, as groups of actions: a group that never fired is reported.
#include <algorithm>

#include "checker/world/digest.hpp"
#include "checker/world/possible.hpp"

namespace plimsoll::checker {
namespace {

/// A group that is not possible has no name, and the number 0.
class GroupNames {
 public:
  explicit GroupNames(WorldGroups& groups) : names_(groups.names) {}
  std::uint32_t add_if(bool possible, const std::string& name) {
    if (!possible) {
      return 0;
    }
    const auto shared = std::find(names_.begin(), names_.end(), name);
    if (shared != names_.end()) {
      return static_cast<std::uint32_t>(shared - names_.begin());
    }
    names_.push_back(name);
    return static_cast<std::uint32_t>(names_.size() - 1);
  }

 private:
  std::vector<std::string>& names_;
};

bool cuts_reach(const WorldLayout& layout, std::size_t process, std::size_t peer) {
  const Partitions& partitions = layout.partitions();
  return std::any_of(partitions.cuts().begin(), partitions.cuts().end(), [&](const Partitions::Cut& cut) {
    return partitions.blocks(cut.blocked, process, peer) || partitions.blocks(cut.blocked, peer, process);
  });
}

bool can_lose_connection(const WorldModel& model, const WorldLayout& layout, std::size_t process) {
  for (const Link& link : model.links) {
    if (link.kind != LinkKind::connection) {
      continue;
    }
    if (link.a.value != process && link.b.value != process) {
      continue;
    }
    if (layout.budget_word(link.break_budget) != WorldLayout::no_budget) {
      return true;
    }
    const std::uint8_t peer = link.a.value == process ? link.b.value : link.a.value;
    if (model.processes[peer].process->may_exit()) {
      return true;
    }
    for (std::size_t i = 0; i < model.units.size(); ++i) {
      const std::vector<base::ProcessId>& crashing = model.units[i].processes;
      const auto in_unit = [&](std::uint8_t id) {
        return std::count(crashing.begin(), crashing.end(), base::ProcessId{id}) > 0;
      };
      if (layout.fault_words().crashes[i].possible() && in_unit(peer) &&
          !in_unit(static_cast<std::uint8_t>(process))) {
        return true;
      }
    }
    if (cuts_reach(layout, process, peer)) {
      return true;
    }
  }
  return false;
}

/// Has the process a lossy link with a fault of this kind?
bool has_lossy(const WorldModel& model, const WorldLayout& layout, std::size_t process,
               std::uint32_t WorldLayout::LinkFaults::* fault) {
  for (std::size_t peer = 0; peer < model.processes.size(); ++peer) {
    if (layout.link_faults(process, peer).*fault != WorldLayout::no_budget) {
      return true;
    }
  }
  return false;
}

void name_steps(const WorldModel& model, const WorldLayout& layout, const std::string& label,
                std::size_t process, WorldGroups& groups) {
  GroupNames names(groups);
  const WorldProcess& named = model.processes[process];
  std::vector<std::uint32_t>& deliver = groups.deliver.emplace_back();
  for (const std::string& kind : kinds_of(named.process->incoming_schema())) {
    deliver.push_back(names.add_if(true, "deliver " + kind + " to " + label));
  }
  groups.disconnected.push_back(
      names.add_if(can_lose_connection(model, layout, process), "tell " + label + " of a lost connection"));
  std::vector<std::uint32_t>& fire = groups.fire.emplace_back();
  for (const std::string& kind : kinds_of(named.process->timer_schema())) {
    fire.push_back(
        names.add_if(may_fire(model, layout, process, fire.size()), "fire " + kind + " of " + label));
  }
  const bool restarts = named.supervised && (may_crash(model, layout, process) || named.process->may_exit());
  groups.restart.push_back(names.add_if(restarts, "restart " + label));
}

void name_faults(const WorldModel& model, const WorldLayout& layout, const std::string& name,
                 std::size_t process, WorldGroups& groups) {
  using Faults = WorldLayout::LinkFaults;
  GroupNames names(groups);
  const auto lossy = [&](std::uint32_t Faults::* fault, const std::string& text) {
    return names.add_if(has_lossy(model, layout, process, fault), text + name);
  };
  const bool pauses = layout.fault_words().pause != WorldLayout::no_budget;
  groups.pause.push_back(names.add_if(pauses, "pause " + name));
  groups.resume.push_back(names.add_if(pauses, "resume " + name));
  groups.drop.push_back(lossy(&Faults::drop, "drop a message to "));
  groups.duplicate.push_back(lossy(&Faults::duplicate, "duplicate a message to "));
  groups.reorder.push_back(lossy(&Faults::reorder, "reorder messages to "));
  groups.gain.push_back(names.add_if(layout.has_clocks(), "clock of " + name + " gains a tick"));
  groups.lag.push_back(names.add_if(layout.has_clocks(), "clock of " + name + " loses a tick"));
}

}  // namespace

WorldGroups make_groups(const WorldModel& model, const WorldLayout& layout, const WorldMembers& members) {
  constexpr std::uint32_t never = WorldLayout::no_budget;
  WorldGroups groups;
  GroupNames names(groups);
  for (std::size_t i = 0; i < model.processes.size(); ++i) {
    name_steps(model, layout, members.label(i), i, groups);
    name_faults(model, layout, members.label(i), i, groups);
  }
  for (std::size_t i = 0; i < model.units.size(); ++i) {
    const CrashUnit& unit = model.units[i];
    const WorldLayout::CrashFaults& words = layout.fault_words().crashes[i];
    groups.crash.push_back(names.add_if(words.crash != never,
                                        members.budget_label(unit.budget) + " of " + members.unit_label(i)));
    groups.torn.push_back(names.add_if(
        words.crash != never && words.torn != never,
        members.budget_label(unit.budget) + " of " + members.unit_label(i) + " with a torn record"));
    groups.disk_loss.push_back(
        names.add_if(words.disk_loss != never,
                     members.budget_label(unit.disk_loss_budget) + " of " + members.unit_label(i)));
  }
  for (const Link& link : model.links) {
    std::string one = members.label(link.a.value);
    std::string other = members.label(link.b.value);
    const bool is_of_member =
        members.processes().owner(link.a.value) || members.processes().owner(link.b.value);
    if (is_of_member && other < one) {
      std::swap(one, other);
    }
    groups.disconnect.push_back(
        names.add_if(layout.budget_word(link.break_budget) != never,
                     members.budget_label(link.break_budget) + " " + one + " from " + other));
  }
  for (const CutShape shape : {CutShape::halves, CutShape::one_way, CutShape::pair}) {
    const std::vector<Partitions::Cut>& cuts = layout.partitions().cuts();
    const bool possible =
        std::any_of(cuts.begin(), cuts.end(), [&](const Partitions::Cut& cut) { return cut.shape == shape; });
    groups.cut[static_cast<std::size_t>(shape)] = names.add_if(possible, std::string(to_text(shape)));
  }
  groups.heal = names.add_if(layout.has_cuts(), "heal");
  groups.tick = names.add_if(model.time.discrete, "tick");
  return groups;
}

}  // namespace plimsoll::checker
