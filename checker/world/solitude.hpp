// Does a group of processes come to an end when it is left alone: is there no circle in what they can do by
// themselves, without faults, without time passing, and with nobody else taking a step?
//
// Answered exactly, by a depth-first search of what the group can do, on the slots that are its own; each of
// its situations is looked at once in a worker's life. What the group sends to others leaves it for good, so
// the answer depends on nothing outside the group as long as nobody outside takes a step.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "checker/world/influence.hpp"
#include "checker/world/world_worker.hpp"

namespace plimsoll::checker {

/// Thread-safety: none, one for each worker. Cost: time and memory in proportion to the group's situations.
class Solitude {
 public:
  /// Requires: both outlive this.
  Solitude(const WorldSystem& system, WorldWorker& worker) : system_(system), worker_(worker) {}

  /// @param group  Influence::group() of some process.
  [[nodiscard]] bool ends(ProcessMask group, StateView state);

  [[nodiscard]] std::uint64_t memory_bytes() const { return memory_bytes_; }

 private:
  using Key = std::vector<Slot>;
  enum class Answer : std::uint8_t { open, ends, goes_on };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };
  /// A situation whose successors are being looked at.
  struct Frame {
    Answer* answer = nullptr;
    std::vector<std::vector<Slot>> left;  ///< states
    bool goes_on = false;
  };

  /// Fills in key_ and takes away from `state` what is not the group's.
  void isolate(ProcessMask group, std::vector<Slot>& state);
  /// The answer for key_; a new one is open, and then its frame is on the stack.
  Answer& look_up(ProcessMask group, const std::vector<Slot>& state, bool& is_new);
  void search(ProcessMask group);

  const WorldSystem& system_;
  WorldWorker& worker_;
  Key key_;
  std::unordered_map<Key, Answer, Hash> answers_;
  std::vector<Frame> stack_;
  std::vector<Action> offers_;
  std::uint64_t memory_bytes_ = 0;
};

/// Is it a step of the process that is the action's subject: not a fault, and not time?
[[nodiscard]] constexpr bool is_own_step(WorldAction::Kind kind) {
  using Kind = WorldAction::Kind;
  return kind == Kind::deliver || kind == Kind::disconnected || kind == Kind::fire || kind == Kind::restart ||
         kind == Kind::resume;
}

}  // namespace plimsoll::checker
