// Processes that stand still, come back and go on, and time, which passes for all of them, but not for each
// at the same pace.
#include "checker/world/world_worker.hpp"

namespace plimsoll::checker {

void WorldWorker::status_changes(std::size_t process, const ControlDigest& now) {
  const auto subject = static_cast<std::uint16_t>(process);
  if (now.status == Status::down && model_.processes[process].supervised) {
    restart(process, system_.groups_.restart[process]);
    return;
  }
  if (now.status == Status::paused) {
    begin({WorldAction::Kind::resume, 0, subject, 0}, system_.groups_.resume[process]);
    set(layout_.control(process), now.resumed);
    finish();
    return;
  }
  const std::uint32_t pause = layout_.fault_words().pause;
  if (now.status == Status::up && left(pause) > 0) {
    begin({WorldAction::Kind::pause, 0, subject, 0}, system_.groups_.pause[process]);
    set(layout_.control(process), now.paused);
    spend(pause);
    finish();
  }
}

bool WorldWorker::tick_changes_a_timer() {
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    const Slot now = state_[layout_.control(i)];
    if (control(i, now).ticked != now) {
      return true;
    }
  }
  return false;
}

/// Is there something that the process must do before time passes for it?
bool WorldWorker::holds_time(std::size_t process) {
  const ControlDigest& now = control(process, state_[layout_.control(process)]);
  return now.status == Status::up &&
         (now.holds_time || mailbox(process, state_[layout_.mailbox(process)]).urgent);
}

void WorldWorker::tick() {
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    if (holds_time(i)) {
      return;
    }
  }
  const WorldAction action{WorldAction::Kind::tick, 0, 0, 0};
  if (environment_[0] >= model_.time.ticks_max) {
    if (tick_changes_a_timer()) {
      out_->prune({action.pack(), system_.groups_.tick});
    }
    return;
  }
  begin(action, system_.groups_.tick);
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    const std::uint32_t slot = layout_.control(i);
    set(slot, control(i, state_[slot]).ticked);
  }
  Words words(environment_.begin(), environment_.end());
  ++words[0];
  set(layout_.environment(), intern_numbers(interner_, words));
  finish();
}

void WorldWorker::drifts() {
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    drift(i, true);
    drift(i, false);
  }
}

/// A clock on which no timer runs is read by nobody: it does not drift, so that a world at rest is at rest.
void WorldWorker::drift(std::size_t process, bool gains) {
  const std::uint32_t slot = layout_.clocks();
  const WordsView ahead = words_of(interner_, state_[slot]);
  const Slot id = state_[layout_.control(process)];
  const ControlDigest& now = control(process, id);
  const bool is_possible =
      gains ? ahead[process] < 2 * model_.time.drift && !holds_time(process) : ahead[process] > 0;
  if (now.ticked == id || !is_possible) {
    return;
  }
  begin({WorldAction::Kind::drift, static_cast<std::uint16_t>(gains ? 1 : 0),
         static_cast<std::uint16_t>(process), 0},
        gains ? system_.groups_.gain[process] : system_.groups_.lag[process]);
  Words words(ahead.begin(), ahead.end());
  words[process] += gains ? 1U : ~0U;
  set(slot, intern_numbers(interner_, words));
  set(layout_.control(process), gains ? now.ticked : now.delayed);
  finish();
}

}  // namespace plimsoll::checker
