#include "checker/search/lasso_judge.hpp"

#include <algorithm>
#include <vector>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

using Objection = std::optional<std::string>;

class LassoJudge {
 public:
  LassoJudge(const System& system, Worker& worker, std::size_t property, const Path& path)
      : system_(system),
        worker_(worker),
        property_(property),
        kind_(system.properties().at(property).kind),
        path_(path) {
    PLIMSOLL_ASSERT(is_liveness(kind_));
  }

  Objection run() {
    if (path_.states.empty() || path_.actions.size() + 1 != path_.states.size()) {
      return "it has not one state more than steps";
    }
    if (Objection objection = about_steps()) {
      return objection;
    }
    if (Objection objection = path_.loop ? about_loop() : about_end()) {
      return objection;
    }
    return about_property();
  }

 private:
  [[nodiscard]] std::size_t last() const { return path_.states.size() - 1; }

  [[nodiscard]] Successors successors_of(const std::vector<Slot>& state) {
    Successors out(system_.width());
    const Fingerprint fingerprint = system_.fingerprint(state);
    out.begin(fingerprint);
    worker_.successors(state, fingerprint, out);
    return out;
  }

  Objection about_steps() {
    Successors initial(system_.width());
    system_.initial(initial);
    if (!leads_to(initial, std::nullopt, path_.states[0])) {
      return "it does not begin in an initial state";
    }
    for (std::size_t i = 0; i < last(); ++i) {
      if (!leads_to(successors_of(path_.states[i]), path_.actions[i], path_.states[i + 1])) {
        return "step " + std::to_string(i + 1) + " is not possible";
      }
    }
    return std::nullopt;
  }

  static bool leads_to(const Successors& out, std::optional<Action> action, const std::vector<Slot>& target) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      if ((!action || out[i].action == *action) && std::ranges::equal(out.state(i), target)) {
        return true;
      }
    }
    return false;
  }

  Objection about_end() {
    const Successors out = successors_of(path_.states.back());
    if (out.size() > 0 || out.pruned() > 0) {
      return "it does not loop, and something can happen after its last state";
    }
    return std::nullopt;
  }

  Objection about_loop() {
    if (*path_.loop >= last() || path_.states.back() != path_.states[*path_.loop]) {
      return "it does not end where its loop begins";
    }
    const std::vector<FairnessConstraint>& constraints = system_.fairness();
    for (std::size_t i = 0; i < constraints.size(); ++i) {
      if (Objection objection = about_constraint(constraints[i], fairness_bit(i))) {
        return objection;
      }
    }
    return std::nullopt;
  }

  Objection about_constraint(const FairnessConstraint& constraint, FairnessMask bit) {
    std::size_t enabled = 0;
    for (std::size_t i = *path_.loop; i < last(); ++i) {
      const bool changes = path_.states[i] != path_.states[i + 1];
      if (changes && (worker_.fairness_of(path_.states[i], path_.actions[i]) & bit) != 0) {
        return std::nullopt;
      }
      enabled += is_enabled(path_.states[i], bit) ? 1 : 0;
    }
    const std::size_t length = last() - *path_.loop;
    if (constraint.strength == Fairness::weak && enabled == length) {
      return "the loop starves '" + constraint.name + "': it is always enabled and never taken";
    }
    if (constraint.strength == Fairness::strong && enabled > 0) {
      return "the loop starves '" + constraint.name + "': it is enabled again and again and never taken";
    }
    return std::nullopt;
  }

  bool is_enabled(const std::vector<Slot>& state, FairnessMask bit) {
    const Successors out = successors_of(state);
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (!std::ranges::equal(out.state(i), state) &&
          (worker_.fairness_of(state, out[i].action) & bit) != 0) {
        return true;
      }
    }
    return std::ranges::any_of(out.pruned_actions(), [&](const Action& action) {
      return (worker_.fairness_of(state, action) & bit) != 0;
    });
  }

  [[nodiscard]] bool goal_at(std::size_t i) {
    return (worker_.evaluate(path_.states[i], property_bit(property_)).holds & property_bit(property_)) != 0;
  }
  [[nodiscard]] bool cause_at(std::size_t i) {
    return (worker_.evaluate(path_.states[i], property_bit(property_)).engaged & property_bit(property_)) !=
           0;
  }
  /// Is the goal met at some state from number `first` on?
  [[nodiscard]] bool is_met_from(std::size_t first) {
    for (std::size_t i = first; i <= last(); ++i) {
      if (goal_at(i)) {
        return true;
      }
    }
    return false;
  }
  [[nodiscard]] bool is_broken_from(std::size_t first) {
    for (std::size_t i = first; i <= last(); ++i) {
      if (!goal_at(i)) {
        return true;
      }
    }
    return false;
  }

  Objection about_property() {
    const std::size_t rest = path_.loop.value_or(last());  // what comes again and again, or the end
    switch (kind_) {
      case PropertyKind::eventually:
        return is_met_from(0) ? Objection("what must happen does happen") : std::nullopt;
      case PropertyKind::always_eventually:
        return is_met_from(rest) ? Objection("what must happen again and again does") : std::nullopt;
      case PropertyKind::eventually_always:
        return is_broken_from(rest) ? std::nullopt : Objection("what must hold from some state on does");
      default:
        return about_causes(rest);
    }
  }

  /// Some state where the cause holds is never followed by the effect. In the loop that means: by none in it.
  Objection about_causes(std::size_t rest) {
    for (std::size_t i = 0; i <= last(); ++i) {
      if (cause_at(i) && !is_met_from(std::min(i, rest))) {
        return std::nullopt;
      }
    }
    return "every cause is followed by its effect";
  }

  const System& system_;
  Worker& worker_;
  std::size_t property_;
  PropertyKind kind_;
  const Path& path_;
};

}  // namespace

std::optional<std::string> judge_lasso(const System& system, Worker& worker, std::size_t property,
                                       const Path& path) {
  return LassoJudge(system, worker, property, path).run();
}

}  // namespace plimsoll::checker
