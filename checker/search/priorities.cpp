#include "checker/search/priorities.hpp"

#include <algorithm>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {

Priorities::Priorities(const System& system, std::uint32_t bug_depth, std::uint32_t steps_max)
    : system_(system), changes_(bug_depth - 1), priority_of_(system.actors()) {
  PLIMSOLL_ASSERT(bug_depth >= 1);
  constexpr std::uint64_t shortest = 16;
  for (std::uint64_t horizon = shortest; horizon < steps_max; horizon *= 2) {
    horizons_.push_back(static_cast<std::uint32_t>(horizon));
  }
  horizons_.push_back(std::max(steps_max, 1U));
}

void Priorities::begin(Fingerprint state, RandomStream& random) {
  for (std::uint32_t actor = 0; actor < priority_of_.size(); ++actor) {
    draw(actor, random);
  }
  const std::uint32_t horizon = horizons_[static_cast<std::size_t>(random.below(horizons_.size()))];
  for (std::uint64_t& change : changes_) {
    change = 1 + random.below(horizon);
  }
  step_ = 0;
  lowest_ = 0;
  last_ = ~0U;
  state_ = state;
}

/// Of 2^61 numbers, so that two are hardly ever the same. Those that have changed are below all of them.
void Priorities::draw(std::uint32_t actor, RandomStream& random) {
  constexpr std::uint64_t numbers = std::uint64_t{1} << 61U;
  priority_of_[actor] = static_cast<std::int64_t>(numbers + random.below(numbers));
}

std::size_t Priorities::choose(std::span<const Action> actions, RandomStream& random) {
  actors_.clear();
  for (const Action& action : actions) {
    actors_.push_back(system_.actor_of(action));
  }
  const std::uint32_t actor = actor_in_turn();
  if (actor != last_) {
    last_ = actor;
    alone_.restart(state_);
  }
  const auto count = static_cast<std::uint64_t>(std::count(actors_.begin(), actors_.end(), actor));
  std::uint64_t left = random.below(count);
  std::size_t chosen = 0;
  for (; actors_[chosen] != actor || left > 0; ++chosen) {
    left -= actors_[chosen] == actor ? 1 : 0;
  }
  if (system_.is_spontaneous(actor)) {
    draw(actor, random);
  }
  return chosen;
}

std::uint32_t Priorities::highest() const {
  return *std::max_element(actors_.begin(), actors_.end(), [this](std::uint32_t a, std::uint32_t b) {
    return priority_of_[a] < priority_of_[b];
  });
}

/// The highest of those that can act, after the changes that are due.
std::uint32_t Priorities::actor_in_turn() {
  ++step_;
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (changes_[i] == step_) {
      priority_of_[highest()] = static_cast<std::int64_t>(i) + 1;
    }
  }
  return highest();
}

void Priorities::arrive(Fingerprint state) {
  state_ = state;
  if (alone_.arrive(state)) {
    priority_of_[last_] = --lowest_;
  }
}

}  // namespace plimsoll::checker
