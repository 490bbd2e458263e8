#include "checker/world/world_worker.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "checker/world/held_bytes.hpp"

namespace plimsoll::checker {

WorldWorker::WorldWorker(const WorldSystem& system, const StaleMessages* stale)
    : system_(system),
      model_(system.model_),
      layout_(system.layout_),
      interner_(system.interner_),
      stale_(stale),
      is_down_(model_.processes.size()),
      inboxes_(model_.processes.size()),
      mailboxes_(model_.processes.size()),
      controls_(model_.processes.size()),
      put_(model_.processes.size()),
      purge_(model_.processes.size()),
      rearranged_(model_.processes.size()),
      timer_changes_(model_.processes.size()),
      facts_(system.questions_, system.interner_) {
  const std::vector<Question>& questions = system_.questions_.of_states();
  for (std::size_t i = 0; i < questions.size(); ++i) {
    by_aspect_[static_cast<std::size_t>(std::countr_zero(questions[i].aspect))].push_back(
        static_cast<std::uint32_t>(i));
  }
  for (std::uint32_t slot = 0; slot < layout_.width(); ++slot) {
    raised_by_slot_.push_back(system_.questions_.raised_by(slot_bit(slot)));
  }
}

void WorldWorker::look_around(StateView state, Fingerprint fingerprint) {
  state_ = state;
  fingerprint_ = fingerprint;
  environment_ = words_of(interner_, state[layout_.environment()]);
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    const Status status = control(i, state[layout_.control(i)]).status;
    is_down_[i] = status == Status::down ? 1 : 0;
  }
}

void WorldWorker::successors(StateView state, Fingerprint fingerprint, Successors& out) {
  look_around(state, fingerprint);
  out_ = &out;
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    const ControlDigest& now = control(i, state[layout_.control(i)]);
    if (now.status == Status::up) {
      deliveries(i);
      firings(i, now);
    }
    if (layout_.fault_words().lossy) {
      lossy_faults(i);
    }
    status_changes(i, now);
  }
  crashes();
  disconnects();
  if (layout_.has_cuts()) {
    partitions();
  }
  if (model_.time.discrete) {
    tick();
  }
  if (layout_.has_clocks()) {
    drifts();
  }
}

void WorldWorker::deliveries(std::size_t process) {
  const std::uint32_t slot = layout_.mailbox(process);
  const Inbox box = inbox(process, state_[slot]);
  for (std::uint32_t k = box.first; k < box.first + box.count; ++k) {
    const Arrival arrival = arrivals_[k];
    const std::uint32_t first = recall(process, arrival.kind, arrival.value, arrival.reads);
    const std::uint32_t variants = moves_[first].variants;
    for (std::uint32_t i = 0; i < variants; ++i) {
      begin({arrival.kind == StepInput::Kind::disconnected ? WorldAction::Kind::disconnected
                                                           : WorldAction::Kind::deliver,
             static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(process), arrival.message},
            arrival.group);
      set(slot, arrival.rest, arrival.rest_delta);
      apply(process, first + i);
      finish();
    }
  }
}

void WorldWorker::firings(std::size_t process, const ControlDigest& digest) {
  for (const ControlDigest::Firing& firing : digest.firings) {
    if (may_fire(firing)) {
      fire(process, firing);
    }
  }
}

void WorldWorker::fire(std::size_t process, const ControlDigest::Firing& firing) {
  const bool spends = firing.budget_word != WorldLayout::no_budget && !is_patient(firing);
  const std::uint32_t first = recall(process, StepInput::Kind::timer, firing.timer, firing.reads);
  const std::uint32_t variants = moves_[first].variants;
  for (std::uint32_t i = 0; i < variants; ++i) {
    begin({WorldAction::Kind::fire, static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(process),
           firing.timer},
          firing.group);
    set(layout_.control(process), firing.rest, firing.rest_delta);
    if (spends) {
      spend(firing.budget_word);
    }
    apply(process, first + i);
    finish();
  }
}

void WorldWorker::start(StateView state, Fingerprint fingerprint, std::size_t process, std::uint32_t group,
                        Successors& out) {
  look_around(state, fingerprint);
  out_ = &out;
  restart(process, group);
}

void WorldWorker::restart(std::size_t process, std::uint32_t group) {
  const std::uint32_t slot = layout_.control(process);
  const Slot restarted = control(process, state_[slot]).restarted;
  const std::uint32_t first = recall_start(process, control(process, restarted).incarnation);
  const std::uint32_t variants = moves_[first].variants;
  for (std::uint32_t i = 0; i < variants; ++i) {
    begin({WorldAction::Kind::restart, static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(process), 0},
          group);
    set(slot, restarted);
    apply(process, first + i);
    finish();
  }
}

