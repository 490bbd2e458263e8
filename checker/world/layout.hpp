// Which slot holds what, and which number a fault budget has: computed once from the model, read by everyone.
#pragma once

#include <array>
#include <string>
#include <unordered_map>
#include <vector>

#include "checker/system/slots.hpp"
#include "checker/world/model.hpp"
#include "checker/world/partitions.hpp"

namespace plimsoll::checker {

/// Slots: parts; then mailbox and control of each process; then disks; then cuts of the network and clocks,
/// each only if the model has a use for it; then the environment. Immutable.
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
  /// Can the network be cut?
  [[nodiscard]] bool has_cuts() const { return cuts_ != no_slot; }
  /// Requires: has_cuts().
  [[nodiscard]] std::uint32_t cuts() const { return cuts_; }
  [[nodiscard]] const Partitions& partitions() const { return partitions_; }
  /// May clocks drift?
  [[nodiscard]] bool has_clocks() const { return clocks_ != no_slot; }
  /// Requires: has_clocks().
  [[nodiscard]] std::uint32_t clocks() const { return clocks_; }

  /// The link between two processes, or null.
  [[nodiscard]] const Link* link(std::size_t a, std::size_t b) const { return links_[a * processes_ + b]; }
  /// Budgets with a positive amount, in order of name: number i is word i + 1 of the environment, after the
  /// elapsed ticks.
  [[nodiscard]] const std::vector<std::string>& budgets() const { return budgets_; }
  static constexpr std::uint32_t no_budget = ~std::uint32_t{0};
  /// What the faults of one lossy link spend.
  struct LinkFaults {
    std::uint32_t drop = no_budget;
    std::uint32_t duplicate = no_budget;
    std::uint32_t reorder = no_budget;
  };
  struct CrashFaults {
    std::uint32_t crash = no_budget;
    std::uint32_t disk_loss = no_budget;
    std::uint32_t torn = no_budget;
    [[nodiscard]] bool possible() const { return crash != no_budget || disk_loss != no_budget; }
  };
  /// What each fault spends, looked up once: doing so by name in every state took a fifth of an exploration.
  struct FaultWords {
    bool lossy = false;    ///< a message of some link may be dropped, doubled or overtaken
    bool reorder = false;  ///< overtaken
    std::uint32_t pause = no_budget;
    std::vector<CrashFaults> crashes;        ///< by unit
    std::vector<std::uint32_t> disconnects;  ///< by link
    std::array<std::uint32_t, cut_shapes> cuts = {no_budget, no_budget, no_budget};
  };
  [[nodiscard]] const FaultWords& fault_words() const { return fault_words_; }
  /// Of the link between two processes; nothing if there is none or it is not lossy.
  [[nodiscard]] const LinkFaults& link_faults(std::size_t a, std::size_t b) const {
    return link_faults_[a * processes_ + b];
  }
  /// The word of the environment that holds what is left of a budget, or no_budget.
  [[nodiscard]] std::uint32_t budget_word(const std::string& name) const;

 private:
  static constexpr std::uint32_t no_slot = ~std::uint32_t{0};

  void number_link(const Link& link);
  void number_unit(const WorldModel& model, const CrashUnit& unit);

  std::size_t processes_;
  std::uint32_t first_process_;
  std::uint32_t width_;
  std::vector<std::uint32_t> disks_;
  std::vector<const Link*> links_;
  Partitions partitions_;
  std::uint32_t cuts_ = no_slot;
  std::uint32_t clocks_ = no_slot;
  std::vector<std::string> budgets_;
  std::vector<LinkFaults> link_faults_;
  FaultWords fault_words_;
};

}  // namespace plimsoll::checker
