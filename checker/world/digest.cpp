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

/// Of a stale message without a sender: any whose datagrams could be meant.
std::uint8_t Digester::some_peer(std::size_t process) const {
  for (std::size_t peer = 0; peer < model_.processes.size(); ++peer) {
    const Link* const link = layout_.link(process, peer);
    if (link != nullptr && link->kind == LinkKind::datagram) {
      return static_cast<std::uint8_t>(peer);
    }
  }
  PLIMSOLL_ASSERT_KNOWN(false, "a message came from nowhere");
  return 0;
}

std::unique_ptr<MailboxDigest> Digester::mailbox(std::size_t process, Slot id) const {
  auto digest = std::make_unique<MailboxDigest>();
  const WordsView messages = words_of(interner_, id);
  digest->size = static_cast<std::uint32_t>(messages.size());
  digest->emptied_delta = change(layout_.mailbox(process), id, intern_mailbox(interner_, {}));
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
    delivery.rest_delta = change(layout_.mailbox(process), id, delivery.rest);
    delivery.disconnected = (header.flags & message_disconnected) != 0;
    delivery.lossy = (header.flags & message_lossy) != 0;
    delivery.peer = header.from == header.to ? some_peer(process) : header.from;
    if ((header.flags & message_stale) == 0) {
      delivery.fairness = delivery.disconnected ? fairness_.news(process, header.from)
                                                : fairness_.delivery(process, header.from, header.kind);
    }
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

std::uint64_t Digester::change(std::uint32_t slot, Slot from, Slot to) const {
  return contribution(slot, interner_.content(to)) - contribution(slot, interner_.content(from));
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
  const std::size_t number = kind_of_timer(running.timer_schema(), bytes);
  const std::size_t patience = find_patience(model_, process, number);
  if (patience != no_patience) {
    firing.patience = static_cast<std::uint32_t>(patience);
  }
  const bool budgeted = kind == TimerKind::whim || (!discrete && kind != TimerKind::work);
  if (budgeted) {
    firing.budget_word = layout_.budget_word(timer_name(running.timer_schema(), bytes));
    if (firing.budget_word == WorldLayout::no_budget && patience == no_patience) {
      return;
    }
  } else if (discrete && !due) {
    return;
  }
  Control rest = control;
  rest.timers.erase(rest.timers.begin() + static_cast<std::ptrdiff_t>(timer));
  firing.rest = intern_control(interner_, std::move(rest));
  firing.rest_delta = change(layout_.control(process), intern_control(interner_, control), firing.rest);
  firing.group = groups_.fire[process].at(number);
  firing.fairness = kind == TimerKind::whim ? WorldFairness::none : fairness_.firing(process, number);
  firing.reads = stepper_.reads(process, {StepInput::Kind::timer, armed.timer, 0, {}});
  digest.firings.push_back(firing);
}

}  // namespace plimsoll::checker
