#include "checker/search/swarm.hpp"

namespace plimsoll::checker {

void Swarm::begin(Fingerprint state, RandomStream& random) {
  for (std::size_t group = 0; group < is_on_.size(); ++group) {
    is_on_[group] = random.below(2) == 0;
  }
  circles_.restart(state);
  is_spinning_ = false;
}

std::size_t Swarm::choose(const Successors& transitions, RandomStream& random) {
  const std::uint64_t off = count(transitions, false);
  if (off > 0 && (is_spinning_ || off == transitions.size())) {
    is_on_[transitions[pick(transitions, false, random.below(off))].action.group] = true;
  }
  is_spinning_ = false;
  return pick(transitions, true, random.below(count(transitions, true)));
}

/// How many are there of the groups that are on, or else off?
std::uint64_t Swarm::count(const Successors& transitions, bool is_on) const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < transitions.size(); ++i) {
    sum += is_on_[transitions[i].action.group] == is_on ? 1 : 0;
  }
  return sum;
}

/// Of these the one with that number.
std::size_t Swarm::pick(const Successors& transitions, bool is_on, std::uint64_t number) const {
  std::size_t i = 0;
  for (;; ++i) {
    if (is_on_[transitions[i].action.group] == is_on && number-- == 0) {
      return i;
    }
  }
}

}  // namespace plimsoll::checker
