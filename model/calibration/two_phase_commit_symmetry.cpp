// Resource managers are interchangeable: the transaction manager tells them apart by what it knows of each,
// and nobody else does.
#include <memory>

#include "checker/system/symmetry.hpp"
#include "model/calibration/two_phase_commit.hpp"
#include "model/calibration/two_phase_commit_slots.hpp"

namespace plimsoll::model::calibration {
namespace {

using checker::Permutation;
using checker::Signatures;
using checker::Slot;
using checker::StateView;
using two_phase_commit_slots::bit;
using two_phase_commit_slots::known_prepared_shift;
using two_phase_commit_slots::transaction_state_mask;

class ManagersRenamer final : public checker::Renamer {
 public:
  explicit ManagersRenamer(std::uint32_t managers) : managers_(managers) {}

  /// A manager's state, whether it is known to be prepared and whether it has said so are all there is of it:
  /// who agrees in these may be swapped.
  void sign(StateView state, Signatures& out) override {
    const Slot known_prepared = state[managers_] >> known_prepared_shift;
    const Slot messages = state[managers_ + 1];
    for (std::uint32_t manager = 0; manager < managers_; ++manager) {
      out.of[manager] =
          state[manager] | (known_prepared >> manager & 1U) << 2U | (messages >> manager & 1U) << 3U;
    }
    out.complete = true;
  }

  void rename(StateView state, Permutation permutation, std::span<Slot> renamed) override {
    const Slot everybody = bit(managers_) - 1;
    const Slot transaction = state[managers_];
    const Slot messages = state[managers_ + 1];
    for (std::uint32_t manager = 0; manager < managers_; ++manager) {
      renamed[permutation[manager]] = state[manager];
    }
    renamed[managers_] = (transaction & transaction_state_mask) |
                         permutation.rename_set(transaction >> known_prepared_shift) << known_prepared_shift;
    renamed[managers_ + 1] = (messages & ~everybody) | permutation.rename_set(messages & everybody);
  }

 private:
  std::uint32_t managers_;
};

class ManagersSymmetry final : public checker::Symmetry {
 public:
  explicit ManagersSymmetry(std::uint32_t managers) : managers_(managers) {}
  [[nodiscard]] std::uint32_t degree() const override { return managers_; }
  [[nodiscard]] std::unique_ptr<checker::Renamer> renamer() const override {
    return std::make_unique<ManagersRenamer>(managers_);
  }

 private:
  std::uint32_t managers_;
};

}  // namespace

std::shared_ptr<const checker::Symmetry> TwoPhaseCommit::make_symmetry(std::uint32_t resource_managers) {
  static_assert(managers_max <= Permutation::degree_max);
  return std::make_shared<ManagersSymmetry>(resource_managers);
}

}  // namespace plimsoll::model::calibration