void WorldWorker::begin(const WorldAction& action, std::uint32_t group) {
  draft_.slots = out_->append({action.pack(), group}, 0, 0, state_);
  draft_.fingerprint = fingerprint_;
  draft_.changed = 0;
  draft_.raised = 0;
  draft_.pruned = false;
}

void WorldWorker::finish() {
  if (draft_.pruned) {
    const Action action = (*out_)[out_->size() - 1].action;
    out_->drop_last();
    out_->prune(action);
    return;
  }
  if (stale_ != nullptr) {
    merge_stale();
  }
  out_->set_last(draft_.changed, finish_fingerprint(draft_.fingerprint), draft_.raised);
}

void WorldWorker::set(std::uint32_t slot, Slot value) {
  const Slot old = draft_.slots[slot];
  if (old != value) {
    set(slot, value,
        contribution(slot, interner_.content(value)) - contribution(slot, interner_.content(old)));
  }
}

void WorldWorker::set(std::uint32_t slot, Slot value, std::uint64_t delta) {
  draft_.slots[slot] = value;
  draft_.fingerprint += delta;
  draft_.changed |= slot_bit(slot);
  draft_.raised |= raised_by_slot_[slot];
}

void WorldWorker::spend(std::uint32_t budget_word) {
  change(spend_, layout_.environment(), budget_word, [&](Slot environment) {
    const WordsView now = words_of(interner_, environment);
    Words words(now.begin(), now.end());
    PLIMSOLL_ASSERT(words[budget_word] > 0);
    --words[budget_word];
    return intern_numbers(interner_, words);
  });
}

void WorldWorker::apply(std::size_t process, std::uint32_t number) {
  const Move& move = moves_[number];
  for (const StepOutcome::Write& write : moves_.writes(move)) {
    draft_.slots[write.slot] = write.value;
  }
  draft_.fingerprint += move.delta;
  draft_.changed |= move.changed;
  draft_.raised |= move.aspects;
  draft_.pruned |= move.leaves_bounds;
  if (move.timer_changes != StepOutcome::no_changes) {
    change(timer_changes_[process], layout_.control(process), move.timer_changes, [&](Slot id) {
      return intern_control(
          interner_, with_timer_changes(control_of(interner_, id), words_of(interner_, move.timer_changes),
                                        model_.time.discrete));
    });
  }
  if (move.is_rare && moves_.outcome(number).writes_to_disk()) {
    apply_disk(process, moves_.outcome(number));
  }
  for (const StepOutcome::Send& message : moves_.sends(move)) {
    send(process, message);
  }
  if (move.is_rare && moves_.outcome(number).exits) {
    take_down(process, false);
  }
}

void WorldWorker::apply_disk(std::size_t process, const StepOutcome& outcome) {
  const std::uint32_t slot = layout_.disk(process);
  Disk disk = disk_of(interner_, draft_.slots[slot]);
  const std::size_t before = disk.records.size();
  disk.records.insert(disk.records.end(), outcome.appends.begin(), outcome.appends.end());
  disk.torn_tail &= outcome.appends.empty();
  if (outcome.synced) {
    disk.synced = static_cast<std::uint32_t>(before + outcome.synced_appends);
  }
  PLIMSOLL_ASSERT_KNOWN(
      outcome.released <= disk.synced,
      std::to_string(outcome.released) + " records released, synced are " + std::to_string(disk.synced));
  disk.synced -= static_cast<std::uint32_t>(outcome.released);
  disk.records.erase(disk.records.begin(),
                     disk.records.begin() + static_cast<std::ptrdiff_t>(outcome.released));
  set(slot, intern_disk(interner_, disk));
}

std::uint32_t WorldWorker::recall(std::size_t process, StepInput::Kind kind, Slot value, PartMask reads) {
  key_.clear();
  key_.push_back(static_cast<std::uint32_t>(process) << 2U | static_cast<std::uint32_t>(kind));
  key_.push_back(value);
  const std::vector<PartId>& parts = model_.processes[process].parts;
  for (PartMask left = reads; left != 0; left &= left - 1) {
    key_.push_back(state_[layout_.part(parts[static_cast<std::size_t>(std::countr_zero(left))])]);
  }
  const std::uint32_t known = steps_.find(key_);
  if (known != KeyMemo::none) {
    ++steps_recalled_;
    return known;
  }
  return add_step(process, {kind, value, 0, {}});
}

