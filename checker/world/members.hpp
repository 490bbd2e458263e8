// Who is interchangeable in a world, and what goes with whom: the declaration (Interchangeable) turned into
// tables, and checked against everything else that the model says.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checker/system/symmetry.hpp"
#include "checker/world/model.hpp"
#include "impl/base/rename.hpp"

namespace plimsoll::checker {

/// Whose something is, and which of the member's: members of one group have the same roles.
struct Owner {
  std::uint32_t id = 0;
  std::uint32_t role = 0;
  friend bool operator==(const Owner&, const Owner&) = default;
};

/// Things of one sort that belong to members, by id and role.
template <class Thing>
class Belongings {
 public:
  /// Gives the id its next thing. False: it is somebody's already.
  bool add(std::uint32_t id, const Thing& thing) {
    if (id >= things_.size()) {
      things_.resize(id + 1);
    }
    const auto role = static_cast<std::uint32_t>(things_[id].size());
    things_[id].push_back(thing);
    return owners_.emplace(thing, Owner{id, role}).second;
  }
  [[nodiscard]] std::optional<Owner> owner(const Thing& thing) const {
    const auto found = owners_.find(thing);
    return found == owners_.end() ? std::nullopt : std::optional(found->second);
  }
  [[nodiscard]] std::size_t count(std::uint32_t id) const {
    return id < things_.size() ? things_[id].size() : 0;
  }
  /// The same thing of whom its owner is renamed to; itself, if it is nobody's.
  [[nodiscard]] Thing renamed(const Thing& thing, Permutation permutation) const {
    const auto found = owners_.find(thing);
    return found == owners_.end() ? thing : things_[permutation[found->second.id]].at(found->second.role);
  }

 private:
  std::vector<std::vector<Thing>> things_;  ///< [id][role]
  std::map<Thing, Owner> owners_;
};

/// Ids number the members of all groups, one group after the other: the ids of the world's symmetry, whose
/// blocks are the groups. Immutable. Thread-safety: const members from any number of threads.
class WorldMembers {
 public:
  /// If the declaration has a complaint(), nobody is interchangeable.
  explicit WorldMembers(const WorldModel& model);

  /// Why the model's declaration cannot be true, or why there is none; empty: as far as the model goes, it
  /// is.
  [[nodiscard]] const std::string& complaint() const { return complaint_; }

  /// By id: the group.
  [[nodiscard]] const std::vector<std::uint32_t>& blocks() const { return blocks_; }
  /// The swaps of neighbours within a group, which generate all renamings.
  [[nodiscard]] std::vector<Permutation> swaps() const;

  [[nodiscard]] const Belongings<std::size_t>& processes() const { return processes_; }
  [[nodiscard]] const Belongings<std::size_t>& parts() const { return parts_; }
  [[nodiscard]] const Belongings<std::string>& budgets() const { return budgets_; }
  /// By number of Partitions.
  [[nodiscard]] const Belongings<std::size_t>& hosts() const { return hosts_; }
  [[nodiscard]] std::optional<Owner> named(const base::Schema& type, std::uint64_t value) const;
  [[nodiscard]] base::IdRenaming renaming(Permutation permutation) const;

  /// What a process is called in the names of action groups, which members share.
  [[nodiscard]] const std::string& label(std::size_t process) const { return labels_[process]; }
  [[nodiscard]] const std::string& unit_label(std::size_t unit) const { return unit_labels_[unit]; }
  [[nodiscard]] std::string budget_label(const std::string& budget) const {
    return budgets_.renamed(budget, to_first_);
  }

 private:
  WorldMembers() = default;
  /// What is wrong with the declaration by itself.
  std::string declare(const WorldModel& model);
  std::string declare_group(const WorldModel& model, const Interchangeable& group, std::uint32_t first);
  std::string declare_names(const Interchangeable& group, std::uint32_t first);
  std::string declare_parts(const WorldModel& model, const Interchangeable& group, std::uint32_t first);
  std::string declare_hosts(const WorldModel& model);
  void make_labels(const WorldModel& model);
  [[nodiscard]] std::string name_of_first(const WorldModel& model, const CrashUnit& unit) const;

  std::string complaint_;
  std::vector<std::uint32_t> blocks_;
  Permutation to_first_;  ///< everybody becomes the first of the group: no permutation, and for labels only
  Belongings<std::size_t> processes_;
  Belongings<std::size_t> parts_;
  Belongings<std::string> budgets_;
  Belongings<std::size_t> hosts_;
  std::map<std::string, Belongings<std::uint64_t>> names_;  ///< by type
  std::vector<std::string> labels_;
  std::vector<std::string> unit_labels_;
};

/// What else in the model contradicts the declaration: a link, a crash unit, a configuration that is not the
/// same for all members up to names. Empty: nothing.
[[nodiscard]] std::string find_difference(const WorldModel& model, const WorldMembers& members);

/// The processes of each host, by number of Partitions.
[[nodiscard]] std::vector<std::vector<std::size_t>> hosts_of(const WorldModel& model);

}  // namespace plimsoll::checker
