// A model on which `eventually`, `always eventually` and `eventually always` all have different answers.
//
// The project's own. A lighthouse warms up step by step and then stays warm; its lamp, warm or cold, goes on
// and off for ever; on the way the first step of warmth is passed, which never comes again. In the terms of
// Z. Manna and A. Pnueli, "The Temporal Logic of Reactive and Concurrent Systems" (1992), chapter 4, that is
// persistence (warm), response (lit) and guarantee (passed). Warming up is weakly fair, for without that the
// lamp may blink while the house stays cold. Blinking needs no promise: once warm nothing else can happen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/system/pod_system.hpp"

namespace plimsoll::model::calibration {

/// Ways to break the model, for tests: each makes a property fail.
enum class LighthouseMutation : std::uint8_t {
  none,
  burns_out,     ///< when the lamp goes out it stays dark
  cools_down,    ///< the warm house may become cold again
  skips_a_step,  ///< two steps of warmth at once: the first one is never seen
  puts_it_off,   ///< warming up may be put off for ever, for it is not fair
};

/// What holds: warms-up (eventually), tepid-once (eventually), stays-warm (eventually always),
/// lit-again-and-again (always eventually). What is violated, though it sounds alike: stays-lit (eventually
/// always; while always eventually holds) and tepid-again-and-again (always eventually; while eventually
/// holds).
///
/// Slots: warmth, lamp. 2 (w + 1) states. Thread-safety: immutable.
class Lighthouse {
 public:
  enum Lamp : checker::Slot { dark, lit, burnt_out };
  enum Group : std::uint32_t { warms_up, lights, darkens, cools_down };
  static constexpr std::uint32_t warmth_max = 1000;

  /// @param warmth  Steps until the house is warm, 2 .. warmth_max.
  explicit Lighthouse(std::uint32_t warmth, LighthouseMutation mutation = LighthouseMutation::none);

  [[nodiscard]] static std::uint32_t width() { return 2; }
  [[nodiscard]] static std::vector<std::vector<checker::Slot>> initial() { return {{0, dark}}; }
  void next(checker::StateView state, checker::PodSuccessors& out) const;

  [[nodiscard]] static std::vector<checker::Property> properties();
  [[nodiscard]] bool holds(std::size_t property, checker::StateView state) const;

  /// Weak fairness of warming up.
  [[nodiscard]] std::vector<checker::FairnessConstraint> fairness() const;
  [[nodiscard]] checker::FairnessMask fairness_of(checker::StateView before,
                                                  const checker::Action& action) const;

  /// The last group exists under its mutation only.
  [[nodiscard]] std::vector<std::string> action_groups() const;
  [[nodiscard]] static checker::ActionLabel describe(const checker::Action& action);
  [[nodiscard]] static checker::Datum describe(checker::StateView state);

 private:
  std::uint32_t warmth_;
  LighthouseMutation mutation_;
};

}  // namespace plimsoll::model::calibration

// Instantiated where the model is compiled.
extern template class plimsoll::checker::PodSystem<plimsoll::model::calibration::Lighthouse>;
