#include "checker/world/layout.hpp"

#include <algorithm>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {

WorldLayout::WorldLayout(const WorldModel& model)
    : processes_(model.processes.size()),
      first_process_(static_cast<std::uint32_t>(model.parts.size())),
      width_(first_process_ + 2 * static_cast<std::uint32_t>(processes_)),
      disks_(processes_, 0),
      links_(processes_ * processes_, nullptr),
      partitions_(model),
      link_faults_(processes_ * processes_) {
  for (std::size_t i = 0; i < processes_; ++i) {
    if (model.processes[i].has_disk) {
      disks_[i] = width_++;
    }
  }
  if (!partitions_.cuts().empty()) {
    cuts_ = width_++;
  }
  if (model.time.discrete && model.time.drift > 0) {
    clocks_ = width_++;
  }
  ++width_;
  PLIMSOLL_ASSERT(!model.budgets.contains(""));
  for (const auto& [name, amount] : model.budgets) {
    if (amount > 0) {
      budgets_.push_back(name);
    }
  }
  for (const Link& link : model.links) {
    PLIMSOLL_ASSERT(link.a.value < processes_ && link.b.value < processes_);
    number_link(link);
  }
  for (const CrashUnit& unit : model.units) {
    number_unit(model, unit);
  }
  fault_words_.pause = budget_word("pause");
  for (const CutShape shape : {CutShape::halves, CutShape::one_way, CutShape::pair}) {
    fault_words_.cuts[static_cast<std::size_t>(shape)] = budget_word(std::string(to_text(shape)));
  }
}

void WorldLayout::number_link(const Link& link) {
  const bool breaks = link.kind == LinkKind::connection;
  fault_words_.disconnects.push_back(breaks ? budget_word(link.break_budget) : no_budget);
  LinkFaults faults;
  if (is_lossy(link.kind)) {
    faults.drop = budget_word(link.drop_budget);
    faults.duplicate = budget_word(link.duplicate_budget);
  }
  if (link.kind == LinkKind::fifo) {
    faults.reorder = budget_word(link.reorder_budget);
  }
  fault_words_.reorder |= faults.reorder != no_budget;
  fault_words_.lossy |= faults.drop != no_budget || faults.duplicate != no_budget || fault_words_.reorder;
  for (const std::size_t ends :
       {link.a.value * processes_ + link.b.value, link.b.value * processes_ + link.a.value}) {
    links_[ends] = &link;
    link_faults_[ends] = faults;
  }
}

void WorldLayout::number_unit(const WorldModel& model, const CrashUnit& unit) {
  const bool has_disk =
      std::any_of(unit.processes.begin(), unit.processes.end(),
                  [&](const base::ProcessId process) { return model.processes.at(process.value).has_disk; });
  CrashFaults& faults = fault_words_.crashes.emplace_back();
  faults.crash = budget_word(unit.budget);
  if (has_disk || !unit.disk_parts.empty()) {
    faults.disk_loss = budget_word(unit.disk_loss_budget);
  }
  if (has_disk) {
    faults.torn = budget_word(unit.torn_budget);
  }
}

std::uint32_t WorldLayout::budget_word(const std::string& name) const {
  const auto found = std::find(budgets_.begin(), budgets_.end(), name);
  return found == budgets_.end() ? no_budget : static_cast<std::uint32_t>(found - budgets_.begin()) + 1;
}

}  // namespace plimsoll::checker
