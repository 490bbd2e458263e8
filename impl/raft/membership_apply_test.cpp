#include <boost/test/unit_test.hpp>

#include "impl/raft/test_bed.hpp"

namespace {

using namespace plimsoll::raft;
using Transition = ConfChangeTransition;

TestBed led(const Config& config = test_config(), std::uint64_t voters = 3) {
  TestBed bed(voters, config);
  bed.elect(1);
  return bed;
}

ConfChangeV2 add(std::uint64_t id, Transition transition = Transition::automatic) {
  return change_of(ConfChangeType::add_node, id, transition);
}
ConfChangeV2 remove(std::uint64_t id, Transition transition = Transition::automatic) {
  return change_of(ConfChangeType::remove_node, id, transition);
}

// What a server has that joins later: the configuration at the start of the log.
Storage joining() {
  return Storage::bootstrapped({servers({1, 2, 3}), {}, {}, {}, false});
}

const Configuration& config_of(TestBed& bed, std::uint64_t id) {
  return bed.raft(id).tracker.config;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(membership_apply_test)

BOOST_AUTO_TEST_CASE(raft_m1_a_configuration_takes_effect_when_it_is_applied) {
  TestBed bed = led();
  BOOST_REQUIRE(bed.propose(1, add(4)).has_value());
  bed.handle_ready(1);
  bed.deliver(2);
  bed.handle_ready(2);
  BOOST_TEST(bed.last_index(2) == 2);
  BOOST_TEST(config_of(bed, 1).voters.incoming.voters.size() == 3);
  BOOST_TEST(config_of(bed, 2).voters.incoming.voters.size() == 3);
  bed.deliver(1);
  bed.handle_ready(1);
  BOOST_TEST(config_of(bed, 1).voters.incoming.voters.size() == 4);
  BOOST_TEST(config_of(bed, 2).voters.incoming.voters.size() == 3);
}

BOOST_AUTO_TEST_CASE(a_new_member_is_brought_up_at_once) {
  TestBed bed = led();
  bed.add(4, joining());
  BOOST_REQUIRE(bed.propose(1, "x").has_value());
  BOOST_REQUIRE(bed.propose(1, add(4)).has_value());
  bed.stabilize();
  BOOST_TEST(bed.at(4).applied.size() == 1);
  BOOST_CHECK(config_of(bed, 4) == config_of(bed, 1));
  BOOST_CHECK(bed.progress(1, 4).state == ProgressState::replicate);
}

BOOST_AUTO_TEST_CASE(fewer_voters_may_commit_more) {
  TestBed bed = led(test_config(), 2);
  BOOST_REQUIRE(bed.propose(1, remove(2)).has_value());
  bed.handle_ready(1);
  bed.deliver(2);
  bed.handle_ready(2);
  BOOST_REQUIRE(bed.propose(1, "x").has_value());
  bed.handle_ready(1);
  bed.cut = servers({2});
  bed.deliver(1);
  BOOST_TEST(bed.raft(1).log.committed == 2);
  bed.handle_ready(1);
  BOOST_TEST(bed.raft(1).log.committed == 3);
}

BOOST_AUTO_TEST_CASE(a_change_that_cannot_be_made_changes_nothing) {
  TestBed bed = led(test_config(), 1);
  const Raft before = bed.raft(1);
  BOOST_CHECK(!bed.node(1).apply_conf_change(bed.context(1), remove(1)).has_value());
  BOOST_CHECK(!bed.node(1).apply_conf_change(bed.context(1), ConfChangeV2{}).has_value());
  BOOST_CHECK(bed.raft(1) == before);
}

BOOST_AUTO_TEST_CASE(raft_m5_a_joint_configuration_is_left_by_itself) {
  TestBed bed = led();
  BOOST_REQUIRE(bed.propose(1, remove(3, Transition::joint_implicit)).has_value());
  bed.handle_ready(1);
  bed.deliver(2);
  bed.handle_ready(2);
  bed.deliver(1);
  bed.handle_ready(1);
  BOOST_TEST(config_of(bed, 1).joint());
  BOOST_TEST(config_of(bed, 1).auto_leave);
  BOOST_TEST(bed.raft(1).pending_conf_index == 3);
  bed.stabilize();
  BOOST_TEST(!config_of(bed, 1).joint());
  BOOST_CHECK(config_of(bed, 1) == config_of(bed, 2));
}

BOOST_AUTO_TEST_CASE(raft_m5_leaving_is_tried_again_if_it_was_dropped) {
  TestBed bed = led();
  bed.cut = servers({3});
  BOOST_REQUIRE(bed.propose(1, remove(3, Transition::joint_implicit)).has_value());
  bed.node(1).transfer_leader(bed.context(1), ServerId{3});
  bed.stabilize();
  BOOST_TEST(config_of(bed, 1).joint());
  BOOST_TEST(bed.last_index(1) == 2);
  bed.tick(1, 3);
  BOOST_REQUIRE(bed.propose(1, "x").has_value());
  bed.stabilize();
  BOOST_TEST(!config_of(bed, 1).joint());
}

BOOST_AUTO_TEST_CASE(raft_m5_a_follower_leaves_nothing) {
  TestBed bed = led();
  BOOST_REQUIRE(bed.propose(1, remove(3, Transition::joint_explicit)).has_value());
  bed.stabilize();
  BOOST_TEST(config_of(bed, 1).joint());
  BOOST_TEST(config_of(bed, 2).joint());
  BOOST_TEST(!config_of(bed, 2).auto_leave);
  BOOST_TEST(bed.last_index(2) == 2);
}

BOOST_AUTO_TEST_CASE(a_joint_configuration_needs_both_majorities) {
  for (const bool defective : {false, true}) {
    TestBed bed = led(defective ? with_defect(Defect::R2) : test_config());
    ConfChangeV2 change{Transition::joint_explicit,
                        {{ConfChangeType::add_node, ServerId{4}},
                         {ConfChangeType::add_node, ServerId{5}},
                         {ConfChangeType::remove_node, ServerId{2}},
                         {ConfChangeType::remove_node, ServerId{3}}},
                        {}};
    bed.add(4, joining());
    bed.add(5, joining());
    BOOST_REQUIRE(bed.propose(1, change).has_value());
    bed.stabilize();
    bed.cut = servers({2, 3});
    BOOST_REQUIRE(bed.propose(1, "x").has_value());
    bed.stabilize();
    // Servers 1, 4 and 5 are a majority of five, and of the incoming half, but not of the outgoing one.
    BOOST_TEST(bed.raft(1).log.committed == (defective ? 3U : 2U));
  }
}

BOOST_AUTO_TEST_CASE(raft_m6_a_removed_leader_leads_on_without_counting_itself) {
  TestBed bed = led();
  BOOST_REQUIRE(bed.propose(1, remove(1)).has_value());
  BOOST_REQUIRE(bed.propose(1, "x").has_value());
  bed.cut = servers({3});
  bed.stabilize();
  BOOST_CHECK(bed.raft(1).role == Role::leader);
  BOOST_TEST(bed.raft(1).tracker.find(ServerId{1}) == nullptr);
  // "x" was sent with the change, and was committed by both servers of its time.
  BOOST_TEST(bed.raft(1).log.committed == 3);
}

BOOST_AUTO_TEST_CASE(raft_m6_or_it_steps_down) {
  Config config = test_config();
  config.step_down_on_removal = true;
  for (const ConfChangeType type : {ConfChangeType::remove_node, ConfChangeType::add_learner_node}) {
    TestBed bed = led(config);
    BOOST_REQUIRE(bed.propose(1, change_of(type, 1)).has_value());
    bed.stabilize();
    BOOST_CHECK(bed.raft(1).role == Role::follower);
    BOOST_TEST(bed.raft(1).term == 1);
  }
}

BOOST_AUTO_TEST_CASE(raft_m4_a_demoted_voter_learns_when_the_joint_configuration_is_left) {
  TestBed bed = led();
  BOOST_REQUIRE(
      bed.propose(1, change_of(ConfChangeType::add_learner_node, 3, Transition::joint_explicit)).has_value());
  bed.stabilize();
  BOOST_CHECK(config_of(bed, 3).learners_next == servers({3}));
  BOOST_TEST(!bed.raft(3).is_learner());
  BOOST_REQUIRE(bed.propose(1, ConfChangeV2{}).has_value());
  bed.stabilize();
  BOOST_TEST(bed.raft(3).is_learner());
}

BOOST_AUTO_TEST_SUITE_END()
