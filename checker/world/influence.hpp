// Who may make a difference to whom in a world, as far as its model tells: a static relation between
// processes, the larger the safer.
//
// A process influences those that it may send to (Process::may_send_to(), over a link that is there), those
// that it shares a part with, and those that spend a budget which its timers spend too. Over a connection
// both ends influence each other, whoever sends: each learns that the other is gone; and themselves, for that
// news waits in their own mailbox.
#pragma once

#include <vector>

#include "checker/world/glance.hpp"
#include "checker/world/layout.hpp"

namespace plimsoll::checker {

/// Immutable. Requires: at most 64 processes and 63 words of the environment.
class Influence {
 public:
  Influence(const WorldModel& model, const WorldLayout& layout);

  [[nodiscard]] ProcessMask all() const { return all_; }
  /// Whose mailboxes a step of the process may add something to.
  [[nodiscard]] ProcessMask sends(std::size_t process) const { return sends_[process]; }
  /// The same of any of them.
  [[nodiscard]] ProcessMask targets(ProcessMask processes) const;
  /// Those, and all others that its steps may make a difference to.
  [[nodiscard]] ProcessMask touches(std::size_t process) const { return touches_[process]; }
  /// Those that influence the process, in however many steps, and are influenced by it; and itself. The sets
  /// are equal or disjoint, and influence between different ones goes one way only.
  [[nodiscard]] ProcessMask group(std::size_t process) const { return groups_[process]; }
  [[nodiscard]] ProcessMask may_exit() const { return may_exit_; }
  /// Whose mailbox, status, timers or parts a fault may change, or what their timers may spend, where there
  /// is something left of `budgets`, or the network is cut.
  [[nodiscard]] ProcessMask struck(const WorldGlance& now) const;
  /// The fewest messages that may be under way to `to` when one from any of `from` is lost because there is
  /// no room for it.
  [[nodiscard]] std::uint32_t room(ProcessMask from, std::size_t to) const;

 private:
  void note_links(const WorldModel& model);
  void note_shared(const WorldModel& model, const WorldLayout& layout);
  void note_faults(const WorldModel& model, const WorldLayout& layout);
  void find_groups();
  void strike(std::uint32_t word, ProcessMask processes);

  std::size_t count_;
  ProcessMask all_;
  ProcessMask may_exit_ = 0;
  std::vector<ProcessMask> sends_;
  std::vector<ProcessMask> touches_;
  std::vector<ProcessMask> groups_;
  std::vector<ProcessMask> struck_by_;  ///< by word of the environment
  std::vector<std::uint64_t> words_;    ///< by process: what its timers may spend
  std::vector<std::uint32_t> rooms_;    ///< [from * count_ + to]; where nothing is ever lost so, a great many
};

}  // namespace plimsoll::checker
