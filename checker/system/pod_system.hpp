// A spec whose state is plain numbers becomes a System: nothing is interned and nothing allocated per state.
//
// A successor is a copy of its parent and a few writes. Each write moves the fingerprint by the difference of
// the slot's two contributions, so a transition costs what it changes. This is the floor of what a state can
// cost the engines, which is why the calibration models stand on it; specs with containers use SpecSystem.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "checker/system/system.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {

/// Takes the transitions of one state from a spec:
///
///   out.add(commits, server).set(log, entry).set(index, 3);
///   out.prune(counts, one_more_than_the_bound);
///
/// Not thread-safe; lives as long as one call of Spec::next().
class PodSuccessors {
 public:
  /// The target of the transition added last, equal to the parent but for what set() writes. It is complete
  /// when the Draft ends, which must be before the next add().
  class Draft {
   public:
    Draft(Successors& out, Slot* slots, Fingerprint parent) : out_(out), slots_(slots), sum_(parent) {}
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    Draft(Draft&&) = delete;
    Draft& operator=(Draft&&) = delete;
    ~Draft() { out_.set_last(changed_, finish_fingerprint(sum_)); }

    /// Requires: slot < width. Writing what is there already changes nothing.
    Draft& set(std::uint32_t slot, Slot value) {
      const Slot old = slots_[slot];
      if (old != value) {
        slots_[slot] = value;
        sum_ += contribution(slot, value) - contribution(slot, old);
        changed_ |= slot_bit(slot);
      }
      return *this;
    }

   private:
    Successors& out_;
    Slot* slots_;
    std::uint64_t sum_;
    SlotMask changed_ = 0;
  };

  PodSuccessors(StateView state, Fingerprint fingerprint, Successors& out)
      : state_(state), fingerprint_(fingerprint), out_(out) {}

  /// A transition of action group `group`; `payload` is the spec's own encoding of its parameters. Left as it
  /// is, the Draft is a self-loop.
  Draft add(std::uint32_t group, std::uint64_t payload) {
    Slot* slots = out_.append({payload, group}, 0, 0, state_);
    return {out_, slots, fingerprint_};
  }

  /// A transition that is possible but whose target lies outside the spec's bounds. It is not explored, so no
  /// Draft is needed; it counts as enabled, so a state with nothing else is no deadlock and fairness is
  /// judged as without the bound. (Successors::prune)
  void prune(std::uint32_t group, std::uint64_t payload) { out_.prune({payload, group}); }

 private:
  StateView state_;
  Fingerprint fingerprint_;
  Successors& out_;
};

/// next() adds the transitions in an order given by the state alone. holds(i, state) is the predicate of
/// property i: of kinds always and sometimes, and the goal of liveness properties. Optional:
///
///   bool holds_step(i, before, action, after)     properties of kind step
///   bool may_end(state)                           deadlock-free; without it every state may end
///   bool engaged(i, state)                        the antecedent: p of `p leads-to q`
///   std::vector<FairnessConstraint> fairness()    without it there are no constraints
///   FairnessMask fairness_of(before, action)      required with fairness()
///   const Symmetry* symmetry()                    without it none is known
template <class Spec>
concept Pod = requires(const Spec& spec, StateView state, const Action& action, PodSuccessors& out) {
  { spec.width() } -> std::same_as<std::uint32_t>;
  { spec.initial() } -> std::same_as<std::vector<std::vector<Slot>>>;
  { spec.next(state, out) } -> std::same_as<void>;
  { spec.properties() } -> std::same_as<std::vector<Property>>;
  { spec.holds(std::size_t{}, state) } -> std::same_as<bool>;
  { spec.action_groups() } -> std::same_as<std::vector<std::string>>;
  { spec.describe(action) } -> std::same_as<ActionLabel>;
  { spec.describe(state) } -> std::same_as<Datum>;
};

/// Thread-safety: as System; const members of Spec must bear any number of threads.
template <Pod Spec>
class PodSystem final : public System {
 public:
  explicit PodSystem(Spec spec)
      : spec_(std::move(spec)), properties_(spec_.properties()), groups_(spec_.action_groups()) {
    PLIMSOLL_ASSERT(spec_.width() >= 1 && spec_.width() <= 4096);
    PLIMSOLL_ASSERT(properties_.size() <= 64);
    if constexpr (requires { spec_.fairness(); }) {
      fairness_ = spec_.fairness();
      PLIMSOLL_ASSERT(fairness_.size() <= 64);
    }
  }

