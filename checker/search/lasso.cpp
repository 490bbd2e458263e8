#include "checker/search/lasso.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <limits>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

/// Components tried, the nearest first, and starts tried in each for each reason to start there.
constexpr std::size_t components_max = 64;
constexpr std::size_t starts_max = 16;
/// Transitions that may be looked at for a shorter story once there is one: about a second, as they lie all
/// over the memory.
constexpr std::uint64_t work_max = std::uint64_t{1} << 24U;

class Storyteller {
 public:
  Storyteller(const StateGraph& graph, const FairnessMasks& fairness, const LivenessQuestion& question,
              const Reach& reach, const FairComponents& components)
      : graph_(graph),
        fairness_(fairness),
        question_(question),
        reach_(reach),
        components_(components),
        cycles_(graph, fairness, components, question.visits) {}

  std::optional<Lasso> run() {
    std::optional<Lasso> ending = to_terminal();
    length_max_ = ending ? ending->taken.size() : std::numeric_limits<std::size_t>::max();
    for (const std::size_t component : components_by_distance()) {
      if (is_spent()) {
        break;
      }
      try_component(component);
    }
    // Not to find the way round a fair component must not pass for there being none.
    PLIMSOLL_ASSERT(best_ || ending || components_.members.empty());
    return best_ ? std::optional(lasso_of(*best_)) : std::move(ending);
  }

 private:
  [[nodiscard]] auto by_distance() const {
    return [this](StateNumber a, StateNumber b) {
      return std::pair(reach_.distance(a), a) < std::pair(reach_.distance(b), b);
    };
  }
  [[nodiscard]] bool is_spent() const { return best_ && cycles_.work() > work_max; }

  std::optional<Lasso> to_terminal() const {
    std::optional<StateNumber> nearest;
    for (StateNumber state = 0; state < graph_.size(); ++state) {
      if (graph_.profile(state).is_terminal && reach_.contains(state) && question_.visits(state) &&
          (!nearest || by_distance()(state, *nearest))) {
        nearest = state;
      }
    }
    return nearest ? std::optional(prefix_to(*nearest)) : std::nullopt;
  }

  [[nodiscard]] Lasso prefix_to(StateNumber state) const {
    Lasso lasso{reach_.way_to(state), {}, std::nullopt};
    for (std::size_t i = 0; i + 1 < lasso.states.size(); ++i) {
      const std::span<const StateNumber> targets = graph_.targets(lasso.states[i]);
      const auto first = std::ranges::lower_bound(targets, lasso.states[i + 1]) - targets.begin();
      lasso.taken.push_back(graph_.taken(lasso.states[i], static_cast<std::size_t>(first)));
    }
    return lasso;
  }

  [[nodiscard]] std::vector<std::size_t> components_by_distance() const {
    std::vector<std::pair<std::uint32_t, std::size_t>> order;
    for (std::size_t i = 0; i < components_.members.size(); ++i) {
      order.emplace_back(least_distance(components_.members[i]), i);
    }
    std::ranges::sort(order);
    std::vector<std::size_t> numbers;
    for (std::size_t i = 0; i < std::min(order.size(), components_max); ++i) {
      numbers.push_back(order[i].second);
    }
    return numbers;
  }
  [[nodiscard]] std::uint32_t least_distance(const std::vector<StateNumber>& states) const {
    return reach_.distance(std::ranges::min(states, by_distance()));
  }

  void try_component(std::size_t number) {
    const std::vector<StateNumber>& members = components_.members[number];
    const std::uint32_t least = least_distance(members);
    for (const StateNumber start : starts_in(number)) {
      // A story of at least `least` steps and one must be worth it.
      if (least + std::size_t{1} >= length_max_ || is_spent()) {
        return;
      }
      const std::size_t cycle_max =
          length_max_ == std::numeric_limits<std::size_t>::max() ? length_max_ : length_max_ - least - 1;
      std::optional<Cycle> cycle = cycles_.through(start, cycle_max);
      if (!cycle) {
        continue;
      }
      enter_soonest(*cycle);
      const std::size_t length = reach_.distance(cycle->start) + cycle->steps.size();
      if (length < length_max_) {
        length_max_ = length;
        best_ = std::move(cycle);
      }
    }
  }

  /// Turns the cycle so that it starts where it can be entered first.
  void enter_soonest(Cycle& cycle) const {
    std::size_t soonest = 0;
    for (std::size_t i = 1; i < cycle.steps.size(); ++i) {
      if (by_distance()(cycle.steps[i].target, cycle.steps[soonest].target)) {
        soonest = i;
      }
    }
    cycle.start = cycle.steps[soonest].target;
    std::ranges::rotate(cycle.steps, cycle.steps.begin() + static_cast<std::ptrdiff_t>(soonest) + 1);
  }

