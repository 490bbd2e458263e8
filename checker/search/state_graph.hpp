// The graph of all reachable states, as liveness needs it: where transitions lead, and which fairness
// constraints and properties they concern.
//
// Compressed sparse rows: the transitions of a state stand side by side, 32 bits for the target and 16 for
// the set of constraints taken, interned. What is said of a state (constraints enabled, properties true
// there) is interned too, since states by the million share a few such profiles. States are numbered by level
// and, within a level, by fingerprint: numbers are the same in every run, and so is whatever follows from
// them.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

#include "checker/search/reserved_array.hpp"
#include "checker/system/content_hash.hpp"
#include "checker/system/fairness.hpp"
#include "checker/system/property.hpp"

namespace plimsoll::checker {

using StateNumber = std::uint32_t;
using StatePredicate = std::function<bool(StateNumber)>;

/// What is known of a state besides its transitions.
struct StateProfile {
  FairnessMask enabled = 0;  ///< constraints with a transition that changes the state, pruned ones included
  PropertyMask holds = 0;    ///< see Evaluation
  PropertyMask engaged = 0;  ///< see Evaluation
  bool is_terminal = false;  ///< no transition at all, not even one that was pruned
  friend bool operator==(const StateProfile&, const StateProfile&) = default;
};

/// Thread-safety: const members from any number of threads. While it is built, only as said.
/// Invariants: (1) levels are ranges of states, the initial states the first; (2) a transition leads at most
/// one level further; (3) transitions of a state are ordered by target, then by constraints taken, without
/// repetition; (4) one that changes nothing takes no constraint.
class StateGraph {
 public:
  struct Transition {
    StateNumber target = 0;
    FairnessMask taken = 0;
  };

  StateGraph();

  [[nodiscard]] StateNumber size() const { return static_cast<StateNumber>(profile_ids_.size()); }
  [[nodiscard]] std::uint64_t transitions() const { return targets_.size(); }
  [[nodiscard]] std::uint32_t level_count() const {
    return static_cast<std::uint32_t>(level_starts_.size() - 1);
  }
  /// The states of level `level` are level_start(level) .. level_start(level + 1) - 1.
  [[nodiscard]] StateNumber level_start(std::uint32_t level) const { return level_starts_[level]; }
  /// Cost: logarithmic in the number of levels.
  [[nodiscard]] std::uint32_t level_of(StateNumber state) const;

  [[nodiscard]] const StateProfile& profile(StateNumber state) const {
    return profiles_[profile_ids_[state]];
  }
  [[nodiscard]] std::span<const StateNumber> targets(StateNumber state) const {
    return targets_.part(first_transition_[state], degree(state));
  }
  /// Constraints taken by transition number `i` of `state`.
  [[nodiscard]] FairnessMask taken(StateNumber state, std::size_t i) const {
    return masks_[taken_[first_transition_[state] + i]];
  }
  [[nodiscard]] std::size_t degree(StateNumber state) const {
    return first_transition_[state + std::uint64_t{1}] - first_transition_[state];
  }
  /// All profiles that occur.
  [[nodiscard]] const std::vector<StateProfile>& profiles() const { return profiles_; }
  [[nodiscard]] std::uint64_t memory_bytes() const;

  // Building, level by level: first how many states and what is said of each, then their transitions.

  /// The number of a set of constraints, for set_transitions(). Returns false if there are more than 2^16 of
  /// them. Not thread-safe.
  [[nodiscard]] bool intern(FairnessMask taken, std::uint16_t& id);
  [[nodiscard]] FairnessMask mask(std::uint16_t id) const { return masks_[id]; }
  /// Appends a state to the level being built.
  void add_state(const StateProfile& profile, std::uint32_t degree);
  /// Ends the level: its states get room for their transitions.
  void end_level();

  struct RawTransition {
    StateNumber target = 0;
    std::uint16_t taken = 0;  ///< by intern()
  };
  /// Fills in the transitions of a state, as many as its degree, in any order; sorts `transitions`. May be
  /// called from any number of threads for different states. Requires: the state's level has ended.
  void set_transitions(StateNumber state, std::span<RawTransition> transitions);

 private:
  struct HashProfile {
    std::size_t operator()(const StateProfile& profile) const {
      return mix(profile.enabled + mix(profile.holds + mix(profile.engaged + (profile.is_terminal ? 1 : 0))));
    }
  };

  ReservedArray<std::uint64_t> first_transition_;  ///< one more than states
  ReservedArray<StateNumber> targets_;
  ReservedArray<std::uint16_t> taken_;
  ReservedArray<std::uint32_t> profile_ids_;
  std::vector<StateNumber> level_starts_ = {0};  ///< one more than levels
  std::vector<StateProfile> profiles_;
  std::unordered_map<StateProfile, std::uint32_t, HashProfile> profile_index_;
  std::vector<FairnessMask> masks_;
  std::unordered_map<FairnessMask, std::uint16_t> mask_index_;
};

}  // namespace plimsoll::checker
