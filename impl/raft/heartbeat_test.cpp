#include <boost/test/unit_test.hpp>

#include "impl/raft/test_bed.hpp"

namespace {

using namespace plimsoll::raft;
using Type = MessageType;

Config checking_config() {
  Config config = test_config();
  config.check_quorum = true;
  return config;
}

TestBed led(const Config& config, std::uint64_t voters = 3, std::uint64_t learners = 0) {
  TestBed bed(voters, config, learners);
  bed.elect(1);
  return bed;
}

// Ticks until the leader steps down, at most 20.
int ticks_of_leadership(TestBed& bed) {
  int ticks = 0;
  while (bed.raft(1).role == Role::leader && ticks < 20) {
    bed.tick(1);
    ++ticks;
  }
  return ticks;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(heartbeat_test)

BOOST_AUTO_TEST_CASE(an_election_timer_that_runs_out_starts_an_election) {
  TestBed bed(3);
  bed.tick(1, 2);
  BOOST_CHECK(bed.raft(1).role == Role::follower);
  bed.tick(1);
  BOOST_CHECK(bed.raft(1).role == Role::candidate);
  BOOST_TEST(bed.raft(1).election_elapsed == 0);
}

BOOST_AUTO_TEST_CASE(a_drawn_time_out_holds_until_the_next_reset) {
  TestBed bed(3);
  bed.node(1).set_randomized_election_timeout(5);
  bed.tick(1, 4);
  BOOST_CHECK(bed.raft(1).role == Role::follower);
  bed.tick(1);
  BOOST_CHECK(bed.raft(1).role == Role::candidate);
  BOOST_TEST(bed.raft(1).randomized_election_timeout == 0);
}

BOOST_AUTO_TEST_CASE(time_that_means_nothing_is_not_counted) {
  TestBed bed(2, test_config(), 1);
  bed.tick(3, 3);
  const Raft before = bed.raft(3);
  bed.tick(3, 10);
  BOOST_CHECK(bed.raft(3) == before);
}

BOOST_AUTO_TEST_CASE(a_leader_sends_heartbeats_in_time) {
  Config config = test_config();
  config.election_tick = 6;
  config.heartbeat_tick = 2;
  TestBed bed = led(config, 2, 1);
  bed.tick(1);
  BOOST_TEST(bed.take_messages(1).empty());
  bed.tick(1);
  const std::vector<PlainMessage> sent = bed.take_messages(1);
  BOOST_REQUIRE(sent.size() == 2);
  BOOST_CHECK(sent[0].type == Type::heartbeat);
  BOOST_CHECK(sent[1].to == ServerId{3});
}

BOOST_AUTO_TEST_CASE(a_leader_s_messages_reset_the_election_timer) {
  TestBed bed = led(test_config());
  for (const Type type : {Type::heartbeat, Type::app, Type::snap}) {
    bed.tick(2, 2);
    BOOST_REQUIRE(bed.step(2, message_from(1, type, 1)).has_value());
    BOOST_TEST(bed.raft(2).election_elapsed == 0);
  }
}

BOOST_AUTO_TEST_CASE(raft_e9_a_leader_without_a_quorum_steps_down) {
  TestBed bed = led(checking_config());
  bed.raft(1).election_elapsed = 0;
  // The followers were active in the interval of the election.
  BOOST_TEST(ticks_of_leadership(bed) == 6);
  BOOST_TEST(bed.raft(1).term == 1);
  BOOST_CHECK(bed.raft(1).lead == nobody);
  BOOST_TEST(!bed.progress(1, 2).recent_active);
}

BOOST_AUTO_TEST_CASE(raft_e9_a_quorum_is_enough_and_learners_are_none) {
  TestBed bed = led(checking_config(), 3, 1);
  bed.cut = servers({3});
  for (int tick = 0; tick < 12; ++tick) {
    bed.tick(1);
    bed.stabilize();
  }
  BOOST_CHECK(bed.raft(1).role == Role::leader);
  bed.cut = servers({2, 3});
  for (int tick = 0; tick < 12; ++tick) {
    bed.tick(1);
    bed.stabilize();
  }
  BOOST_CHECK(bed.raft(1).role != Role::leader);
}

BOOST_AUTO_TEST_CASE(r20_a_lease_lasts_longer_than_others_wait) {
  TestBed bed = led(with_defect(checking_config(), Defect::R20));
  bed.raft(1).election_elapsed = 0;
  BOOST_TEST(ticks_of_leadership(bed) == 18);
}

BOOST_AUTO_TEST_CASE(raft_r3_heartbeats_carry_no_unmatched_commit_index) {
  for (const bool defective : {false, true}) {
    TestBed bed = led(defective ? with_defect(Defect::R6) : test_config());
    bed.cut = servers({3});
    BOOST_REQUIRE(bed.propose(1, "x").has_value());
    bed.stabilize();
    BOOST_TEST(bed.raft(1).log.committed == 2);
    bed.tick(1);
    for (const PlainMessage& message : bed.take_messages(1)) {
      BOOST_TEST(message.commit == (message.to == ServerId{3} && !defective ? 1U : 2U));
    }
  }
}

BOOST_AUTO_TEST_CASE(with_a_defect_a_server_ignores_what_would_end_it) {
  TestBed bed = led(with_defect(Defect::R6));
  PlainMessage heartbeat = message_from(1, Type::heartbeat, 1);
  heartbeat.commit = 9;
  BOOST_REQUIRE(bed.step(2, heartbeat).has_value());
  BOOST_TEST(bed.raft(2).log.committed == 1);
  BOOST_TEST(bed.take_messages(2).empty());
}

BOOST_AUTO_TEST_CASE(a_heartbeat_commits_and_its_context_comes_back) {
  TestBed bed = led(test_config());
  PlainMessage append = message_from(1, Type::app, 1);
  append.index = 1;
  append.log_term = 1;
  append.entries = {entry_at(1, 2)};
  BOOST_REQUIRE(bed.step(2, append).has_value());
  static_cast<void>(bed.take_messages(2));
  PlainMessage heartbeat = message_from(1, Type::heartbeat, 1);
  heartbeat.commit = 2;
  heartbeat.context = "7";
  BOOST_REQUIRE(bed.step(2, heartbeat).has_value());
  BOOST_TEST(bed.raft(2).log.committed == 2);
  const std::vector<PlainMessage> sent = bed.take_messages(2);
  BOOST_REQUIRE(sent.size() == 1);
  BOOST_CHECK(sent[0].type == Type::heartbeat_resp);
  BOOST_TEST(sent[0].context == "7");
}

BOOST_AUTO_TEST_CASE(raft_r8_a_heartbeat_s_answer_prompts_an_append_if_something_is_missing) {
  TestBed bed = led(test_config());
  const PlainMessage response = message_from(2, Type::heartbeat_resp, 1);
  BOOST_REQUIRE(bed.step(1, response).has_value());
  BOOST_TEST(bed.take_messages(1).empty());
  BOOST_REQUIRE(bed.propose(1, "x").has_value());
  static_cast<void>(bed.take_messages(1));
  BOOST_REQUIRE(bed.step(1, response).has_value());
  const std::vector<PlainMessage> sent = bed.take_messages(1);
  BOOST_REQUIRE(sent.size() == 1);
  // What is missing is under way already.
  BOOST_TEST(sent[0].entries.empty());
  BOOST_TEST(sent[0].index == 2);
}

BOOST_AUTO_TEST_SUITE_END()
