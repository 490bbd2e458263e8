// What becomes of the network: lost, doubled and overtaken messages, connections that fail, partitions.
#include <algorithm>

#include "checker/world/world_worker.hpp"

namespace plimsoll::checker {

void WorldWorker::send(std::size_t from, const StepOutcome::Send& message) {
  if (message.link->kind == LinkKind::connection) {
    // A connection that has failed carries nothing until its end has heard of that.
    for (const std::uint8_t peer : mailbox(from, draft_.slots[layout_.mailbox(from)]).failed_peers) {
      if (peer == message.to) {
        return;
      }
    }
  }
  if (is_down_[message.to] != 0 || is_cut(from, message.to, *message.link)) {
    if (message.link->kind == LinkKind::connection) {
      tell_disconnected(from, message.to);
    }
    return;
  }
  put(message.to, message.message, message.link);
}

/// Is there no room, as far as the mailbox itself tells?
bool WorldWorker::is_full(std::size_t to, Slot id, Slot message, const Link* link) {
  if (mailbox(to, id).size >= model_.mailbox_messages_max) {
    return true;
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

/// Is there no room for one more under way, anywhere?
bool WorldWorker::is_network_full() {
  if (model_.messages_max == 0) {
    return false;
  }
  std::uint32_t under_way = 0;
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    under_way += mailbox(i, draft_.slots[layout_.mailbox(i)]).size;
  }
  return under_way >= model_.messages_max;
}

void WorldWorker::put(std::size_t to, Slot message, const Link* link) {
  const bool is_lost_if_full = link != nullptr && is_lossy(link->kind);
  const std::uint32_t slot = layout_.mailbox(to);
  const Slot before = draft_.slots[slot];
  if (!is_network_full()) {
    // A mailbox stays as it was only if it was full.
    change(put_[to], slot, message, [&](Slot id) {
      return is_full(to, id, message, link)
                 ? id
                 : intern_mailbox(interner_, with_message(interner_, words_of(interner_, id), message));
    });
  }
  draft_.pruned |= draft_.slots[slot] == before && !is_lost_if_full;
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

void WorldWorker::lose(std::size_t owner, std::size_t from) {
  change(purge_[owner], layout_.mailbox(owner), static_cast<std::uint32_t>(from), [&](Slot mailbox) {
    return intern_mailbox(
        interner_, without_sender(interner_, words_of(interner_, mailbox), static_cast<std::uint8_t>(from)));
  });
}

bool WorldWorker::has_messages(std::size_t owner, std::size_t from) const {
  return has_messages_from(interner_, words_of(interner_, state_[layout_.mailbox(owner)]),
                           static_cast<std::uint8_t>(from));
}

void WorldWorker::lossy_faults(std::size_t process) {
  const std::uint32_t slot = layout_.mailbox(process);
  const MailboxDigest& digest = mailbox(process, state_[slot]);
  const auto subject = static_cast<std::uint16_t>(process);
  for (const MailboxDigest::Delivery& delivery : digest.deliveries) {
    const WorldLayout::LinkFaults& words = layout_.link_faults(process, delivery.peer);
    if (!delivery.lossy) {
      continue;
    }
    if (left(words.drop) > 0) {
      begin({WorldAction::Kind::drop, 0, subject, delivery.message}, system_.groups_.drop[process]);
      set(slot, delivery.rest);
      spend(words.drop);
      finish();
    }
    if (left(words.duplicate) > 0) {
      begin({WorldAction::Kind::duplicate, 0, subject, delivery.message}, system_.groups_.duplicate[process]);
      duplicate(process, delivery);
      spend(words.duplicate);
      finish();
    }
  }
  for (const std::uint16_t position : digest.exchangeable) {
    const Slot message = words_of(interner_, state_[slot])[position];
    const std::uint32_t word = layout_.link_faults(process, header_of(interner_, message).from).reorder;
    if (left(word) > 0) {
      begin({WorldAction::Kind::reorder, position, subject, message}, system_.groups_.reorder[process]);
      rearrange(process, position, false);
      spend(word);
      finish();
    }
  }
}

void WorldWorker::duplicate(std::size_t process, const MailboxDigest::Delivery& delivery) {
  const Link& link = *layout_.link(process, delivery.peer);
  if (link.kind == LinkKind::datagram) {
    put(process, delivery.message, &link);
    return;
  }
  const std::uint32_t slot = layout_.mailbox(process);
  if (is_network_full() || is_full(process, state_[slot], delivery.message, &link)) {
    return;
  }
  const WordsView messages = words_of(interner_, state_[slot]);
  const auto head = std::find(messages.begin(), messages.end(), delivery.message);
  rearrange(process, static_cast<std::uint16_t>(head - messages.begin()), true);
}

void WorldWorker::rearrange(std::size_t process, std::uint16_t position, bool twice) {
  const std::uint32_t how = position * 2U + (twice ? 1U : 0U);
  change(rearranged_[process], layout_.mailbox(process), how, [&](Slot mailbox) {
    const WordsView messages = words_of(interner_, mailbox);
    return intern_mailbox(interner_,
                          twice ? with_twice(messages, position) : with_exchanged(messages, position));
  });
}

void WorldWorker::disconnects() {
  for (std::size_t i = 0; i < model_.links.size(); ++i) {
    if (left(layout_.fault_words().disconnects[i]) > 0 && is_connected(model_.links[i])) {
      disconnect(i);
    }
  }
}

/// A broken connection loses what was under way from b to a; what was under way to b is lost in one variant
/// and not in the other.
void WorldWorker::disconnect(std::size_t number) {
  const Link& link = model_.links[number];
  const std::uint32_t variants = has_messages(link.b.value, link.a.value) ? 2 : 1;
  for (std::uint32_t variant = 0; variant < variants; ++variant) {
    begin({WorldAction::Kind::disconnect, static_cast<std::uint16_t>(variant),
           static_cast<std::uint16_t>(number), 0},
          system_.groups_.disconnect[number]);
    spend(layout_.fault_words().disconnects[number]);
    lose(link.a.value, link.b.value);
    if (variant == 1) {
      lose(link.b.value, link.a.value);
    }
    tell_disconnected(link.a.value, link.b.value);
    tell_disconnected(link.b.value, link.a.value);
    finish();
  }
}

/// Is there a connection now? Requires: of a kind that is one.
bool WorldWorker::is_connected(const Link& link) {
  const auto is_down = [&](base::ProcessId process) {
    return control(process.value, state_[layout_.control(process.value)]).status == Status::down;
  };
  return !is_down(link.a) && !is_down(link.b) &&
         !(layout_.has_cuts() &&
           blocks(words_of(interner_, state_[layout_.cuts()]), link.a.value, link.b.value, link));
}

bool WorldWorker::blocks(WordsView blocked, std::size_t from, std::size_t to, const Link& link) const {
  const Partitions& partitions = layout_.partitions();
  return link.kind != LinkKind::local &&
         (partitions.blocks(blocked, from, to) ||
          (link.kind == LinkKind::connection && partitions.blocks(blocked, to, from)));
}

void WorldWorker::partitions() {
  const std::uint32_t slot = layout_.cuts();
  if (state_[slot] != system_.no_cuts_) {
    begin({WorldAction::Kind::heal, 0, 0, 0}, system_.groups_.heal);
    set(slot, system_.no_cuts_);
    finish();
  }
  const std::vector<Partitions::Cut>& cuts = layout_.partitions().cuts();
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    if (left(layout_.fault_words().cuts[static_cast<std::size_t>(cuts[i].shape)]) > 0) {
      cut(i);
    }
  }
}

/// Both variants, or one where it makes no difference: what was under way across the cut arrives or is lost.
void WorldWorker::cut(std::size_t number) {
  const Partitions::Cut& made = layout_.partitions().cuts()[number];
  const std::uint32_t slot = layout_.cuts();
  const WordsView before = words_of(interner_, state_[slot]);
  Words after(before.begin(), before.end());
  for (std::size_t i = 0; i < after.size(); ++i) {
    after[i] |= made.blocked[i];
  }
  if (std::equal(after.begin(), after.end(), before.begin())) {
    return;
  }
  find_crossings(before, after);
  const Slot cuts = intern_numbers(interner_, after);
  const auto shape = static_cast<std::size_t>(made.shape);
  const std::uint32_t variants = crossings_.empty() ? 1 : 2;
  for (std::uint32_t variant = 0; variant < variants; ++variant) {
    begin(
        {WorldAction::Kind::cut, static_cast<std::uint16_t>(variant), static_cast<std::uint16_t>(number), 0},
        system_.groups_.cut[shape]);
    spend(layout_.fault_words().cuts[shape]);
    set(slot, cuts);
    for (const Link* link : broken_) {
      lose(link->a.value, link->b.value);
    }
    if (variant == 1) {
      for (const Crossing& crossing : crossings_) {
        lose(crossing.to, crossing.from);
      }
    }
    for (const Link* link : broken_) {
      tell_disconnected(link->a.value, link->b.value);
      tell_disconnected(link->b.value, link->a.value);
    }
    finish();
  }
}

/// Which connections a cut breaks, and where messages are under way that it may catch or miss: datagrams and
/// requests.
void WorldWorker::find_crossings(WordsView before, WordsView after) {
  broken_.clear();
  crossings_.clear();
  const auto note = [&](base::ProcessId from, base::ProcessId to, const Link& link) {
    const bool newly =
        blocks(after, from.value, to.value, link) && !blocks(before, from.value, to.value, link);
    if (newly && has_messages(to.value, from.value)) {
      crossings_.push_back({from.value, to.value});
    }
  };
  for (const Link& link : model_.links) {
    if (link.kind == LinkKind::connection) {
      if (blocks(after, link.a.value, link.b.value, link) && is_connected(link)) {
        broken_.push_back(&link);
        note(link.a, link.b, link);
      }
    } else if (is_lossy(link.kind)) {
      note(link.a, link.b, link);
      note(link.b, link.a, link);
    }
  }
}

}  // namespace plimsoll::checker
