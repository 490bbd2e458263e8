// A spec becomes a System: its states are interned whole, its actions enumerated.
//
// A Spec has described types State and Action and
//
//   std::vector<State> initial() const;
//   void next(const State&, const std::function<void(const Action&, State)>& emit) const;
//
// One slot holds the interned state, which suits states with containers; successors are computed once for
// each distinct state and worker. Properties are predicates over State, and over pairs of them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "checker/system/interner.hpp"
#include "checker/system/system.hpp"
#include "impl/base/described.hpp"

namespace plimsoll::checker {

template <class Spec>
concept Explorable = requires(const Spec& spec, const typename Spec::State& state) {
  { spec.initial() } -> std::same_as<std::vector<typename Spec::State>>;
  spec.next(state, std::function<void(const typename Spec::Action&, typename Spec::State)>{});
};

/// Thread-safety: as System. The properties are added before the first exploration.
template <Explorable Spec>
class SpecSystem final : public System {
 public:
  using State = typename Spec::State;
  using SpecAction = typename Spec::Action;
  using Predicate = std::function<bool(const State&)>;
  using StepPredicate = std::function<bool(const State&, const SpecAction&, const State&)>;

  explicit SpecSystem(Spec spec) : spec_(std::move(spec)), groups_(group_names()) {}

  void always(std::string id, std::string statement, Predicate predicate) {
    add({std::move(id), PropertyKind::always, std::move(statement)}, std::move(predicate), {});
  }
  void sometimes(std::string id, std::string statement, Predicate predicate) {
    add({std::move(id), PropertyKind::sometimes, std::move(statement)}, std::move(predicate), {});
  }
  void step(std::string id, std::string statement, StepPredicate predicate) {
    add({std::move(id), PropertyKind::step, std::move(statement)}, {}, std::move(predicate));
  }
  /// On every fair path `predicate` holds at some state.
  void eventually(std::string id, std::string statement, Predicate predicate) {
    add({std::move(id), PropertyKind::eventually, std::move(statement)}, std::move(predicate), {});
  }
  /// On every fair path `predicate` holds again and again.
  void always_eventually(std::string id, std::string statement, Predicate predicate) {
    add({std::move(id), PropertyKind::always_eventually, std::move(statement)}, std::move(predicate), {});
  }
  /// On every fair path `predicate` holds from some state on.
  void eventually_always(std::string id, std::string statement, Predicate predicate) {
    add({std::move(id), PropertyKind::eventually_always, std::move(statement)}, std::move(predicate), {});
  }
  /// On every fair path each state where `cause` holds is followed by one (or is one) where `effect` does.
  void leads_to(std::string id, std::string statement, Predicate cause, Predicate effect) {
    add({std::move(id), PropertyKind::leads_to, std::move(statement), ~SlotMask{0}, true}, std::move(effect),
        {});
    causes_.back() = std::move(cause);
  }
  /// Declares a fairness constraint on the actions that `belongs` accepts.
  void fair(Fairness strength, std::string name, std::function<bool(const SpecAction&)> belongs) {
    PLIMSOLL_ASSERT(fairness_.size() < 64);
    fairness_.push_back({std::move(name), strength});
    fair_actions_.push_back(std::move(belongs));
  }
  void deadlock_free(Predicate may_end) {
    may_end_ = std::move(may_end);
    add({"deadlock-free", PropertyKind::deadlock_free, "every state has a successor or is a rightful end"},
        {}, {});
  }

  [[nodiscard]] std::uint32_t width() const override { return 1; }
  void initial(Successors& out) const override {
    for (const State& state : spec_.initial()) {
      const Slot id = interner_.intern(base::to_bytes(state));
      *out.append({}, slot_bit(0), fingerprint({&id, 1})) = id;
    }
  }
  [[nodiscard]] std::unique_ptr<Worker> worker() const override {
    return std::make_unique<SpecWorker>(*this);
  }
  [[nodiscard]] const std::vector<Property>& properties() const override { return properties_; }
  [[nodiscard]] const std::vector<std::string>& action_groups() const override { return groups_; }
  [[nodiscard]] Fingerprint fingerprint(StateView state) const override {
    return finish_fingerprint(contribution(0, interner_.content(state[0])));
  }
  [[nodiscard]] const std::vector<FairnessConstraint>& fairness() const override { return fairness_; }
  [[nodiscard]] ActionLabel describe(StateView /*before*/, const Action& action) const override {
    const Datum datum =
        to_datum(base::schema_of<SpecAction>(), interner_.bytes(static_cast<Slot>(action.payload)));
    return label_of(datum);
  }
  [[nodiscard]] Datum describe(StateView state) const override {
    return to_datum(base::schema_of<State>(), interner_.bytes(state[0]));
  }
  [[nodiscard]] SystemStatistics statistics() const override {
    SystemStatistics statistics;
    statistics.memory_bytes = interner_.memory_bytes();
    statistics.interned_values = interner_.size();
    return statistics;
  }
  [[nodiscard]] const Spec& spec() const { return spec_; }

