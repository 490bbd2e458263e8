#include "properties/ipam/random_walk.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "impl/base/assert.hpp"

namespace plimsoll::properties::ipam {
namespace {

using checker::ActionLabel;
using checker::Datum;
using checker::PropertyKind;
using checker::PropertyMask;
using checker::Slot;
using checker::StateView;
using checker::Successors;
using checker::WorldAction;

class Walker {
 public:
  Walker(const checker::WorldSystem& system, std::span<const std::uint32_t> weights, Sightings& sightings)
      : system_(system), worker_(system.worker()), sightings_(sightings), next_(system.width()) {
    declare_properties();
    weigh(weights);
  }

  RandomWalk run(std::span<const std::uint32_t> schedule) {
    ++sightings_.runs;
    start(schedule.empty() ? 0 : schedule.front());
    for (std::size_t i = 1; i < schedule.size() && !walk_.violated; ++i) {
      const bool wants_fault = schedule[i] % patience_ == patience_ - 1;
      const std::uint32_t number = schedule[i] / patience_;
      if (!step(wants_fault, number) && !step(!wants_fault, number)) {
        break;
      }
    }
    std::size_t left = rest_steps_max;
    while (!walk_.violated && left > 0 && step(false, 0)) {
      --left;
    }
    sightings_.rests += left > 0 ? 1 : 0;
    return std::move(walk_);
  }

 private:
  void declare_properties() {
    for (std::size_t i = 0; i < system_.properties().size(); ++i) {
      const PropertyKind kind = system_.properties()[i].kind;
      PLIMSOLL_ASSERT(!is_liveness(kind));
      const PropertyMask bit = checker::property_bit(i);
      invariants_ |= kind == PropertyKind::always ? bit : 0;
      witnesses_ |= kind == PropertyKind::sometimes ? bit : 0;
      steps_ |= kind == PropertyKind::step ? bit : 0;
      deadlock_free_ |= kind == PropertyKind::deadlock_free ? bit : 0;
    }
  }

  /// The first number says how rare faults and whims are, the others weigh the groups of actions.
  void weigh(std::span<const std::uint32_t> numbers) {
    constexpr std::array<std::uint32_t, 4> patiences = {32, 8, 4, 128};
    constexpr std::array<std::uint32_t, 4> of_work = {8, 8, 1, 64};
    constexpr std::array<std::uint32_t, 4> of_faults = {1, 1, 8, 2};
    const auto number = [&](std::size_t i) { return i < numbers.size() ? numbers[i] % 4 : 0; };
    patience_ = patiences[number(0)];
    const std::vector<std::string>& groups = system_.action_groups();
    for (std::size_t i = 0; i < groups.size(); ++i) {
      is_fault_.push_back(is_budgeted(groups[i]));
      weights_.push_back(is_fault_.back() ? of_faults[number(i + 1)] : of_work[number(i + 1)]);
    }
  }

  /// Groups are called "node-reboot of node-1", "disconnect node-1/flanneld from store", "fire retry of
  /// node-1/flanneld".
  [[nodiscard]] bool is_budgeted(const std::string& group) const {
    const std::string name = group.starts_with("fire ") ? group.substr(5) : group;
    return system_.model().budgets.contains(name.substr(0, name.find(' ')));
  }

  void start(std::uint32_t number) {
    next_.clear();
    system_.initial(next_);
    PLIMSOLL_ASSERT(next_.size() > 0);
    enter(next_.state(number % next_.size()));
  }

