#include "checker/search/swarm.hpp"

#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

/// 1, 4, 16 or 64.
std::uint32_t any_rate(RandomStream& random) {
  return std::uint32_t{1} << (2 * random.below(4));
}

}  // namespace

Swarm::Swarm(const System& system) : system_(system), groups_(system.action_groups().size()) {
  for (std::uint32_t actor = 0; actor < system.actors(); ++actor) {
    has_spontaneous_ |= system.is_spontaneous(actor);
  }
}

void Swarm::begin(Fingerprint state, RandomStream& random) {
  for (Group& group : groups_) {
    group.rate = random.below(2) == 0 ? any_rate(random) : 0;
  }
  patience_ = any_rate(random);
  circles_.restart(state);
  is_spinning_ = false;
}

std::size_t Swarm::choose(std::span<const Action> actions, RandomStream& random) {
  count(actions);
  if (has_spontaneous_) {
    for (const std::uint32_t number : present_) {
      Group& group = groups_[number];
      group.rate = group.is_spontaneous || group.rate > 0 ? group.rate : any_rate(random);
    }
  }
  if (is_spinning_ || sum_of_rates(false) + sum_of_rates(true) == 0) {
    switch_on(random);
  }
  if (is_spinning_) {
    even_out();
  }
  is_spinning_ = false;
  const std::uint32_t chosen = group_in_turn(random);
  std::uint64_t left = random.below(groups_[chosen].possible);
  for (std::size_t i = 0;; ++i) {
    if (actions[i].group == chosen && left-- == 0) {
      return i;
    }
  }
}

void Swarm::count(std::span<const Action> actions) {
  for (const std::uint32_t group : present_) {
    groups_[group].possible = 0;
  }
  present_.clear();
  for (const Action& action : actions) {
    Group& group = groups_[action.group];
    if (group.possible++ > 0) {
      continue;
    }
    present_.push_back(action.group);
    if (!group.is_known) {
      group.is_known = true;
      group.is_spontaneous = system_.is_spontaneous(system_.actor_of(action));
    }
  }
}

/// Switches on one of the groups that are possible and off, if there is one.
void Swarm::switch_on(RandomStream& random) {
  std::uint64_t off = 0;
  for (const std::uint32_t group : present_) {
    off += groups_[group].rate == 0 ? 1 : 0;
  }
  if (off == 0) {
    return;
  }
  std::uint64_t left = random.below(off);
  for (const std::uint32_t group : present_) {
    if (groups_[group].rate == 0 && left-- == 0) {
      groups_[group].rate = any_rate(random);
      return;
    }
  }
}

/// What leads out of the circle may have been on all the time, and rare.
void Swarm::even_out() {
  for (const std::uint32_t group : present_) {
    groups_[group].rate = groups_[group].rate > 0 ? 1 : 0;
  }
}

std::uint64_t Swarm::sum_of_rates(bool spontaneous) const {
  std::uint64_t sum = 0;
  for (const std::uint32_t group : present_) {
    sum += groups_[group].is_spontaneous == spontaneous ? groups_[group].rate : 0;
  }
  return sum;
}

/// One of the groups that are possible and on. Requires: there is one.
std::uint32_t Swarm::group_in_turn(RandomStream& random) const {
  const std::uint64_t bound = sum_of_rates(false);
  const std::uint64_t spontaneous = sum_of_rates(true);
  const bool is_spontaneous = bound == 0 || (spontaneous > 0 && random.below(patience_ + 1) == 0);
  std::uint64_t left = random.below(is_spontaneous ? spontaneous : bound);
  for (const std::uint32_t number : present_) {
    const Group& group = groups_[number];
    if (group.is_spontaneous != is_spontaneous) {
      continue;
    }
    if (left < group.rate) {
      return number;
    }
    left -= group.rate;
  }
  PLIMSOLL_ASSERT(false);
}

}  // namespace plimsoll::checker
