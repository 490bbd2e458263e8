#include "impl/raft/progress.hpp"

#include <algorithm>

#include "impl/base/assert.hpp"

namespace plimsoll::raft {

void Progress::reset_state(ProgressState to) {
  msg_app_flow_paused = false;
  pending_snapshot = 0;
  state = to;
  inflights.clear();
}

void Progress::become_probe() {
  // A snapshot that was under way is taken as received: if it was not, the first rejection says so.
  const Index after_snapshot = pending_snapshot + 1;
  reset_state(ProgressState::probe);
  next = std::max(match + 1, after_snapshot);
  sent_commit = std::min(sent_commit, next - 1);
}

void Progress::become_replicate() {
  reset_state(ProgressState::replicate);
  next = match + 1;
}

void Progress::become_snapshot(Index index) {
  reset_state(ProgressState::snapshot);
  pending_snapshot = index;
  next = index + 1;
  sent_commit = index;
}

bool Progress::is_paused() const {
  return state == ProgressState::snapshot || msg_app_flow_paused;
}

void Progress::sent_entries(std::uint64_t entries, std::uint64_t bytes, const InflightLimits& limits) {
  PLIMSOLL_ASSERT_KNOWN(state != ProgressState::snapshot, "sending append in unhandled state StateSnapshot");
  if (state == ProgressState::probe) {
    // An empty message does not count as the probe: it may be the one that carries a commit index.
    msg_app_flow_paused = msg_app_flow_paused || entries > 0;
    return;
  }
  if (entries > 0) {
    PLIMSOLL_ASSERT_KNOWN(!inflights.full(limits), "cannot add into a Full inflights");
    next += entries;
    inflights.add(next - 1, bytes);
  }
  // The message that fills the window is a probe: the next one waits for an answer.
  msg_app_flow_paused = inflights.full(limits);
}

bool Progress::maybe_update(Index index) {
  if (index <= match) {
    return false;
  }
  match = index;
  next = std::max(next, index + 1);
  msg_app_flow_paused = false;
  return true;
}

bool Progress::maybe_decrease(Index rejected, Index match_hint) {
  if (state == ProgressState::replicate) {
    if (rejected <= match) {
      return false;
    }
    next = match + 1;
    sent_commit = std::min(sent_commit, next - 1);
    return true;
  }
  // Probes go out one by one, so a rejection of anything but the last one is old.
  if (next - 1 != rejected) {
    return false;
  }
  next = std::max(std::min(rejected, match_hint + 1), match + 1);
  sent_commit = std::min(sent_commit, next - 1);
  msg_app_flow_paused = false;
  return true;
}

}  // namespace plimsoll::raft
