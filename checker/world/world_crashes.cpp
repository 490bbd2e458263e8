// Processes that go down: by themselves, by a crash of their unit, with or without their disks.
#include <algorithm>

#include "checker/world/crash_ways.hpp"
#include "checker/world/world_worker.hpp"

namespace plimsoll::checker {
namespace {

bool has(const std::vector<base::ProcessId>& processes, std::size_t process) {
  return std::count(processes.begin(), processes.end(), base::ProcessId{static_cast<std::uint8_t>(process)}) >
         0;
}

}  // namespace

CrashWays::CrashWays(const WorldModel& model, const WorldLayout& layout, const Interner& interner,
                     StateView state, std::size_t unit, bool loses_disks)
    : may_tear_(layout.fault_words().crashes[unit].torn != WorldLayout::no_budget) {
  const CrashUnit& crashing = model.units[unit];
  for (const base::ProcessId process : crashing.processes) {
    for (std::size_t peer = 0; peer < model.processes.size(); ++peer) {
      const Link* link = layout.link(process.value, peer);
      const bool is_client = link != nullptr && link->kind == LinkKind::connection && link->a == process;
      any_requests_ |=
          is_client && !has(crashing.processes, peer) &&
          has_messages_from(interner, words_of(interner, state[layout.mailbox(peer)]), process.value);
    }
    if (!loses_disks && model.processes[process.value].has_disk) {
      const Disk disk = disk_of(interner, state[layout.disk(process.value)]);
      unsynced_.push_back(static_cast<std::uint32_t>(disk.records.size()) - disk.synced);
      count_ *= unsynced_.back() + 1 + (may_tear_ ? unsynced_.back() : 0);
    }
  }
  count_ *= any_requests_ ? 2 : 1;
}

CrashWays::Rest CrashWays::rest(std::uint32_t variant, std::size_t disk) const {
  std::uint32_t left = any_requests_ ? variant / 2 : variant;
  for (std::size_t i = 0;; ++i) {
    const std::uint32_t whole = unsynced_[i] + 1;
    const std::uint32_t ways = whole + (may_tear_ ? unsynced_[i] : 0);
    if (i == disk) {
      const std::uint32_t way = left % ways;
      return way < whole ? Rest{way, false} : Rest{way - whole, true};
    }
    left /= ways;
  }
}

std::uint32_t CrashWays::torn(std::uint32_t variant) const {
  std::uint32_t torn = 0;
  for (std::size_t i = 0; i < unsynced_.size(); ++i) {
    torn += rest(variant, i).torn ? 1 : 0;
  }
  return torn;
}

void WorldWorker::take_down(std::size_t process, bool purge) {
  const std::uint32_t slot = layout_.control(process);
  set(slot, control(process, draft_.slots[slot]).down);
  const MailboxDigest& lost = mailbox(process, draft_.slots[layout_.mailbox(process)]);
  if (lost.size > 0) {
    set(layout_.mailbox(process), system_.empty_mailbox_, lost.emptied_delta);
  }
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
      lose(peer, process);
    }
    if (!is_cut(process, peer, *link)) {
      tell_disconnected(peer, process);
    }
  }
}

void WorldWorker::crashes() {
  for (std::size_t unit = 0; unit < model_.units.size(); ++unit) {
    const WorldLayout::CrashFaults& words = layout_.fault_words().crashes[unit];
    if (left(words.crash) > 0) {
      crash(unit, false);
    }
    if (left(words.disk_loss) > 0) {
      crash(unit, true);
    }
  }
}

void WorldWorker::crash(std::size_t unit, bool loses_disks) {
  const CrashUnit& crashing = model_.units[unit];
  const bool any_up =
      std::any_of(crashing.processes.begin(), crashing.processes.end(), [&](const base::ProcessId process) {
        return control(process.value, state_[layout_.control(process.value)]).status != Status::down;
      });
  if (!any_up) {
    return;
  }
  const WorldLayout::CrashFaults& words = layout_.fault_words().crashes[unit];
  const CrashWays ways(model_, layout_, interner_, state_, unit, loses_disks);
  PLIMSOLL_ASSERT(ways.count() <= WorldAction::variants_max);
  for (std::uint32_t variant = 0; variant < ways.count(); ++variant) {
    const std::uint32_t torn = ways.torn(variant);
    if (torn > left(words.torn)) {
      continue;
    }
    begin({loses_disks ? WorldAction::Kind::disk_loss : WorldAction::Kind::crash,
           static_cast<std::uint16_t>(variant), static_cast<std::uint16_t>(unit), 0},
          loses_disks ? system_.groups_.disk_loss[unit]
          : torn > 0  ? system_.groups_.torn[unit]
                      : system_.groups_.crash[unit]);
    spend(loses_disks ? words.disk_loss : words.crash);
    for (std::uint32_t i = 0; i < torn; ++i) {
      spend(words.torn);
    }
    for (const base::ProcessId process : crashing.processes) {
      const std::uint32_t slot = layout_.control(process.value);
      set(slot, control(process.value, draft_.slots[slot]).down);
    }
    std::size_t disk = 0;
    for (const base::ProcessId process : crashing.processes) {
      take_down(process.value, ways.requests_are_lost(variant));
      if (!model_.processes[process.value].has_disk) {
        continue;
      }
      if (loses_disks) {
        set(layout_.disk(process.value), intern_disk(interner_, {}));
      } else {
        keep_of_disk(process.value, ways.rest(variant, disk++));
      }
    }
    reset(crashing.lost_parts);
    if (loses_disks) {
      reset(crashing.disk_parts);
    }
    finish();
  }
}

void WorldWorker::keep_of_disk(std::size_t process, const CrashWays::Rest& rest) {
  Disk disk = disk_of(interner_, state_[layout_.disk(process)]);
  disk.synced += rest.unsynced;
  disk.records.resize(disk.synced);
  // What an earlier crash tore is there still, unless something was written over it.
  disk.torn_tail |= rest.torn;
  set(layout_.disk(process), intern_disk(interner_, disk));
}

void WorldWorker::reset(const std::vector<PartId>& parts) {
  for (const PartId part : parts) {
    change(reset_, layout_.part(part), part.value,
           [&](Slot /*now*/) { return system_.initial_parts_[part.value]; });
  }
}

}  // namespace plimsoll::checker
