// Properties of a world: evaluated on views, remembered by the ids of what they read.
#include <algorithm>
#include <bit>
#include <utility>

#include "checker/world/world_worker.hpp"

namespace plimsoll::checker {
namespace {

std::uint64_t mask_of(const std::vector<PartId>& parts) {
  std::uint64_t mask = 0;
  for (const PartId part : parts) {
    if (part.value < 64) {
      mask |= std::uint64_t{1} << part.value;
    }
  }
  return mask;
}

}  // namespace

bool WorldWorker::quiescent(StateView state) {
  if (layout_.has_cuts() && state[layout_.cuts()] != system_.no_cuts_) {
    return false;
  }
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    const ControlDigest& now = control(i, state[layout_.control(i)]);
    if (now.status == Status::paused) {
      return false;
    }
    if (now.status == Status::down && model_.processes[i].supervised) {
      return false;
    }
    if (now.work || mailbox(i, state[layout_.mailbox(i)]).size > 0) {
      return false;
    }
  }
  return true;
}

bool WorldWorker::is_patient(const ControlDigest::Firing& firing) {
  if (firing.patience == ControlDigest::Firing::impatient) {
    return false;
  }
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    if (control(i, state_[layout_.control(i)]).work || mailbox(i, state_[layout_.mailbox(i)]).size > 0) {
      return false;
    }
  }
  const PatientTimer& timer = model_.patient_timers[firing.patience];
  return !timer.may_fire ||
         timer.may_fire(WorldView(model_, layout_, interner_, parts_, state_, mask_of(timer.parts)));
}

bool WorldWorker::may_end(StateView state) {
  const RightfulEnd& end = model_.rightful_end;
  return quiescent(state) && (!end.predicate || end.predicate(WorldView(model_, layout_, interner_, parts_,
                                                                        state, mask_of(end.parts))));
}

/// Remembers an answer under key_.
const Answer& WorldWorker::remember(const Answer& answer) {
  if (key_.size() > KeyMemo::key_words_max) {
    unremembered_ = answer;
    return unremembered_;
  }
  const auto place = std::find(answers_.begin(), answers_.end(), answer);
  const auto number = static_cast<std::uint32_t>(place - answers_.begin());
  if (place == answers_.end()) {
    answers_.push_back(answer);
  }
  answered_.insert(key_, number);
  return answers_[number];
}

/// Does a step change anything that the question looks at?
bool WorldWorker::concerns(const Question& question, StateView before, StateView after) {
  return std::any_of(question.slots.begin(), question.slots.end(),
                     [&](std::uint32_t slot) { return before[slot] != after[slot]; }) ||
         std::any_of(question.facts.begin(), question.facts.end(), [&](const Question::Fact& fact) {
           return before[fact.slot] != after[fact.slot] &&
                  facts_.number(fact.projection, before[fact.slot]) !=
                      facts_.number(fact.projection, after[fact.slot]);
         });
}

/// Adds to key_ what the question looks at.
void WorldWorker::ask(const Question& question, StateView state) {
  for (const std::uint32_t slot : question.slots) {
    key_.push_back(state[slot]);
  }
  for (const Question::Fact& fact : question.facts) {
    key_.push_back(facts_.number(fact.projection, state[fact.slot]));
  }
}

const Answer& WorldWorker::answer(std::size_t number, StateView state) {
  const Question& question = system_.questions_.of_states()[number];
  key_.clear();
  key_.push_back(static_cast<std::uint32_t>(number) << 2U);
  ask(question, state);
  const std::uint32_t known = answered_.find(key_);
  if (known != KeyMemo::none) {
    return answers_[known];
  }
  Answer answer;
  facts_.ask(question);
  const WorldView view(model_, layout_, interner_, parts_, state, question.parts, &facts_);
  for (const Question::Asked& asked : question.clauses) {
    answer.add(asked.property, asked.clause->state(view));
  }
  return remember(answer);
}

const Answer& WorldWorker::answer_step(std::size_t number, StateView before, StateView after) {
  const Question& question = system_.questions_.of_steps()[number];
  key_.clear();
  key_.push_back(static_cast<std::uint32_t>(number) << 2U | 1U);
  ask(question, before);
  ask(question, after);
  const std::uint32_t known = answered_.find(key_);
  if (known != KeyMemo::none) {
    return answers_[known];
  }
  Answer answer;
  facts_.ask(question);
  const WorldView old(model_, layout_, interner_, parts_, before, question.parts, &facts_);
  const WorldView now(model_, layout_, interner_, parts_, after, question.parts, &facts_);
  for (const Question::Asked& asked : question.clauses) {
    answer.add(asked.property, asked.clause->step(old, now));
  }
  return remember(answer);
}

bool WorldWorker::judge_cause(std::size_t property, StateView state) {
  const WorldProperty& asked = model_.properties[property];
  key_.clear();
  key_.push_back(static_cast<std::uint32_t>(property) << 2U | 2U);
  for (const std::uint32_t slot : system_.questions_.slots(property)) {
    key_.push_back(state[slot]);
  }
  const std::uint32_t known = answered_.find(key_);
  if (known != KeyMemo::none) {
    return answers_[known].holding != 0;
  }
  std::uint64_t declared = 0;
  for (const PartId part : asked.parts) {
    declared |= part.value < 64 ? std::uint64_t{1} << part.value : 0;
  }
  const bool holds = asked.cause(WorldView(model_, layout_, interner_, parts_, state, declared));
  return remember({0, holds ? property_bit(property) : 0}).holding != 0;
}

