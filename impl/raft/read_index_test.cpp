#include <boost/test/unit_test.hpp>

#include "impl/raft/test_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::raft;
using Type = MessageType;

Config lease_based() {
  Config config = test_config();
  config.check_quorum = true;
  config.read_only = ReadOnlyOption::lease_based;
  return config;
}

TestBed led(const Config& config = test_config(), std::uint64_t voters = 3) {
  TestBed bed(voters, config);
  bed.elect(1);
  return bed;
}

void ask(TestBed& bed, std::uint64_t id, base::Bytes key) {
  bed.node(id).read_index(bed.context(id), std::move(key));
}

std::vector<ReadState> reads(std::initializer_list<ReadState> states) {
  return states;
}

// Server 2 of three is elected, and has committed nothing in its term.
TestBed fresh(const Config& config = test_config()) {
  TestBed bed = led(config);
  bed.campaign(2);
  bed.handle_ready(2);
  BOOST_REQUIRE(bed.step(2, message_from(3, Type::vote_resp, 2)).has_value());
  BOOST_REQUIRE(bed.raft(2).role == Role::leader);
  bed.drop();
  return bed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(read_index_test)

BOOST_AUTO_TEST_CASE(raft_q1_a_read_is_answered_when_a_quorum_has_answered_a_heartbeat) {
  TestBed bed = led();
  ask(bed, 1, "a");
  bed.handle_ready(1);
  BOOST_TEST(bed.at(1).reads.empty());
  bed.stabilize();
  BOOST_CHECK(bed.at(1).reads == reads({{1, "a"}}));
}

BOOST_AUTO_TEST_CASE(raft_q1_a_read_is_as_old_as_its_request) {
  TestBed bed = led();
  ask(bed, 1, "a");
  BOOST_REQUIRE(bed.propose(1, "x").has_value());
  bed.stabilize();
  BOOST_CHECK(bed.at(1).reads == reads({{1, "a"}}));
}

BOOST_AUTO_TEST_CASE(raft_q1_a_leader_that_is_cut_off_answers_nothing) {
  TestBed bed = led();
  bed.cut = servers({2, 3});
  ask(bed, 1, "a");
  bed.stabilize();
  BOOST_TEST(bed.at(1).reads.empty());
  // The next heartbeat asks again.
  bed.cut.clear();
  bed.tick(1);
  bed.stabilize();
  BOOST_TEST(bed.at(1).reads.size() == 1);
}

BOOST_AUTO_TEST_CASE(raft_q1_followers_ask_their_leader) {
  TestBed bed = led();
  ask(bed, 3, "a");
  bed.stabilize();
  BOOST_CHECK(bed.at(3).reads == reads({{1, "a"}}));
  BOOST_TEST(bed.at(1).reads.empty());
}

BOOST_AUTO_TEST_CASE(raft_q1_a_single_voter_needs_nobody) {
  TestBed bed = led(test_config(), 1);
  ask(bed, 1, "a");
  BOOST_CHECK(bed.raft(1).read_states == reads({{1, "a"}}));
}

/// The voter that is left may have been elected meanwhile.
BOOST_AUTO_TEST_CASE(raft_q1_a_removed_leader_asks_the_single_voter) {
  for (const ConfChangeType type : {ConfChangeType::remove_node, ConfChangeType::add_learner_node}) {
    TestBed bed = led(test_config(), 2);
    ConfChangeV2 change;
    change.changes = {{type, ServerId{1}}};
    BOOST_REQUIRE(bed.propose(1, change).has_value());
    bed.stabilize();
    BOOST_REQUIRE(bed.raft(1).role == Role::leader);
    BOOST_REQUIRE(bed.raft(1).tracker.is_singleton());
    ask(bed, 1, "a");
    BOOST_TEST(bed.raft(1).read_states.empty());
    bed.stabilize();
    BOOST_CHECK(bed.at(1).reads == reads({{bed.raft(1).log.committed, "a"}}));
  }
}

BOOST_AUTO_TEST_CASE(raft_q2_no_read_before_a_commit_of_the_own_term) {
  for (const bool defective : {false, true}) {
    TestBed bed = fresh(defective ? with_defect(Defect::R18) : test_config());
    ask(bed, 2, "a");
    BOOST_TEST(bed.raft(2).pending_read_index_messages.size() == (defective ? 0U : 1U));
    BOOST_TEST(bed.raft(2).read_only.queue.size() == (defective ? 1U : 0U));
    bed.tick(2);
    bed.stabilize();
    BOOST_CHECK(bed.at(2).reads == reads({{defective ? 1U : 2U, "a"}}));
    BOOST_TEST(bed.raft(2).pending_read_index_messages.empty());
  }
}

/// Its commit index was lost in a crash: what is committed it knows once it has committed in its term.
BOOST_AUTO_TEST_CASE(raft_q2_is_no_different_for_a_single_voter) {
  TestBed bed = led(test_config(), 1);
  const Index committed = bed.raft(1).log.committed;
  bed.at(1).storage.hard_state.commit = 0;
  bed.restart(1);
  BOOST_TEST(bed.raft(1).log.committed < committed);
  bed.campaign(1);
  bed.handle_ready(1);
  BOOST_REQUIRE(bed.raft(1).role == Role::leader);
  ask(bed, 1, "a");
  BOOST_TEST(bed.raft(1).read_states.empty());
  bed.stabilize();
  BOOST_CHECK(bed.at(1).reads == reads({{committed + 1, "a"}}));
}

BOOST_AUTO_TEST_CASE(raft_q2_a_reset_forgets_queued_reads_but_not_postponed_ones) {
  TestBed bed = fresh();
  ask(bed, 2, "a");
  BOOST_REQUIRE(bed.step(2, message_from(3, Type::heartbeat, 5)).has_value());
  BOOST_TEST(bed.raft(2).pending_read_index_messages.size() == 1);
  TestBed queued = led();
  ask(queued, 1, "a");
  BOOST_TEST(queued.raft(1).read_only.queue.size() == 1);
  BOOST_REQUIRE(queued.step(1, message_from(3, Type::heartbeat, 5)).has_value());
  BOOST_CHECK(queued.raft(1).read_only == ReadOnly{});
}

BOOST_AUTO_TEST_CASE(raft_q3_a_lease_answers_at_once) {
  TestBed bed = led(lease_based());
  ask(bed, 1, "a");
  BOOST_CHECK(bed.raft(1).read_states == reads({{1, "a"}}));
  ask(bed, 2, "b");
  bed.stabilize();
  BOOST_CHECK(bed.at(2).reads == reads({{1, "b"}}));
  TestBed early = fresh(lease_based());
  ask(early, 2, "c");
  BOOST_TEST(early.raft(2).read_states.empty());
}

BOOST_AUTO_TEST_CASE(raft_q3_leases_need_the_check_of_the_quorum) {
  Config config = lease_based();
  BOOST_TEST(!config.complaint().has_value());
  config.check_quorum = false;
  BOOST_TEST(config.complaint().has_value());
}

BOOST_AUTO_TEST_CASE(a_read_nobody_can_answer_is_lost) {
  TestBed bed(3);
  ask(bed, 1, "a");
  BOOST_TEST(bed.take_messages(1).empty());
  BOOST_TEST(bed.raft(1).read_states.empty());
}

BOOST_AUTO_TEST_SUITE_END()