  /// Takes a step of work, or a fault or whim. False if there is none of positive weight, or the world is
  /// stuck.
  bool step(bool wants_fault, std::uint32_t number) {
    const std::vector<Slot>& before = walk_.path.states.back();
    const checker::Fingerprint fingerprint = system_.fingerprint(before);
    next_.clear();
    next_.begin(fingerprint);
    worker_->successors(before, fingerprint, next_);
    if (next_.size() == 0 && next_.pruned() == 0 && !worker_->may_end(before)) {
      violate(deadlock_free_);
      return false;
    }
    const auto weight = [&](std::size_t i) {
      const std::uint32_t group = next_[i].action.group;
      return is_fault_[group] == wants_fault ? weights_[group] : 0;
    };
    std::uint32_t total = 0;
    for (std::size_t i = 0; i < next_.size(); ++i) {
      total += weight(i);
    }
    if (total == 0) {
      return false;
    }
    std::uint32_t rest = number % total;
    std::size_t chosen = 0;
    for (; rest >= weight(chosen); ++chosen) {
      rest -= weight(chosen);
    }
    take(chosen);
    return true;
  }

  void take(std::size_t chosen) {
    const checker::Action action = next_[chosen].action;
    const StateView before = walk_.path.states.back();
    const StateView after = next_.state(chosen);
    const checker::Evaluation found = worker_->evaluate_step(before, action, after, steps_);
    note(found, steps_);
    note(before, action, after);
    violate(steps_ & ~found.holds);
    walk_.path.actions.push_back(action);
    enter(after);
  }

  void enter(StateView state) {
    walk_.path.states.emplace_back(state.begin(), state.end());
    const checker::Evaluation found = worker_->evaluate(state, invariants_ | witnesses_);
    note(found, invariants_ | witnesses_);
    violate(invariants_ & ~found.holds);
  }

  /// The first of the failed properties, unless one has failed before.
  void violate(PropertyMask failed) {
    for (std::size_t i = 0; i < system_.properties().size() && !walk_.violated; ++i) {
      if ((failed & checker::property_bit(i)) != 0) {
        walk_.violated = i;
      }
    }
  }

  void note(const checker::Evaluation& found, PropertyMask asked) {
    for (std::size_t i = 0; i < system_.properties().size(); ++i) {
      if ((asked & found.engaged & found.holds & checker::property_bit(i)) != 0) {
        ++sightings_.properties[system_.properties()[i].id];
      }
    }
  }

  void note(StateView before, const checker::Action& action, StateView after) {
    ++sightings_.steps;
    const ActionLabel label = system_.describe(before, action);
    if (label.name != "fire") {
      ++sightings_.actions[label.name];
    } else {
      const std::string& timer = label.parameters.at(1).second;
      ++sightings_.actions["fire " + timer.substr(0, timer.find('{'))];
    }
    if (label.name == "deliver" && label.parameters.at(0).second.ends_with("/flanneld")) {
      const std::string part = label.parameters.at(0).second + ".view";
      sightings_.relists += phase(before, part) == "watching" && phase(after, part) == "listing" ? 1 : 0;
    }
  }
  /// A broken watch waits first, so that only a compacted one goes from watching to listing at once.
  [[nodiscard]] std::string phase(StateView state, const std::string& part) const {
    const auto found = system_.model().find_part(part);
    PLIMSOLL_ASSERT(found.has_value());
    return system_.describe(state).member(part)->member("phase")->text;
  }

  const checker::WorldSystem& system_;
  std::unique_ptr<checker::Worker> worker_;
  Sightings& sightings_;
  Successors next_;
  PropertyMask invariants_ = 0;
  PropertyMask witnesses_ = 0;
  PropertyMask steps_ = 0;
  PropertyMask deadlock_free_ = 0;
  std::uint32_t patience_ = 1;          ///< one number in so many asks for a fault
  std::vector<bool> is_fault_;          ///< by group of actions: a fault or whim, which a budget pays for
  std::vector<std::uint32_t> weights_;  ///< by group of actions; of the others that are possible
  RandomWalk walk_;
};

}  // namespace

RandomWalk random_walk(const checker::WorldSystem& system, std::span<const std::uint32_t> weights,
                       std::span<const std::uint32_t> schedule, Sightings& sightings) {
  return Walker(system, weights, sightings).run(schedule);
}

}  // namespace plimsoll::properties::ipam
