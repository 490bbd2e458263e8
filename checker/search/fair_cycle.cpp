#include "checker/search/fair_cycle.hpp"

#include <algorithm>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

/// Longer cycles are not shortened: that looks at all pairs of their states.
constexpr std::size_t shorten_steps_max = 512;

}  // namespace

FairCycles::FairCycles(const StateGraph& graph, const FairnessMasks& fairness,
                       const FairComponents& components, StatePredicate visited)
    : graph_(graph),
      fairness_(fairness),
      components_(components),
      visited_(std::move(visited)),
      seen_(graph.size()) {}

FairCycles::Account FairCycles::begin_account(StateNumber start) const {
  Account account;
  account.weak_unmet = fairness_.weak;
  pass(account, start);
  return account;
}

void FairCycles::pass(Account& account, StateNumber state) const {
  const FairnessMask enabled = graph_.profile(state).enabled;
  account.weak_unmet &= enabled;
  account.enabled |= enabled;
  account.is_visited = account.is_visited || visited_(state);
}

void FairCycles::pass(Account& account, const CycleStep& step) const {
  account.weak_unmet &= ~step.taken;
  account.taken |= step.taken;
  pass(account, step.target);
}

FairCycles::Wanted FairCycles::owed(const Account& account) const {
  Wanted wanted;
  wanted.disabled = account.weak_unmet;
  wanted.taken = account.weak_unmet | (fairness_.strong & account.enabled & ~account.taken);
  wanted.visited = !account.is_visited;
  return wanted;
}

bool FairCycles::is_wanted(const Wanted& wanted, StateNumber state) const {
  return wanted.state == state || (wanted.disabled & ~graph_.profile(state).enabled) != 0 ||
         (wanted.visited && visited_(state));
}

bool FairCycles::is_fair(const Cycle& cycle) const {
  Account account = begin_account(cycle.start);
  for (const CycleStep& step : cycle.steps) {
    pass(account, step);
  }
  const Wanted wanted = owed(account);
  return wanted.taken == 0 && !wanted.visited;
}

std::vector<CycleStep> FairCycles::nearest(StateNumber from, const Wanted& wanted, std::size_t length_max) {
  const std::uint32_t component = components_.component_of[from];
  ++search_;
  queue_.assign(1, from);
  seen_[from] = {search_, from};
  std::size_t level_end = 1;
  std::size_t length = 1;
  for (std::size_t i = 0; i < queue_.size() && length <= length_max; ++i) {
    const StateNumber state = queue_[i];
    const std::span<const StateNumber> targets = graph_.targets(state);
    work_ += targets.size();
    for (std::size_t k = 0; k < targets.size(); ++k) {
      const StateNumber target = targets[k];
      if (components_.component_of[target] != component) {
        continue;
      }
      const CycleStep step{target, graph_.taken(state, k)};
      if ((step.taken & wanted.taken) != 0) {
        return way_back(from, state, step);
      }
      // What was seen was not wanted then, but for the state this began from.
      const bool is_fresh = seen_[target].search != search_;
      if ((is_fresh || target == from) && is_wanted(wanted, target)) {
        return way_back(from, state, step);
      }
      if (is_fresh) {
        seen_[target] = {search_, state};
        queue_.push_back(target);
      }
    }
    if (i + 1 == level_end) {
      level_end = queue_.size();
      ++length;
    }
  }
  return {};
}

/// The path of the search from `from` to `last`, then `step`.
std::vector<CycleStep> FairCycles::way_back(StateNumber from, StateNumber last, CycleStep step) const {
  std::vector<CycleStep> steps = {step};
  for (StateNumber state = last; state != from; state = seen_[state].came_from) {
    const StateNumber before = seen_[state].came_from;
    const std::span<const StateNumber> targets = graph_.targets(before);
    const auto first = std::ranges::lower_bound(targets, state) - targets.begin();
    steps.push_back({state, graph_.taken(before, static_cast<std::size_t>(first))});
  }
  std::ranges::reverse(steps);
  return steps;
}

std::optional<Cycle> FairCycles::through(StateNumber start, std::size_t length_max) {
  PLIMSOLL_ASSERT(components_.component_of[start] != FairComponents::none);
  Cycle cycle{start, {}};
  Account account = begin_account(start);
  StateNumber last = start;
  while (true) {
    Wanted wanted = owed(account);
    if (wanted.taken == 0 && !wanted.visited) {
      if (last == start && !cycle.steps.empty()) {
        shorten(cycle);
        return cycle;
      }
      wanted.state = start;
    }
    const std::vector<CycleStep> steps = nearest(last, wanted, length_max - cycle.steps.size());
    if (steps.empty()) {
      return std::nullopt;
    }
    for (const CycleStep& step : steps) {
      pass(account, step);
      cycle.steps.push_back(step);
    }
    last = cycle.steps.back().target;
  }
}

void FairCycles::shorten(Cycle& cycle) const {
  if (cycle.steps.size() > shorten_steps_max) {
    return;
  }
  while (cut(cycle)) {
  }
}

/// Where a state occurs twice, two cycles meet: keeps one of them if it is fair alone. True if it did.
bool FairCycles::cut(Cycle& cycle) const {
  const std::size_t length = cycle.steps.size();
  for (std::size_t i = 0; i < length; ++i) {
    for (std::size_t j = i + 1; j < length; ++j) {
      if (cycle.steps[i].target != cycle.steps[j].target) {
        continue;
      }
      const auto begin = cycle.steps.begin() + static_cast<std::ptrdiff_t>(i) + 1;
      const auto end = cycle.steps.begin() + static_cast<std::ptrdiff_t>(j) + 1;
      Cycle inner{cycle.steps[i].target, {begin, end}};
      Cycle outer{cycle.start, {cycle.steps.begin(), begin}};
      outer.steps.insert(outer.steps.end(), end, cycle.steps.end());
      Cycle& shorter = inner.steps.size() <= outer.steps.size() ? inner : outer;
      Cycle& longer = &shorter == &inner ? outer : inner;
      for (Cycle* candidate : {&shorter, &longer}) {
        if (is_fair(*candidate)) {
          cycle = std::move(*candidate);
          return true;
        }
      }
    }
  }
  return false;
}

}  // namespace plimsoll::checker
