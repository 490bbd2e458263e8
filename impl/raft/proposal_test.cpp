#include <boost/test/unit_test.hpp>

#include "impl/raft/test_bed.hpp"

namespace {

using namespace plimsoll::raft;

const tl::unexpected<RaftError> dropped(RaftError::proposal_dropped);

TestBed led(const Config& config = test_config(), std::uint64_t voters = 3) {
  TestBed bed(voters, config);
  bed.elect(1);
  return bed;
}

ConfChangeV2 add(std::uint64_t id, ConfChangeTransition transition = ConfChangeTransition::automatic) {
  return change_of(ConfChangeType::add_learner_node, id, transition);
}

EntryType type_of_last(TestBed& bed, std::uint64_t id) {
  const Index last = bed.last_index(id);
  return bed.raft(id).log.entries(bed.at(id).storage, last, no_limit)->front().type;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(proposal_test)

BOOST_AUTO_TEST_CASE(a_proposal_is_applied_everywhere) {
  TestBed bed = led();
  BOOST_CHECK(bed.propose(1, "x").has_value());
  bed.stabilize();
  for (const std::uint64_t id : {1U, 2U, 3U}) {
    BOOST_CHECK(bed.at(id).applied == std::vector<plimsoll::base::Bytes>{"x"});
  }
}

BOOST_AUTO_TEST_CASE(a_follower_forwards_proposals_to_its_leader) {
  TestBed bed = led();
  BOOST_CHECK(bed.propose(2, "x").has_value());
  bed.stabilize();
  BOOST_TEST(bed.at(3).applied.size() == 1);
}

BOOST_AUTO_TEST_CASE(raft_r10_who_knows_no_leader_drops_proposals) {
  TestBed bed(3);
  BOOST_CHECK(bed.propose(1, "x") == dropped);
  bed.campaign(1);
  BOOST_CHECK(bed.propose(1, "x") == dropped);
  Config config = test_config();
  config.disable_proposal_forwarding = true;
  TestBed proud = led(config);
  BOOST_CHECK(proud.propose(2, "x") == dropped);
  BOOST_CHECK(proud.propose(1, "x").has_value());
}

BOOST_AUTO_TEST_CASE(raft_r10_a_leader_that_was_removed_drops_proposals) {
  TestBed bed = led();
  BOOST_CHECK(bed.propose(1, change_of(ConfChangeType::remove_node, 1)).has_value());
  bed.stabilize();
  BOOST_CHECK(bed.raft(1).role == Role::leader);
  BOOST_CHECK(bed.propose(1, "x") == dropped);
}

BOOST_AUTO_TEST_CASE(raft_r10_uncommitted_data_is_limited) {
  Config config = test_config();
  config.max_uncommitted_entries_size = 10;
  TestBed bed = led(config);
  BOOST_CHECK(bed.propose(1, std::string(100, 'x')).has_value());  // the only one, however large
  BOOST_CHECK(bed.propose(1, "x") == dropped);
  BOOST_CHECK(bed.propose(1, "").has_value());  // an empty one takes no room
  bed.stabilize();
  BOOST_TEST(bed.raft(1).uncommitted_size == 0);
  BOOST_CHECK(bed.propose(1, "12345").has_value());
  BOOST_CHECK(bed.propose(1, "12345").has_value());
  BOOST_CHECK(bed.propose(1, "1") == dropped);
}

BOOST_AUTO_TEST_CASE(raft_m2_one_change_is_pending_at_a_time) {
  TestBed bed = led();
  BOOST_CHECK(bed.propose(1, add(4)).has_value());
  BOOST_TEST(bed.raft(1).pending_conf_index == 2);
  BOOST_CHECK(type_of_last(bed, 1) == EntryType::conf_change_v2);
  BOOST_CHECK(bed.propose(1, add(5)).has_value());
  BOOST_CHECK(type_of_last(bed, 1) == EntryType::normal);
  bed.stabilize();
  BOOST_CHECK(bed.propose(1, add(5)).has_value());
  BOOST_CHECK(type_of_last(bed, 1) == EntryType::conf_change_v2);
}

BOOST_AUTO_TEST_CASE(raft_m2_a_new_leader_waits_for_what_it_inherits) {
  for (const bool defective : {false, true}) {
    TestBed bed = led(defective ? with_defect(Defect::R1) : test_config());
    bed.campaign(2);
    bed.handle_ready(2);
    BOOST_REQUIRE(bed.step(2, message_from(3, MessageType::vote_resp, 2)).has_value());
    bed.raft(2).log.applied = 0;
    BOOST_CHECK(bed.propose(2, add(4)).has_value());
    BOOST_CHECK(type_of_last(bed, 2) == (defective ? EntryType::conf_change_v2 : EntryType::normal));
  }
}

BOOST_AUTO_TEST_CASE(raft_m2_a_joint_configuration_is_left_before_anything_else) {
  TestBed bed = led();
  BOOST_CHECK(bed.propose(1, ConfChangeV2{}).has_value());
  BOOST_CHECK(type_of_last(bed, 1) == EntryType::normal);  // not joint: nothing to leave
  bed.stabilize();
  BOOST_CHECK(bed.propose(1, add(4, ConfChangeTransition::joint_explicit)).has_value());
  bed.stabilize();
  BOOST_TEST(bed.raft(1).tracker.config.joint());
  BOOST_CHECK(bed.propose(1, add(5)).has_value());
  BOOST_CHECK(type_of_last(bed, 1) == EntryType::normal);
  bed.stabilize();
  BOOST_CHECK(bed.propose(1, ConfChangeV2{}).has_value());
  bed.stabilize();
  BOOST_TEST(!bed.raft(1).tracker.config.joint());
}

BOOST_AUTO_TEST_CASE(raft_m2_validation_can_be_left_to_others) {
  Config config = test_config();
  config.disable_conf_change_validation = true;
  TestBed bed = led(config);
  BOOST_CHECK(bed.propose(1, add(4)).has_value());
  BOOST_CHECK(bed.propose(1, add(5)).has_value());
  BOOST_CHECK(type_of_last(bed, 1) == EntryType::conf_change_v2);
}

BOOST_AUTO_TEST_CASE(the_index_of_a_pending_change_counts_what_is_proposed_with_it) {
  TestBed bed = led();
  PlainMessage batch = message_from(2, MessageType::prop, 0);
  batch.entries = {entry_at(0, 0, "x"), to_entry(add(4)), to_entry(add(5))};
  BOOST_REQUIRE(bed.step(1, batch).has_value());
  BOOST_TEST(bed.raft(1).pending_conf_index == 3);
  BOOST_CHECK(type_of_last(bed, 1) == EntryType::normal);
}

BOOST_AUTO_TEST_SUITE_END()
