#include <boost/test/unit_test.hpp>

#include "impl/raft/test_bed.hpp"

namespace {

using namespace plimsoll::raft;
using Type = MessageType;

// Server 3 has nothing but the first entry; the leader's log is compacted up to entry 3 of 4.
TestBed behind(const Config& config = test_config()) {
  TestBed bed(3, config);
  bed.elect(1);
  bed.cut = servers({3});
  for (int count = 0; count < 3; ++count) {
    BOOST_REQUIRE(bed.propose(1, "x").has_value());
  }
  bed.stabilize();
  bed.compact(1, 3);
  bed.cut.clear();
  return bed;
}

// The leader learns that its appends were lost, and sends a snapshot.
TestBed sent(const Config& config = test_config()) {
  TestBed bed = behind(config);
  bed.node(1).report_unreachable(bed.context(1), ServerId{3});
  bed.tick(1);
  bed.handle_ready(1);
  bed.deliver(3);
  bed.handle_ready(3);
  bed.deliver(1);
  return bed;
}

PlainMessage snapshot_of(const TestBed& bed, SnapshotMetadata metadata) {
  static_cast<void>(bed);
  PlainMessage message = message_from(2, Type::snap, 2);
  message.snapshot = Snapshot{std::move(metadata), "state"};
  return message;
}

const ConfState all_three{servers({1, 2, 3}), {}, {}, {}, false};

}  // namespace

BOOST_AUTO_TEST_SUITE(snapshot_test)

BOOST_AUTO_TEST_CASE(raft_s1_a_follower_whose_entries_are_compacted_gets_a_snapshot) {
  TestBed bed = sent();
  BOOST_CHECK(bed.progress(1, 3).state == ProgressState::snapshot);
  BOOST_TEST(bed.progress(1, 3).pending_snapshot == 4);
  BOOST_TEST(bed.progress(1, 3).next == 5);
  bed.stabilize();
  BOOST_CHECK(bed.progress(1, 3).state == ProgressState::replicate);
  BOOST_TEST(bed.progress(1, 3).match == 4);
  BOOST_TEST(bed.at(3).storage.snapshot.metadata.index == 4);
  BOOST_REQUIRE(bed.propose(1, "y").has_value());
  bed.stabilize();
  BOOST_TEST(bed.at(3).applied.back() == "y");
}

BOOST_AUTO_TEST_CASE(raft_s1_a_silent_follower_gets_none) {
  TestBed bed = behind();
  bed.progress(1, 3).recent_active = false;
  bed.node(1).report_unreachable(bed.context(1), ServerId{3});
  BOOST_REQUIRE(bed.propose(1, "y").has_value());
  for (const PlainMessage& message : bed.take_messages(1)) {
    BOOST_CHECK(message.type != Type::snap);
  }
  BOOST_CHECK(bed.progress(1, 3).state == ProgressState::probe);
}

BOOST_AUTO_TEST_CASE(raft_r7_nothing_is_sent_while_a_snapshot_is_under_way) {
  TestBed bed = sent();
  static_cast<void>(bed.take_messages(1));
  BOOST_REQUIRE(bed.propose(1, "y").has_value());
  BOOST_REQUIRE(bed.step(1, message_from(3, Type::heartbeat_resp, 1)).has_value());
  for (const PlainMessage& message : bed.take_messages(1)) {
    BOOST_CHECK(message.to != ServerId{3});
  }
}

BOOST_AUTO_TEST_CASE(a_reported_snapshot_is_followed_by_a_probe) {
  for (const bool failed : {false, true}) {
    TestBed bed = sent();
    bed.node(1).report_snapshot(bed.context(1), ServerId{3}, failed);
    BOOST_CHECK(bed.progress(1, 3).state == ProgressState::probe);
    BOOST_TEST(bed.progress(1, 3).next == (failed ? 2U : 5U));
    BOOST_TEST(bed.progress(1, 3).msg_app_flow_paused);
    const Progress before = bed.progress(1, 3);
    bed.node(1).report_snapshot(bed.context(1), ServerId{3}, failed);
    BOOST_CHECK(bed.progress(1, 3) == before);
  }
}

