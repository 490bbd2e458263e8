#include "checker/search/state_graph.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

/// What an entry of the tables of profiles and masks takes, in the vector and in the index, about.
constexpr std::uint64_t interned_bytes = 128;

}  // namespace

StateGraph::StateGraph() {
  first_transition_.push_back(0);
}

std::uint32_t StateGraph::level_of(StateNumber state) const {
  const auto next = std::ranges::upper_bound(level_starts_, state);
  return static_cast<std::uint32_t>(next - level_starts_.begin()) - 1;
}

std::uint64_t StateGraph::memory_bytes() const {
  return first_transition_.memory_bytes() + targets_.memory_bytes() + taken_.memory_bytes() +
         profile_ids_.memory_bytes() + (profiles_.size() + masks_.size()) * interned_bytes;
}

bool StateGraph::intern(FairnessMask taken, std::uint16_t& id) {
  const auto found = mask_index_.find(taken);
  if (found != mask_index_.end()) {
    id = found->second;
    return true;
  }
  if (masks_.size() > std::numeric_limits<std::uint16_t>::max()) {
    return false;
  }
  id = static_cast<std::uint16_t>(masks_.size());
  masks_.push_back(taken);
  mask_index_.emplace(taken, id);
  return true;
}

void StateGraph::add_state(const StateProfile& profile, std::uint32_t degree) {
  const auto [entry, is_new] =
      profile_index_.try_emplace(profile, static_cast<std::uint32_t>(profiles_.size()));
  if (is_new) {
    profiles_.push_back(profile);
  }
  profile_ids_.push_back(entry->second);
  first_transition_.push_back(first_transition_[first_transition_.size() - 1] + degree);
}

void StateGraph::end_level() {
  level_starts_.push_back(size());
  const std::uint64_t transitions = first_transition_[first_transition_.size() - 1];
  targets_.grow(transitions);
  taken_.grow(transitions);
}

void StateGraph::set_transitions(StateNumber state, std::span<RawTransition> transitions) {
  PLIMSOLL_ASSERT(transitions.size() == degree(state));
  std::ranges::sort(transitions, [this](const RawTransition& a, const RawTransition& b) {
    return std::pair(a.target, masks_[a.taken]) < std::pair(b.target, masks_[b.taken]);
  });
  std::uint64_t at = first_transition_[state];
  for (const RawTransition& transition : transitions) {
    targets_[at] = transition.target;
    taken_[at] = transition.taken;
    ++at;
  }
}

}  // namespace plimsoll::checker
