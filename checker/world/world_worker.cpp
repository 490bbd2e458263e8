#include "checker/world/world_worker.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace plimsoll::checker {

WorldWorker::WorldWorker(const WorldSystem& system)
    : system_(system),
      model_(system.model_),
      layout_(system.layout_),
      interner_(system.interner_),
      mailboxes_(model_.processes.size()),
      controls_(model_.processes.size()),
      facts_(system.questions_, system.interner_) {}

void WorldWorker::successors(StateView state, Fingerprint fingerprint, Successors& out) {
  state_ = state;
  fingerprint_ = fingerprint;
  out_ = &out;
  environment_ = words_of(interner_, state[layout_.environment()]);
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
  const MailboxDigest& digest = mailbox(process, state_[slot]);
  for (const MailboxDigest::Delivery& delivery : digest.deliveries) {
    const std::vector<StepOutcome>& outcomes = recall(process, delivery.input(), delivery.reads);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      begin({delivery.disconnected ? WorldAction::Kind::disconnected : WorldAction::Kind::deliver,
             static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(process), delivery.message},
            delivery.group);
      set(slot, delivery.rest);
      apply(process, outcomes[i]);
      finish();
    }
  }
}

void WorldWorker::firings(std::size_t process, const ControlDigest& digest) {
  for (const ControlDigest::Firing& firing : digest.firings) {
    const bool budgeted = firing.budget_word != WorldLayout::no_budget;
    if (budgeted && left(firing.budget_word) == 0) {
      continue;
    }
    const std::vector<StepOutcome>& outcomes =
        recall(process, {StepInput::Kind::timer, firing.timer, 0, {}}, firing.reads);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      begin({WorldAction::Kind::fire, static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(process),
             firing.timer},
            firing.group);
      set(layout_.control(process), firing.rest);
      if (budgeted) {
        spend(firing.budget_word);
      }
      apply(process, outcomes[i]);
      finish();
    }
  }
}

void WorldWorker::start(StateView state, Fingerprint fingerprint, std::size_t process, std::uint32_t group,
                        Successors& out) {
  state_ = state;
  fingerprint_ = fingerprint;
  out_ = &out;
  const std::uint32_t slot = layout_.control(process);
  const ControlDigest& before = control(process, state[slot]);
  const std::uint32_t incarnation = control(process, before.restarted).incarnation;
  const std::vector<StepOutcome>& outcomes = recall_start(process, incarnation);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    begin({WorldAction::Kind::restart, static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(process), 0},
          group);
    set(slot, before.restarted);
    apply(process, outcomes[i]);
    finish();
  }
}

void WorldWorker::begin(const WorldAction& action, std::uint32_t group) {
  draft_.slots = out_->append({action.pack(), group}, 0, 0, state_);
  draft_.fingerprint = fingerprint_;
  draft_.changed = 0;
  draft_.pruned = false;
}

void WorldWorker::finish() {
  if (draft_.pruned) {
    const Action action = (*out_)[out_->size() - 1].action;
    out_->drop_last();
    out_->prune(action);
    return;
  }
  out_->set_last(draft_.changed, finish_fingerprint(draft_.fingerprint));
}

void WorldWorker::set(std::uint32_t slot, Slot value) {
  const Slot old = draft_.slots[slot];
  if (old == value) {
    return;
  }
  draft_.slots[slot] = value;
  draft_.fingerprint +=
      contribution(slot, interner_.content(value)) - contribution(slot, interner_.content(old));
  draft_.changed |= slot_bit(slot);
}

void WorldWorker::spend(std::uint32_t budget_word) {
  const std::uint32_t slot = layout_.environment();
  const Slot id = draft_.slots[slot];
  std::uint32_t spent = spend_.find(id, budget_word);
  if (spent == PairMemo::none) {
    const WordsView now = words_of(interner_, id);
    Words words(now.begin(), now.end());
    PLIMSOLL_ASSERT(words[budget_word] > 0);
    --words[budget_word];
    spent = intern_numbers(interner_, words);
    spend_.insert(id, budget_word, spent);
  }
  set(slot, spent);
}

