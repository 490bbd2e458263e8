// What could happen next, without finding out what comes of it: for walks, which take one step of many.
//
// Each offer is an action without its variant, in the order in which successors() finds the transitions.
#include <algorithm>

#include "checker/world/world_worker.hpp"

namespace plimsoll::checker {

void WorldWorker::offers(StateView state, Fingerprint fingerprint, std::vector<Action>& out) {
  look_around(state, fingerprint);
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    offer_steps(i, out);
    offer_status_changes(i, out);
  }
  offer_crashes(out);
  offer_cuts(out);
  offer_time(out);
}

namespace {

using Kind = WorldAction::Kind;

void offer(Kind kind, std::size_t subject, Slot argument, std::uint32_t group, std::vector<Action>& out,
           std::uint16_t variant = 0) {
  out.push_back({WorldAction{kind, variant, static_cast<std::uint16_t>(subject), argument}.pack(), group});
}

}  // namespace

void WorldWorker::offer_steps(std::size_t process, std::vector<Action>& out) {
  const ControlDigest& now = control(process, state_[layout_.control(process)]);
  const MailboxDigest& digest = mailbox(process, state_[layout_.mailbox(process)]);
  for (const MailboxDigest::Delivery& delivery : digest.deliveries) {
    if (now.status == Status::up) {
      offer(delivery.disconnected ? Kind::disconnected : Kind::deliver, process, delivery.message,
            delivery.group, out);
    }
    if (!delivery.lossy || !layout_.fault_words().lossy) {
      continue;
    }
    const WorldLayout::LinkFaults& words = layout_.link_faults(process, delivery.peer);
    if (left(words.drop) > 0) {
      offer(Kind::drop, process, delivery.message, system_.groups_.drop[process], out);
    }
    if (left(words.duplicate) > 0) {
      offer(Kind::duplicate, process, delivery.message, system_.groups_.duplicate[process], out);
    }
  }
  for (const std::uint16_t position : digest.exchangeable) {
    const Slot message = words_of(interner_, state_[layout_.mailbox(process)])[position];
    if (left(layout_.link_faults(process, header_of(interner_, message).from).reorder) > 0) {
      offer(Kind::reorder, process, message, system_.groups_.reorder[process], out, position);
    }
  }
  if (now.status == Status::up) {
    for (const ControlDigest::Firing& firing : now.firings) {
      if (may_fire(firing)) {
        offer(Kind::fire, process, firing.timer, firing.group, out);
      }
    }
  }
}

void WorldWorker::offer_status_changes(std::size_t process, std::vector<Action>& out) {
  const Status status = control(process, state_[layout_.control(process)]).status;
  if (status == Status::down && model_.processes[process].supervised) {
    offer(Kind::restart, process, 0, system_.groups_.restart[process], out);
  } else if (status == Status::paused) {
    offer(Kind::resume, process, 0, system_.groups_.resume[process], out);
  } else if (status == Status::up && left(layout_.fault_words().pause) > 0) {
    offer(Kind::pause, process, 0, system_.groups_.pause[process], out);
  }
}

void WorldWorker::offer_crashes(std::vector<Action>& out) {
  for (std::size_t unit = 0; unit < model_.units.size(); ++unit) {
    const WorldLayout::CrashFaults& words = layout_.fault_words().crashes[unit];
    if (left(words.crash) > 0) {
      offer(Kind::crash, unit, 0, system_.groups_.crash[unit], out);
    }
    if (left(words.disk_loss) > 0) {
      offer(Kind::disk_loss, unit, 0, system_.groups_.disk_loss[unit], out);
    }
  }
}

void WorldWorker::offer_cuts(std::vector<Action>& out) {
  for (std::size_t i = 0; i < model_.links.size(); ++i) {
    if (left(layout_.fault_words().disconnects[i]) > 0 && is_connected(model_.links[i])) {
      offer(Kind::disconnect, i, 0, system_.groups_.disconnect[i], out);
    }
  }
  if (!layout_.has_cuts()) {
    return;
  }
  if (state_[layout_.cuts()] != system_.no_cuts_) {
    offer(Kind::heal, 0, 0, system_.groups_.heal, out);
  }
  const std::vector<Partitions::Cut>& cuts = layout_.partitions().cuts();
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    const auto shape = static_cast<std::size_t>(cuts[i].shape);
    if (left(layout_.fault_words().cuts[shape]) > 0) {
      offer(Kind::cut, i, 0, system_.groups_.cut[shape], out);
    }
  }
}

