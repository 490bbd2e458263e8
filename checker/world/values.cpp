#include "checker/world/values.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace plimsoll::checker {
namespace {

std::string_view raw(const Words& words) {
  return {reinterpret_cast<const char*>(words.data()), words.size() * sizeof(std::uint32_t)};
}

/// Collects what a content hash is computed from: numbers as they are, ids by their content.
class ContentList {
 public:
  void add(std::uint64_t number) { bits_.push_back(number); }
  void add(const ContentHash& content) {
    bits_.push_back(content.low);
    bits_.push_back(content.high);
  }
  [[nodiscard]] ContentHash hash() const {
    return hash_bytes({reinterpret_cast<const char*>(bits_.data()), bits_.size() * sizeof(std::uint64_t)});
  }

 private:
  std::vector<std::uint64_t> bits_;
};

bool content_less(const Interner& interner, Slot a, Slot b) {
  const ContentHash& x = interner.content(a);
  const ContentHash& y = interner.content(b);
  if (x.high != y.high) {
    return x.high < y.high;
  }
  if (x.low != y.low) {
    return x.low < y.low;
  }
  return interner.bytes(a) < interner.bytes(b);
}

/// Shares a disk's first word with the number of synced records.
constexpr std::uint32_t torn_bit = std::uint32_t{1} << 31U;

std::uint32_t queue_of(const MessageHeader& header) {
  return static_cast<std::uint32_t>(header.from) << 8U | header.channel;
}

}  // namespace

WordsView words_of(const Interner& interner, Slot id) {
  const std::string_view bytes = interner.bytes(id);
  return {reinterpret_cast<const std::uint32_t*>(bytes.data()), bytes.size() / sizeof(std::uint32_t)};
}

Slot intern_message(Interner& interner, const MessageHeader& header, base::BytesView payload) {
  base::Bytes bytes = {static_cast<char>(header.from), static_cast<char>(header.to),
                       static_cast<char>(header.channel), static_cast<char>(header.flags),
                       static_cast<char>(header.kind)};
  bytes += payload;
  return interner.intern(bytes);
}

MessageHeader header_of(const Interner& interner, Slot message) {
  const std::string_view bytes = interner.bytes(message);
  return {static_cast<std::uint8_t>(bytes[0]), static_cast<std::uint8_t>(bytes[1]),
          static_cast<std::uint8_t>(bytes[2]), static_cast<std::uint8_t>(bytes[3]),
          static_cast<std::uint8_t>(bytes[4])};
}

base::BytesView payload_of(const Interner& interner, Slot message) {
  return interner.bytes(message).substr(5);
}

Slot intern_mailbox(Interner& interner, const Words& messages) {
  ContentList content;
  content.add(messages.size());
  for (const Slot message : messages) {
    content.add(interner.content(message));
  }
  return interner.intern(raw(messages), content.hash());
}

Words with_message(const Interner& interner, WordsView mailbox, Slot message) {
  const MessageHeader header = header_of(interner, message);
  const auto before = [&](Slot other) {
    const MessageHeader held = header_of(interner, other);
    if (queue_of(held) != queue_of(header)) {
      return queue_of(held) < queue_of(header);
    }
    if ((header.flags & message_ordered) != 0) {
      return true;
    }
    return !content_less(interner, message, other);
  };
  const auto place = std::find_if_not(mailbox.begin(), mailbox.end(), before);
  Words changed(mailbox.begin(), place);
  changed.push_back(message);
  changed.insert(changed.end(), place, mailbox.end());
  return changed;
}

Words without_position(WordsView mailbox, std::size_t position) {
  Words changed(mailbox.begin(), mailbox.end());
  changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(position));
  return changed;
}

Words without_sender(const Interner& interner, WordsView mailbox, std::uint8_t from) {
  Words changed;
  std::copy_if(mailbox.begin(), mailbox.end(), std::back_inserter(changed),
               [&](Slot message) { return header_of(interner, message).from != from; });
  return changed;
}

