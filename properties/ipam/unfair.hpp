// For tests: a System without its fairness. What holds with it and not without shows that fairness matters.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "checker/system/system.hpp"

namespace plimsoll::properties::ipam {

/// Thread-safety: as System. `fair` must outlive it.
class Unfair final : public checker::System {
 public:
  explicit Unfair(const checker::System& fair) : fair_(fair) {}

  [[nodiscard]] std::uint32_t width() const override { return fair_.width(); }
  void initial(checker::Successors& out) const override { fair_.initial(out); }
  [[nodiscard]] std::unique_ptr<checker::Worker> worker() const override {
    return std::make_unique<UnfairWorker>(fair_.worker());
  }
  [[nodiscard]] const std::vector<checker::Property>& properties() const override {
    return fair_.properties();
  }
  [[nodiscard]] const std::vector<std::string>& action_groups() const override {
    return fair_.action_groups();
  }
  [[nodiscard]] checker::Fingerprint fingerprint(checker::StateView state) const override {
    return fair_.fingerprint(state);
  }
  [[nodiscard]] const std::vector<checker::FairnessConstraint>& fairness() const override { return none_; }
  [[nodiscard]] checker::ActionLabel describe(checker::StateView before,
                                              const checker::Action& action) const override {
    return fair_.describe(before, action);
  }
  [[nodiscard]] checker::Datum describe(checker::StateView state) const override {
    return fair_.describe(state);
  }
  [[nodiscard]] checker::SystemStatistics statistics() const override { return fair_.statistics(); }

 private:
  class UnfairWorker final : public checker::Worker {
   public:
    explicit UnfairWorker(std::unique_ptr<checker::Worker> fair) : fair_(std::move(fair)) {}
    void successors(checker::StateView state, checker::Fingerprint fingerprint,
                    checker::Successors& out) override {
      fair_->successors(state, fingerprint, out);
    }
    checker::Evaluation evaluate(checker::StateView state, checker::PropertyMask wanted) override {
      return fair_->evaluate(state, wanted);
    }
    checker::Evaluation evaluate_step(checker::StateView before, const checker::Action& action,
                                      checker::StateView after, checker::PropertyMask wanted) override {
      return fair_->evaluate_step(before, action, after, wanted);
    }
    bool may_end(checker::StateView state) override { return fair_->may_end(state); }
    [[nodiscard]] checker::SystemStatistics statistics() const override { return fair_->statistics(); }

   private:
    std::unique_ptr<checker::Worker> fair_;
  };

  const checker::System& fair_;
  std::vector<checker::FairnessConstraint> none_;
};

}  // namespace plimsoll::properties::ipam
