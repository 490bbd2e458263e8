#include "checker/world/influence.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "checker/world/possible.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::uint32_t endless_room = std::numeric_limits<std::uint32_t>::max();

template <class Each>
void for_each_process(ProcessMask processes, const Each& each) {
  for (; processes != 0; processes &= processes - 1) {
    each(static_cast<std::size_t>(std::countr_zero(processes)));
  }
}

ProcessMask mask_of(const std::vector<base::ProcessId>& processes) {
  ProcessMask mask = 0;
  for (const base::ProcessId process : processes) {
    mask |= process_bit(process.value);
  }
  return mask;
}

/// The processes that have one of the parts.
ProcessMask owners(const WorldModel& model, const std::vector<PartId>& parts) {
  ProcessMask mask = 0;
  for (std::size_t i = 0; i < model.processes.size(); ++i) {
    const bool has_one = std::ranges::any_of(model.processes[i].parts, [&](const PartId own) {
      return std::ranges::find(parts, own) != parts.end();
    });
    mask |= has_one ? process_bit(i) : 0;
  }
  return mask;
}

}  // namespace

Influence::Influence(const WorldModel& model, const WorldLayout& layout)
    : count_(model.processes.size()),
      all_(count_ == 64 ? ~ProcessMask{0} : process_bit(count_) - 1),
      sends_(count_),
      touches_(count_),
      groups_(count_),
      struck_by_(layout.budgets().size() + 1),
      words_(count_),
      rooms_(count_ * count_, endless_room) {
  PLIMSOLL_ASSERT(count_ <= 64 && struck_by_.size() <= 63);
  for (std::size_t i = 0; i < count_; ++i) {
    may_exit_ |= model.processes[i].process->may_exit() ? process_bit(i) : 0;
  }
  note_links(model);
  note_shared(model, layout);
  note_faults(model, layout);
  find_groups();
}

void Influence::note_links(const WorldModel& model) {
  const auto note = [&](base::ProcessId from, base::ProcessId to, const Link& link) {
    const bool is_connection = link.kind == LinkKind::connection;
    if (is_connection || model.processes[from.value].process->may_send_to(to)) {
      sends_[from.value] |= process_bit(to.value);
    }
    sends_[from.value] |= is_connection ? process_bit(from.value) : 0;
    if (is_lossy(link.kind)) {
      const std::uint32_t of_link = link.messages_max == 0 ? endless_room : link.messages_max;
      rooms_[from.value * count_ + to.value] = std::min(of_link, model.mailbox_messages_max);
    }
  };
  for (const Link& link : model.links) {
    note(link.a, link.b, link);
    note(link.b, link.a, link);
  }
}

void Influence::note_shared(const WorldModel& model, const WorldLayout& layout) {
  for (std::size_t i = 0; i < count_; ++i) {
    const std::vector<std::string> timers = kinds_of(model.processes[i].process->timer_schema());
    for (std::size_t kind = 0; kind < timers.size(); ++kind) {
      const std::uint32_t word = layout.budget_word(timers[kind]);
      const bool spends = word != WorldLayout::no_budget && may_spend(model, i, kind);
      words_[i] |= spends ? std::uint64_t{1} << word : 0;
    }
  }
  for (std::size_t i = 0; i < count_; ++i) {
    touches_[i] = sends_[i] | owners(model, model.processes[i].parts);
    for (std::size_t other = 0; other < count_; ++other) {
      touches_[i] |= (words_[i] & words_[other]) != 0 ? process_bit(other) : 0;
    }
  }
}

void Influence::strike(std::uint32_t word, ProcessMask processes) {
  if (word == WorldLayout::no_budget || processes == 0) {
    return;
  }
  struck_by_[word] |= processes;
  for (std::size_t i = 0; i < count_; ++i) {
    struck_by_[word] |= (words_[i] >> word & 1U) != 0 ? process_bit(i) : 0;
  }
}

void Influence::note_faults(const WorldModel& model, const WorldLayout& layout) {
  const WorldLayout::FaultWords& words = layout.fault_words();
  strike(words.pause, all_);
  for (const std::uint32_t word : words.cuts) {
    strike(word, all_);
  }
  for (std::size_t i = 0; i < model.links.size(); ++i) {
    const Link& link = model.links[i];
    const ProcessMask ends = process_bit(link.a.value) | process_bit(link.b.value);
    const WorldLayout::LinkFaults& faults = layout.link_faults(link.a.value, link.b.value);
    strike(words.disconnects[i], ends);
    strike(faults.drop, ends);
    strike(faults.duplicate, ends);
    strike(faults.reorder, ends);
  }
  for (std::size_t i = 0; i < model.units.size(); ++i) {
    const CrashUnit& unit = model.units[i];
    const ProcessMask crashing = mask_of(unit.processes);
    // Whoever has a connection to one of them hears of it.
    const ProcessMask crashed =
        crashing | targets(crashing) | owners(model, unit.lost_parts) | owners(model, unit.disk_parts);
    const WorldLayout::CrashFaults& faults = words.crashes[i];
    strike(faults.crash, crashed);
    strike(faults.disk_loss, crashed);
    strike(faults.torn, crashed);
  }
}

/// Strongly connected components, by the transitive closure (Warshall 1962): there are few processes.
void Influence::find_groups() {
  std::vector<ProcessMask> reached = touches_;
  for (std::size_t through = 0; through < count_; ++through) {
    for (std::size_t i = 0; i < count_; ++i) {
      reached[i] |= (reached[i] >> through & 1U) != 0 ? reached[through] : 0;
    }
  }
  for (std::size_t i = 0; i < count_; ++i) {
    groups_[i] = process_bit(i);
    for_each_process(reached[i], [&](std::size_t other) {
      groups_[i] |= (reached[other] >> i & 1U) != 0 ? process_bit(other) : 0;
    });
  }
}

ProcessMask Influence::targets(ProcessMask processes) const {
  ProcessMask targets = 0;
  for_each_process(processes, [&](std::size_t process) { targets |= sends_[process]; });
  return targets;
}

ProcessMask Influence::struck(const WorldGlance& now) const {
  if (now.is_cut) {
    return all_;
  }
  ProcessMask struck = 0;
  for (std::uint64_t left = now.budgets; left != 0; left &= left - 1) {
    struck |= struck_by_[static_cast<std::size_t>(std::countr_zero(left))];
  }
  return struck;
}

std::uint32_t Influence::room(ProcessMask from, std::size_t to) const {
  std::uint32_t room = endless_room;
  for_each_process(from, [&](std::size_t process) { room = std::min(room, rooms_[process * count_ + to]); });
  return room;
}

}  // namespace plimsoll::checker
