#include <boost/test/unit_test.hpp>

#include "impl/raft/test_bed.hpp"

namespace {

using namespace plimsoll::raft;
using Type = MessageType;

// Server 1 of three, at term 5.
TestBed at_term_five(const Config& config) {
  TestBed bed(3, config);
  BOOST_REQUIRE(bed.step(1, message_from(2, Type::heartbeat, 5)).has_value());
  static_cast<void>(bed.take_messages(1));
  return bed;
}

Config with(bool pre_vote, bool check_quorum) {
  Config config = test_config();
  config.pre_vote = pre_vote;
  config.check_quorum = check_quorum;
  return config;
}

std::vector<PlainMessage> answers(const Config& config, const PlainMessage& message) {
  TestBed bed = at_term_five(config);
  const Raft before = bed.raft(1);
  BOOST_REQUIRE(bed.step(1, message).has_value());
  std::vector<PlainMessage> sent = bed.take_messages(1);
  BOOST_CHECK(bed.raft(1) == before);
  return sent;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(step_test)

BOOST_AUTO_TEST_CASE(raft_e6_a_higher_term_makes_a_follower) {
  for (const Type type : {Type::app, Type::heartbeat, Type::snap}) {
    TestBed bed(3);
    bed.elect(1);
    BOOST_REQUIRE(bed.step(1, message_from(2, type, 7)).has_value());
    BOOST_TEST(bed.raft(1).term == 7);
    BOOST_CHECK(bed.raft(1).role == Role::follower);
    BOOST_CHECK(bed.raft(1).lead == ServerId{2});
    BOOST_CHECK(bed.raft(1).vote == nobody);
  }
  for (const Type type : {Type::app_resp, Type::vote_resp, Type::heartbeat_resp, Type::timeout_now}) {
    TestBed bed(3);
    bed.elect(1);
    BOOST_REQUIRE(bed.step(1, message_from(2, type, 7)).has_value());
    BOOST_TEST(bed.raft(1).term == (type == Type::timeout_now ? 8 : 7));
    BOOST_CHECK(bed.raft(1).lead == nobody);
  }
}

BOOST_AUTO_TEST_CASE(raft_e6_pre_votes_do_not_raise_the_term) {
  TestBed bed(3);
  bed.elect(1);
  BOOST_REQUIRE(bed.step(1, message_from(2, Type::pre_vote, 7)).has_value());
  PlainMessage granted = message_from(2, Type::pre_vote_resp, 7);
  BOOST_REQUIRE(bed.step(1, granted).has_value());
  BOOST_TEST(bed.raft(1).term == 1);
  granted.reject = true;
  BOOST_REQUIRE(bed.step(1, granted).has_value());
  BOOST_TEST(bed.raft(1).term == 7);
}

BOOST_AUTO_TEST_CASE(raft_e7_an_old_leader_is_told_the_term) {
  for (const Type type : {Type::app, Type::heartbeat}) {
    const PlainMessage old = message_from(3, type, 4);
    BOOST_TEST(answers(with(false, false), old).empty());
    for (const Config& config : {with(true, false), with(false, true), with(true, true)}) {
      const std::vector<PlainMessage> sent = answers(config, old);
      BOOST_REQUIRE(sent.size() == 1);
      BOOST_CHECK(sent[0].type == Type::app_resp);
      BOOST_TEST(sent[0].term == 5);
      BOOST_TEST(sent[0].index == 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(r9_with_pre_vote_alone_an_old_leader_is_not_told) {
  const PlainMessage old = message_from(3, Type::app, 4);
  BOOST_TEST(answers(with_defect(with(true, false), Defect::R9), old).empty());
  BOOST_TEST(answers(with_defect(with(true, true), Defect::R9), old).size() == 1);
}

BOOST_AUTO_TEST_CASE(raft_e7_an_old_pre_candidate_is_told_the_term) {
  const PlainMessage old = message_from(3, Type::pre_vote, 4);
  const std::vector<PlainMessage> sent = answers(with(true, false), old);
  BOOST_REQUIRE(sent.size() == 1);
  BOOST_CHECK(sent[0].type == Type::pre_vote_resp);
  BOOST_TEST(sent[0].reject);
  BOOST_TEST(sent[0].term == 5);
  BOOST_TEST(answers(with_defect(with(true, false), Defect::R8), old).empty());
}

BOOST_AUTO_TEST_CASE(raft_e7_everything_else_of_a_lower_term_is_ignored) {
  for (const Type type : {Type::app_resp, Type::vote, Type::vote_resp, Type::snap, Type::heartbeat_resp,
                          Type::timeout_now, Type::pre_vote_resp, Type::read_index_resp}) {
    BOOST_TEST(answers(with(true, true), message_from(3, type, 4)).empty());
  }
}

BOOST_AUTO_TEST_CASE(raft_e7_a_late_append_s_snapshot_counts_but_not_its_entries) {
  for (const bool defective : {false, true}) {
    TestBed bed(3, defective ? with_defect(Defect::R12) : test_config());
    PlainMessage append = message_from(2, Type::app, 5);
    append.entries = {entry_at(5, 1)};
    BOOST_REQUIRE(bed.step(1, append).has_value());
    PlainMessage written = message_from(append_thread.value, Type::storage_append_resp, 4);
    written.index = 1;
    written.log_term = 5;
    BOOST_REQUIRE(bed.step(1, written).has_value());
    BOOST_TEST(bed.raft(1).log.unstable.entries.empty() == defective);
  }
  TestBed bed(3);
  PlainMessage snapshot = message_from(2, Type::snap, 5);
  snapshot.snapshot = Snapshot{{{servers({1, 2}), {}, {}, {}, false}, 5, 1}, "state"};
  BOOST_REQUIRE(bed.step(1, snapshot).has_value());
  PlainMessage installed = message_from(append_thread.value, Type::storage_append_resp, 4);
  installed.snapshot = snapshot.snapshot;
  BOOST_REQUIRE(bed.step(1, installed).has_value());
  BOOST_TEST(!bed.raft(1).log.unstable.snapshot.has_value());
  BOOST_TEST(bed.raft(1).log.applied == 5);
}

BOOST_AUTO_TEST_CASE(a_candidate_follows_a_leader_of_its_term) {
  for (const Type type : {Type::app, Type::heartbeat, Type::snap}) {
    TestBed bed(3);
    bed.campaign(1);
    BOOST_REQUIRE(bed.step(1, message_from(2, type, 1)).has_value());
    BOOST_CHECK(bed.raft(1).role == Role::follower);
    BOOST_CHECK(bed.raft(1).lead == ServerId{2});
    BOOST_CHECK(bed.raft(1).vote == ServerId{1});
  }
}

BOOST_AUTO_TEST_CASE(strangers_do_not_disturb_a_leader) {
  TestBed bed(3);
  bed.elect(1);
  const Raft before = bed.raft(1);
  for (const Type type : {Type::app_resp, Type::heartbeat_resp}) {
    BOOST_CHECK(bed.step(1, message_from(9, type, 1)) == tl::unexpected(RaftError::step_peer_not_found));
  }
  for (const Type type : {Type::hup, Type::beat, Type::check_quorum, Type::unreachable, Type::snap_status}) {
    BOOST_CHECK(bed.step(1, message_from(2, type, 0)) == tl::unexpected(RaftError::step_local_message));
  }
  BOOST_CHECK(bed.raft(1) == before);
}

BOOST_AUTO_TEST_SUITE_END()
