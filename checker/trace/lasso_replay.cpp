#include "checker/trace/lasso_replay.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "checker/search/lasso_judge.hpp"

namespace plimsoll::checker {
namespace {

/// Steps tried beyond those of one behaviour.
constexpr std::size_t detours_max = 4096;

class LassoReplayer {
 public:
  LassoReplayer(const System& system, std::size_t property, const Behaviour& recorded)
      : system_(system), property_(property), recorded_(recorded), worker_(system.worker()) {
    path_.loop = recorded.loop;
    path_.ends = recorded.ends;
  }

  /// Depth-first over the behaviours that are described as recorded.
  std::optional<std::string> run() {
    std::optional<std::string> first_objection;
    push_initial();
    for (std::size_t budget = recorded_.states.size() + detours_max; !pending_.empty() && budget > 0;
         --budget) {
      take_next();
      if (path_.actions.size() < recorded_.steps()) {
        push_successors();
        continue;
      }
      std::optional<std::string> found = judge_lasso(system_, *worker_, property_, path_);
      if (!found) {
        return std::nullopt;
      }
      if (!first_objection) {
        first_objection = std::move(found);
      }
    }
    return first_objection ? first_objection
                           : "no behaviour of today was found that is described as the record";
  }

 private:
  /// The state after the step of that number, which is 0 for an initial state.
  struct Pending {
    std::size_t step = 0;
    Action action;
    std::vector<Slot> state;
  };

  void push(std::size_t step, const Action& action, StateView state) {
    pending_.push_back({step, action, {state.begin(), state.end()}});
  }

  void push_initial() {
    Successors initial(system_.width());
    system_.initial(initial);
    for (std::size_t i = initial.size(); i-- > 0;) {
      if (system_.describe(initial.state(i)) == recorded_.states[0]) {
        push(0, {}, initial.state(i));
      }
    }
  }

  void take_next() {
    Pending next = std::move(pending_.back());
    pending_.pop_back();
    path_.states.resize(next.step);
    path_.states.push_back(std::move(next.state));
    if (next.step > 0) {
      path_.actions.resize(next.step - 1);
      path_.actions.push_back(next.action);
    }
  }

  void push_successors() {
    const std::size_t step = path_.actions.size();
    const std::vector<Slot>& before = path_.states.back();
    const Fingerprint fingerprint = system_.fingerprint(before);
    Successors out(system_.width());
    out.begin(fingerprint);
    worker_->successors(before, fingerprint, out);
    for (std::size_t i = out.size(); i-- > 0;) {
      if (system_.describe(before, out[i].action) == recorded_.labels[step] &&
          system_.describe(out.state(i)) == recorded_.states[step + 1]) {
        push(step + 1, out[i].action, out.state(i));
      }
    }
  }

  const System& system_;
  std::size_t property_;
  const Behaviour& recorded_;
  std::unique_ptr<Worker> worker_;
  Path path_;
  std::vector<Pending> pending_;
};

}  // namespace

std::optional<std::string> judge_recorded_lasso(const System& system, std::size_t property,
                                                const Behaviour& recorded) {
  return LassoReplayer(system, property, recorded).run();
}

}  // namespace plimsoll::checker
