#include "checker/world/stepper.hpp"

#include <algorithm>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

std::uint8_t flags_of(LinkKind kind) {
  const bool ordered = kind != LinkKind::datagram;
  return static_cast<std::uint8_t>((ordered ? message_ordered : 0) | (is_lossy(kind) ? message_lossy : 0));
}

std::uint8_t kind_of(const base::Schema& schema, base::BytesView payload) {
  if (schema.kind != base::Schema::Kind::variant) {
    return 0;
  }
  return static_cast<std::uint8_t>(base::ByteReader(payload).get_unsigned());
}

}  // namespace

ProcessInput Stepper::raw(const StepInput& input) const {
  ProcessInput raw;
  switch (input.kind) {
    case StepInput::Kind::started:
      raw.kind = ProcessInput::Kind::started;
      raw.incarnation = input.incarnation;
      for (const Slot record : input.disk) {
        raw.disk.emplace_back(interner_.bytes(record));
      }
      raw.torn_tail = input.torn_tail;
      break;
    case StepInput::Kind::message:
      raw.kind = ProcessInput::Kind::message;
      raw.peer.value = header_of(interner_, input.value).from;
      raw.bytes = payload_of(interner_, input.value);
      break;
    case StepInput::Kind::timer:
      raw.kind = ProcessInput::Kind::timer;
      raw.bytes = interner_.bytes(input.value);
      break;
    case StepInput::Kind::disconnected:
      raw.kind = ProcessInput::Kind::disconnected;
      raw.peer.value = static_cast<std::uint8_t>(input.value);
      break;
  }
  return raw;
}

/// It stands for messages that are ignored.
bool Stepper::is_stale(const StepInput& input) const {
  return input.kind == StepInput::Kind::message &&
         (header_of(interner_, input.value).flags & message_stale) != 0;
}

PartMask Stepper::reads(std::size_t process, const StepInput& input) const {
  if (is_stale(input)) {
    return 0;
  }
  return model_.processes[process].process->reads(raw(input));
}

std::vector<StepOutcome> Stepper::run(std::size_t process, const StepInput& input, StateView state) const {
  if (is_stale(input)) {
    return std::vector<StepOutcome>(1);
  }
  const WorldProcess& running = model_.processes[process];
  const base::AssertContext context("a step of " + running.name);
  std::vector<base::BytesView> parts;
  for (const PartId part : running.parts) {
    parts.push_back(interner_.bytes(state[layout_.part(part)]));
  }
  const ProcessInput bytes = raw(input);
  std::vector<StepOutcome> outcomes;
  base::ScriptedChoices choices;
  do {
    choices.rewind();
    StepOutcome outcome = intern(process, running.process->step(bytes, parts, choices));
    for (const std::string& question : choices.questions()) {
      outcome.choice += (outcome.choice.empty() ? "" : ", ") + question;
    }
    outcomes.push_back(std::move(outcome));
  } while (choices.advance());
  return outcomes;
}

StepOutcome Stepper::intern(std::size_t process, const ProcessOutputs& outputs) const {
  const WorldProcess& running = model_.processes[process];
  StepOutcome outcome;
  for (std::size_t i = 0; i < outputs.parts.size(); ++i) {
    if (!outputs.parts[i]) {
      continue;
    }
    bool is_new = false;
    const Slot value = interner_.intern(*outputs.parts[i], is_new);
    part_values_.fetch_add(is_new ? 1 : 0, std::memory_order_relaxed);
    outcome.writes.push_back({layout_.part(running.parts[i]), value});
    for (const WorldBound& bound : model_.bounds) {
      outcome.leaves_bounds |= bound.part == running.parts[i] && !bound.within(*outputs.parts[i]);
    }
  }
  for (const ProcessOutputs::Send& send : outputs.sends) {
    const Link* link = layout_.link(process, send.to.value);
    PLIMSOLL_ASSERT_KNOWN(link != nullptr,
                          running.name + " sends to process " + std::to_string(send.to.value));
    MessageHeader header;
    header.from = static_cast<std::uint8_t>(process);
    header.to = send.to.value;
    // What a link keeps in order as a whole is one queue.
    header.channel = link->kind == LinkKind::fifo ? 0 : send.channel;
    header.flags = flags_of(link->kind);
    if (link->urgent) {
      header.flags |= message_urgent;
    }
    header.kind = kind_of(model_.processes[send.to.value].process->incoming_schema(), send.bytes);
    outcome.sends.push_back({send.to.value, link, intern_message(interner_, header, send.bytes)});
  }
  if (!outputs.timers.empty()) {
    Words changes;
    for (const ProcessOutputs::TimerChange& change : outputs.timers) {
      changes.push_back(interner_.intern(change.timer));
      changes.push_back(change.armed ? 1 : 0);
      changes.push_back(change.after.value);
    }
    outcome.timer_changes = intern_numbers(interner_, changes);
  }
  PLIMSOLL_ASSERT(running.has_disk || (outputs.appends.empty() && !outputs.synced && outputs.released == 0));
  for (const base::Bytes& record : outputs.appends) {
    outcome.appends.push_back(interner_.intern(record));
  }
  outcome.synced = outputs.synced;
  outcome.synced_appends = outputs.synced_appends;
  outcome.released = outputs.released;
  outcome.exits = outputs.exit_reason.has_value();
  outcome.exit_reason = outputs.exit_reason.value_or("");
  return outcome;
}

Control with_timer_changes(Control control, WordsView changes, bool discrete) {
  for (std::size_t i = 0; i < changes.size(); i += 3) {
    const Slot timer = changes[i];
    std::erase_if(control.timers, [&](const ArmedTimer& armed) { return armed.timer == timer; });
    if (changes[i + 1] != 0) {
      control.timers.push_back({timer, discrete ? changes[i + 2] : 0});
    }
  }
  return control;
}

}  // namespace plimsoll::checker
