#include "checker/world/partial_order.hpp"

#include <algorithm>
#include <bit>

#include "checker/world/solitude.hpp"
#include "checker/world/world_worker.hpp"

namespace plimsoll::checker {
namespace {

/// Calls `each` for the processes of a set.
template <class Each>
void for_each_process(ProcessMask processes, const Each& each) {
  for (; processes != 0; processes &= processes - 1) {
    each(static_cast<std::size_t>(std::countr_zero(processes)));
  }
}

bool includes(ProcessMask processes, std::size_t process) {
  return (processes & process_bit(process)) != 0;
}

class AmpleWorker final : public Worker {
 public:
  AmpleWorker(const WorldSystem& system, const PartialOrder::Rules& rules, const Influence& influence)
      : model_(system.model()),
        rules_(rules),
        influence_(influence),
        worker_(system),
        solitude_(system, worker_),
        tried_(system.width()) {}

  void successors(StateView state, Fingerprint fingerprint, Successors& out) override;
  Evaluation evaluate(StateView state, PropertyMask wanted) override {
    return worker_.evaluate(state, wanted);
  }
  Evaluation evaluate_changed(StateView state, AspectMask changed, PropertyMask wanted) override {
    return worker_.evaluate_changed(state, changed, wanted);
  }
  Evaluation evaluate_step(StateView before, const Action& action, StateView after,
                           PropertyMask wanted) override {
    return worker_.evaluate_step(before, action, after, wanted);
  }
  bool may_end(StateView state) override { return worker_.may_end(state); }
  [[nodiscard]] SystemStatistics statistics() const override {
    SystemStatistics statistics = worker_.statistics();
    statistics.memory_bytes += solitude_.memory_bytes();
    return statistics;
  }

 private:
  /// Who may take a step while those of `chosen` take none.
  [[nodiscard]] ProcessMask acting_without(ProcessMask chosen) const;
  /// The least set around `process` that is closed as C1 wants it; nothing if there is none.
  [[nodiscard]] std::optional<ProcessMask> close(std::size_t process) const;
  [[nodiscard]] ProcessMask disturbing(ProcessMask chosen, ProcessMask acting) const;
  void find_candidates();
  /// Makes the steps of `chosen` in tried_. Are they enough?
  [[nodiscard]] bool try_steps(StateView state, Fingerprint fingerprint, ProcessMask chosen);
  [[nodiscard]] bool has_room(ProcessMask chosen);
  [[nodiscard]] bool is_invisible(ProcessMask chosen) const;
  [[nodiscard]] bool comes_to_an_end(StateView state, ProcessMask chosen);