/// Runs a step from state_ and remembers it under key_.
std::uint32_t WorldWorker::add_step(std::size_t process, const StepInput& input) {
  ++steps_run_;
  const std::uint32_t first = moves_.add(system_.stepper_.run(process, input, state_), state_, interner_);
  const std::uint32_t variants = moves_[first].variants;
  PLIMSOLL_ASSERT(variants <= WorldAction::variants_max);
  for (std::uint32_t i = first; i < first + variants; ++i) {
    moves_.raise(i, raised_by(moves_.outcome(i)));
  }
  steps_.insert(key_, first);
  return first;
}

const MailboxDigest& WorldWorker::mailbox(std::size_t process, Slot id) {
  auto& digests = mailboxes_[process];
  if (id >= digests.size()) {
    digests.resize(std::max<std::size_t>(id + 1, digests.size() * 2));
  }
  if (digests[id] == nullptr) {
    digests[id] = system_.digester_.mailbox(process, id);
    digests_bytes_ += bytes_of(*digests[id]);
  }
  return *digests[id];
}

const WorldWorker::Inbox& WorldWorker::inbox(std::size_t process, Slot id) {
  auto& inboxes = inboxes_[process];
  if (id >= inboxes.size()) {
    inboxes.resize(std::max<std::size_t>(id + 1, inboxes.size() * 2));
  }
  Inbox& box = inboxes[id];
  if (box.count == Inbox::unknown) {
    box.first = static_cast<std::uint32_t>(arrivals_.size());
    for (const MailboxDigest::Delivery& delivery : mailbox(process, id).deliveries) {
      using Kind = StepInput::Kind;
      arrivals_.push_back({delivery.rest_delta, delivery.message, delivery.rest, delivery.group,
                           delivery.reads, delivery.disconnected ? Kind::disconnected : Kind::message,
                           delivery.disconnected ? delivery.peer : delivery.message});
    }
    box.count = static_cast<std::uint32_t>(arrivals_.size()) - box.first;
  }
  return box;
}

const ControlDigest& WorldWorker::control(std::size_t process, Slot id) {
  auto& digests = controls_[process];
  if (id >= digests.size()) {
    digests.resize(std::max<std::size_t>(id + 1, digests.size() * 2));
  }
  if (digests[id] == nullptr) {
    digests[id] = system_.digester_.control(process, id);
    digests_bytes_ += bytes_of(*digests[id]);
  }
  return *digests[id];
}

std::uint32_t WorldWorker::recall_start(std::size_t process, std::uint32_t incarnation) {
  const bool has_disk = model_.processes[process].has_disk;
  const Slot disk = has_disk ? state_[layout_.disk(process)] : 0;
  key_.clear();
  key_.push_back(static_cast<std::uint32_t>(process) << 2U |
                 static_cast<std::uint32_t>(StepInput::Kind::started));
  key_.push_back(incarnation);
  key_.push_back(disk);
  for (const PartId part : model_.processes[process].parts) {
    key_.push_back(state_[layout_.part(part)]);
  }
  const std::uint32_t known = steps_.find(key_);
  if (known != KeyMemo::none) {
    ++steps_recalled_;
    return known;
  }
  StepInput input{StepInput::Kind::started, 0, incarnation, {}};
  if (has_disk) {
    Disk found = disk_of(interner_, disk);
    input.disk = std::move(found.records);
    input.torn_tail = found.torn_tail;
  }
  return add_step(process, input);
}

SystemStatistics WorldWorker::statistics() const {
  SystemStatistics statistics;
  statistics.steps_run = steps_run_;
  statistics.steps_recalled = steps_recalled_;
  statistics.memory_bytes = steps_.memory_bytes() + merged_.memory_bytes() + moves_.memory_bytes() +
                            spend_.memory_bytes() + reset_.memory_bytes() + answered_.memory_bytes() +
                            parts_.memory_bytes() + facts_.memory_bytes() +
                            arrivals_.capacity() * sizeof(Arrival) + digests_bytes_;
  for (std::size_t i = 0; i < mailboxes_.size(); ++i) {
    statistics.memory_bytes += (mailboxes_[i].capacity() + controls_[i].capacity()) * sizeof(void*) +
                               inboxes_[i].capacity() * sizeof(Inbox) + put_[i].memory_bytes() +
                               purge_[i].memory_bytes() + rearranged_[i].memory_bytes() +
                               timer_changes_[i].memory_bytes();
  }
  return statistics;
}

}  // namespace plimsoll::checker
