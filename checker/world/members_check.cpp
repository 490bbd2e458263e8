// Is what a model says the same for all members of a group? Asked of the swaps of neighbours, which generate
// all renamings.
#include <algorithm>
#include <set>
#include <typeinfo>

#include "checker/world/members.hpp"

namespace plimsoll::checker {
namespace {

/// The model under new names, compared with itself.
class Comparison {
 public:
  Comparison(const WorldModel& model, const WorldMembers& members, Permutation swap)
      : model_(model), members_(members), swap_(swap), renaming_(members.renaming(swap)) {}

  [[nodiscard]] std::string difference() const {
    for (const auto& find : {&Comparison::in_processes, &Comparison::in_parts, &Comparison::in_links,
                             &Comparison::in_units, &Comparison::in_hosts, &Comparison::in_bounds,
                             &Comparison::in_timers, &Comparison::in_properties}) {
      if (std::string found = (this->*find)(); !found.empty()) {
        return found;
      }
    }
    return {};
  }

 private:
  using Ids = std::set<std::size_t>;

  [[nodiscard]] std::size_t process(std::size_t old) const {
    return members_.processes().renamed(old, swap_);
  }
  [[nodiscard]] std::size_t part(PartId old) const { return members_.parts().renamed(old.value, swap_); }
  [[nodiscard]] std::string budget(const std::string& old) const {
    return members_.budgets().renamed(old, swap_);
  }
  [[nodiscard]] Ids renamed(const std::vector<base::ProcessId>& processes) const {
    Ids ids;
    for (const base::ProcessId old : processes) {
      ids.insert(process(old.value));
    }
    return ids;
  }
  [[nodiscard]] Ids renamed(const std::vector<PartId>& parts) const {
    Ids ids;
    for (const PartId old : parts) {
      ids.insert(part(old));
    }
    return ids;
  }
  template <class Id>
  static Ids as_they_are(const std::vector<Id>& list) {
    Ids ids;
    for (const Id id : list) {
      ids.insert(id.value);
    }
    return ids;
  }

  [[nodiscard]] std::string in_processes() const {
    for (std::size_t i = 0; i < model_.processes.size(); ++i) {
      const WorldProcess& one = model_.processes[i];
      const WorldProcess& other = model_.processes[process(i)];
      const std::string both = one.name + " and " + other.name;
      if (!are_alike(one, other)) {
        return both + " are not of one kind, or do not have the same parts";
      }
      if (one.has_disk && one.record_schema == nullptr) {
        return "what is on the disk of " + one.name + " is not described";
      }
      const Process::Config config = one.process->described_config();
      const Process::Config expected = other.process->described_config();
      if (config.schema == nullptr) {
        if (!do_configs_agree()) {
          return "the configuration of " + one.name + " is no described value, and nobody vouches for it";
        }
      } else if (base::renamed(config.bytes, *config.schema, renaming_) != expected.bytes) {
        return &one == &other ? one.name + " does not treat them alike: its configuration tells them apart"
                              : both + " have different configurations";
      }
    }
    return {};
  }
  [[nodiscard]] bool do_configs_agree() const {
    return std::ranges::any_of(model_.interchangeable, &Interchangeable::configs_agree);
  }
  [[nodiscard]] bool are_alike(const WorldProcess& one, const WorldProcess& other) const {
    const Process& a = *one.process;
    const Process& b = *other.process;
    if (typeid(a) != typeid(b) || one.has_disk != other.has_disk || one.supervised != other.supervised ||
        one.record_schema != other.record_schema || one.parts.size() != other.parts.size() ||
        &a.incoming_schema() != &b.incoming_schema() || &a.timer_schema() != &b.timer_schema()) {
      return false;
    }
    return std::ranges::equal(one.parts, other.parts,
                              [this](PartId from, PartId to) { return part(from) == to.value; });
  }

  [[nodiscard]] std::string in_parts() const {
    for (std::size_t i = 0; i < model_.parts.size(); ++i) {
      const WorldPart& one = model_.parts[i];
      const WorldPart& other = model_.parts[members_.parts().renamed(i, swap_)];
      if (one.schema != other.schema) {
        return one.name + " and " + other.name + " are not of one type";
      }
      if (base::renamed(one.initial, *one.schema, renaming_) != other.initial) {
        return &one == &other ? one.name + " tells them apart from the start"
                              : one.name + " and " + other.name + " do not start alike";
      }
    }
    return {};
  }

