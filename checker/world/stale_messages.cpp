#include "checker/world/stale_messages.hpp"

#include <algorithm>
#include <bit>

namespace plimsoll::checker {

StaleMessages::StaleMessages(const WorldModel& model, const WorldLayout& layout, Interner& interner)
    : model_(model), layout_(layout), interner_(interner) {
  for (std::size_t i = 0; i < model.processes.size(); ++i) {
    senders_matter_.push_back(senders_matter(i));
    const WorldProcess& process = model.processes[i];
    PartMask left = process.process->stale_reads();
    if (left == 0) {
      continue;
    }
    Receiver receiver{i, layout.mailbox(i), {}, slot_bit(layout.mailbox(i))};
    for (; left != 0; left &= left - 1) {
      const std::uint32_t slot =
          layout.part(process.parts.at(static_cast<std::size_t>(std::countr_zero(left))));
      receiver.parts.push_back(slot);
      receiver.reads |= slot_bit(slot);
    }
    receivers_.push_back(std::move(receiver));
  }
}

/// Does anything but the receiver look at who sent a datagram? Cuts of the network do, bounds on links, and
/// faults that links spend budgets of their own for.
bool StaleMessages::senders_matter(std::size_t process) const {
  const WorldLayout::LinkFaults* common = nullptr;
  for (std::size_t peer = 0; peer < model_.processes.size(); ++peer) {
    const Link* const link = layout_.link(process, peer);
    if (link == nullptr || link->kind != LinkKind::datagram) {
      continue;
    }
    const WorldLayout::LinkFaults& faults = layout_.link_faults(process, peer);
    common = common == nullptr ? &faults : common;
    if (link->messages_max != 0 || faults.drop != common->drop || faults.duplicate != common->duplicate) {
      return true;
    }
  }
  return layout_.has_cuts();
}

bool StaleMessages::may_merge(std::size_t process, const MessageHeader& header) const {
  return (header.flags & (message_disconnected | message_stale)) == 0 &&
         layout_.link_faults(process, header.from).reorder == WorldLayout::no_budget;
}

Slot StaleMessages::merged(const Receiver& receiver, StateView state) const {
  const WorldProcess& process = model_.processes[receiver.process];
  std::vector<base::BytesView> parts;
  for (const PartId part : process.parts) {
    parts.push_back(interner_.bytes(state[layout_.part(part)]));
  }
  const WordsView before = words_of(interner_, state[receiver.mailbox]);
  Words after;
  for (const Slot message : before) {
    MessageHeader header = header_of(interner_, message);
    if (!may_merge(receiver.process, header) ||
        !process.process->is_stale(payload_of(interner_, message), parts)) {
      after = with_message(interner_, after, message);
      continue;
    }
    header.flags |= message_stale;
    if ((header.flags & message_ordered) == 0 && !senders_matter_[receiver.process]) {
      header.from = header.to;
    }
    after = with_message(interner_, after, intern_message(interner_, header, {}));
  }
  return intern_mailbox(interner_, after);
}

}  // namespace plimsoll::checker
