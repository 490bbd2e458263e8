#include "checker/world/layout.hpp"

#include <algorithm>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {

WorldLayout::WorldLayout(const WorldModel& model)
    : processes_(model.processes.size()),
      first_process_(static_cast<std::uint32_t>(model.parts.size())),
      width_(first_process_ + 2 * static_cast<std::uint32_t>(processes_)),
      disks_(processes_, 0),
      links_(processes_ * processes_, nullptr) {
  for (std::size_t i = 0; i < processes_; ++i) {
    if (model.processes[i].has_disk) {
      disks_[i] = width_++;
    }
  }
  ++width_;
  for (const Link& link : model.links) {
    PLIMSOLL_ASSERT(link.a.value < processes_ && link.b.value < processes_);
    links_[link.a.value * processes_ + link.b.value] = &link;
    links_[link.b.value * processes_ + link.a.value] = &link;
  }
  PLIMSOLL_ASSERT(!model.budgets.contains(""));
  for (const auto& [name, amount] : model.budgets) {
    if (amount > 0) {
      budgets_.push_back(name);
    }
  }
  fault_words_.drop = budget_word("drop");
  fault_words_.duplicate = budget_word("duplicate");
  fault_words_.pause = budget_word("pause");
  for (const CrashUnit& unit : model.units) {
    fault_words_.crashes.push_back(budget_word(unit.budget));
  }
  for (const Link& link : model.links) {
    const bool breaks = link.kind == LinkKind::connection;
    fault_words_.disconnects.push_back(breaks ? budget_word(link.break_budget) : no_budget);
  }
}

std::uint32_t WorldLayout::budget_word(const std::string& name) const {
  const auto found = std::find(budgets_.begin(), budgets_.end(), name);
  return found == budgets_.end() ? no_budget : static_cast<std::uint32_t>(found - budgets_.begin()) + 1;
}

}  // namespace plimsoll::checker
