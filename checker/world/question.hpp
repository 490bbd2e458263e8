// What a world's properties ask, arranged for speed: predicates that look at the same slots are one question,
// whose answer for all of them is remembered under the ids of those slots.
//
// A property may be given in clauses, each about few parts: a pair of servers instead of all. Then a
// transition raises only the questions that look at what it changed, and their answers are few: pairs of
// local states, where whole clusters would be as many as states.
#pragma once

#include <array>
#include <vector>

#include "checker/system/slots.hpp"
#include "checker/world/layout.hpp"

namespace plimsoll::checker {

/// Properties by how a question was answered; the others hold vacuously, as far as it is concerned.
struct Answer {
  PropertyMask violated = 0;
  PropertyMask holding = 0;

  void add(PropertyMask property, Truth truth) {
    violated |= truth == Truth::violated ? property : 0;
    holding |= truth == Truth::holds ? property : 0;
  }
  void add(const Answer& other) {
    violated |= other.violated;
    holding |= other.holding;
  }
  friend bool operator==(const Answer&, const Answer&) = default;
};

struct Question {
  std::vector<std::uint32_t> slots;  ///< what its clauses look at
  struct Fact {
    std::uint32_t slot = 0;
    std::uint32_t projection = 0;  ///< place in Questions::projections()
    friend bool operator==(const Fact&, const Fact&) = default;
  };
  std::vector<Fact> facts;     ///< and those slots of which they look at a fact
  bool at_quiescence = false;  ///< asked only there
  SlotMask reads = 0;          ///< a transition that changes none of these leaves the answer as it was
  AspectMask aspect = 0;       ///< its bit in AspectMasks: its own, or one for all that came late
  std::uint64_t parts = 0;     ///< bit i: part i, of the first 64, is declared
  PropertyMask properties = 0;
  struct Asked {
    PropertyMask property = 0;
    const WorldClause* clause = nullptr;
  };
  std::vector<Asked> clauses;
};

/// Immutable once made. Refers to the model, which must outlive it and stay where it is.
class Questions {
 public:
  /// @param quiescence  The slots by which quiescence is told.
  Questions(const WorldModel& model, const WorldLayout& layout, SlotMask quiescence);

  [[nodiscard]] const std::vector<Question>& of_states() const { return of_states_; }
  [[nodiscard]] const std::vector<Question>& of_steps() const { return of_steps_; }
  [[nodiscard]] const std::vector<std::shared_ptr<const WorldProjection>>& projections() const {
    return projections_;
  }
  /// All slots that a property looks at, besides those of quiescence.
  [[nodiscard]] const std::vector<std::uint32_t>& slots(std::size_t property) const {
    return slots_[property];
  }
  /// Every slot that may change the answer.
  [[nodiscard]] SlotMask reads(std::size_t property) const { return reads_[property]; }
  /// The questions that a property is made of.
  [[nodiscard]] AspectMask aspects(std::size_t property) const { return aspects_[property]; }
  /// The questions that a change of slots raises, as far as slots tell.
  [[nodiscard]] AspectMask raised_by(SlotMask changed) const;
  /// Aspects that stand for one question only.
  [[nodiscard]] AspectMask unshared() const { return unshared_; }

 private:
  void add(std::vector<Question>& questions, const WorldLayout& layout, const WorldProperty& property,
           std::size_t number, const WorldClause& clause, SlotMask quiescence);
  void number_aspects();
  [[nodiscard]] std::vector<Question::Fact> facts_of(const WorldLayout& layout, const WorldClause& clause);

  std::vector<Question> of_states_;
  std::vector<Question> of_steps_;
  std::vector<std::shared_ptr<const WorldProjection>> projections_;
  std::vector<std::vector<std::uint32_t>> slots_;  ///< by property
  std::vector<SlotMask> reads_;                    ///< by property
  std::vector<AspectMask> aspects_;                ///< by property
  std::array<AspectMask, 64> raised_ = {};         ///< by bit of a SlotMask
  AspectMask unshared_ = 0;
  std::vector<std::vector<WorldClause>> whole_;  ///< of properties that were not given in clauses
};

}  // namespace plimsoll::checker
