// Stale messages made alike in states under construction (stale_messages.hpp).
#include "checker/world/world_worker.hpp"

namespace plimsoll::checker {

/// Looks only where the mailbox or what its receiver goes by has changed.
void WorldWorker::merge_stale() {
  for (const StaleMessages::Receiver& receiver : stale_->receivers()) {
    const Slot mailbox = draft_.slots[receiver.mailbox];
    if ((draft_.changed & receiver.reads) == 0 || mailbox == system_.empty_mailbox_) {
      continue;
    }
    key_.clear();
    key_.push_back(static_cast<std::uint32_t>(receiver.process));
    key_.push_back(mailbox);
    for (const std::uint32_t slot : receiver.parts) {
      key_.push_back(draft_.slots[slot]);
    }
    std::uint32_t merged = merged_.find(key_);
    if (merged == KeyMemo::none) {
      merged = stale_->merged(receiver, {draft_.slots, layout_.width()});
      merged_.insert(key_, merged);
    }
    set(receiver.mailbox, merged);
  }
}

Fingerprint WorldWorker::merge_stale(std::span<Slot> state, SlotMask changed, Fingerprint fingerprint) {
  PLIMSOLL_ASSERT(stale_ != nullptr);
  draft_ = {state.data(), fingerprint, changed, 0, false};
  merge_stale();
  return finish_fingerprint(draft_.fingerprint);
}

}  // namespace plimsoll::checker
