#include "checker/world/world_fairness.hpp"

#include <algorithm>

#include "checker/world/possible.hpp"
#include "checker/world/world_worker.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {

WorldFairness::WorldFairness(const WorldModel& model, const WorldLayout& layout)
    : processes_(model.processes.size()) {
  for (const WorldProcess& process : model.processes) {
    process_names_.push_back(process.name);
  }
  for (const Grain grain : {Grain::kind, Grain::sender, Grain::process, Grain::processes}) {
    grain_ = grain;
    number_all(model, layout);
    if (constraints_.size() <= constraints_max) {
      return;
    }
  }
  PLIMSOLL_ASSERT_KNOWN(false, "the coarsest grain has too many constraints");
}

void WorldFairness::number_all(const WorldModel& model, const WorldLayout& layout) {
  constraints_.clear();
  deliveries_.assign(processes_ * processes_, {});
  news_.assign(processes_ * processes_, none);
  firings_.assign(processes_, {});
  restarts_.assign(processes_, none);
  resumes_.assign(processes_, none);
  // Time and the network come first, so that each keeps a constraint of its own whatever the grain.
  const auto unshared = [&](const char* name, bool possible) {
    if (!possible) {
      return none;
    }
    constraints_.push_back({name, Fairness::weak});
    return static_cast<Number>(constraints_.size() - 1);
  };
  tick_ = unshared("tick", model.time.discrete);
  heal_ = unshared("heal", layout.has_cuts());
  patience_.clear();
  for (const PatientTimer& timer : model.patient_timers) {
    patience_.push_back(static_cast<Number>(constraints_.size()));
    constraints_.push_back(
        {"fire " + timer.timer + " of " + process_names_.at(timer.process.value) + " at rest",
         Fairness::strong});
  }
  unshared_ = constraints_.size();
  for (const Link& link : model.links) {
    number_link(model, link.a.value, link.b.value, link.kind);
    number_link(model, link.b.value, link.a.value, link.kind);
  }
  for (std::size_t process = 0; process < processes_; ++process) {
    number_process(model, layout, process);
  }
}

void WorldFairness::number_link(const WorldModel& model, std::size_t to, std::size_t from, LinkKind kind) {
  const std::string ends = process_names_[to] + " from " + process_names_[from];
  std::vector<Number>& numbers = deliveries_[to * processes_ + from];
  numbers.clear();
  for (const std::string& name : kinds_of(model.processes[to].process->incoming_schema())) {
    numbers.push_back(number("deliver " + name + " to " + ends, "deliver to " + ends, to));
  }
  if (kind == LinkKind::connection) {
    news_[to * processes_ + from] =
        number("tell " + process_names_[to] + " of a lost connection to " + process_names_[from],
               "deliver to " + ends, to);
  }
}

void WorldFairness::number_process(const WorldModel& model, const WorldLayout& layout, std::size_t process) {
  const std::string& name = process_names_[process];
  const std::vector<std::string> kinds = kinds_of(model.processes[process].process->timer_schema());
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    const bool possible = may_fire(model, layout, process, kind) && !is_whim(model, process, kind) &&
                          find_patience(model, process, kind) == no_patience;
    firings_[process].push_back(
        possible ? number("fire " + kinds[kind] + " of " + name, "fire timers of " + name, process) : none);
  }
  const bool may_go_down = may_crash(model, layout, process) || model.processes[process].process->may_exit();
  if (model.processes[process].supervised && may_go_down) {
    restarts_[process] = number("restart " + name, "restart " + name, process);
  }
  if (layout.fault_words().pause != WorldLayout::no_budget) {
    resumes_[process] = number("resume " + name, "resume " + name, process);
  }
}

