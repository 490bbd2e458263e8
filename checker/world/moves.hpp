// What steps do to states, ready to be applied: of each StepOutcome the part that is needed again and again,
// close together, with its share of the fingerprint and of the questions that it raises worked out.
#pragma once

#include <deque>
#include <span>
#include <utility>
#include <vector>

#include "checker/system/content_hash.hpp"
#include "checker/system/interner.hpp"
#include "checker/world/stepper.hpp"

namespace plimsoll::checker {

/// A step's writes are a function of the parts that it reads, and nothing else of the state is needed to tell
/// what they change.
struct Move {
  std::uint64_t delta = 0;  ///< what the writes add to the fingerprint
  SlotMask changed = 0;     ///< by the writes
  /// Questions that the writes raise. Those of steps that look at nothing but what the step reads are taken
  /// out when they have been answered once without a violation: the answer would be the same again.
  AspectMask aspects = 0;
  Slot timer_changes = StepOutcome::no_changes;
  std::uint32_t first_write = 0;
  std::uint32_t first_send = 0;
  std::uint16_t writes = 0;
  std::uint16_t sends = 0;
  std::uint16_t variants = 0;  ///< of the first move of a step: how many it has, one after the other
  bool leaves_bounds = false;
  bool is_rare = false;  ///< writes to its disk, or exits: see its outcome
};

/// One worker's own; not thread-safe.
class Moves {
 public:
  /// The moves of a step that was run on `state`; returns the number of the first.
  std::uint32_t add(std::vector<StepOutcome> outcomes, StateView state, const Interner& interner) {
    const auto first = static_cast<std::uint32_t>(moves_.size());
    PLIMSOLL_ASSERT(!outcomes.empty());
    for (StepOutcome& outcome : outcomes) {
      moves_.push_back(hot_part(outcome, state, interner));
      outcomes_bytes_ += bytes_of(outcome);
      outcomes_.push_back(std::move(outcome));
    }
    moves_[first].variants = static_cast<std::uint16_t>(outcomes.size());
    return first;
  }
  [[nodiscard]] const Move& operator[](std::uint32_t number) const { return moves_[number]; }
  [[nodiscard]] const StepOutcome& outcome(std::uint32_t number) const { return outcomes_[number]; }
  [[nodiscard]] std::span<const StepOutcome::Write> writes(const Move& move) const {
    return {writes_.data() + move.first_write, move.writes};
  }
  [[nodiscard]] std::span<const StepOutcome::Send> sends(const Move& move) const {
    return {sends_.data() + move.first_send, move.sends};
  }
  void raise(std::uint32_t number, AspectMask aspects) { moves_[number].aspects |= aspects; }
  void settle(std::uint32_t number, AspectMask aspects) { moves_[number].aspects &= ~aspects; }

  [[nodiscard]] std::uint64_t memory_bytes() const {
    return moves_.capacity() * sizeof(Move) + writes_.capacity() * sizeof(StepOutcome::Write) +
           sends_.capacity() * sizeof(StepOutcome::Send) + outcomes_bytes_;
  }

 private:
  static std::uint64_t bytes_of(const StepOutcome& outcome) {
    constexpr std::uint64_t block_bytes = 16;  ///< what an allocation costs besides
    return sizeof(outcome) + 2 * block_bytes + outcome.writes.capacity() * sizeof(StepOutcome::Write) +
           outcome.sends.capacity() * sizeof(StepOutcome::Send) + outcome.appends.capacity() * sizeof(Slot);
  }

  Move hot_part(const StepOutcome& outcome, StateView state, const Interner& interner) {
    Move move;
    move.first_write = static_cast<std::uint32_t>(writes_.size());
    move.first_send = static_cast<std::uint32_t>(sends_.size());
    for (const StepOutcome::Write& write : outcome.writes) {
      if (state[write.slot] != write.value) {
        move.delta += contribution(write.slot, interner.content(write.value)) -
                      contribution(write.slot, interner.content(state[write.slot]));
        move.changed |= slot_bit(write.slot);
        writes_.push_back(write);
      }
    }
    sends_.insert(sends_.end(), outcome.sends.begin(), outcome.sends.end());
    move.writes = static_cast<std::uint16_t>(writes_.size() - move.first_write);
    move.sends = static_cast<std::uint16_t>(sends_.size() - move.first_send);
    move.timer_changes = outcome.timer_changes;
    move.leaves_bounds = outcome.leaves_bounds;
    move.is_rare = outcome.writes_to_disk() || outcome.exits;
    return move;
  }

  std::vector<Move> moves_;
  std::vector<StepOutcome::Write> writes_;
  std::vector<StepOutcome::Send> sends_;
  std::deque<StepOutcome> outcomes_;
  std::uint64_t outcomes_bytes_ = 0;
};

}  // namespace plimsoll::checker
