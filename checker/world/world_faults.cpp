// What the environment may do besides delivering messages and firing timers, each within its budget.
#include <algorithm>

#include "checker/world/world_worker.hpp"

namespace plimsoll::checker {
namespace {

bool has(const std::vector<base::ProcessId>& processes, std::size_t process) {
  return std::count(processes.begin(), processes.end(), base::ProcessId{static_cast<std::uint8_t>(process)}) >
         0;
}

}  // namespace

void WorldWorker::datagram_faults(std::size_t process) {
  const std::uint32_t drop = layout_.fault_words().drop;
  const std::uint32_t duplicate = layout_.fault_words().duplicate;
  const bool may_drop = left(drop) > 0;
  const bool may_duplicate = left(duplicate) > 0;
  if (!may_drop && !may_duplicate) {
    return;
  }
  const std::uint32_t slot = layout_.mailbox(process);
  for (const MailboxDigest::Delivery& delivery : mailbox(process, state_[slot]).deliveries) {
    if (!delivery.datagram) {
      continue;
    }
    const auto subject = static_cast<std::uint16_t>(process);
    if (may_drop) {
      begin({WorldAction::Kind::drop, 0, subject, delivery.message}, system_.groups_.drop[process]);
      set(slot, delivery.rest);
      spend(drop);
      finish();
    }
    if (may_duplicate) {
      begin({WorldAction::Kind::duplicate, 0, subject, delivery.message}, system_.groups_.duplicate[process]);
      put(process, delivery.message, true);
      spend(duplicate);
      finish();
    }
  }
}

void WorldWorker::status_changes(std::size_t process, const ControlDigest& now) {
  const auto subject = static_cast<std::uint16_t>(process);
  if (now.status == Status::down && model_.processes[process].supervised) {
    start(state_, fingerprint_, process, system_.groups_.restart[process], *out_);
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

bool WorldWorker::has_messages_from(std::size_t mailbox_owner, std::size_t from) const {
  const WordsView messages = words_of(interner_, state_[layout_.mailbox(mailbox_owner)]);
  return std::any_of(messages.begin(), messages.end(), [&](Slot message) {
    const MessageHeader header = header_of(interner_, message);
    return header.from == from && (header.flags & message_disconnected) == 0;
  });
}

void WorldWorker::take_down(std::size_t process, bool purge) {
  const std::uint32_t slot = layout_.control(process);
  set(slot, control(process, draft_.slots[slot]).down);
  set(layout_.mailbox(process), system_.empty_mailbox_);
  for (std::size_t peer = 0; peer < model_.processes.size(); ++peer) {
    const Link* link = peer == process ? nullptr : layout_.link(process, peer);
    if (link == nullptr || link->kind != LinkKind::connection) {
      continue;
    }
    if (control(peer, draft_.slots[layout_.control(peer)]).status == Status::down) {
      continue;
    }
    // A client hears nothing more over a failed connection; a server may have requests that it executes
    // still.
    if (purge || link->a.value == peer) {
      const std::uint32_t mailbox_slot = layout_.mailbox(peer);
      const Slot id = draft_.slots[mailbox_slot];
      std::uint32_t purged = purge_.find(id, static_cast<std::uint32_t>(process));
      if (purged == PairMemo::none) {
        purged = intern_mailbox(interner_, without_sender(interner_, words_of(interner_, id),
                                                          static_cast<std::uint8_t>(process)));
        purge_.insert(id, static_cast<std::uint32_t>(process), purged);
      }
      set(mailbox_slot, purged);
    }
    tell_disconnected(peer, process);
  }
}

void WorldWorker::crashes() {
  for (std::size_t unit = 0; unit < model_.units.size(); ++unit) {
    const std::uint32_t word = layout_.fault_words().crashes[unit];
    if (left(word) > 0) {
      crash(unit, word);
    }
  }
}

/// Variants of a crash: what the unit's processes had sent to servers elsewhere arrives still or is lost,
/// times how much of each disk's unsynced suffix survives.
void WorldWorker::crash(std::size_t unit, std::uint32_t word) {
  const CrashUnit& crashing = model_.units[unit];
  bool any_up = false;
  bool any_sent = false;
  std::vector<std::uint32_t> unsynced;
  std::uint32_t variants = 1;
  for (const base::ProcessId process : crashing.processes) {
    any_up |= control(process.value, state_[layout_.control(process.value)]).status != Status::down;
    for (std::size_t peer = 0; peer < model_.processes.size(); ++peer) {
      const Link* link = layout_.link(process.value, peer);
      const bool is_client = link != nullptr && link->kind == LinkKind::connection && link->a == process;
      any_sent |= is_client && !has(crashing.processes, peer) && has_messages_from(peer, process.value);
    }
    if (!model_.processes[process.value].has_disk) {
      continue;
    }
    const Disk disk = disk_of(interner_, state_[layout_.disk(process.value)]);
    unsynced.push_back(static_cast<std::uint32_t>(disk.records.size()) - disk.synced);
    variants *= unsynced.back() + 1;
  }
  if (!any_up) {
    return;
  }
  variants *= any_sent ? 2 : 1;
  PLIMSOLL_ASSERT(variants <= WorldAction::variants_max);
  for (std::uint32_t variant = 0; variant < variants; ++variant) {
    begin(
        {WorldAction::Kind::crash, static_cast<std::uint16_t>(variant), static_cast<std::uint16_t>(unit), 0},
        system_.groups_.crash[unit]);
    spend(word);
    std::uint32_t rest = any_sent ? variant / 2 : variant;
    for (const base::ProcessId process : crashing.processes) {
      const std::uint32_t slot = layout_.control(process.value);
      set(slot, control(process.value, draft_.slots[slot]).down);
    }
    std::size_t disk_number = 0;
    for (const base::ProcessId process : crashing.processes) {
      take_down(process.value, any_sent && variant % 2 == 1);
      if (!model_.processes[process.value].has_disk) {
        continue;
      }
      Disk disk = disk_of(interner_, state_[layout_.disk(process.value)]);
      const std::uint32_t survives = rest % (unsynced[disk_number] + 1);
      rest /= unsynced[disk_number++] + 1;
      disk.records.resize(disk.synced + survives);
      disk.synced += survives;
      set(layout_.disk(process.value), intern_disk(interner_, disk));
    }
    for (const PartId part : crashing.lost_parts) {
      set(layout_.part(part), interner_.intern(model_.parts[part.value].initial));
    }
    finish();
  }
}

/// A broken connection loses what was under way from b to a; what was under way to b is lost in one variant
/// and not in the other.
void WorldWorker::disconnects() {
  for (std::size_t i = 0; i < model_.links.size(); ++i) {
    const Link& link = model_.links[i];
    const std::uint32_t word = layout_.fault_words().disconnects[i];
    if (left(word) == 0) {
      continue;
    }
    const std::size_t client = link.a.value;
    const std::size_t server = link.b.value;
    if (control(client, state_[layout_.control(client)]).status == Status::down) {
      continue;
    }
    if (control(server, state_[layout_.control(server)]).status == Status::down) {
      continue;
    }
    const std::uint32_t variants = has_messages_from(server, client) ? 2 : 1;
    for (std::uint32_t variant = 0; variant < variants; ++variant) {
      begin({WorldAction::Kind::disconnect, static_cast<std::uint16_t>(variant),
             static_cast<std::uint16_t>(i), 0},
            system_.groups_.disconnect[i]);
      spend(word);
      const auto purge = [&](std::size_t owner, std::size_t from) {
        const std::uint32_t slot = layout_.mailbox(owner);
        const WordsView messages = words_of(interner_, draft_.slots[slot]);
        set(slot,
            intern_mailbox(interner_, without_sender(interner_, messages, static_cast<std::uint8_t>(from))));
      };
      purge(client, server);
      if (variant == 1) {
        purge(server, client);
      }
      tell_disconnected(client, server);
      tell_disconnected(server, client);
      finish();
    }
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

void WorldWorker::tick() {
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    const ControlDigest& now = control(i, state_[layout_.control(i)]);
    if (now.status != Status::up) {
      continue;
    }
    if (now.holds_time || mailbox(i, state_[layout_.mailbox(i)]).urgent) {
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

}  // namespace plimsoll::checker
