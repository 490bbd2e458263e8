// What becomes of the network: lost, doubled and overtaken messages, connections that fail, partitions.
#include <algorithm>

#include "checker/world/world_worker.hpp"

namespace plimsoll::checker {

void WorldWorker::lose(std::size_t owner, std::size_t from) {
  const std::uint32_t slot = layout_.mailbox(owner);
  const Slot id = draft_.slots[slot];
  std::uint32_t purged = purge_.find(id, static_cast<std::uint32_t>(from));
  if (purged == PairMemo::none) {
    purged = intern_mailbox(
        interner_, without_sender(interner_, words_of(interner_, id), static_cast<std::uint8_t>(from)));
    purge_.insert(id, static_cast<std::uint32_t>(from), purged);
  }
  set(slot, purged);
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
      set(slot, rearranged(state_[slot], position, false));
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
  if (is_full(process, delivery.message, &link)) {
    return;
  }
  const WordsView messages = words_of(interner_, state_[slot]);
  const auto head = std::find(messages.begin(), messages.end(), delivery.message);
  set(slot, rearranged(state_[slot], static_cast<std::uint16_t>(head - messages.begin()), true));
}

Slot WorldWorker::rearranged(Slot mailbox, std::uint16_t position, bool twice) {
  const std::uint32_t key = position * 2U + (twice ? 1U : 0U);
  std::uint32_t changed = rearranged_.find(mailbox, key);
  if (changed == PairMemo::none) {
    const WordsView messages = words_of(interner_, mailbox);
    changed = intern_mailbox(interner_,
                             twice ? with_twice(messages, position) : with_exchanged(messages, position));
    rearranged_.insert(mailbox, key, changed);
  }
  return changed;
}

/// A broken connection loses what was under way from b to a; what was under way to b is lost in one variant
/// and not in the other.
void WorldWorker::disconnects() {
  for (std::size_t i = 0; i < model_.links.size(); ++i) {
    const Link& link = model_.links[i];
    const std::uint32_t word = layout_.fault_words().disconnects[i];
    if (left(word) == 0 || !is_connected(link)) {
      continue;
    }
    const std::uint32_t variants = has_messages(link.b.value, link.a.value) ? 2 : 1;
    for (std::uint32_t variant = 0; variant < variants; ++variant) {
      begin({WorldAction::Kind::disconnect, static_cast<std::uint16_t>(variant),
             static_cast<std::uint16_t>(i), 0},
            system_.groups_.disconnect[i]);
      spend(word);
      lose(link.a.value, link.b.value);
      if (variant == 1) {
        lose(link.b.value, link.a.value);
      }
      tell_disconnected(link.a.value, link.b.value);
      tell_disconnected(link.b.value, link.a.value);
      finish();
    }
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
