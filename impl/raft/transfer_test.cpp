#include <boost/test/unit_test.hpp>

#include "impl/raft/test_bed.hpp"

namespace {

using namespace plimsoll::raft;
using Type = MessageType;

TestBed led(const Config& config = test_config(), std::uint64_t learners = 0) {
  TestBed bed(3, config, learners);
  bed.elect(1);
  return bed;
}

void transfer(TestBed& bed, std::uint64_t to, std::uint64_t asked = 1) {
  bed.node(asked).transfer_leader(bed.context(asked), ServerId{to});
}

std::size_t count(const std::vector<PlainMessage>& messages, Type type) {
  return static_cast<std::size_t>(std::count_if(messages.begin(), messages.end(),
                                                [type](const PlainMessage& m) { return m.type == type; }));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transfer_test)

BOOST_AUTO_TEST_CASE(raft_e10_a_follower_that_has_everything_takes_over_at_once) {
  Config config = test_config();
  config.pre_vote = true;
  config.check_quorum = true;  // leases do not stand in the way
  TestBed bed = led(config);
  transfer(bed, 2);
  BOOST_CHECK(bed.raft(1).lead_transferee == ServerId{2});
  bed.stabilize();
  BOOST_CHECK(bed.raft(2).role == Role::leader);
  BOOST_TEST(bed.raft(2).term == 2);
  BOOST_CHECK(bed.raft(1).lead_transferee == nobody);
}

BOOST_AUTO_TEST_CASE(raft_e10_the_target_never_asks_for_pre_votes) {
  Config config = test_config();
  config.pre_vote = true;
  TestBed bed = led(config);
  BOOST_REQUIRE(bed.step(2, message_from(1, Type::timeout_now, 1)).has_value());
  BOOST_CHECK(bed.raft(2).role == Role::candidate);
  for (const PlainMessage& message : bed.take_messages(2)) {
    BOOST_TEST(message.context == (message.to == ServerId{2} ? "" : "CampaignTransfer"));
  }
}

BOOST_AUTO_TEST_CASE(raft_e10_a_follower_that_lags_is_brought_up_first) {
  TestBed bed = led();
  bed.cut = servers({2});
  BOOST_REQUIRE(bed.propose(1, "x").has_value());
  bed.stabilize();
  bed.cut.clear();
  transfer(bed, 2);
  BOOST_TEST(count(bed.take_messages(1), Type::timeout_now) == 0);
  PlainMessage response = message_from(2, Type::app_resp, 1);
  response.index = 2;
  BOOST_REQUIRE(bed.step(1, response).has_value());
  BOOST_TEST(count(bed.take_messages(1), Type::timeout_now) == 1);
}

BOOST_AUTO_TEST_CASE(raft_e10_followers_pass_the_wish_on) {
  TestBed bed = led();
  transfer(bed, 3, 2);
  bed.stabilize();
  BOOST_CHECK(bed.raft(3).role == Role::leader);
}

BOOST_AUTO_TEST_CASE(raft_e10_what_makes_no_sense_is_ignored) {
  TestBed bed = led(test_config(), 1);
  transfer(bed, 4);
  transfer(bed, 1);
  transfer(bed, 9);
  BOOST_CHECK(bed.raft(1).lead_transferee == nobody);
  transfer(bed, 2);
  bed.tick(1);
  transfer(bed, 2);
  BOOST_TEST(bed.raft(1).election_elapsed == 1);
  BOOST_TEST(count(bed.take_messages(1), Type::timeout_now) == 1);
  // A new target aborts the transfer; the leader itself, too.
  transfer(bed, 3);
  BOOST_CHECK(bed.raft(1).lead_transferee == ServerId{3});
  BOOST_TEST(bed.raft(1).election_elapsed == 0);
  transfer(bed, 1);
  BOOST_CHECK(bed.raft(1).lead_transferee == nobody);
}

BOOST_AUTO_TEST_CASE(raft_e10_proposals_are_dropped_until_the_transfer_ends) {
  TestBed bed = led();
  bed.cut = servers({2});
  transfer(bed, 2);
  BOOST_CHECK(bed.propose(1, "x") == tl::unexpected(RaftError::proposal_dropped));
  bed.tick(1, 3);
  BOOST_CHECK(bed.raft(1).lead_transferee == nobody);
  BOOST_CHECK(bed.propose(1, "x").has_value());
}

BOOST_AUTO_TEST_CASE(raft_e10_a_target_that_leaves_ends_the_transfer) {
  TestBed bed = led();
  bed.cut = servers({2});
  BOOST_REQUIRE(bed.propose(1, change_of(ConfChangeType::remove_node, 2)).has_value());
  transfer(bed, 2);
  BOOST_CHECK(bed.raft(1).lead_transferee == ServerId{2});
  bed.stabilize();
  BOOST_CHECK(bed.raft(1).lead_transferee == nobody);
}

BOOST_AUTO_TEST_CASE(raft_e11_a_follower_forgets_its_leader_and_nothing_else) {
  TestBed bed = led();
  bed.tick(2);
  Raft expected = bed.raft(2);
  expected.lead = nobody;
  bed.node(2).forget_leader(bed.context(2));
  BOOST_CHECK(bed.raft(2) == expected);
}

BOOST_AUTO_TEST_CASE(raft_e11_a_leader_forgets_nothing_and_leases_forbid_it) {
  TestBed bed = led();
  bed.node(1).forget_leader(bed.context(1));
  BOOST_CHECK(bed.raft(1).lead == ServerId{1});
  Config config = test_config();
  config.check_quorum = true;
  config.read_only = ReadOnlyOption::lease_based;
  TestBed leased = led(config);
  leased.node(2).forget_leader(leased.context(2));
  BOOST_CHECK(leased.raft(2).lead == ServerId{1});
}

BOOST_AUTO_TEST_SUITE_END()
