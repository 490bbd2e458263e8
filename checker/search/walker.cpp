#include "checker/search/walker.hpp"

#include <array>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {

Schedule schedule_of(Schedule wanted, std::uint64_t walk) {
  constexpr std::array mixed = {Schedule::uniform, Schedule::pct, Schedule::swarm};
  return wanted == Schedule::mixture ? mixed[walk % mixed.size()] : wanted;
}

Walker::Walker(const System& system, Worker& worker, const Successors& initial, const SearchOptions& options)
    : worker_(worker),
      offering_(dynamic_cast<Offering*>(&worker)),
      initial_(initial),
      options_(options),
      priorities_(system, options.bug_depth, options.walk_steps_max),
      swarm_(system),
      actors_(system.actors()),
      transitions_(initial.width()) {
  PLIMSOLL_ASSERT(initial.size() > 0);
}

void Walker::begin(std::uint64_t walk) {
  random_ = RandomStream(options_.seed, walk);
  const auto i = static_cast<std::size_t>(random_.below(initial_.size()));
  const StateView state = initial_.state(i);
  state_.assign(state.begin(), state.end());
  fingerprint_ = initial_[i].fingerprint;
  schedule_ = schedule_of(options_.schedule, walk);
  if (schedule_ == Schedule::pct) {
    priorities_.begin(fingerprint_, random_);
  } else if (schedule_ == Schedule::swarm) {
    swarm_.begin(fingerprint_, random_);
  }
}

const Successors& Walker::look() {
  transitions_.clear();
  transitions_.begin(fingerprint_);
  choices_.clear();
  if (offering_ != nullptr) {
    look_at_offers();
    return transitions_;
  }
  worker_.successors(state_, fingerprint_, transitions_);
  for (std::size_t i = 0; i < transitions_.size(); ++i) {
    choices_.push_back(transitions_[i].action);
  }
  return transitions_;
}

/// An offer of which nothing comes is withdrawn, and another one chosen.
void Walker::look_at_offers() {
  offering_->offers(state_, fingerprint_, choices_);
  while (transitions_.size() == 0 && !choices_.empty()) {
    const std::size_t i = choose_as_scheduled();
    offering_->accept(state_, fingerprint_, choices_[i], transitions_);
    choices_.erase(choices_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

std::size_t Walker::choose() {
  return offering_ != nullptr ? static_cast<std::size_t>(random_.below(transitions_.size()))
                              : choose_as_scheduled();
}

std::size_t Walker::choose_as_scheduled() {
  switch (schedule_) {
    case Schedule::pct:
      return priorities_.choose(choices_, random_);
    case Schedule::swarm:
      return swarm_.choose(choices_, random_);
    default:
      return static_cast<std::size_t>(random_.below(choices_.size()));
  }
}

void Walker::move(std::size_t i) {
  const StateView state = transitions_.state(i);
  state_.assign(state.begin(), state.end());
  fingerprint_ = transitions_[i].fingerprint;
  if (schedule_ == Schedule::pct) {
    priorities_.arrive(fingerprint_);
  } else if (schedule_ == Schedule::swarm) {
    swarm_.arrive(fingerprint_);
  }
}

WalkSummary Walker::summary() const {
  return {0, options_.walk_steps_max, options_.schedule, options_.bug_depth, actors_, priorities_.horizons()};
}

Path retrace_walk(Walker& walker, std::uint64_t walk, std::uint32_t steps) {
  Path path;
  walker.begin(walk);
  path.states.emplace_back(walker.state().begin(), walker.state().end());
  for (std::uint32_t step = 0; step < steps; ++step) {
    const Successors& transitions = walker.look();
    PLIMSOLL_ASSERT_KNOWN(transitions.size() > 0,
                          "a walk does not repeat: successors are not a function of the state");
    const std::size_t i = walker.choose();
    path.actions.push_back(transitions[i].action);
    walker.move(i);
    path.states.emplace_back(walker.state().begin(), walker.state().end());
  }
  return path;
}

}  // namespace plimsoll::checker