  [[nodiscard]] std::string in_links() const {
    for (const Link& link : model_.links) {
      const bool is_there = std::ranges::any_of(model_.links, [&](const Link& other) {
        return same_ends(link, other) && link.kind == other.kind && link.urgent == other.urgent &&
               link.messages_max == other.messages_max && budget(link.break_budget) == other.break_budget &&
               budget(link.drop_budget) == other.drop_budget &&
               budget(link.duplicate_budget) == other.duplicate_budget &&
               budget(link.reorder_budget) == other.reorder_budget;
      });
      if (!is_there) {
        return "the link of " + model_.processes[link.a.value].name + " and " +
               model_.processes[link.b.value].name + " has no counterpart";
      }
    }
    const bool loses =
        std::ranges::any_of(model_.links, [](const Link& link) { return is_lossy(link.kind); });
    if (model_.messages_max != 0 && loses) {
      return "the bound on all mailboxes together is used up in order of ids, and who comes last loses";
    }
    return {};
  }

  /// A connection's ends are not alike: what is under way to one of them is always lost when it fails.
  [[nodiscard]] bool same_ends(const Link& link, const Link& other) const {
    const std::size_t a = process(link.a.value);
    const std::size_t b = process(link.b.value);
    const bool is_either_way = link.kind != LinkKind::connection;
    return (a == other.a.value && b == other.b.value) ||
           (is_either_way && a == other.b.value && b == other.a.value);
  }

  [[nodiscard]] std::string in_units() const {
    for (const CrashUnit& unit : model_.units) {
      const bool is_there = std::ranges::any_of(model_.units, [&](const CrashUnit& other) {
        return renamed(unit.processes) == as_they_are(other.processes) &&
               renamed(unit.lost_parts) == as_they_are(other.lost_parts) &&
               renamed(unit.disk_parts) == as_they_are(other.disk_parts) &&
               budget(unit.budget) == other.budget &&
               budget(unit.disk_loss_budget) == other.disk_loss_budget &&
               budget(unit.torn_budget) == other.torn_budget;
      });
      if (!is_there) {
        return "crash unit " + unit.name + " has no counterpart";
      }
    }
    for (const auto& [name, amount] : model_.budgets) {
      const auto other = model_.budgets.find(budget(name));
      if (other == model_.budgets.end() || other->second != amount) {
        return "budgets " + name + " and " + budget(name) + " differ";
      }
    }
    return {};
  }

  [[nodiscard]] std::string in_hosts() const {
    const std::vector<std::vector<std::size_t>> hosts = hosts_of(model_);
    for (std::size_t host = 0; host < hosts.size(); ++host) {
      Ids processes;
      for (const std::size_t old : hosts[host]) {
        processes.insert(process(old));
      }
      const std::vector<std::size_t>& other = hosts[members_.hosts().renamed(host, swap_)];
      if (processes != Ids(other.begin(), other.end())) {
        return "host " + model_.hosts.at(host).name + " has no counterpart";
      }
    }
    return {};
  }

  /// Their predicates cannot be compared: bounds of one name are taken for one and the same.
  [[nodiscard]] std::string in_bounds() const {
    for (const WorldBound& bound : model_.bounds) {
      const bool is_there = std::ranges::any_of(model_.bounds, [&](const WorldBound& other) {
        return bound.name == other.name && part(bound.part) == other.part.value;
      });
      if (!is_there) {
        return "bound " + bound.name + " is not on the same part of all";
      }
    }
    return {};
  }

  /// What their guards say of ids is the assembly's word.
  [[nodiscard]] std::string in_timers() const {
    for (const PatientTimer& timer : model_.patient_timers) {
      const bool is_there = std::ranges::any_of(model_.patient_timers, [&](const PatientTimer& other) {
        return process(timer.process.value) == other.process.value && timer.timer == other.timer &&
               renamed(timer.parts) == as_they_are(other.parts);
      });
      if (!is_there) {
        return timer.timer + " is not patient for all of them alike";
      }
    }
    return {};
  }

  /// Liveness is never decided under symmetry.
  [[nodiscard]] std::string in_properties() const {
    const auto looks_at_all = [this](const std::vector<PartId>& parts,
                                     const std::vector<base::ProcessId>& controls) {
      return renamed(parts) == as_they_are(parts) && renamed(controls) == as_they_are(controls);
    };
    for (const WorldProperty& asked : model_.properties) {
      if (!is_liveness(asked.property.kind) && !looks_at_all(asked.parts, asked.controls)) {
        return "property " + asked.property.id + " looks at some of them and not at all";
      }
    }
    if (!looks_at_all(model_.rightful_end.parts, model_.rightful_end.controls)) {
      return "when it is right that nothing more happens depends on some of them and not on all";
    }
    return {};
  }

  const WorldModel& model_;
  const WorldMembers& members_;
  Permutation swap_;
  base::IdRenaming renaming_;
};

}  // namespace

std::string find_difference(const WorldModel& model, const WorldMembers& members) {
  for (const Permutation swap : members.swaps()) {
    if (std::string found = Comparison(model, members, swap).difference(); !found.empty()) {
      return found;
    }
  }
  return {};
}

}  // namespace plimsoll::checker