void WorldWorker::apply(std::size_t process, const StepOutcome& outcome) {
  for (const StepOutcome::Write& write : outcome.writes) {
    set(write.slot, write.value);
  }
  draft_.pruned |= outcome.leaves_bounds;
  if (outcome.timer_changes != StepOutcome::no_changes) {
    const std::uint32_t slot = layout_.control(process);
    const Slot id = draft_.slots[slot];
    std::uint32_t changed = timer_changes_.find(id, outcome.timer_changes);
    if (changed == PairMemo::none) {
      changed = intern_control(
          interner_, with_timer_changes(control_of(interner_, id), words_of(interner_, outcome.timer_changes),
                                        model_.time.discrete));
      timer_changes_.insert(id, outcome.timer_changes, changed);
    }
    set(slot, changed);
  }
  if (!outcome.appends.empty() || outcome.synced) {
    apply_disk(process, outcome);
  }
  for (const StepOutcome::Send& message : outcome.sends) {
    send(process, message);
  }
  if (outcome.exits) {
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
  set(slot, intern_disk(interner_, disk));
}

void WorldWorker::send(std::size_t from, const StepOutcome::Send& message) {
  if (message.link->kind == LinkKind::connection) {
    // A connection that has failed carries nothing until its end has heard of that.
    for (const std::uint8_t peer : mailbox(from, draft_.slots[layout_.mailbox(from)]).failed_peers) {
      if (peer == message.to) {
        return;
      }
    }
  }
  if (control(message.to, draft_.slots[layout_.control(message.to)]).status == Status::down ||
      is_cut(from, message.to, *message.link)) {
    if (message.link->kind == LinkKind::connection) {
      tell_disconnected(from, message.to);
    }
    return;
  }
  put(message.to, message.message, message.link);
}

bool WorldWorker::is_full(std::size_t to, Slot message, const Link* link) {
  const Slot id = draft_.slots[layout_.mailbox(to)];
  if (mailbox(to, id).size >= model_.mailbox_messages_max) {
    return true;
  }
  if (model_.messages_max != 0) {
    std::uint32_t under_way = 0;
    for (std::size_t i = 0; i < model_.processes.size(); ++i) {
      under_way += mailbox(i, draft_.slots[layout_.mailbox(i)]).size;
    }
    if (under_way >= model_.messages_max) {
      return true;
    }
  }
  if (link == nullptr || link->messages_max == 0) {
    return false;
  }
  const std::uint8_t from = header_of(interner_, message).from;
  const WordsView messages = words_of(interner_, id);
  return std::count_if(messages.begin(), messages.end(), [&](Slot other) {
           const MessageHeader header = header_of(interner_, other);
           return header.from == from && (header.flags & message_disconnected) == 0;
         }) >= link->messages_max;
}

void WorldWorker::put(std::size_t to, Slot message, const Link* link) {
  const std::uint32_t slot = layout_.mailbox(to);
  const Slot id = draft_.slots[slot];
  if (is_full(to, message, link)) {
    draft_.pruned |= link == nullptr || !is_lossy(link->kind);
    return;
  }
  std::uint32_t changed = put_.find(id, message);
  if (changed == PairMemo::none) {
    changed = intern_mailbox(interner_, with_message(interner_, words_of(interner_, id), message));
    put_.insert(id, message, changed);
  }
  set(slot, changed);
}

void WorldWorker::tell_disconnected(std::size_t process, std::size_t peer) {
  for (const std::uint8_t known : mailbox(process, draft_.slots[layout_.mailbox(process)]).failed_peers) {
    if (known == peer) {
      return;
    }
  }
  MessageHeader header;
  header.from = static_cast<std::uint8_t>(peer);
  header.to = static_cast<std::uint8_t>(process);
  header.channel = 255;
  header.flags = message_ordered | message_disconnected;
  put(process, intern_message(interner_, header, {}), nullptr);
}

const std::vector<StepOutcome>& WorldWorker::recall(std::size_t process, const StepInput& input,
                                                    PartMask reads) {
  key_.clear();
  key_.push_back(static_cast<std::uint32_t>(process) << 2U | static_cast<std::uint32_t>(input.kind));
  key_.push_back(input.value);
  const std::vector<PartId>& parts = model_.processes[process].parts;
  for (PartMask left = reads; left != 0; left &= left - 1) {
    key_.push_back(state_[layout_.part(parts[static_cast<std::size_t>(std::countr_zero(left))])]);
  }
  const std::uint32_t known = steps_.find(key_);
  if (known != StepMemo::none) {
    ++steps_recalled_;
    return outcomes_[known];
  }
  ++steps_run_;
  outcomes_.push_back(system_.stepper_.run(process, input, state_));
  PLIMSOLL_ASSERT(outcomes_.back().size() <= WorldAction::variants_max);
  steps_.insert(key_, static_cast<std::uint32_t>(outcomes_.size() - 1));
  return outcomes_.back();
}

const MailboxDigest& WorldWorker::mailbox(std::size_t process, Slot id) {
  auto& digests = mailboxes_[process];
  if (id >= digests.size()) {
    digests.resize(std::max<std::size_t>(id + 1, digests.size() * 2));
  }
  if (digests[id] == nullptr) {
    digests[id] = system_.digester_.mailbox(process, id);
    ++digests_;
  }
  return *digests[id];
}

const ControlDigest& WorldWorker::control(std::size_t process, Slot id) {
  auto& digests = controls_[process];
  if (id >= digests.size()) {
    digests.resize(std::max<std::size_t>(id + 1, digests.size() * 2));
  }
  if (digests[id] == nullptr) {
    digests[id] = system_.digester_.control(process, id);
    ++digests_;
  }
  return *digests[id];
}

const std::vector<StepOutcome>& WorldWorker::recall_start(std::size_t process, std::uint32_t incarnation) {
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
  if (known != StepMemo::none) {
    ++steps_recalled_;
    return outcomes_[known];
  }
  ++steps_run_;
  StepInput input{StepInput::Kind::started, 0, incarnation, {}};
  if (has_disk) {
    Disk found = disk_of(interner_, disk);
    input.disk = std::move(found.records);
    input.torn_tail = found.torn_tail;
  }
  outcomes_.push_back(system_.stepper_.run(process, input, state_));
  steps_.insert(key_, static_cast<std::uint32_t>(outcomes_.size() - 1));
  return outcomes_.back();
}

SystemStatistics WorldWorker::statistics() const {
  SystemStatistics statistics;
  statistics.steps_run = steps_run_;
  statistics.steps_recalled = steps_recalled_;
  statistics.memory_bytes = steps_.memory_bytes() + put_.memory_bytes() + purge_.memory_bytes() +
                            rearranged_.memory_bytes() + timer_changes_.memory_bytes() +
                            spend_.memory_bytes() + answered_.memory_bytes() + answered_long_.memory_bytes() +
                            parts_.memory_bytes() + facts_.memory_bytes() + outcomes_.size() * 256 +
                            digests_ * 512;
  for (std::size_t i = 0; i < mailboxes_.size(); ++i) {
    statistics.memory_bytes += (mailboxes_[i].capacity() + controls_[i].capacity()) * sizeof(void*);
  }
  return statistics;
}

}  // namespace plimsoll::checker