BOOST_AUTO_TEST_CASE(raft_r9_any_snapshot_will_do_if_the_log_goes_on_from_there) {
  for (const bool defective : {false, true}) {
    TestBed bed = sent(defective ? with_defect(Defect::R16) : test_config());
    PlainMessage response = message_from(3, Type::app_resp, 1);
    response.index = 2;
    BOOST_REQUIRE(bed.step(1, response).has_value());
    BOOST_CHECK(bed.progress(1, 3).state == ProgressState::snapshot);  // entry 3 is compacted
    response.index = 3;
    BOOST_REQUIRE(bed.step(1, response).has_value());
    BOOST_CHECK(bed.progress(1, 3).state == (defective ? ProgressState::snapshot : ProgressState::replicate));
  }
}

BOOST_AUTO_TEST_CASE(raft_s2_an_old_snapshot_is_answered_by_the_commit_index) {
  TestBed bed(3);
  bed.elect(1);
  BOOST_REQUIRE(bed.step(3, snapshot_of(bed, {all_three, 1, 1})).has_value());
  const std::vector<PlainMessage> answers = bed.take_messages(3);
  BOOST_REQUIRE(answers.size() == 1);
  BOOST_CHECK(answers[0].type == Type::app_resp);
  BOOST_TEST(answers[0].index == 1);
  BOOST_TEST(!bed.raft(3).log.unstable.snapshot.has_value());
}

BOOST_AUTO_TEST_CASE(raft_s2_a_snapshot_without_this_server_is_ignored) {
  TestBed bed(3);
  BOOST_REQUIRE(bed.step(3, snapshot_of(bed, {{servers({1, 2}), {}, {}, {}, false}, 9, 1})).has_value());
  BOOST_TEST(!bed.raft(3).log.unstable.snapshot.has_value());
  BOOST_TEST(bed.take_messages(3).at(0).index == 0);
  // An outgoing voter is a member.
  const ConfState leaving{servers({1, 2}), {}, servers({1, 2, 3}), {}, true};
  BOOST_REQUIRE(bed.step(3, snapshot_of(bed, {leaving, 9, 1})).has_value());
  BOOST_TEST(bed.raft(3).log.unstable.snapshot.has_value());
  BOOST_CHECK(bed.raft(3).tracker.conf_state() == leaving);
}

BOOST_AUTO_TEST_CASE(raft_s2_a_snapshot_of_what_is_in_the_log_only_commits) {
  TestBed bed(3);
  bed.elect(1);
  bed.cut = servers({2, 3});
  BOOST_REQUIRE(bed.propose(1, "x").has_value());
  bed.stabilize();
  BOOST_REQUIRE(bed.step(1, snapshot_of(bed, {all_three, 2, 1})).has_value());
  BOOST_TEST(bed.raft(1).log.committed == 2);
  BOOST_TEST(!bed.raft(1).log.unstable.snapshot.has_value());
  BOOST_TEST(bed.take_messages(1).at(0).index == 2);
}

BOOST_AUTO_TEST_CASE(raft_s2_a_snapshot_replaces_log_and_configuration) {
  TestBed bed(3);
  bed.elect(1);
  const ConfState wider{servers({1, 2, 3, 4}), servers({5}), {}, {}, false};
  BOOST_REQUIRE(bed.step(3, snapshot_of(bed, {wider, 9, 2})).has_value());
  BOOST_TEST(bed.last_index(3) == 9);
  BOOST_TEST(bed.raft(3).log.committed == 9);
  BOOST_CHECK(bed.raft(3).tracker.conf_state() == wider);
  BOOST_TEST(bed.take_messages(3).at(0).index == 9);
  bed.handle_ready(3);
  BOOST_TEST(bed.raft(3).log.applied == 9);
  BOOST_TEST(bed.at(3).storage.last_index() == 9);
}

BOOST_AUTO_TEST_CASE(a_server_restarts_from_its_snapshot) {
  TestBed bed = sent();
  bed.stabilize();
  bed.restart(3);
  BOOST_TEST(bed.raft(3).log.applied == 4);
  BOOST_CHECK(bed.raft(3).tracker.conf_state() == all_three);
  BOOST_REQUIRE(bed.propose(1, "y").has_value());
  bed.stabilize();
  BOOST_CHECK(bed.at(3).applied == std::vector<plimsoll::base::Bytes>{"y"});
}

BOOST_AUTO_TEST_SUITE_END()
