#include "impl/raft/progress.hpp"

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

namespace plimsoll::raft {
namespace {

constexpr InflightLimits limits{3, 0};

/// Caught up with what it was sent, up to `match`.
Progress replicating(Index match) {
  Progress progress;
  progress.match = match;
  progress.become_replicate();
  return progress;
}

Progress probing(Index match, Index next) {
  Progress progress;
  progress.match = match;
  progress.next = next;
  return progress;
}

/// The invariants of progress.hpp (RAFT-R7).
bool is_consistent(const Progress& progress) {
  const bool in_snapshot = progress.state == ProgressState::snapshot;
  return progress.match < progress.next && in_snapshot == (progress.pending_snapshot != 0) &&
         (!in_snapshot || progress.next == progress.pending_snapshot + 1) &&
         (progress.state == ProgressState::replicate || progress.inflights == Inflights{});
}

/// Something that may happen to a follower, as a leader sees it.
void happens(Progress& progress, unsigned what, Index index) {
  switch (what) {
    case 0:
      progress.become_probe();
      break;
    case 1:
      progress.become_replicate();
      break;
    case 2:
      // A snapshot is only sent for what is not there yet.
      progress.become_snapshot(progress.match + 1 + index);
      break;
    case 3:
      // While a snapshot is under way, an acknowledgement beyond it ends the wait.
      if (progress.maybe_update(index) && progress.state == ProgressState::snapshot) {
        progress.become_probe();
        progress.become_replicate();
      }
      break;
    case 4:
      // As a leader does: a rejection ends the optimism, and what was in flight counts for nothing.
      if (progress.state != ProgressState::snapshot && progress.maybe_decrease(index, index / 2) &&
          progress.state == ProgressState::replicate) {
        progress.become_probe();
      }
      break;
    default:
      if (!progress.is_paused()) {
        progress.sent_entries(index % 3, index, limits);
      }
  }
  if (progress.state == ProgressState::replicate) {
    progress.inflights.free_le(progress.match);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(progress_test)

BOOST_AUTO_TEST_CASE(RAFT_R7_one_probe_with_entries_at_a_time) {
  Progress progress = probing(0, 4);
  progress.sent_entries(0, 0, limits);
  BOOST_TEST(!progress.is_paused());
  progress.sent_entries(2, 20, limits);
  BOOST_TEST(progress.is_paused());
  BOOST_TEST(progress.next == 4U);  // nothing is taken for granted
  BOOST_TEST((progress.inflights == Inflights{}));
}

BOOST_AUTO_TEST_CASE(RAFT_R7_replicate_sends_ahead_until_the_window_is_full) {
  Progress progress = replicating(5);
  progress.sent_entries(2, 20, limits);
  progress.sent_entries(1, 10, limits);
  BOOST_TEST(progress.next == 9U);
  BOOST_TEST(!progress.is_paused());
  progress.sent_entries(1, 10, limits);
  BOOST_TEST(progress.is_paused());
  BOOST_TEST(progress.inflights.window.back().index == 9U);
  // Acknowledged, there is room again.
  BOOST_TEST(progress.maybe_update(7));
  progress.inflights.free_le(7);
  BOOST_TEST(!progress.is_paused());
  BOOST_TEST(!progress.inflights.full(limits));
}

BOOST_AUTO_TEST_CASE(RAFT_R8_an_empty_message_pauses_a_full_window_again) {
  Progress progress = replicating(0);
  for (int i = 0; i < 3; ++i) {
    progress.sent_entries(1, 1, limits);
  }
  progress.msg_app_flow_paused = false;  // a heartbeat response came
  BOOST_TEST(!progress.is_paused());
  progress.sent_entries(0, 0, limits);
  BOOST_TEST(progress.is_paused());
  BOOST_TEST(progress.next == 4U);
}

BOOST_AUTO_TEST_CASE(RAFT_R7_nothing_is_sent_while_a_snapshot_is_under_way) {
  Progress progress = replicating(2);
  progress.sent_entries(1, 1, limits);
  progress.become_snapshot(9);
  BOOST_TEST(progress.is_paused());
  BOOST_TEST(progress.next == 10U);
  BOOST_TEST(progress.sent_commit == 9U);
  BOOST_TEST(is_consistent(progress));
  // Reported as delivered: what follows it is probed.
  progress.become_probe();
  BOOST_TEST(progress.next == 10U);
  BOOST_TEST(progress.pending_snapshot == 0U);
  // Reported as failed: it counts for nothing.
  progress.become_snapshot(9);
  progress.pending_snapshot = 0;
  progress.become_probe();
  BOOST_TEST(progress.next == 3U);
  BOOST_TEST(progress.sent_commit == 2U);
}

BOOST_AUTO_TEST_CASE(acknowledgements_count_once) {
  Progress progress = probing(3, 5);
  progress.msg_app_flow_paused = true;
  BOOST_TEST(!progress.maybe_update(3));
  BOOST_TEST(progress.is_paused());
  BOOST_TEST(progress.maybe_update(4));
  BOOST_TEST(!progress.is_paused());
  BOOST_TEST(progress.match == 4U);
  BOOST_TEST(progress.next == 5U);
  BOOST_TEST(progress.maybe_update(8));
  BOOST_TEST(progress.next == 9U);
}

BOOST_AUTO_TEST_CASE(RAFT_R7_a_rejection_in_replicate_is_old_unless_beyond_match) {
  Progress progress = replicating(5);
  progress.next = 10;
  progress.sent_commit = 8;
  BOOST_TEST(!progress.maybe_decrease(5, 5));
  BOOST_TEST(!progress.maybe_decrease(4, 4));
  BOOST_TEST(progress.next == 10U);
  BOOST_TEST(progress.maybe_decrease(9, 9));
  BOOST_TEST(progress.next == 6U);
  BOOST_TEST(progress.sent_commit == 5U);
}

BOOST_AUTO_TEST_CASE(RAFT_R2_a_rejected_probe_backs_off_to_the_hint) {
  Progress progress = probing(0, 10);
  progress.msg_app_flow_paused = true;
  BOOST_TEST(!progress.maybe_decrease(8, 2));
  BOOST_TEST(progress.is_paused());
  BOOST_TEST(progress.maybe_decrease(9, 2));
  BOOST_TEST(progress.next == 3U);
  BOOST_TEST(!progress.is_paused());
  // A hint beyond the rejection does not count, and nothing at or below match is sent again.
  progress = probing(0, 10);
  BOOST_TEST(progress.maybe_decrease(9, 20));
  BOOST_TEST(progress.next == 9U);
  progress = probing(4, 6);
  BOOST_TEST(progress.maybe_decrease(5, 0));
  BOOST_TEST(progress.next == 5U);
}

BOOST_AUTO_TEST_CASE(a_commit_index_is_worth_sending_while_it_can_move_the_follower) {
  Progress progress = replicating(5);
  progress.next = 8;
  progress.sent_commit = 5;
  BOOST_TEST(!progress.can_bump_commit(5));
  BOOST_TEST(progress.can_bump_commit(6));
  // What was sent covers all that the follower has been given.
  progress.sent_commit = 7;
  BOOST_TEST(!progress.can_bump_commit(9));
}

BOOST_AUTO_TEST_CASE(invariants_hold_whatever_happens) {
  BOOST_TEST(rc::check("match < next, and no stale fields", [] {
    Progress progress;
    for (const auto& [what, index] : *rc::gen::container<std::vector<std::pair<unsigned, Index>>>(
             rc::gen::pair(rc::gen::inRange(0U, 8U), rc::gen::inRange<Index>(0, 12)))) {
      happens(progress, what, index);
      RC_ASSERT(is_consistent(progress));
    }
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::raft
