// The dining philosophers: a deadlock with a shortest trace known in advance, and starvation that only strong
// fairness rules out.
//
// Source: E. W. Dijkstra, "Hierarchical Ordering of Sequential Processes" (Acta Informatica 1(2), 1971),
// whose five philosophers share a fork with each neighbour. That taking resources in one fixed order prevents
// deadlock is from J. W. Havender, "Avoiding Deadlock in Multitasking Systems" (IBM Systems Journal 7(2),
// 1968). Everybody sits down hungry, so the deadlock of `left_first` is n steps away: each takes the left
// fork. A step takes one fork, or puts both back: putting back never waits, and one fork put back before the
// other would only add states.
//
// Every assignment of the four situations to philosophers in which no fork has two holders is reachable, so
// the counts have a closed form (products of 4 by 4 matrices): for left_first s(n) = 3 s(n-1) + 2 s(n-2) with
// s(0) = 2 and s(1) = 3.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/system/pod_system.hpp"
#include "model/calibration/fairness_choice.hpp"

namespace plimsoll::model::calibration {

/// Ways to break the model, for tests: each makes a property fail.
enum class DiningPhilosophersMutation : std::uint8_t {
  none,
  takes_held_forks,  ///< a second fork is taken although a neighbour holds it
  gives_up,          ///< the first fork is put back when the second is free: nobody eats
};

/// Slots: one for each philosopher. Fork i lies to the left of philosopher i and to the right of i - 1.
///
/// Thread-safety: immutable.
class DiningPhilosophers {
 public:
  enum class Order : std::uint8_t {
    left_first,        ///< everybody takes the left fork first: deadlocks
    one_right_handed,  ///< the last philosopher takes the right one first, so forks are taken in one order
  };
  enum Situation : checker::Slot { hungry, holds_one, eating, thinking };
  enum Group : std::uint32_t { takes_first, takes_second, puts_back, gets_hungry, gives_up };
  static constexpr std::uint32_t philosophers_max = 8;

  /// @param philosophers  2 .. philosophers_max.
  /// @param fairness      Of each philosopher's steps but that of getting hungry. Weak fairness is not enough
  ///                      for anybody to eat: neighbours may take the fork again and again, and in between it
  ///                      is free but never for good. Strong fairness is enough, with one_right_handed.
  DiningPhilosophers(std::uint32_t philosophers, Order order, FairnessChoice fairness,
                     DiningPhilosophersMutation mutation = DiningPhilosophersMutation::none);

  [[nodiscard]] std::uint32_t width() const { return philosophers_; }
  [[nodiscard]] std::vector<std::vector<checker::Slot>> initial() const;
  void next(checker::StateView state, checker::PodSuccessors& out) const;
  /// Dinner never ends.
  [[nodiscard]] static bool may_end(checker::StateView /*state*/) { return false; }

  /// `neighbours-never-eat-together`, the witness `somebody-eats`, `deadlock-free`, and for each philosopher
  /// `starvation-free-<philosopher>`: who is hungry will eat.
  [[nodiscard]] std::vector<checker::Property> properties() const;
  [[nodiscard]] bool holds(std::size_t property, checker::StateView state) const;
  [[nodiscard]] bool engaged(std::size_t property, checker::StateView state) const;

  /// One for each philosopher; empty if none was chosen.
  [[nodiscard]] std::vector<checker::FairnessConstraint> fairness() const;
  [[nodiscard]] checker::FairnessMask fairness_of(checker::StateView before,
                                                  const checker::Action& action) const;

  /// The last group exists under its mutation only.
  [[nodiscard]] std::vector<std::string> action_groups() const;
  /// Philosophers and forks are counted from 1.
  [[nodiscard]] static checker::ActionLabel describe(const checker::Action& action);
  [[nodiscard]] checker::Datum describe(checker::StateView state) const;

 private:
  void next_of_philosopher(checker::StateView state, std::uint32_t i, checker::PodSuccessors& out) const;
  [[nodiscard]] std::uint32_t after(std::uint32_t i) const { return i + 1 == philosophers_ ? 0 : i + 1; }
  [[nodiscard]] std::uint32_t before(std::uint32_t i) const { return i == 0 ? philosophers_ - 1 : i - 1; }
  [[nodiscard]] bool takes_right_first(std::uint32_t i) const {
    return order_ == Order::one_right_handed && i + 1 == philosophers_;
  }
  [[nodiscard]] std::uint32_t first_fork(std::uint32_t i) const {
    return takes_right_first(i) ? after(i) : i;
  }
  [[nodiscard]] std::uint32_t second_fork(std::uint32_t i) const {
    return takes_right_first(i) ? i : after(i);
  }
  /// Does philosopher i hold the fork, which lies beside it?
  [[nodiscard]] bool has(checker::StateView state, std::uint32_t i, std::uint32_t fork) const;
  [[nodiscard]] bool is_free(checker::StateView state, std::uint32_t fork) const;

  std::uint32_t philosophers_;
  Order order_;
  FairnessChoice fairness_;
  DiningPhilosophersMutation mutation_;
};

}  // namespace plimsoll::model::calibration

// Instantiated where the model is compiled, for the engines' speed hangs on it.
extern template class plimsoll::checker::PodSystem<plimsoll::model::calibration::DiningPhilosophers>;
