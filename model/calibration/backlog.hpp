// A model whose bound must not turn into an answer: what was cut off could still violate, and still be taken.
//
// The project's own. Work arrives without end and is explored up to a bound: arrivals beyond it are possible
// but pruned. All work may be done at once; a clock ticks. Arrivals are weakly fair, so nothing but the
// ticking clock is no behaviour. Then:
//
// - `backlog-empties` is false, for work may arrive for ever without being done. Within the bound no fair
// path
//   shows it: whoever takes the bound for an end of arrivals, or for a state that ends, finds that it holds.
//   The answer is `inconclusive`.
// - `no-lasting-level` is true, for arrivals never stop. Within the bound the clock can tick for ever at the
//   highest level, and whoever does not count the pruned arrival as enabled takes that path for fair and
//   finds a violation. The answer is `inconclusive`.
// - With cancellations work can come and go for ever below the bound: a lasso that no bound has touched, and
//   `backlog-empties` is `violated`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/system/pod_system.hpp"

namespace plimsoll::model::calibration {

/// Ways to break the model, for tests.
enum class BacklogMutation : std::uint8_t {
  none,
  only_arrives,    ///< nothing but arrivals: every transition of the highest level is pruned
  arrives_seldom,  ///< arrivals are not fair: the clock alone may go on
  closes,          ///< doing the work ends everything: deadlock
};

/// Slots: work, clock. 2 (b + 1) states. Thread-safety: immutable.
class Backlog {
 public:
  enum Group : std::uint32_t { arrives, done, cancelled, ticks };
  static constexpr std::uint32_t bound_max = 1000;

  /// @param bound    Work that is explored, 2 .. bound_max.
  /// @param cancels  May work be cancelled? The last piece never is.
  Backlog(std::uint32_t bound, bool cancels, BacklogMutation mutation = BacklogMutation::none);

  [[nodiscard]] static std::uint32_t width() { return 2; }
  [[nodiscard]] static std::vector<std::vector<checker::Slot>> initial() { return {{0, 0}}; }
  void next(checker::StateView state, checker::PodSuccessors& out) const;
  /// Work arrives without end.
  [[nodiscard]] static bool may_end(checker::StateView /*state*/) { return false; }

  [[nodiscard]] static std::vector<checker::Property> properties();
  [[nodiscard]] bool holds(std::size_t property, checker::StateView state) const;
  [[nodiscard]] bool engaged(std::size_t property, checker::StateView state) const;

  [[nodiscard]] std::vector<checker::FairnessConstraint> fairness() const;
  [[nodiscard]] checker::FairnessMask fairness_of(checker::StateView before,
                                                  const checker::Action& action) const;

  [[nodiscard]] static std::vector<std::string> action_groups();
  [[nodiscard]] static checker::ActionLabel describe(const checker::Action& action);
  [[nodiscard]] static checker::Datum describe(checker::StateView state);

 private:
  std::uint32_t bound_;
  bool cancels_;
  BacklogMutation mutation_;
};

}  // namespace plimsoll::model::calibration

// Instantiated where the model is compiled.
extern template class plimsoll::checker::PodSystem<plimsoll::model::calibration::Backlog>;
