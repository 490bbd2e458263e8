#include "checker/symbolic/induction.hpp"

#include "impl/base/assert.hpp"

namespace plimsoll::symbolic {
namespace {

/// A path of states that grows at its end, in a solver of its own.
class Unrolling {
 public:
  Unrolling(const TransitionSystem& system, const InductionOptions& options)
      : system_(system), options_(options), solver_(terms_, options.limits) {
    PLIMSOLL_ASSERT(system.constants <= system.state.size());
    states_.push_back(fresh(system.state, 0));
  }

  Solver& solver() { return solver_; }
  [[nodiscard]] const Words& last() const { return states_.back(); }
  [[nodiscard]] unsigned steps() const { return static_cast<unsigned>(inputs_.size()); }

  void extend() {
    const Words& before = states_.back();
    Words after(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(system_.constants));
    const Words changing = fresh(system_.state, system_.constants);
    after.insert(after.end(), changing.begin(), changing.end());
    Words input = fresh(system_.input, 0);
    solver_.require(system_.step(states_.back(), input, after));
    states_.push_back(std::move(after));
    inputs_.push_back(std::move(input));
  }
  /// The last state differs from all before it.
  void require_new_state() {
    for (std::size_t i = 0; i + 1 < states_.size(); ++i) {
      Bool is_same = true;
      for (std::size_t v = system_.constants; v < states_[i].size(); ++v) {
        is_same &= states_[i][v] == states_.back()[v];
      }
      solver_.require(!is_same);
    }
  }

  /// The path of the model, after the wishes that can be fulfilled. Requires that there is a model.
  Path path() {
    if (options_.wishes) {
      for (const Bool& wish : options_.wishes(states_, inputs_)) {
        solver_.prefer(wish);
      }
    }
    Path path;
    for (const Words& state : states_) {
      path.states.push_back(values(state));
    }
    for (const Words& input : inputs_) {
      path.inputs.push_back(values(input));
    }
    return path;
  }

 private:
  /// New words for the variables from number `first` on.
  Words fresh(const std::vector<Variable>& variables, std::size_t first) {
    Words words;
    for (std::size_t i = first; i < variables.size(); ++i) {
      words.push_back(terms_.variable(variables[i].name, variables[i].width));
    }
    return words;
  }
  [[nodiscard]] Values values(const Words& words) const {
    Values numbers;
    for (const Word& word : words) {
      numbers.push_back(solver_.value(word));
    }
    return numbers;
  }

  const TransitionSystem& system_;
  const InductionOptions& options_;
  Terms terms_;
  Solver solver_;
  std::vector<Words> states_;
  std::vector<Words> inputs_;
};

/// Is the predicate false in the last state of some path? If not it is required to be true there.
std::optional<Induction> violation_at_end(Unrolling& unrolling, const Predicate& predicate) {
  Solver& solver = unrolling.solver();
  solver.push();
  solver.require(!predicate(unrolling.last()));
  const Solver::Satisfiable found = solver.check();
  if (found == Solver::Satisfiable::yes) {
    return Induction{Answer::violated, unrolling.steps(), unrolling.path(), {}};
  }
  if (found == Solver::Satisfiable::unknown) {
    return Induction{Answer::inconclusive, unrolling.steps(), std::nullopt, solver.reason()};
  }
  solver.pop();
  solver.require(predicate(unrolling.last()));
  return std::nullopt;
}

/// The induction step: the predicate holds in all states but the last.
class StepCase {
 public:
  StepCase(const TransitionSystem& system, const Predicate& predicate, const InductionOptions& options)
      : predicate_(predicate), unrolling_(system, options) {}

  /// Goes on to the next k. @return holds, or inconclusive with a path or a reason.
  Induction next() {
    Solver& solver = unrolling_.solver();
    solver.require(predicate_(unrolling_.last()));
    unrolling_.require_new_state();
    unrolling_.extend();
    solver.push();
    solver.require(!predicate_(unrolling_.last()));
    const Solver::Satisfiable found = solver.check();
    Induction result{Answer::inconclusive, unrolling_.steps(), std::nullopt, solver.reason()};
    if (found == Solver::Satisfiable::no) {
      result.answer = Answer::holds;
    } else if (found == Solver::Satisfiable::yes) {
      result.path = unrolling_.path();
    }
    solver.pop();
    return result;
  }

 private:
  const Predicate& predicate_;
  Unrolling unrolling_;
};

}  // namespace

Induction prove_always(const TransitionSystem& system, const Predicate& predicate,
                       const InductionOptions& options) {
  PLIMSOLL_ASSERT(options.k_max >= 1);
  Unrolling base(system, options);
  base.solver().require(system.initial(base.last()));
  StepCase step(system, predicate, options);
  Induction last;
  for (unsigned k = 1; k <= options.k_max; ++k) {
    if (k > 1) {
      base.extend();
    }
    if (std::optional<Induction> found = violation_at_end(base, predicate)) {
      return *std::move(found);
    }
    last = step.next();
    if (last.answer == Answer::holds || !last.path) {
      return last;
    }
  }
  last.reason = "not inductive up to k = " + std::to_string(options.k_max);
  return last;
}

Induction find_violation(const TransitionSystem& system, const Predicate& predicate, unsigned steps_max,
                         const InductionOptions& options) {
  Unrolling base(system, options);
  base.solver().require(system.initial(base.last()));
  while (true) {
    if (std::optional<Induction> found = violation_at_end(base, predicate)) {
      return *std::move(found);
    }
    if (base.steps() == steps_max) {
      return {Answer::inconclusive, steps_max + 1, std::nullopt,
              "no violation in " + std::to_string(steps_max) + " steps"};
    }
    base.extend();
  }
}

}  // namespace plimsoll::symbolic
