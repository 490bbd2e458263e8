#include "checker/world/digest.hpp"

#include <algorithm>

#include "checker/world/possible.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

using base::Schema;
using base::TimerKind;

std::size_t kind_of_timer(const Schema& schema, base::BytesView timer) {
  if (schema.kind != Schema::Kind::variant && schema.kind != Schema::Kind::enumeration) {
    return 0;
  }
  return static_cast<std::size_t>(base::ByteReader(timer).get_unsigned());
}

}  // namespace

std::string timer_name(const Schema& schema, base::BytesView timer) {
  return kinds_of(schema).at(kind_of_timer(schema, timer));
}

std::unique_ptr<MailboxDigest> Digester::mailbox(std::size_t process, Slot id) const {
  auto digest = std::make_unique<MailboxDigest>();
  const WordsView messages = words_of(interner_, id);
  digest->size = static_cast<std::uint32_t>(messages.size());
  for (const Slot message : messages) {
    const MessageHeader header = header_of(interner_, message);
    if ((header.flags & message_urgent) != 0) {
      digest->urgent = true;
    }
    if ((header.flags & message_disconnected) != 0) {
      digest->failed_peers.push_back(header.from);
    }
  }
  if (layout_.fault_words().reorder) {
    digest->exchangeable = exchangeable(interner_, messages);
  }
  for (const std::size_t position : deliverable(interner_, messages)) {
    const Slot message = messages[position];
    const MessageHeader header = header_of(interner_, message);
    MailboxDigest::Delivery delivery;
    delivery.message = message;
    delivery.rest = intern_mailbox(interner_, without_position(messages, position));
    delivery.disconnected = (header.flags & message_disconnected) != 0;
    delivery.lossy = (header.flags & message_lossy) != 0;
    delivery.peer = header.from;
    delivery.fairness = delivery.disconnected ? fairness_.news(process, header.from)
                                              : fairness_.delivery(process, header.from, header.kind);
    delivery.group =
        delivery.disconnected ? groups_.disconnected[process] : groups_.deliver[process].at(header.kind);
    delivery.reads = delivery.disconnected
                         ? stepper_.reads(process, {StepInput::Kind::disconnected, header.from, 0, {}})
                         : stepper_.reads(process, {StepInput::Kind::message, message, 0, {}});
    digest->deliveries.push_back(delivery);
  }
  return digest;
}

std::unique_ptr<ControlDigest> Digester::control(std::size_t process, Slot id) const {
  auto digest = std::make_unique<ControlDigest>();
  const Control control = control_of(interner_, id);
  digest->status = control.status;
  digest->incarnation = control.incarnation;
  const auto with_status = [&](Status status) {
    Control changed = control;
    changed.status = status;
    return intern_control(interner_, std::move(changed));
  };
  digest->down = intern_control(interner_, {Status::down, control.incarnation, {}});
  digest->restarted = control.status == Status::down
                          ? intern_control(interner_, {Status::up, control.incarnation + 1, {}})
                          : id;
  digest->paused = with_status(Status::paused);
  digest->resumed = with_status(Status::up);
  Control ticked = control;
  for (ArmedTimer& armed : ticked.timers) {
    armed.remaining -= armed.remaining > 0 ? 1 : 0;
  }
  digest->ticked = ticked == control ? id : intern_control(interner_, std::move(ticked));
  if (layout_.has_clocks()) {
    Control delayed = control;
    for (ArmedTimer& armed : delayed.timers) {
      armed.remaining += armed.remaining > 0 ? 1 : 0;
    }
    digest->delayed = intern_control(interner_, std::move(delayed));
  }
  for (std::size_t i = 0; i < control.timers.size(); ++i) {
    add_firing(process, control, i, *digest);
  }
  if (control.status != Status::up) {
    digest->holds_time = false;
  }
  return digest;
}

void Digester::add_firing(std::size_t process, const Control& control, std::size_t timer,
                          ControlDigest& digest) const {
  const Process& running = *model_.processes[process].process;
  const ArmedTimer& armed = control.timers[timer];
  const base::BytesView bytes = interner_.bytes(armed.timer);
  const TimerKind kind = running.timer_kind(bytes);
  const bool discrete = model_.time.discrete;
  const bool due = armed.remaining == 0;
  if (kind == TimerKind::work) {
    digest.work = true;
  }
  if (discrete && due && (kind == TimerKind::work || kind == TimerKind::deadline)) {
    digest.holds_time = true;
  }

  ControlDigest::Firing firing;
  firing.timer = armed.timer;
  const bool budgeted = kind == TimerKind::whim || (!discrete && kind != TimerKind::work);
  if (budgeted) {
    firing.budget_word = layout_.budget_word(timer_name(running.timer_schema(), bytes));
    if (firing.budget_word == WorldLayout::no_budget) {
      return;
    }
  } else if (discrete && !due) {
    return;
  }
  Control rest = control;
  rest.timers.erase(rest.timers.begin() + static_cast<std::ptrdiff_t>(timer));
  firing.rest = intern_control(interner_, std::move(rest));
  const std::size_t number = kind_of_timer(running.timer_schema(), bytes);
  firing.group = groups_.fire[process].at(number);
  firing.fairness = kind == TimerKind::whim ? WorldFairness::none : fairness_.firing(process, number);
  firing.reads = stepper_.reads(process, {StepInput::Kind::timer, armed.timer, 0, {}});
  digest.firings.push_back(firing);
}

}  // namespace plimsoll::checker