 private:
  static ActionLabel label_of(const Datum& datum) {
    ActionLabel label{base::schema_of<SpecAction>().name, {}};
    const Datum* fields = &datum;
    if (base::schema_of<SpecAction>().kind == base::Schema::Kind::variant) {
      if (datum.kind == Datum::Kind::text) {
        return {datum.text, {}};
      }
      label.name = datum.members[0].first;
      fields = &datum.members[0].second;
    }
    for (const auto& [name, value] : fields->members) {
      label.parameters.emplace_back(name, to_line(value));
    }
    return label;
  }
  static std::vector<std::string> group_names() {
    const base::Schema& schema = base::schema_of<SpecAction>();
    if (schema.kind == base::Schema::Kind::variant) {
      return schema.names;
    }
    return {schema.name};
  }
  static std::uint32_t group_of(const SpecAction& action) {
    if constexpr (requires { action.index(); }) {
      return static_cast<std::uint32_t>(action.index());
    } else {
      return 0;
    }
  }
  void add(Property property, Predicate predicate, StepPredicate step) {
    PLIMSOLL_ASSERT(properties_.size() < 64);
    properties_.push_back(std::move(property));
    predicates_.push_back(std::move(predicate));
    causes_.emplace_back();
    steps_.push_back(std::move(step));
  }

  class SpecWorker final : public Worker {
   public:
    explicit SpecWorker(const SpecSystem& system) : system_(system) {}
    void successors(StateView state, Fingerprint /*fingerprint*/, Successors& out) override {
      const State before = base::from_bytes<State>(system_.interner_.bytes(state[0]));
      system_.spec_.next(before, [&](const SpecAction& action, const State& after) {
        const Slot id = system_.interner_.intern(base::to_bytes(after));
        const Action label{system_.interner_.intern(base::to_bytes(action)), group_of(action)};
        *out.append(label, slot_bit(0), system_.fingerprint({&id, 1})) = id;
      });
      ++steps_run_;
    }
    Evaluation evaluate(StateView state, PropertyMask wanted) override {
      Evaluation found;
      const State value = base::from_bytes<State>(system_.interner_.bytes(state[0]));
      for (std::size_t i = 0; i < system_.predicates_.size(); ++i) {
        if ((wanted & property_bit(i)) == 0) {
          continue;
        }
        const bool holds = system_.predicates_[i](value);
        found.holds |= holds ? property_bit(i) : 0;
        const bool engaged = system_.causes_[i] ? system_.causes_[i](value) : holds;
        found.engaged |= engaged ? property_bit(i) : 0;
      }
      return found;
    }
    Evaluation evaluate_step(StateView before, const Action& action, StateView after,
                             PropertyMask wanted) override {
      Evaluation found;
      const State from = base::from_bytes<State>(system_.interner_.bytes(before[0]));
      const State to = base::from_bytes<State>(system_.interner_.bytes(after[0]));
      const auto taken =
          base::from_bytes<SpecAction>(system_.interner_.bytes(static_cast<Slot>(action.payload)));
      for (std::size_t i = 0; i < system_.steps_.size(); ++i) {
        if ((wanted & property_bit(i)) != 0 && system_.steps_[i](from, taken, to)) {
          found.holds |= property_bit(i);
        }
      }
      found.engaged = found.holds;
      return found;
    }
    bool may_end(StateView state) override {
      return !system_.may_end_ ||
             system_.may_end_(base::from_bytes<State>(system_.interner_.bytes(state[0])));
    }
    FairnessMask fairness_of(StateView /*before*/, const Action& action) override {
      if (system_.fairness_.empty()) {
        return 0;
      }
      const auto taken =
          base::from_bytes<SpecAction>(system_.interner_.bytes(static_cast<Slot>(action.payload)));
      FairnessMask mask = 0;
      for (std::size_t i = 0; i < system_.fair_actions_.size(); ++i) {
        mask |= system_.fair_actions_[i](taken) ? fairness_bit(i) : 0;
      }
      return mask;
    }
    [[nodiscard]] SystemStatistics statistics() const override {
      SystemStatistics statistics;
      statistics.steps_run = steps_run_;
      return statistics;
    }

   private:
    const SpecSystem& system_;
    std::uint64_t steps_run_ = 0;
  };

  Spec spec_;
  std::vector<std::string> groups_;
  std::vector<Property> properties_;
  std::vector<Predicate> predicates_;
  std::vector<Predicate> causes_;  ///< of leads-to; otherwise empty
  std::vector<StepPredicate> steps_;
  std::vector<FairnessConstraint> fairness_;
  std::vector<std::function<bool(const SpecAction&)>> fair_actions_;
  Predicate may_end_;
  mutable Interner interner_;
};

}  // namespace plimsoll::checker
