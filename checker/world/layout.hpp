// Which slot holds what, and which number a fault budget has: computed once from the model, read by everyone.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "checker/system/slots.hpp"
#include "checker/world/model.hpp"

namespace plimsoll::checker {

/// Slots: parts; then mailbox and control of each process; then disks; then the environment. Immutable.
class WorldLayout {
 public:
  explicit WorldLayout(const WorldModel& model);

  [[nodiscard]] std::uint32_t width() const { return width_; }
  [[nodiscard]] std::uint32_t part(PartId part) const { return part.value; }
  [[nodiscard]] std::uint32_t mailbox(std::size_t process) const {
    return first_process_ + 2 * static_cast<std::uint32_t>(process);
  }
  [[nodiscard]] std::uint32_t control(std::size_t process) const { return mailbox(process) + 1; }
  /// Requires: the process has a disk.
  [[nodiscard]] std::uint32_t disk(std::size_t process) const { return disks_[process]; }
  [[nodiscard]] std::uint32_t environment() const { return width_ - 1; }

  /// The link between two processes, or null.
  [[nodiscard]] const Link* link(std::size_t a, std::size_t b) const { return links_[a * processes_ + b]; }
  /// Budgets with a positive amount, in order of name: number i is word i + 1 of the environment, after the
  /// elapsed ticks.
  [[nodiscard]] const std::vector<std::string>& budgets() const { return budgets_; }
  static constexpr std::uint32_t no_budget = ~std::uint32_t{0};
  /// What each fault spends, looked up once: doing so by name in every state took a fifth of an exploration.
  struct FaultWords {
    std::uint32_t drop = no_budget;
    std::uint32_t duplicate = no_budget;
    std::uint32_t pause = no_budget;
    std::vector<std::uint32_t> crashes;      ///< by unit
    std::vector<std::uint32_t> disconnects;  ///< by link
  };
  [[nodiscard]] const FaultWords& fault_words() const { return fault_words_; }
  /// The word of the environment that holds what is left of a budget, or no_budget.
  [[nodiscard]] std::uint32_t budget_word(const std::string& name) const;

 private:
  std::size_t processes_;
  std::uint32_t first_process_;
  std::uint32_t width_;
  std::vector<std::uint32_t> disks_;
  std::vector<const Link*> links_;
  std::vector<std::string> budgets_;
  FaultWords fault_words_;
};

}  // namespace plimsoll::checker
