#include <boost/test/unit_test.hpp>

#include "impl/raft/test_bed.hpp"

namespace {

using namespace plimsoll::raft;
using Type = MessageType;

Config pre_vote_config() {
  Config config = test_config();
  config.pre_vote = true;
  return config;
}
Config lease_config() {
  Config config = test_config();
  config.check_quorum = true;
  return config;
}

// A request from a candidate whose log ends in `last`.
PlainMessage request(Type type, std::uint64_t from, Term term, EntryId last) {
  PlainMessage message = message_from(from, type, term);
  message.index = last.index;
  message.log_term = last.term;
  return message;
}

// Server 2 of three has entry 1/1 but has not applied it: a configuration change, committed.
TestBed with_unapplied_change(Config config) {
  TestBed bed(3, config);
  bed.elect(1);
  PlainMessage append = message_from(1, Type::app, 1);
  append.index = 1;
  append.log_term = 1;
  append.entries = {to_entry(change_of(ConfChangeType::add_node, 4))};
  append.entries.front().term = 1;
  append.entries.front().index = 2;
  append.commit = 2;
  static_cast<void>(bed.step(2, append));
  static_cast<void>(bed.take_messages(2));
  return bed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(election_test)

BOOST_AUTO_TEST_CASE(raft_e1_a_leader_does_not_campaign) {
  TestBed bed(3);
  bed.elect(1);
  bed.campaign(1);
  BOOST_TEST(bed.raft(1).term == 1);
  BOOST_CHECK(bed.raft(1).role == Role::leader);
}

BOOST_AUTO_TEST_CASE(raft_e1_who_does_not_vote_does_not_campaign) {
  TestBed bed(2, test_config(), 1);
  bed.campaign(3);
  bed.add(4);
  bed.campaign(4);
  BOOST_CHECK(bed.raft(3).role == Role::follower);
  BOOST_CHECK(bed.raft(4).role == Role::follower);
}

BOOST_AUTO_TEST_CASE(raft_e1_a_pending_snapshot_forbids_campaigns) {
  TestBed bed(3);
  PlainMessage snapshot = message_from(2, Type::snap, 1);
  snapshot.snapshot = Snapshot{{{servers({1, 2, 3}), {}, {}, {}, false}, 5, 1}, "state"};
  BOOST_REQUIRE(bed.step(1, snapshot).has_value());
  bed.campaign(1);
  BOOST_CHECK(bed.raft(1).role == Role::follower);
  bed.stabilize();
  bed.campaign(1);
  BOOST_CHECK(bed.raft(1).role == Role::candidate);
}

BOOST_AUTO_TEST_CASE(raft_e1_an_unapplied_change_forbids_campaigns) {
  TestBed bed = with_unapplied_change(test_config());
  bed.campaign(2);
  BOOST_CHECK(bed.raft(2).role == Role::follower);
  bed.stabilize();
  bed.campaign(2);
  BOOST_CHECK(bed.raft(2).role == Role::candidate);
}

BOOST_AUTO_TEST_CASE(r17_campaigns_by_the_old_configuration) {
  TestBed bed = with_unapplied_change(with_defect(Defect::R17));
  bed.campaign(2);
  BOOST_CHECK(bed.raft(2).role == Role::candidate);
}

BOOST_AUTO_TEST_CASE(raft_e2_a_pre_candidate_keeps_term_and_vote) {
  TestBed bed(3, pre_vote_config());
  bed.elect(1);
  bed.campaign(2);
  BOOST_CHECK(bed.raft(2).role == Role::pre_candidate);
  BOOST_TEST(bed.raft(2).term == 1);
  BOOST_CHECK(bed.raft(2).vote == ServerId{1});
  BOOST_CHECK(bed.raft(2).lead == nobody);
  for (const PlainMessage& message : bed.take_messages(2)) {
    BOOST_TEST(message.term == 2);
  }
}

BOOST_AUTO_TEST_CASE(r10_a_pre_candidate_keeps_its_leader) {
  TestBed bed(3, with_defect(pre_vote_config(), Defect::R10));
  bed.elect(1);
  bed.campaign(2);
  BOOST_CHECK(bed.raft(2).lead == ServerId{1});
}

BOOST_AUTO_TEST_CASE(r11_candidates_raise_their_term_without_asking) {
  TestBed bed(3, with_defect(pre_vote_config(), Defect::R11));
  bed.campaign(2);
  BOOST_CHECK(bed.raft(2).role == Role::candidate);
  BOOST_TEST(bed.raft(2).term == 1);
}

BOOST_AUTO_TEST_CASE(raft_e2_a_won_pre_vote_leads_to_an_election) {
  TestBed bed(3, pre_vote_config());
  bed.elect(2);
  BOOST_CHECK(bed.raft(2).role == Role::leader);
  BOOST_TEST(bed.raft(2).term == 1);
}

BOOST_AUTO_TEST_CASE(raft_e3_a_vote_is_given_once_a_term) {
  TestBed bed(3);
  BOOST_TEST(!bed.answer(1, request(Type::vote, 2, 1, {0, 0})).reject);
  BOOST_CHECK(bed.raft(1).vote == ServerId{2});
  BOOST_TEST(!bed.answer(1, request(Type::vote, 2, 1, {0, 0})).reject);
  BOOST_TEST(bed.answer(1, request(Type::vote, 3, 1, {0, 0})).reject);
  BOOST_TEST(!bed.answer(1, request(Type::vote, 3, 2, {0, 0})).reject);
}

BOOST_AUTO_TEST_CASE(raft_e3_a_vote_needs_a_log_that_is_up_to_date) {
  TestBed bed(3);
  bed.elect(1);
  const PlainMessage refused = bed.answer(2, request(Type::vote, 3, 4, {0, 0}));
  BOOST_TEST(refused.reject);
  BOOST_TEST(refused.term == 4);
  BOOST_CHECK(bed.raft(2).vote == nobody);
  BOOST_TEST(!bed.answer(2, request(Type::vote, 3, 4, {1, 1})).reject);
}

BOOST_AUTO_TEST_CASE(raft_e3_a_known_leader_s_term_has_no_second_one) {
  TestBed bed(3);
  PlainMessage heartbeat = message_from(2, Type::heartbeat, 1);
  static_cast<void>(bed.answer(1, heartbeat));
  BOOST_TEST(bed.answer(1, request(Type::vote, 3, 1, {0, 0})).reject);
}

BOOST_AUTO_TEST_CASE(raft_e3_granted_answers_carry_the_request_s_term) {
  TestBed bed(3, pre_vote_config());
  bed.elect(1);
  const PlainMessage granted = bed.answer(2, request(Type::pre_vote, 3, 2, {1, 1}));
  BOOST_TEST(!granted.reject);
  BOOST_TEST(granted.term == 2);
  const PlainMessage refused = bed.answer(2, request(Type::pre_vote, 3, 2, {0, 0}));
  BOOST_TEST(refused.reject);
  BOOST_TEST(refused.term == 1);
  // A pre-vote is no vote.
  BOOST_TEST(bed.raft(2).term == 1);
  BOOST_CHECK(bed.raft(2).vote == ServerId{1});
}

BOOST_AUTO_TEST_CASE(raft_e3_only_a_real_vote_resets_the_election_timer) {
  TestBed bed(3, pre_vote_config());
  bed.tick(1, 2);
  static_cast<void>(bed.answer(1, request(Type::pre_vote, 2, 1, {0, 0})));
  BOOST_TEST(bed.raft(1).election_elapsed == 2);
  static_cast<void>(bed.answer(1, request(Type::vote, 2, 1, {0, 0})));
  BOOST_TEST(bed.raft(1).election_elapsed == 0);
}

BOOST_AUTO_TEST_CASE(raft_e4_learners_vote) {
  TestBed bed(2, test_config(), 1);
  BOOST_TEST(!bed.answer(3, request(Type::vote, 1, 1, {0, 0})).reject);
}

BOOST_AUTO_TEST_CASE(r7_learners_refuse_to_vote) {
  TestBed bed(2, with_defect(Defect::R7), 1);
  BOOST_TEST(bed.answer(3, request(Type::vote, 1, 1, {0, 0})).reject);
}

BOOST_AUTO_TEST_CASE(raft_e5_within_a_lease_requests_are_not_even_answered) {
  TestBed bed(3, lease_config());
  bed.elect(1);
  for (const Type type : {Type::vote, Type::pre_vote}) {
    BOOST_REQUIRE(bed.step(2, request(type, 3, 2, {1, 1})).has_value());
    BOOST_TEST(bed.take_messages(2).empty());
    BOOST_TEST(bed.raft(2).term == 1);
  }
  // The leader wants it.
  PlainMessage transfer = request(Type::vote, 3, 2, {1, 1});
  transfer.context = "CampaignTransfer";
  BOOST_TEST(!bed.answer(2, transfer).reject);
}

BOOST_AUTO_TEST_CASE(raft_e5_a_lease_ends_with_the_election_time_out) {
  TestBed bed(3, lease_config());
  bed.elect(1);
  bed.node(2).set_randomized_election_timeout(5);
  bed.tick(2, 3);
  BOOST_TEST(!bed.answer(2, request(Type::vote, 3, 2, {1, 1})).reject);
}

BOOST_AUTO_TEST_CASE(raft_e8_a_new_leader_starts_with_an_empty_entry) {
  TestBed bed(3);
  bed.elect(1);
  bed.elect(2);
  const Raft& leader = bed.raft(2);
  BOOST_CHECK(leader.role == Role::leader);
  BOOST_TEST(bed.last_index(2) == 2);
  BOOST_TEST(bed.term_at(2, 2) == 2);
  BOOST_TEST(leader.pending_conf_index == 1);
}

BOOST_AUTO_TEST_CASE(raft_e8_progress_starts_over) {
  TestBed bed(3);
  bed.elect(1);
  bed.campaign(2);
  BOOST_REQUIRE(bed.handle_ready(2));
  BOOST_REQUIRE(bed.step(2, message_from(3, Type::vote_resp, 2)).has_value());
  BOOST_CHECK(bed.raft(2).role == Role::leader);
  BOOST_TEST(bed.progress(2, 2).match == 1);
  BOOST_TEST(bed.progress(2, 2).recent_active);
  BOOST_CHECK(bed.progress(2, 2).state == ProgressState::replicate);
  BOOST_TEST(bed.progress(2, 3).match == 0);
  BOOST_TEST(bed.progress(2, 3).next == 2);
  BOOST_TEST(!bed.progress(2, 3).recent_active);
}

BOOST_AUTO_TEST_CASE(r1_a_new_leader_forgets_pending_changes) {
  TestBed bed(3, with_defect(Defect::R1));
  bed.elect(1);
  bed.elect(2);
  BOOST_TEST(bed.raft(2).pending_conf_index == 0);
}

BOOST_AUTO_TEST_CASE(a_lost_election_makes_a_follower) {
  TestBed bed(3);
  bed.campaign(1);
  static_cast<void>(bed.take_messages(1));
  PlainMessage refusal = message_from(2, Type::vote_resp, 1);
  refusal.reject = true;
  BOOST_REQUIRE(bed.step(1, refusal).has_value());
  BOOST_CHECK(bed.raft(1).role == Role::candidate);
  refusal.from = ServerId{3};
  BOOST_REQUIRE(bed.step(1, refusal).has_value());
  BOOST_CHECK(bed.raft(1).role == Role::follower);
  BOOST_TEST(bed.raft(1).tracker.votes.empty());
}

BOOST_AUTO_TEST_CASE(an_old_pre_vote_s_answers_do_not_count_in_the_election) {
  TestBed bed(5, pre_vote_config());
  bed.campaign(1);
  BOOST_REQUIRE(bed.handle_ready(1));
  for (const std::uint64_t id : {2U, 3U}) {
    BOOST_REQUIRE(bed.step(1, message_from(id, Type::pre_vote_resp, 1)).has_value());
  }
  BOOST_CHECK(bed.raft(1).role == Role::candidate);
  for (const std::uint64_t id : {4U, 5U, 2U}) {
    BOOST_REQUIRE(bed.step(1, message_from(id, Type::pre_vote_resp, 1)).has_value());
  }
  BOOST_CHECK(bed.raft(1).role == Role::candidate);
}

BOOST_AUTO_TEST_CASE(followers_in_equal_situations_are_equal) {
  TestBed bed(3);
  bed.elect(1);
  bed.elect(2);
  bed.elect(1);
  // Nothing is left of leading, campaigning and voting but what is durable.
  BOOST_CHECK(bed.progress(2, 1) == bed.progress(3, 1));
  Raft other = bed.raft(3);
  other.id = ServerId{2};
  BOOST_CHECK(bed.raft(2) == other);
}

BOOST_AUTO_TEST_SUITE_END()
