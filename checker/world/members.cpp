#include "checker/world/members.hpp"

#include <algorithm>
#include <set>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

/// The parts of a member in an order that is the same for all members of a group.
std::vector<PartId> parts_of(const WorldModel& model, const Interchangeable::Member& member) {
  std::vector<PartId> parts;
  for (const base::ProcessId process : member.processes) {
    const std::vector<PartId>& own = model.processes.at(process.value).parts;
    parts.insert(parts.end(), own.begin(), own.end());
  }
  parts.insert(parts.end(), member.parts.begin(), member.parts.end());
  return parts;
}

}  // namespace

std::vector<std::vector<std::size_t>> hosts_of(const WorldModel& model) {
  std::vector<std::vector<std::size_t>> hosts;
  if (model.hosts.empty()) {
    for (std::size_t process = 0; process < model.processes.size(); ++process) {
      hosts.push_back({process});
    }
  }
  for (const Host& host : model.hosts) {
    std::vector<std::size_t>& processes = hosts.emplace_back();
    for (const base::ProcessId process : host.processes) {
      processes.push_back(process.value);
    }
  }
  return hosts;
}

WorldMembers::WorldMembers(const WorldModel& model) {
  if (model.interchangeable.empty()) {
    complaint_ = model.not_interchangeable.empty() ? "no processes are declared to be interchangeable"
                                                   : model.not_interchangeable;
  } else {
    std::string wrong = declare(model);
    wrong = wrong.empty() ? find_difference(model, *this) : wrong;
    if (!wrong.empty()) {
      *this = WorldMembers();
      complaint_ = std::move(wrong);
    }
  }
  make_labels(model);
}

std::string WorldMembers::declare(const WorldModel& model) {
  for (const Interchangeable& group : model.interchangeable) {
    const auto first = static_cast<std::uint32_t>(blocks_.size());
    if (group.members.empty() || first + group.members.size() > Permutation::degree_max) {
      return "a group of interchangeable processes has no member, or there are more than 16 in all groups";
    }
    blocks_.insert(blocks_.end(), group.members.size(),
                   static_cast<std::uint32_t>(&group - model.interchangeable.data()));
    if (std::string wrong = declare_group(model, group, first); !wrong.empty()) {
      return "group " + group.name + ": " + wrong;
    }
  }
  return declare_hosts(model);
}

std::string WorldMembers::declare_group(const WorldModel& model, const Interchangeable& group,
                                        std::uint32_t first) {
  for (std::size_t i = 0; i < group.members.size(); ++i) {
    const Interchangeable::Member& member = group.members[i];
    const auto id = first + static_cast<std::uint32_t>(i);
    if (member.processes.size() != group.members[0].processes.size() ||
        member.budgets.size() != group.members[0].budgets.size()) {
      return "members have different numbers of processes or budgets";
    }
    for (const base::ProcessId process : member.processes) {
      if (process.value >= model.processes.size() || !processes_.add(id, process.value)) {
        return "process " + std::to_string(process.value) + " is not there, or in two members";
      }
    }
    for (const std::string& budget : member.budgets) {
      if (!budgets_.add(id, budget)) {
        return "budget " + budget + " belongs to two members";
      }
    }
  }
  std::string wrong = declare_names(group, first);
  return wrong.empty() ? declare_parts(model, group, first) : wrong;
}

std::string WorldMembers::declare_names(const Interchangeable& group, std::uint32_t first) {
  const auto add = [&](const std::string& type, std::size_t member, std::uint64_t value) {
    return names_[type].add(first + static_cast<std::uint32_t>(member), value);
  };
  for (std::size_t i = 0; i < group.members.size(); ++i) {
    for (const base::ProcessId process : group.members[i].processes) {
      add(base::ProcessTag::name, i, process.value);
    }
  }
  for (const auto& [type, values] : group.names) {
    if (type == base::ProcessTag::name || values.size() != group.members.size()) {
      return "type " + type + " must have one value for each member, and ids of processes none";
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!add(type, i, values[i])) {
        return "value " + std::to_string(values[i]) + " of type " + type + " names two members";
      }
    }
  }
  return {};
}