void WorldWorker::offer_time(std::vector<Action>& out) {
  if (model_.time.discrete) {
    offer(Kind::tick, 0, 0, system_.groups_.tick, out);
  }
  if (!layout_.has_clocks()) {
    return;
  }
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    offer(Kind::drift, i, 0, system_.groups_.lag[i], out, 0);
    offer(Kind::drift, i, 0, system_.groups_.gain[i], out, 1);
  }
}

Action WorldWorker::offer_of(const Action& action) const {
  WorldAction taken = WorldAction::unpack(action.payload);
  const bool is_part_of_it = taken.kind == Kind::reorder || taken.kind == Kind::drift;
  taken.variant = is_part_of_it ? taken.variant : std::uint16_t{0};
  const bool is_crash = taken.kind == Kind::crash;
  return {taken.pack(), is_crash ? system_.groups_.crash[taken.subject] : action.group};
}

void WorldWorker::accept(StateView state, Fingerprint fingerprint, const Action& offer, Successors& out) {
  look_around(state, fingerprint);
  out_ = &out;
  const WorldAction taken = WorldAction::unpack(offer.payload);
  const std::size_t subject = taken.subject;
  switch (taken.kind) {
    case Kind::deliver:
    case Kind::disconnected:
    case Kind::drop:
    case Kind::duplicate:
      return accept_message(taken, offer.group);
    case Kind::reorder: {
      begin(taken, offer.group);
      rearrange(subject, taken.variant, false);
      spend(layout_.link_faults(subject, header_of(interner_, taken.argument).from).reorder);
      return finish();
    }
    case Kind::fire:
      return accept_firing(taken);
    case Kind::crash:
    case Kind::disk_loss:
      return crash(subject, taken.kind == Kind::disk_loss);
    case Kind::restart:
    case Kind::pause:
    case Kind::resume:
      return status_changes(subject, control(subject, state_[layout_.control(subject)]));
    case Kind::disconnect:
      return disconnect(subject);
    case Kind::cut:
      return cut(subject);
    case Kind::heal:
      begin(taken, offer.group);
      set(layout_.cuts(), system_.no_cuts_);
      return finish();
    case Kind::tick:
      return tick();
    case Kind::drift:
      return drift(subject, taken.variant == 1);
  }
}

void WorldWorker::accept_message(const WorldAction& taken, std::uint32_t group) {
  const std::size_t process = taken.subject;
  const std::uint32_t slot = layout_.mailbox(process);
  const MailboxDigest& digest = mailbox(process, state_[slot]);
  const auto found = std::ranges::find(digest.deliveries, taken.argument, &MailboxDigest::Delivery::message);
  PLIMSOLL_ASSERT(found != digest.deliveries.end());
  const MailboxDigest::Delivery delivery = *found;
  if (taken.kind == Kind::drop) {
    begin(taken, group);
    set(slot, delivery.rest);
    spend(layout_.link_faults(process, delivery.peer).drop);
    return finish();
  }
  if (taken.kind == Kind::duplicate) {
    begin(taken, group);
    duplicate(process, delivery);
    spend(layout_.link_faults(process, delivery.peer).duplicate);
    return finish();
  }
  const std::uint32_t first =
      delivery.disconnected ? recall(process, StepInput::Kind::disconnected, delivery.peer, delivery.reads)
                            : recall(process, StepInput::Kind::message, delivery.message, delivery.reads);
  const std::uint32_t variants = moves_[first].variants;
  for (std::uint32_t i = 0; i < variants; ++i) {
    begin({taken.kind, static_cast<std::uint16_t>(i), taken.subject, taken.argument}, group);
    set(slot, delivery.rest, delivery.rest_delta);
    apply(process, first + i);
    finish();
  }
}

void WorldWorker::accept_firing(const WorldAction& taken) {
  const std::size_t process = taken.subject;
  const ControlDigest& now = control(process, state_[layout_.control(process)]);
  const auto found = std::ranges::find(now.firings, taken.argument, &ControlDigest::Firing::timer);
  PLIMSOLL_ASSERT(found != now.firings.end());
  fire(process, ControlDigest::Firing(*found));
}

}  // namespace plimsoll::checker