  [[nodiscard]] std::uint32_t width() const override { return spec_.width(); }
  void initial(Successors& out) const override {
    for (const std::vector<Slot>& state : spec_.initial()) {
      PLIMSOLL_ASSERT(state.size() == width());
      out.append({}, ~SlotMask{0}, fingerprint(state), state);
    }
  }
  [[nodiscard]] std::unique_ptr<Worker> worker() const override { return std::make_unique<PodWorker>(*this); }
  [[nodiscard]] const std::vector<Property>& properties() const override { return properties_; }
  [[nodiscard]] const std::vector<std::string>& action_groups() const override { return groups_; }
  [[nodiscard]] Fingerprint fingerprint(StateView state) const override {
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < state.size(); ++i) {
      sum += contribution(i, state[i]);
    }
    return finish_fingerprint(sum);
  }
  [[nodiscard]] const std::vector<FairnessConstraint>& fairness() const override { return fairness_; }
  [[nodiscard]] const Symmetry* symmetry() const override {
    if constexpr (requires { spec_.symmetry(); }) {
      return spec_.symmetry();
    } else {
      return nullptr;
    }
  }
  [[nodiscard]] ActionLabel describe(StateView /*before*/, const Action& action) const override {
    return spec_.describe(action);
  }
  [[nodiscard]] Datum describe(StateView state) const override { return spec_.describe(state); }
  [[nodiscard]] SystemStatistics statistics() const override { return {}; }
  [[nodiscard]] const Spec& spec() const { return spec_; }

 private:
  class PodWorker final : public Worker {
   public:
    explicit PodWorker(const PodSystem& system) : system_(system) {}
    void successors(StateView state, Fingerprint fingerprint, Successors& out) override {
      PodSuccessors added(state, fingerprint, out);
      system_.spec_.next(state, added);
      ++steps_run_;
    }
    Evaluation evaluate(StateView state, PropertyMask wanted) override {
      Evaluation found = judge(wanted, [&](std::size_t i) { return system_.spec_.holds(i, state); });
      if constexpr (requires { system_.spec_.engaged(std::size_t{}, state); }) {
        found.engaged = judge(wanted, [&](std::size_t i) { return system_.spec_.engaged(i, state); }).holds;
      }
      return found;
    }
    Evaluation evaluate_step(StateView before, const Action& action, StateView after,
                             PropertyMask wanted) override {
      if constexpr (requires { system_.spec_.holds_step(std::size_t{}, before, action, after); }) {
        return judge(wanted,
                     [&](std::size_t i) { return system_.spec_.holds_step(i, before, action, after); });
      } else {
        PLIMSOLL_ASSERT(wanted == 0);
        return {};
      }
    }
    bool may_end(StateView state) override {
      if constexpr (requires { system_.spec_.may_end(state); }) {
        return system_.spec_.may_end(state);
      } else {
        return true;
      }
    }
    FairnessMask fairness_of(StateView before, const Action& action) override {
      if constexpr (requires { system_.spec_.fairness_of(before, action); }) {
        return system_.spec_.fairness_of(before, action);
      } else {
        return 0;
      }
    }
    [[nodiscard]] SystemStatistics statistics() const override {
      SystemStatistics statistics;
      statistics.steps_run = steps_run_;
      return statistics;
    }

   private:
    template <class Predicate>
    Evaluation judge(PropertyMask wanted, const Predicate& predicate) const {
      Evaluation found;
      for (std::size_t i = 0; i < system_.properties_.size(); ++i) {
        if ((wanted & property_bit(i)) != 0 && predicate(i)) {
          found.holds |= property_bit(i);
        }
      }
      found.engaged = found.holds;
      return found;
    }

    const PodSystem& system_;
    std::uint64_t steps_run_ = 0;
  };

  Spec spec_;
  std::vector<Property> properties_;
  std::vector<std::string> groups_;
  std::vector<FairnessConstraint> fairness_;
};

}  // namespace plimsoll::checker
