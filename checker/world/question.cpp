#include "checker/world/question.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

std::vector<std::uint32_t> slots_of(const WorldLayout& layout, const WorldProperty& property,
                                    const std::vector<PartId>& parts) {
  std::vector<std::uint32_t> slots;
  for (const PartId part : parts) {
    slots.push_back(layout.part(part));
  }
  for (const base::ProcessId process : property.controls) {
    slots.push_back(layout.control(process.value));
  }
  if (property.budgets) {
    slots.push_back(layout.environment());
    if (layout.has_cuts()) {
      slots.push_back(layout.cuts());
    }
  }
  std::ranges::sort(slots);
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  return slots;
}

SlotMask mask_of(const std::vector<std::uint32_t>& slots) {
  SlotMask mask = 0;
  for (const std::uint32_t slot : slots) {
    mask |= slot_bit(slot);
  }
  return mask;
}

}  // namespace

Questions::Questions(const WorldModel& model, const WorldLayout& layout, SlotMask quiescence) {
  PLIMSOLL_ASSERT(model.properties.size() <= 64);
  slots_.resize(model.properties.size());
  reads_.resize(model.properties.size());
  aspects_.resize(model.properties.size());
  whole_.resize(model.properties.size());
  for (std::size_t i = 0; i < model.properties.size(); ++i) {
    const WorldProperty& property = model.properties[i];
    if (property.clauses.empty()) {
      whole_[i].push_back({property.parts, {}, property.state, property.step});
    }
    PLIMSOLL_ASSERT(property.property.kind != PropertyKind::step || !property.at_quiescence);
    PLIMSOLL_ASSERT(property.clauses.empty() ||
                    (!property.state && !property.step && property.parts.empty()));
    for (const WorldClause& clause : property.clauses.empty() ? whole_[i] : property.clauses) {
      add(property.property.kind == PropertyKind::step ? of_steps_ : of_states_, layout, property, i, clause,
          quiescence);
    }
    std::ranges::sort(slots_[i]);
    slots_[i].erase(std::unique(slots_[i].begin(), slots_[i].end()), slots_[i].end());
  }
  number_aspects();
}

/// Those of steps first: a bit of their own is worth most to them (moves.hpp).
void Questions::number_aspects() {
  constexpr std::size_t last = 63;
  std::size_t number = 0;
  for (std::vector<Question>* const questions : {&of_steps_, &of_states_}) {
    for (Question& question : *questions) {
      question.aspect = AspectMask{1} << std::min(number++, last);
      for (std::size_t bit = 0; bit < raised_.size(); ++bit) {
        raised_[bit] |= (question.reads >> bit & 1U) != 0 ? question.aspect : 0;
      }
      for (std::size_t i = 0; i < aspects_.size(); ++i) {
        aspects_[i] |= (question.properties & property_bit(i)) != 0 ? question.aspect : 0;
      }
    }
  }
  unshared_ = number > last + 1 ? ~(AspectMask{1} << last) : ~AspectMask{0};
}

AspectMask Questions::raised_by(SlotMask changed) const {
  AspectMask raised = 0;
  for (; changed != 0; changed &= changed - 1) {
    raised |= raised_[static_cast<std::size_t>(std::countr_zero(changed))];
  }
  return raised;
}

std::vector<Question::Fact> Questions::facts_of(const WorldLayout& layout, const WorldClause& clause) {
  std::vector<Question::Fact> facts;
  for (const WorldFact& fact : clause.facts) {
    auto place = std::ranges::find(projections_, fact.projection);
    if (place == projections_.end()) {
      projections_.push_back(fact.projection);
      place = std::prev(projections_.end());
    }
    facts.push_back({layout.part(fact.part), static_cast<std::uint32_t>(place - projections_.begin())});
  }
  std::ranges::sort(facts, {},
                    [](const Question::Fact& fact) { return std::pair(fact.slot, fact.projection); });
  return facts;
}

void Questions::add(std::vector<Question>& questions, const WorldLayout& layout,
                    const WorldProperty& property, std::size_t number, const WorldClause& clause,
                    SlotMask quiescence) {
  const std::vector<std::uint32_t> slots = slots_of(layout, property, clause.parts);
  const std::vector<Question::Fact> facts = facts_of(layout, clause);
  slots_[number].insert(slots_[number].end(), slots.begin(), slots.end());
  SlotMask reads = mask_of(slots) | (property.at_quiescence ? quiescence : 0);
  for (const Question::Fact& fact : facts) {
    slots_[number].push_back(fact.slot);
    reads |= slot_bit(fact.slot);
  }
  reads_[number] |= reads;
  if (!clause.state && !clause.step) {
    return;  // deadlock-free has no predicate
  }
  auto question = std::ranges::find_if(questions, [&](const Question& other) {
    return other.slots == slots && other.facts == facts && other.at_quiescence == property.at_quiescence;
  });
  if (question == questions.end()) {
    questions.push_back({slots, facts, property.at_quiescence, reads, 0, 0, 0, {}});
    question = std::prev(questions.end());
  }
  for (const PartId part : clause.parts) {
    question->parts |= part.value < 64 ? std::uint64_t{1} << part.value : 0;
  }
  question->properties |= property_bit(number);
  question->clauses.push_back({property_bit(number), &clause});
}

}  // namespace plimsoll::checker
