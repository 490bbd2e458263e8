// The world's own interned values: messages, mailboxes, controls, disks and the environment, as lists of
// 32-bit words.
//
// Where a word is the id of another value, the list's content hash is computed from that value's content, so
// that it does not depend on the run; the order of words is by content too.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/system/interner.hpp"
#include "impl/base/bytes.hpp"
#include "impl/base/ids.hpp"

namespace plimsoll::checker {

using Words = std::vector<std::uint32_t>;
using WordsView = std::span<const std::uint32_t>;

/// The words of a value interned by one of the functions below.
[[nodiscard]] WordsView words_of(const Interner& interner, Slot id);

// Messages: a header of five bytes, then the payload as the receiver's type.

struct MessageHeader {
  std::uint8_t from = 0;
  std::uint8_t to = 0;
  std::uint8_t channel = 0;
  std::uint8_t flags = 0;
  std::uint8_t kind = 0;  ///< alternative of the receiver's type: for action groups
};
constexpr std::uint8_t message_ordered = 1;  ///< keeps its place among those of the same sender and channel
constexpr std::uint8_t message_urgent = 2;   ///< time does not pass while it is under way
constexpr std::uint8_t message_disconnected = 4;  ///< no message: the connection to `from` failed
constexpr std::uint8_t message_lossy = 8;         ///< may be dropped or duplicated
constexpr std::uint8_t message_stale = 16;  ///< stands for any that its receiver ignores: stale_messages.hpp
/// Or does the header say all?
[[nodiscard]] constexpr bool has_payload(const MessageHeader& header) {
  return (header.flags & (message_disconnected | message_stale)) == 0;
}

[[nodiscard]] Slot intern_message(Interner& interner, const MessageHeader& header, base::BytesView payload);
[[nodiscard]] MessageHeader header_of(const Interner& interner, Slot message);
[[nodiscard]] base::BytesView payload_of(const Interner& interner, Slot message);

// Mailboxes: message ids by (sender, channel); within those in order of sending if ordered, else by content.

[[nodiscard]] Slot intern_mailbox(Interner& interner, const Words& messages);
[[nodiscard]] Words with_message(const Interner& interner, WordsView mailbox, Slot message);
[[nodiscard]] Words without_position(WordsView mailbox, std::size_t position);
/// Without anything that process `from` sent.
[[nodiscard]] Words without_sender(const Interner& interner, WordsView mailbox, std::uint8_t from);
/// Is anything under way from process `from`, besides the news that its connection failed?
[[nodiscard]] bool has_messages_from(const Interner& interner, WordsView mailbox, std::uint8_t from);
/// With the message at `position` twice in a row.
[[nodiscard]] Words with_twice(WordsView mailbox, std::size_t position);
/// With the messages at `position` and behind it exchanged.
[[nodiscard]] Words with_exchanged(WordsView mailbox, std::size_t position);
/// Positions of messages that the next one of the same lossy ordered queue may overtake, being another.
[[nodiscard]] std::vector<std::uint16_t> exchangeable(const Interner& interner, WordsView mailbox);
/// Positions that can be delivered next: the head of each ordered queue, each distinct datagram; from a peer
/// whose connection failed, that news before anything else.
[[nodiscard]] std::vector<std::size_t> deliverable(const Interner& interner, WordsView mailbox);

// Controls: what the world keeps of a process besides its parts.

enum class Status : std::uint32_t { up, paused, down };

struct ArmedTimer {
  Slot timer = 0;               ///< interned bytes of the component's Timer
  std::uint32_t remaining = 0;  ///< ticks; in untimed worlds always 0
  friend bool operator==(const ArmedTimer&, const ArmedTimer&) = default;
};
struct Control {
  Status status = Status::up;
  std::uint32_t incarnation = 0;
  std::vector<ArmedTimer> timers;  ///< by content
  friend bool operator==(const Control&, const Control&) = default;
};
[[nodiscard]] Slot intern_control(Interner& interner, Control control);
[[nodiscard]] Control control_of(const Interner& interner, Slot id);

// Disks: records, of which the first `synced` survive any crash, and perhaps the torn beginning of another.

struct Disk {
  std::uint32_t synced = 0;
  Words records;
  bool torn_tail = false;
};
[[nodiscard]] Slot intern_disk(Interner& interner, const Disk& disk);
[[nodiscard]] Disk disk_of(const Interner& interner, Slot id);

// Plain numbers: the environment (ticks elapsed, then what is left of each budget), cuts (for each host, a
// bit for each host that nothing gets to from it), clocks (for each process, how far its clock is ahead, plus
// the drift allowed).

[[nodiscard]] Slot intern_numbers(Interner& interner, const Words& numbers);

}  // namespace plimsoll::checker
