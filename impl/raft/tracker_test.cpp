#include "impl/raft/tracker.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/raft/majorities_bed.hpp"

namespace plimsoll::raft {
namespace {

/// Members by bits, with joint halves; the match of server i is matches[i - 1].
ProgressTracker tracking(bed::Mask incoming, bed::Mask outgoing, bed::Mask learners,
                         const std::vector<Index>& matches) {
  ConfState state;
  state.voters = bed::servers(incoming);
  state.voters_outgoing = bed::servers(outgoing);
  state.learners = bed::servers(learners);
  const MembershipResult made = restore_membership(state, 1);
  BOOST_REQUIRE(made);
  ProgressTracker tracker;
  tracker.set_membership(*made);
  for (auto& [id, progress] : tracker.progress) {
    progress.match = matches.at(id.value - 1);
    progress.next = progress.match + 1;
    progress.recent_active = false;
  }
  return tracker;
}

constexpr auto R2 = Defects().with(Defect::R2);

}  // namespace

BOOST_AUTO_TEST_SUITE(tracker_test)

BOOST_AUTO_TEST_CASE(RAFT_R5_learners_never_count) {
  BOOST_TEST(tracking(0b0011, 0, 0b1100, {4, 3, 9, 9}).committed() == 3U);
  ProgressTracker tracker = tracking(0b0011, 0, 0b1100, {0, 0, 0, 0});
  tracker.record_vote({1}, true);
  tracker.record_vote({3}, true);
  tracker.record_vote({4}, false);
  const Tally tally = tracker.tally_votes();
  BOOST_TEST(tally.granted == 1U);
  BOOST_TEST(tally.rejected == 0U);
  BOOST_TEST((tally.result == VoteResult::pending));
}

BOOST_AUTO_TEST_CASE(RAFT_R5_joint_is_the_lower_of_both_majorities) {
  const ProgressTracker tracker = tracking(0b11000, 0b00111, 0, {9, 9, 9, 2, 2});
  BOOST_TEST(tracker.committed() == 2U);
  BOOST_TEST((tracker.voters() == bed::servers(0b11111)));
}

BOOST_AUTO_TEST_CASE(RAFT_E9_a_quorum_is_active_in_both_halves) {
  ProgressTracker tracker = tracking(0b011, 0b110, 0b1000, {1, 1, 1, 1});
  BOOST_TEST(!tracker.quorum_active());
  tracker.find({2})->recent_active = true;
  tracker.find({4})->recent_active = true;  // a learner
  BOOST_TEST(!tracker.quorum_active());
  tracker.find({1})->recent_active = true;
  BOOST_TEST(!tracker.quorum_active());
  tracker.find({3})->recent_active = true;
  BOOST_TEST(tracker.quorum_active());
}

BOOST_AUTO_TEST_CASE(the_first_answer_of_a_server_counts) {
  ProgressTracker tracker = tracking(0b111, 0, 0, {1, 1, 1});
  tracker.record_vote({1}, true);
  tracker.record_vote({2}, false);
  tracker.record_vote({2}, true);
  BOOST_TEST(tracker.tally_votes().granted == 1U);
  BOOST_TEST(tracker.tally_votes().rejected == 1U);
  tracker.record_vote({3}, true);
  BOOST_TEST((tracker.tally_votes().result == VoteResult::won));
  tracker.reset_votes();
  BOOST_TEST((tracker.tally_votes().result == VoteResult::pending));
  // Somebody who is no member changes nothing.
  tracker.record_vote({9}, true);
  BOOST_TEST(tracker.tally_votes().granted == 0U);
}

BOOST_AUTO_TEST_CASE(a_singleton_is_one_voter_and_not_joint) {
  BOOST_TEST(tracking(0b001, 0, 0, {1}).is_singleton());
  BOOST_TEST(tracking(0b001, 0, 0b110, {1, 1, 1}).is_singleton());
  BOOST_TEST(!tracking(0b011, 0, 0, {1, 1}).is_singleton());
  BOOST_TEST(!tracking(0b001, 0b010, 0, {1, 1}).is_singleton());
  BOOST_TEST(!tracking(0b001, 0b001, 0, {1}).is_singleton());
}

BOOST_AUTO_TEST_CASE(who_is_no_member_is_not_found) {
  ProgressTracker tracker = tracking(0b011, 0, 0, {4, 3});
  BOOST_TEST(tracker.find({2})->match == 3U);
  BOOST_TEST(tracker.find({3}) == nullptr);
  BOOST_TEST(std::as_const(tracker).find({3}) == nullptr);
  BOOST_TEST((tracker.conf_state() == ConfState{bed::servers(0b011)}));
}

BOOST_AUTO_TEST_CASE(R2_one_majority_of_everybody_lets_one_half_decide_alone) {
  ProgressTracker tracker = tracking(0b11000, 0b00111, 0, {9, 9, 9, 2, 2});
  BOOST_TEST(tracker.committed(R2) == 9U);
  for (const std::uint64_t id : {1U, 2U, 3U}) {
    tracker.record_vote({id}, true);
    tracker.find({id})->recent_active = true;
  }
  BOOST_TEST((tracker.tally_votes().result == VoteResult::pending));
  BOOST_TEST((tracker.tally_votes(R2).result == VoteResult::won));
  BOOST_TEST(!tracker.quorum_active());
  BOOST_TEST(tracker.quorum_active(R2));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::raft