  [[nodiscard]] std::vector<StateNumber> starts_in(std::size_t number) const {
    const std::vector<StateNumber>& members = components_.members[number];
    std::vector<StateNumber> starts;
    const auto add = [&](const StatePredicate& chosen) {
      for (const StateNumber start : nearest(members, chosen)) {
        if (std::ranges::count(starts, start) == 0) {
          starts.push_back(start);
        }
      }
    };
    add([this](StateNumber state) { return may_stay_for_ever(state); });
    add([](StateNumber) { return true; });
    add(question_.visits);
    // What can be paid in few places only decides where the cycle must pass.
    if (const FairnessMask rarest = rarest_constraint(number); rarest != 0) {
      add([&](StateNumber state) { return (paid_at(number, state) & rarest) != 0; });
    }
    return starts;
  }

  /// The few nearest of those `chosen`.
  [[nodiscard]] std::vector<StateNumber> nearest(const std::vector<StateNumber>& members,
                                                 const StatePredicate& chosen) const {
    std::vector<StateNumber> states;
    std::ranges::copy_if(members, std::back_inserter(states), chosen);
    const std::size_t count = std::min(states.size(), starts_max);
    std::ranges::partial_sort(states, states.begin() + static_cast<std::ptrdiff_t>(count), by_distance());
    states.resize(count);
    return states;
  }

  [[nodiscard]] bool may_stay_for_ever(StateNumber state) const {
    return (graph_.profile(state).enabled & (fairness_.weak | fairness_.strong)) == 0 &&
           question_.visits(state) && std::ranges::binary_search(graph_.targets(state), state);
  }

  /// Weak constraints that a walk through the component meets here: not enabled, or taken by a transition.
  [[nodiscard]] FairnessMask paid_at(std::size_t number, StateNumber state) const {
    FairnessMask paid = ~graph_.profile(state).enabled;
    const std::span<const StateNumber> targets = graph_.targets(state);
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (components_.component_of[targets[i]] == number + 1) {
        paid |= graph_.taken(state, i);
      }
    }
    return paid & fairness_.weak;
  }

  /// The weak constraint that can be met in the fewest places, as a mask of one; 0 if there is none.
  [[nodiscard]] FairnessMask rarest_constraint(std::size_t number) const {
    std::array<std::uint64_t, 64> counts{};
    for (const StateNumber state : components_.members[number]) {
      for (FairnessMask left = paid_at(number, state); left != 0; left &= left - 1) {
        ++counts[static_cast<std::size_t>(std::countr_zero(left))];
      }
    }
    FairnessMask rarest = 0;
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    for (FairnessMask left = fairness_.weak; left != 0; left &= left - 1) {
      const auto constraint = static_cast<std::size_t>(std::countr_zero(left));
      if (counts[constraint] < least) {
        least = counts[constraint];
        rarest = fairness_bit(constraint);
      }
    }
    return rarest;
  }

  [[nodiscard]] Lasso lasso_of(const Cycle& cycle) const {
    Lasso lasso = prefix_to(cycle.start);
    lasso.loop = lasso.taken.size();
    for (const CycleStep& step : cycle.steps) {
      lasso.states.push_back(step.target);
      lasso.taken.push_back(step.taken);
    }
    return lasso;
  }

  const StateGraph& graph_;
  const FairnessMasks& fairness_;
  const LivenessQuestion& question_;
  const Reach& reach_;
  const FairComponents& components_;
  FairCycles cycles_;
  std::optional<Cycle> best_;
  std::size_t length_max_ = 0;  ///< only a story of fewer steps is better than the best
};

}  // namespace

LivenessQuestion question_of(const StateGraph& graph, PropertyKind kind, std::size_t property) {
  const PropertyMask bit = property_bit(property);
  const auto always = [](StateNumber) { return true; };
  const auto unmet = [&graph, bit](StateNumber state) { return (graph.profile(state).holds & bit) == 0; };
  switch (kind) {
    case PropertyKind::eventually:
      return {[&graph](StateNumber state) { return state < graph.level_start(1); }, unmet, always};
    case PropertyKind::always_eventually:
      return {always, unmet, always};
    case PropertyKind::eventually_always:
      return {always, always, unmet};
    case PropertyKind::leads_to:
      return {[&graph, bit](StateNumber state) { return (graph.profile(state).engaged & bit) != 0; }, unmet,
              always};
    default:
      PLIMSOLL_ASSERT(!is_liveness(kind));
      PLIMSOLL_ASSERT_KNOWN(false, "the property is not about liveness");
      __builtin_unreachable();
  }
}

LassoSearch find_lasso(const StateGraph& graph, const FairnessMasks& fairness,
                       const LivenessQuestion& question, const std::atomic<bool>& stop) {
  const std::optional<Reach> reach = Reach::find(graph, question.begins, question.stays, stop);
  if (!reach) {
    return {false, std::nullopt};
  }
  const std::optional<FairComponents> components = fair_components(
      graph, fairness, [&](StateNumber state) { return reach->contains(state); }, question.visits, stop);
  if (!components) {
    return {false, std::nullopt};
  }
  return {true, Storyteller(graph, fairness, question, *reach, *components).run()};
}

}  // namespace plimsoll::checker