Evaluation WorldWorker::evaluate(StateView state, PropertyMask wanted) {
  return evaluate_changed(state, ~SlotMask{0}, wanted);
}

Evaluation WorldWorker::evaluate_changed(StateView state, AspectMask changed, PropertyMask wanted) {
  parts_.trim();
  Answer all;
  const std::vector<Question>& questions = system_.questions_.of_states();
  for (; changed != 0; changed &= changed - 1) {
    for (const std::uint32_t i : by_aspect_[static_cast<std::size_t>(std::countr_zero(changed))]) {
      const Question& question = questions[i];
      if ((question.properties & wanted) != 0 && (!question.at_quiescence || quiescent(state))) {
        all.add(answer(i, state));
      }
    }
  }
  // A witness must really be there, and a goal really be reached; an invariant may hold vacuously.
  const PropertyMask to_reach = system_.to_reach_;
  Evaluation found;
  found.holds = wanted & ((to_reach & all.holding) | (~to_reach & ~all.violated));
  found.engaged = wanted & (all.holding | all.violated);
  for (PropertyMask left = wanted & system_.with_cause_; left != 0; left &= left - 1) {
    const auto property = static_cast<std::size_t>(std::countr_zero(left));
    const PropertyMask bit = property_bit(property);
    found.engaged = judge_cause(property, state) ? found.engaged | bit : found.engaged & ~bit;
  }
  return found;
}

Evaluation WorldWorker::evaluate_step(StateView before, const Action& action, StateView after,
                                      PropertyMask wanted) {
  parts_.trim();
  Answer all;
  AspectMask answered = 0;
  const std::vector<Question>& questions = system_.questions_.of_steps();
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const Question& question = questions[i];
    if ((question.properties & wanted) != 0 && concerns(question, before, after)) {
      all.add(answer_step(i, before, after));
      answered |= (question.properties & ~wanted) == 0 ? question.aspect : 0;
    }
  }
  if (answered != 0 && (all.violated & wanted) == 0) {
    settle(before, action, answered);
  }
  return {wanted & ~all.violated, wanted & (all.holding | all.violated)};
}

AspectMask WorldWorker::raised_by(const StepOutcome& outcome) {
  AspectMask raised = 0;
  const auto add = [&](const Question& question, const StepOutcome::Write& write) {
    const Slot before = state_[write.slot];
    const bool is_asked = std::ranges::find(question.slots, write.slot) != question.slots.end() ||
                          std::ranges::any_of(question.facts, [&](const Question::Fact& fact) {
                            return fact.slot == write.slot && facts_.number(fact.projection, before) !=
                                                                  facts_.number(fact.projection, write.value);
                          });
    raised |= is_asked ? question.aspect : 0;
  };
  for (const StepOutcome::Write& write : outcome.writes) {
    if (state_[write.slot] != write.value) {
      std::ranges::for_each(system_.questions_.of_steps(), [&](const Question& asked) { add(asked, write); });
      std::ranges::for_each(system_.questions_.of_states(),
                            [&](const Question& asked) { add(asked, write); });
    }
  }
  return raised;
}

void WorldWorker::settle(StateView before, const Action& action, AspectMask answered) {
  const WorldAction taken = WorldAction::unpack(action.payload);
  const std::size_t process = taken.subject;
  if (taken.kind != WorldAction::Kind::deliver && taken.kind != WorldAction::Kind::fire) {
    return;
  }
  const StateView expanded = std::exchange(state_, before);
  const auto note = [&](StepInput::Kind kind, PartMask reads) {
    SlotMask own = 0;
    for (PartMask left = reads; left != 0; left &= left - 1) {
      const PartId part = model_.processes[process].parts[static_cast<std::size_t>(std::countr_zero(left))];
      own |= slot_bit(layout_.part(part));
    }
    AspectMask settled = 0;
    for (const Question& question : system_.questions_.of_steps()) {
      settled |= (question.reads & ~own) == 0 && layout_.width() <= 64 ? question.aspect : 0;
    }
    moves_.settle(recall(process, kind, taken.argument, reads) + taken.variant,
                  settled & answered & system_.questions_.unshared());
  };
  if (taken.kind == WorldAction::Kind::deliver) {
    for (const auto& delivery : mailbox(process, before[layout_.mailbox(process)]).deliveries) {
      if (delivery.message == taken.argument && !delivery.disconnected) {
        note(StepInput::Kind::message, delivery.reads);
        break;
      }
    }
  } else {
    for (const auto& firing : control(process, before[layout_.control(process)]).firings) {
      if (firing.timer == taken.argument) {
        note(StepInput::Kind::timer, firing.reads);
        break;
      }
    }
  }
  state_ = expanded;
}

}  // namespace plimsoll::checker
