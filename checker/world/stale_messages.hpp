// Messages that their receiver ignores now and will ignore whenever they come: answers to an election that is
// over, say. Of such a message only the room that it takes matters. So all of them can be one and the same.
//
// That is a bisimulation. A process's mailbox is emptied when it goes down, so "whenever" lasts as long as
// the process runs, and what it will ignore until then is a matter of its own steps alone
// (Process::is_stale). A stand-in fills the mailbox, holds up time, is delivered, dropped, doubled and cut
// off as the message that it stands for; its delivery changes nothing. Where it matters who sent a message it
// keeps its sender, and in a queue its place; a queue that may be reordered is left alone, since exchanging
// two messages that differ spends a budget and exchanging two that are alike does nothing.
#pragma once

#include <vector>

#include "checker/world/layout.hpp"
#include "checker/world/values.hpp"

namespace plimsoll::checker {

/// Immutable. Thread-safety: const members may be called from any number of threads.
class StaleMessages {
 public:
  StaleMessages(const WorldModel& model, const WorldLayout& layout, Interner& interner);

  /// Does any process say which messages it will ignore?
  [[nodiscard]] bool any() const { return !receivers_.empty(); }

  struct Receiver {
    std::size_t process = 0;
    std::uint32_t mailbox = 0;         ///< its slot
    std::vector<std::uint32_t> parts;  ///< slots of those that tell what is stale
    SlotMask reads = 0;                ///< all of them
  };
  [[nodiscard]] const std::vector<Receiver>& receivers() const { return receivers_; }

  /// The receiver's mailbox in `state`, with stand-ins for stale messages. A function of the slots that the
  /// receiver reads. Slow: to be remembered.
  [[nodiscard]] Slot merged(const Receiver& receiver, StateView state) const;

 private:
  [[nodiscard]] bool may_merge(std::size_t process, const MessageHeader& header) const;
  [[nodiscard]] bool senders_matter(std::size_t process) const;

  const WorldModel& model_;
  const WorldLayout& layout_;
  Interner& interner_;
  std::vector<Receiver> receivers_;
  std::vector<bool> senders_matter_;  ///< by process, of its datagrams
};

}  // namespace plimsoll::checker