bool has_messages_from(const Interner& interner, WordsView mailbox, std::uint8_t from) {
  return std::any_of(mailbox.begin(), mailbox.end(), [&](Slot message) {
    const MessageHeader header = header_of(interner, message);
    return header.from == from && (header.flags & message_disconnected) == 0;
  });
}

Words with_twice(WordsView mailbox, std::size_t position) {
  Words changed(mailbox.begin(), mailbox.end());
  const Slot message = changed[position];
  changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(position), message);
  return changed;
}

Words with_exchanged(WordsView mailbox, std::size_t position) {
  Words changed(mailbox.begin(), mailbox.end());
  std::swap(changed[position], changed[position + 1]);
  return changed;
}

std::vector<std::uint16_t> exchangeable(const Interner& interner, WordsView mailbox) {
  constexpr std::uint8_t wanted = message_ordered | message_lossy;
  std::vector<std::uint16_t> positions;
  for (std::size_t i = 0; i + 1 < mailbox.size(); ++i) {
    const MessageHeader header = header_of(interner, mailbox[i]);
    const bool same_queue = queue_of(header) == queue_of(header_of(interner, mailbox[i + 1]));
    if (same_queue && (header.flags & wanted) == wanted && mailbox[i] != mailbox[i + 1]) {
      positions.push_back(static_cast<std::uint16_t>(i));
    }
  }
  return positions;
}

std::vector<std::size_t> deliverable(const Interner& interner, WordsView mailbox) {
  std::vector<std::size_t> positions;
  const auto connection_failed = [&](std::uint8_t from) {
    return std::any_of(mailbox.begin(), mailbox.end(), [&](Slot message) {
      const MessageHeader header = header_of(interner, message);
      return header.from == from && (header.flags & message_disconnected) != 0;
    });
  };
  for (std::size_t i = 0; i < mailbox.size(); ++i) {
    const MessageHeader header = header_of(interner, mailbox[i]);
    const bool news = (header.flags & message_disconnected) != 0;
    const bool ordered = (header.flags & message_ordered) != 0;
    if (i > 0) {
      const bool same_queue = queue_of(header_of(interner, mailbox[i - 1])) == queue_of(header);
      if (ordered && !news && same_queue) {
        continue;
      }
      if (mailbox[i - 1] == mailbox[i]) {
        continue;
      }
    }
    if (ordered && !news && connection_failed(header.from)) {
      continue;
    }
    positions.push_back(i);
  }
  return positions;
}

Slot intern_control(Interner& interner, Control control) {
  std::sort(control.timers.begin(), control.timers.end(), [&](const ArmedTimer& a, const ArmedTimer& b) {
    return content_less(interner, a.timer, b.timer);
  });
  Words words = {static_cast<std::uint32_t>(control.status), control.incarnation};
  ContentList content;
  content.add(words[0]);
  content.add(words[1]);
  for (const ArmedTimer& armed : control.timers) {
    words.push_back(armed.timer);
    words.push_back(armed.remaining);
    content.add(interner.content(armed.timer));
    content.add(armed.remaining);
  }
  return interner.intern(raw(words), content.hash());
}

Control control_of(const Interner& interner, Slot id) {
  const WordsView words = words_of(interner, id);
  Control control{static_cast<Status>(words[0]), words[1], {}};
  for (std::size_t i = 2; i < words.size(); i += 2) {
    control.timers.push_back({words[i], words[i + 1]});
  }
  return control;
}

Slot intern_disk(Interner& interner, const Disk& disk) {
  Words words = {disk.synced | (disk.torn_tail ? torn_bit : 0)};
  ContentList content;
  content.add(words[0]);
  for (const Slot record : disk.records) {
    words.push_back(record);
    content.add(interner.content(record));
  }
  return interner.intern(raw(words), content.hash());
}

Disk disk_of(const Interner& interner, Slot id) {
  const WordsView words = words_of(interner, id);
  return {words[0] & ~torn_bit, Words(words.begin() + 1, words.end()), (words[0] & torn_bit) != 0};
}

Slot intern_numbers(Interner& interner, const Words& numbers) {
  return interner.intern(raw(numbers));
}

}  // namespace plimsoll::checker
