// A state at a glance, for whoever chooses among processes (partial_order.hpp).
#include <algorithm>

#include "checker/world/world_worker.hpp"

namespace plimsoll::checker {

WorldGlance WorldWorker::glance(StateView state) {
  look_around(state, 0);
  WorldGlance seen;
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    const ControlDigest& now = control(i, state[layout_.control(i)]);
    const MailboxDigest& waiting = mailbox(i, state[layout_.mailbox(i)]);
    const bool is_up = now.status == Status::up;
    const bool restarts = now.status == Status::down && model_.processes[i].supervised;
    const bool resumes = now.status == Status::paused;
    const bool may_act =
        is_up && (!waiting.deliveries.empty() ||
                  std::ranges::any_of(now.firings, [&](const auto& firing) { return may_fire(firing); }));
    const bool is_busy = restarts || resumes || now.work || waiting.size > 0;
    seen.able |= may_act || restarts || resumes ? process_bit(i) : 0;
    seen.busy |= is_busy ? process_bit(i) : 0;
    seen.holds_time |= is_up && (now.holds_time || waiting.urgent) ? process_bit(i) : 0;
    seen.restarts |= restarts ? process_bit(i) : 0;
  }
  for (std::size_t word = 1; word < environment_.size(); ++word) {
    seen.budgets |= environment_[word] > 0 ? std::uint64_t{1} << word : 0;
  }
  seen.is_cut = layout_.has_cuts() && state[layout_.cuts()] != system_.no_cuts_;
  return seen;
}

void WorldWorker::empty_mailbox(std::size_t process, std::span<Slot> state) const {
  state[layout_.mailbox(process)] = system_.empty_mailbox_;
}

}  // namespace plimsoll::checker