std::string WorldFairness::name_of_steps(std::size_t process) const {
  if (grain_ == Grain::process) {
    return "step of " + process_names_[process];
  }
  const std::size_t blocks = std::min(processes_, constraints_max - std::max<std::size_t>(unshared_, 1));
  const auto block = [&](std::size_t i) { return i * blocks / processes_; };
  std::size_t first = process;
  while (first > 0 && block(first - 1) == block(process)) {
    --first;
  }
  std::size_t last = process;
  while (last + 1 < processes_ && block(last + 1) == block(process)) {
    ++last;
  }
  return "step of " + process_names_[first] + " to " + process_names_[last];
}

WorldFairness::Number WorldFairness::number(const std::string& fine, const std::string& by_sender,
                                            std::size_t process) {
  if (constraints_.size() > constraints_max) {
    return none;  // too many already: the next grain will be tried
  }
  const std::string name = grain_ == Grain::kind     ? fine
                           : grain_ == Grain::sender ? by_sender
                                                     : name_of_steps(process);
  const auto found = std::find_if(constraints_.begin(), constraints_.end(),
                                  [&](const FairnessConstraint& known) { return known.name == name; });
  if (found != constraints_.end()) {
    return static_cast<Number>(found - constraints_.begin());
  }
  constraints_.push_back({name, Fairness::weak});
  return static_cast<Number>(constraints_.size() - 1);
}

FairnessMask WorldWorker::put_off(std::size_t process, const StepOutcome& outcome) {
  if (outcome.timer_changes == StepOutcome::no_changes) {
    return 0;
  }
  FairnessMask mask = 0;
  const WordsView changes = words_of(interner_, outcome.timer_changes);
  for (const ControlDigest::Firing& firing : control(process, state_[layout_.control(process)]).firings) {
    if (firing.budget_word != WorldLayout::no_budget && left(firing.budget_word) == 0) {
      continue;
    }
    for (std::size_t i = 0; i < changes.size(); i += 3) {
      if (changes[i] == firing.timer) {
        mask |= WorldFairness::mask_of(firing.fairness);
      }
    }
  }
  return mask;
}

FairnessMask WorldWorker::fairness_of(StateView before, const Action& action) {
  state_ = before;
  environment_ = words_of(interner_, before[layout_.environment()]);
  const WorldAction taken = WorldAction::unpack(action.payload);
  const std::size_t process = taken.subject;
  const auto of_step = [&](StepInput::Kind kind, Slot value, const auto& possible) {
    const StepOutcome& outcome = moves_.outcome(recall(process, kind, value, possible.reads) + taken.variant);
    return WorldFairness::mask_of(possible.fairness) | put_off(process, outcome);
  };
  switch (taken.kind) {
    case WorldAction::Kind::deliver:
    case WorldAction::Kind::disconnected:
      for (const auto& delivery : mailbox(process, before[layout_.mailbox(process)]).deliveries) {
        if (delivery.message == taken.argument) {
          return delivery.disconnected ? of_step(StepInput::Kind::disconnected, delivery.peer, delivery)
                                       : of_step(StepInput::Kind::message, delivery.message, delivery);
        }
      }
      break;
    case WorldAction::Kind::fire:
      for (const auto& firing : control(process, before[layout_.control(process)]).firings) {
        if (firing.timer == taken.argument) {
          const FairnessMask patient =
              is_patient(firing) ? WorldFairness::mask_of(system_.fairness_.patience(firing.patience)) : 0;
          return patient | of_step(StepInput::Kind::timer, firing.timer, firing);
        }
      }
      break;
    case WorldAction::Kind::restart:
      return WorldFairness::mask_of(system_.fairness_.restart(process));
    case WorldAction::Kind::resume:
      return WorldFairness::mask_of(system_.fairness_.resume(process));
    case WorldAction::Kind::tick:
      return WorldFairness::mask_of(system_.fairness_.tick());
    case WorldAction::Kind::heal:
      return WorldFairness::mask_of(system_.fairness_.heal());
    default:
      return 0;
  }
  PLIMSOLL_ASSERT_KNOWN(false, "an action that is not possible in this state");
  return 0;
}

}  // namespace plimsoll::checker
