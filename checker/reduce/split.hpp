// For tests: two ids, one step, and both targets in one orbit, of which the step property allows one only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "checker/system/pod_system.hpp"
#include "checker/system/symmetry.hpp"

namespace plimsoll::checker {

/// From numbers 0 and 1, in either order, to 2 and 3 in either order.
class Split {
 public:
  /// @param one_action  Both transitions are the same action, with two outcomes.
  explicit Split(bool one_action) : one_action_(one_action), symmetry_(std::make_shared<Swap>()) {}

  [[nodiscard]] static std::uint32_t width() { return 2; }
  [[nodiscard]] static std::vector<std::vector<Slot>> initial() { return {{1, 0}, {0, 1}}; }
  void next(StateView state, PodSuccessors& out) const {
    if (state[0] < 2) {
      // The good one first.
      const std::uint32_t zero = state[0] == 0 ? 0 : 1;
      out.add(0, 7).set(zero, 2).set(1 - zero, 3);
      out.add(0, one_action_ ? 7 : 8).set(zero, 3).set(1 - zero, 2);
    }
  }
  [[nodiscard]] static std::vector<Property> properties() {
    return {{"zero-becomes-two", PropertyKind::step, "where 0 was, 2 is next"}};
  }
  [[nodiscard]] static bool holds(std::size_t /*property*/, StateView /*state*/) { return true; }
  [[nodiscard]] static bool holds_step(std::size_t /*property*/, StateView before, const Action& /*action*/,
                                       StateView after) {
    return after[before[0] == 0 ? 0 : 1] == 2;
  }
  [[nodiscard]] static std::vector<std::string> action_groups() { return {"split"}; }
  [[nodiscard]] static ActionLabel describe(const Action& /*action*/) { return {"split", {}}; }
  [[nodiscard]] static Datum describe(StateView state) {
    return Datum::of_list({Datum::of_number(state[0]), Datum::of_number(state[1])});
  }
  [[nodiscard]] const Symmetry* symmetry() const { return symmetry_.get(); }

 private:
  class Swap final : public Symmetry {
   public:
    [[nodiscard]] std::uint32_t degree() const override { return 2; }
    [[nodiscard]] std::unique_ptr<Renamer> renamer() const override {
      return std::make_unique<SwapRenamer>();
    }
  };
  class SwapRenamer final : public Renamer {
   public:
    void sign(StateView state, Signatures& out) override {
      out.of[0] = state[0];
      out.of[1] = state[1];
      out.complete = true;
    }
    void rename(StateView state, Permutation permutation, std::span<Slot> renamed) override {
      renamed[permutation[0]] = state[0];
      renamed[permutation[1]] = state[1];
    }
  };

  bool one_action_;
  std::shared_ptr<const Symmetry> symmetry_;
};

}  // namespace plimsoll::checker
