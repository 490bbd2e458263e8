#include "checker/world/world_symmetry.hpp"

#include <map>
#include <tuple>
#include <utility>

#include "checker/world/mention.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

/// For processes without a disk, whose slots do not exist.
const base::Schema& records_of(const WorldProcess& process) {
  PLIMSOLL_ASSERT(process.record_schema != nullptr);
  return *process.record_schema;
}

}  // namespace

/// Where each slot belongs, and what the slots of each kind hold.
struct WorldSymmetry::Plan {
  Plan(const WorldModel& model, const WorldLayout& layout, const WorldMembers& owners) : members(owners) {
    using Sort = Content::Sort;
    places.resize(layout.width());
    for (std::size_t i = 0; i < model.parts.size(); ++i) {
      place(static_cast<std::uint32_t>(i), {Sort::part, model.parts[i].schema}, members.parts().owner(i));
    }
    for (std::size_t i = 0; i < model.processes.size(); ++i) {
      const WorldProcess& process = model.processes[i];
      const std::optional<Owner> owner = members.processes().owner(i);
      place(layout.mailbox(i), {Sort::mailbox, &process.process->incoming_schema()}, owner);
      place(layout.control(i), {Sort::control, &process.process->timer_schema()}, owner);
      if (process.has_disk) {
        place(layout.disk(i), {Sort::disk, &records_of(process)}, owner);
      }
    }
    if (layout.has_cuts()) {
      place(layout.cuts(), {Sort::cuts, nullptr}, {});
    }
    if (layout.has_clocks()) {
      place(layout.clocks(), {Sort::clocks, nullptr}, {});
    }
    place(layout.environment(), {Sort::environment, nullptr}, {});
  }

  void place(std::uint32_t slot, const Content& content, const std::optional<Owner>& owner) {
    const auto next = static_cast<std::uint32_t>(contents.size());
    if (!owner) {
      places[slot] = {next};
      contents.push_back(content);
      return;
    }
    const auto [kind, is_new] =
        kinds.emplace(std::tuple(content.sort, members.blocks()[owner->id], owner->role), next);
    if (is_new) {
      contents.push_back(content);
    }
    places[slot] = {kind->second, owner->id};
  }

  const WorldMembers& members;
  std::map<std::tuple<Content::Sort, std::uint32_t, std::uint32_t>, std::uint32_t> kinds;
  std::vector<SlotPlace> places;
  std::vector<Content> contents;
};

WorldSymmetry::WorldSymmetry(const WorldModel& model, const WorldLayout& layout, const WorldMembers& members,
                             Interner& interner)
    : WorldSymmetry(Plan(model, layout, members), layout, members, interner) {}

WorldSymmetry::WorldSymmetry(Plan plan, const WorldLayout& layout, const WorldMembers& members,
                             Interner& interner)
    : SlotwiseSymmetry(members.blocks(), std::move(plan.places)),
      layout_(layout),
      members_(members),
      interner_(interner),
      contents_(std::move(plan.contents)) {}

Slot WorldSymmetry::rename_value(std::uint32_t kind, Slot value, Permutation permutation) const {
  const Content& content = contents_[kind];
  switch (content.sort) {
    case Content::Sort::part:
      return interner_.intern(renamed(interner_.bytes(value), *content.schema, permutation));
    case Content::Sort::mailbox:
      return rename_mailbox(content, value, permutation);
    case Content::Sort::control:
      return rename_control(content, value, permutation);
    case Content::Sort::disk:
      return rename_disk(content, value, permutation);
    case Content::Sort::cuts:
      return rename_cuts(value, permutation);
    case Content::Sort::clocks:
      return rename_clocks(value, permutation);
    case Content::Sort::environment:
      return rename_environment(value, permutation);
  }
  PLIMSOLL_ASSERT(false);
}

std::uint64_t WorldSymmetry::mention(std::uint32_t kind, Slot value, std::uint32_t id) const {
  const Mention seen(layout_, members_, interner_, id);
  const Content& content = contents_[kind];
  switch (content.sort) {
    case Content::Sort::part:
      return seen.in_bytes(*content.schema, interner_.bytes(value));
    case Content::Sort::mailbox:
      return seen.in_mailbox(*content.schema, value);
    case Content::Sort::control:
      return seen.in_control(*content.schema, value);
    case Content::Sort::disk:
      return seen.in_disk(*content.schema, value);
    case Content::Sort::cuts:
      return seen.in_cuts(value);
    case Content::Sort::clocks:
      return seen.in_clocks(value);
    case Content::Sort::environment:
      return seen.in_environment(value);
  }
  PLIMSOLL_ASSERT(false);
}

std::uint64_t WorldSymmetry::contribution(std::uint32_t slot, Slot value) const {
  return checker::contribution(slot, interner_.content(value));
}

/// Messages of a queue stay in order; the queues, and messages without an order, find their new places.
Slot WorldSymmetry::rename_mailbox(const Content& content, Slot value, Permutation permutation) const {
  const WordsView before = words_of(interner_, value);
  Words after;
  for (const Slot message : before) {
    MessageHeader header = header_of(interner_, message);
    const auto process = [&](std::uint8_t old) {
      return static_cast<std::uint8_t>(members_.processes().renamed(old, permutation));
    };
    header.from = process(header.from);
    header.to = process(header.to);
    const bool is_bare = !has_payload(header);
    const base::BytesView payload = payload_of(interner_, message);
    const Slot renamed_message = intern_message(
        interner_, header, is_bare ? base::Bytes(payload) : renamed(payload, *content.schema, permutation));
    after = with_message(interner_, after, renamed_message);
  }
  return intern_mailbox(interner_, after);
}

Slot WorldSymmetry::rename_control(const Content& content, Slot value, Permutation permutation) const {
  Control control = control_of(interner_, value);
  for (ArmedTimer& armed : control.timers) {
    armed.timer = interner_.intern(renamed(interner_.bytes(armed.timer), *content.schema, permutation));
  }
  return intern_control(interner_, std::move(control));
}

Slot WorldSymmetry::rename_disk(const Content& content, Slot value, Permutation permutation) const {
  Disk disk = disk_of(interner_, value);
  for (Slot& record : disk.records) {
    record = interner_.intern(renamed(interner_.bytes(record), *content.schema, permutation));
  }
  return intern_disk(interner_, disk);
}

Slot WorldSymmetry::rename_cuts(Slot value, Permutation permutation) const {
  const WordsView before = words_of(interner_, value);
  Words after(before.size(), 0);
  for (std::size_t from = 0; from < before.size(); ++from) {
    for (std::size_t to = 0; to < before.size(); ++to) {
      after[members_.hosts().renamed(from, permutation)] |= (before[from] >> to & 1U)
                                                            << members_.hosts().renamed(to, permutation);
    }
  }
  return intern_numbers(interner_, after);
}

Slot WorldSymmetry::rename_clocks(Slot value, Permutation permutation) const {
  const WordsView before = words_of(interner_, value);
  Words after(before.size(), 0);
  for (std::size_t process = 0; process < before.size(); ++process) {
    after[members_.processes().renamed(process, permutation)] = before[process];
  }
  return intern_numbers(interner_, after);
}

Slot WorldSymmetry::rename_environment(Slot value, Permutation permutation) const {
  const WordsView before = words_of(interner_, value);
  Words after(before.begin(), before.end());
  for (std::size_t word = 1; word < before.size(); ++word) {
    const std::string& budget = layout_.budgets()[word - 1];
    after[layout_.budget_word(members_.budgets().renamed(budget, permutation))] = before[word];
  }
  return intern_numbers(interner_, after);
}

}  // namespace plimsoll::checker