/// A part that stands in the same place for all members is shared, and nobody's. Of the others, one that a
/// member has in several places counts once.
std::string WorldMembers::declare_parts(const WorldModel& model, const Interchangeable& group,
                                        std::uint32_t first) {
  std::vector<std::vector<PartId>> parts;
  for (const Interchangeable::Member& member : group.members) {
    parts.push_back(parts_of(model, member));
    if (parts.back().size() != parts.front().size()) {
      return "members have different numbers of parts";
    }
  }
  const auto is_shared = [&parts](std::size_t place) {
    return std::ranges::all_of(parts, [&](const auto& own) { return own[place] == parts[0][place]; });
  };
  for (std::size_t place = 0; place < parts[0].size(); ++place) {
    const auto begin = parts[0].begin();
    const auto known = std::find(begin, begin + static_cast<std::ptrdiff_t>(place), parts[0][place]) - begin;
    if (parts.size() > 1 && is_shared(place)) {
      continue;
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const PartId part = parts[i][place];
      const bool is_known = static_cast<std::size_t>(known) != place;
      const auto id = first + static_cast<std::uint32_t>(i);
      if (is_known ? part != parts[i][static_cast<std::size_t>(known)] : !parts_.add(id, part.value)) {
        return "part " + model.parts.at(part.value).name + " is shared by some members and not by all";
      }
    }
  }
  return {};
}

/// A host belongs to the member all of whose processes on it are this member's; the hosts of a member are in
/// order of their processes' roles.
std::string WorldMembers::declare_hosts(const WorldModel& model) {
  const std::vector<std::vector<std::size_t>> hosts = hosts_of(model);
  std::set<std::pair<std::vector<std::uint32_t>, std::size_t>> in_order;
  for (std::size_t host = 0; host < hosts.size(); ++host) {
    std::set<std::uint32_t> ids;
    std::set<std::uint32_t> roles;
    for (const std::size_t process : hosts[host]) {
      if (const std::optional<Owner> owner = processes_.owner(process)) {
        ids.insert(owner->id);
        roles.insert(owner->role);
      }
    }
    if (ids.size() == 1) {
      std::vector<std::uint32_t> key = {*ids.begin()};
      key.insert(key.end(), roles.begin(), roles.end());
      in_order.emplace(std::move(key), host);
    }
  }
  for (const auto& [key, host] : in_order) {
    static_cast<void>(hosts_.add(key[0], host));
  }
  for (std::uint32_t id = 1; id < blocks_.size(); ++id) {
    if (blocks_[id] == blocks_[id - 1] && hosts_.count(id) != hosts_.count(id - 1)) {
      return "members of group " + model.interchangeable[blocks_[id]].name +
             " have different numbers of hosts";
    }
  }
  return {};
}

void WorldMembers::make_labels(const WorldModel& model) {
  for (std::uint32_t id = 0; id < blocks_.size(); ++id) {
    const auto first = std::ranges::find(blocks_, blocks_[id]) - blocks_.begin();
    to_first_.set(id, static_cast<std::uint32_t>(first));
  }
  const auto with_others = [&](const std::string& name, const std::optional<Owner>& owner) {
    const bool has_others = owner && std::ranges::count(blocks_, blocks_[owner->id]) > 1;
    return has_others ? name + " or another " + model.interchangeable[blocks_[owner->id]].name : name;
  };
  for (std::size_t process = 0; process < model.processes.size(); ++process) {
    const std::string& first = model.processes[processes_.renamed(process, to_first_)].name;
    labels_.push_back(with_others(first, processes_.owner(process)));
  }
  for (const CrashUnit& unit : model.units) {
    const std::optional<Owner> owner =
        unit.processes.empty() ? std::nullopt : processes_.owner(unit.processes[0].value);
    unit_labels_.push_back(with_others(name_of_first(model, unit), owner));
  }
}

/// The unit that this one is of the first member.
std::string WorldMembers::name_of_first(const WorldModel& model, const CrashUnit& unit) const {
  std::set<std::size_t> processes;
  for (const base::ProcessId process : unit.processes) {
    processes.insert(processes_.renamed(process.value, to_first_));
  }
  const auto first = std::ranges::find_if(model.units, [&](const CrashUnit& other) {
    std::set<std::size_t> others;
    for (const base::ProcessId process : other.processes) {
      others.insert(process.value);
    }
    return processes == others && budget_label(unit.budget) == other.budget;
  });
  return first == model.units.end() ? unit.name : first->name;
}

std::vector<Permutation> WorldMembers::swaps() const {
  std::vector<Permutation> swaps;
  for (std::uint32_t id = 0; id + 1 < blocks_.size(); ++id) {
    if (blocks_[id] == blocks_[id + 1]) {
      swaps.push_back(Permutation::swapping(id, id + 1));
    }
  }
  return swaps;
}

std::optional<Owner> WorldMembers::named(const base::Schema& type, std::uint64_t value) const {
  const auto found = names_.find(type.name);
  return found == names_.end() ? std::nullopt : found->second.owner(value);
}

base::IdRenaming WorldMembers::renaming(Permutation permutation) const {
  return [this, permutation](const base::Schema& type, std::uint64_t value) {
    const auto found = names_.find(type.name);
    return found == names_.end() ? value : found->second.renamed(value, permutation);
  };
}

}  // namespace plimsoll::checker
