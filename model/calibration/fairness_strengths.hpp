// The smallest model that tells no, weak and strong fairness apart.
//
// Source: the distinction is that of D. Lehmann, A. Pnueli and J. Stavi, "Impartiality, Justice and Fairness:
// The Ethics of Concurrent Termination" (ICALP 1981): justice is weak fairness, fairness strong. A door opens
// and closes for ever. A visitor may ring at any time, and may enter while the door is open. Ringing is
// enabled without interruption until it happens, so weak fairness brings it about; entering is enabled again
// and again but never for good, so only strong fairness does. That the door moves needs neither: once the
// visitor has rung and entered nothing else can happen, and before that it may happen only twice.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/system/pod_system.hpp"
#include "model/calibration/fairness_choice.hpp"

namespace plimsoll::model::calibration {

/// Ways to break the model, for tests: each makes a property fail.
enum class FairnessStrengthsMutation : std::uint8_t {
  none,
  door_jams,  ///< a door that closes may stay shut for ever
};

/// What holds under which fairness:
///
///                        none      weak      strong
///   visitor-enters       violated  violated  holds
///   bell-rings           violated  holds     holds
///   door-opens-again     holds     holds     holds
///
/// Slots: door, visitor inside, bell rung. 8 states. Thread-safety: immutable.
class FairnessStrengths {
 public:
  enum Door : checker::Slot { closed, open, jammed };
  enum Group : std::uint32_t { opens, closes, enters, rings, jams };

  explicit FairnessStrengths(FairnessChoice fairness,
                             FairnessStrengthsMutation mutation = FairnessStrengthsMutation::none)
      : fairness_(fairness), mutation_(mutation) {}

  [[nodiscard]] static std::uint32_t width() { return 3; }
  [[nodiscard]] static std::vector<std::vector<checker::Slot>> initial() { return {{closed, 0, 0}}; }
  void next(checker::StateView state, checker::PodSuccessors& out) const;
  /// The door never rests.
  [[nodiscard]] static bool may_end(checker::StateView /*state*/) { return false; }

  [[nodiscard]] static std::vector<checker::Property> properties();
  [[nodiscard]] static bool holds(std::size_t property, checker::StateView state);

  [[nodiscard]] std::vector<checker::FairnessConstraint> fairness() const;
  [[nodiscard]] checker::FairnessMask fairness_of(checker::StateView before,
                                                  const checker::Action& action) const;

  /// The last group exists under its mutation only.
  [[nodiscard]] std::vector<std::string> action_groups() const;
  [[nodiscard]] static checker::ActionLabel describe(const checker::Action& action);
  [[nodiscard]] static checker::Datum describe(checker::StateView state);

 private:
  FairnessChoice fairness_;
  FairnessStrengthsMutation mutation_;
};

}  // namespace plimsoll::model::calibration

// Instantiated where the model is compiled.
extern template class plimsoll::checker::PodSystem<plimsoll::model::calibration::FairnessStrengths>;