  const WorldModel& model_;
  const PartialOrder::Rules& rules_;
  const Influence& influence_;
  WorldWorker worker_;
  Solitude solitude_;
  // Of the state being expanded.
  WorldGlance now_;
  ProcessMask struck_ = 0;
  std::vector<ProcessMask> candidates_;
  std::vector<Action> offers_;
  Successors tried_;
};

ProcessMask AmpleWorker::acting_without(ProcessMask chosen) const {
  ProcessMask acting = (now_.able | struck_) & ~chosen;
  for (ProcessMask before = 0; before != acting;) {
    before = acting;
    acting |= influence_.targets(acting) & ~chosen;
  }
  return acting;
}

/// Whom `chosen` must take in because of what they may do meanwhile.
ProcessMask AmpleWorker::disturbing(ProcessMask chosen, ProcessMask acting) const {
  ProcessMask found = acting & influence_.may_exit() & influence_.targets(chosen);
  found |= now_.restarts & influence_.targets(chosen);
  for_each_process(acting, [&](std::size_t process) {
    found |= (influence_.touches(process) & chosen) != 0 ? process_bit(process) : 0;
    found |= influence_.sends(process) & influence_.targets(chosen);
  });
  return found & ~chosen;
}

std::optional<ProcessMask> AmpleWorker::close(std::size_t process) const {
  ProcessMask chosen = process_bit(process);
  if (!rules_.conditions.independent) {
    return chosen;
  }
  for (ProcessMask more = chosen; more != 0;) {
    chosen |= more;
    if (((chosen | influence_.targets(chosen)) & struck_) != 0) {
      return std::nullopt;
    }
    more = disturbing(chosen, acting_without(chosen));
  }
  const bool time_may_pass = model_.time.discrete && (now_.holds_time & chosen) == 0;
  return time_may_pass ? std::nullopt : std::optional(chosen);
}

/// The fewer processes have a step to take the better.
void AmpleWorker::find_candidates() {
  candidates_.clear();
  for_each_process(now_.able, [&](std::size_t process) {
    const std::optional<ProcessMask> chosen = close(process);
    const bool leaves_out = chosen && ((now_.able & ~*chosen) != 0 || struck_ != 0);
    if (leaves_out && std::ranges::find(candidates_, *chosen) == candidates_.end()) {
      candidates_.push_back(*chosen);
    }
  });
  std::ranges::sort(candidates_, {},
                    [&](ProcessMask chosen) { return std::pair(std::popcount(chosen & now_.able), chosen); });
}

/// Was nothing lost on the way to somebody else, for want of room that there may be later?
bool AmpleWorker::has_room(ProcessMask chosen) {
  for (std::size_t i = 0; i < tried_.size(); ++i) {
    bool is_full = false;
    for_each_process(influence_.targets(chosen) & ~chosen, [&](std::size_t to) {
      is_full |= worker_.messages_to(to, tried_.state(i)) >= influence_.room(chosen, to);
    });
    if (is_full) {
      return false;
    }
  }
  return true;
}

bool AmpleWorker::is_invisible(ProcessMask chosen) const {
  if (rules_.at_quiescence && (now_.busy & chosen) == 0) {
    return false;
  }
  for (std::size_t i = 0; i < tried_.size(); ++i) {
    if ((tried_[i].changed & rules_.visible) != 0) {
      return false;
    }
  }
  return true;
}

bool AmpleWorker::comes_to_an_end(StateView state, ProcessMask chosen) {
  ProcessMask asked = 0;
  bool ends = true;
  for_each_process(chosen & now_.able, [&](std::size_t process) {
    const ProcessMask group = influence_.group(process);
    if (!ends || includes(asked, process)) {
      return;
    }
    asked |= group;
    const bool is_small = 2 * std::popcount(group) <= std::popcount(influence_.all());
    ends = is_small && solitude_.ends(group, state);
  });
  return ends;
}

bool AmpleWorker::try_steps(StateView state, Fingerprint fingerprint, ProcessMask chosen) {
  tried_.clear();
  for (const Action& offer : offers_) {
    const WorldAction taken = WorldAction::unpack(offer.payload);
    if (is_own_step(taken.kind) && includes(chosen, taken.subject)) {
      worker_.accept(state, fingerprint, offer, tried_);
    }
  }
  const AmpleConditions& heeded = rules_.conditions;
  return tried_.size() > 0 && tried_.pruned() == 0 && (!heeded.independent || has_room(chosen)) &&
         (!heeded.invisible || is_invisible(chosen)) && (!heeded.finite || comes_to_an_end(state, chosen));
}

void AmpleWorker::successors(StateView state, Fingerprint fingerprint, Successors& out) {
  now_ = worker_.glance(state);
  struck_ = influence_.struck(now_);
  find_candidates();
  if (!candidates_.empty()) {
    offers_.clear();
    worker_.offers(state, fingerprint, offers_);
  }
  for (const ProcessMask chosen : candidates_) {
    if (try_steps(state, fingerprint, chosen)) {
      for (std::size_t i = 0; i < tried_.size(); ++i) {
        const Successors::Transition& step = tried_[i];
        out.append(step.action, step.changed, step.fingerprint, tried_.state(i));
        out.set_last(step.changed, step.fingerprint, step.judged_change);
      }
      return;
    }
  }
  worker_.successors(state, fingerprint, out);
}

/// Is it so that all depends on all, in every state? Or more than masks can hold.
bool is_all_one(const WorldModel& model, const WorldLayout& layout) {
  return !model.patient_timers.empty() || layout.has_clocks() || model.messages_max != 0 ||
         model.processes.size() > 64 || layout.budgets().size() > 62;
}

}  // namespace

PartialOrder::PartialOrder(const WorldSystem& raw, PropertyMask wanted, AmpleConditions conditions)
    : raw_(raw), rules_{conditions, 0, false} {
  for (std::size_t i = 0; i < raw.properties().size(); ++i) {
    const Property& property = raw.properties()[i];
    const bool is_asked = (wanted & property_bit(i)) != 0 && !is_liveness(property.kind) &&
                          property.kind != PropertyKind::deadlock_free;
    const bool at_quiescence = raw.model().properties[i].at_quiescence;
    rules_.at_quiescence |= is_asked && at_quiescence;
    rules_.visible |= is_asked && !at_quiescence ? property.reads : 0;
  }
  if (!is_all_one(raw.model(), raw.layout())) {
    influence_.emplace(raw.model(), raw.layout());
  }
}

std::unique_ptr<Worker> PartialOrder::worker() const {
  return influence_ ? std::make_unique<AmpleWorker>(raw_, rules_, *influence_) : raw_.worker();
}

}  // namespace plimsoll::checker
