#include <boost/test/unit_test.hpp>

#include "impl/raft/read_only.hpp"
#include "impl/raft/test_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::raft;

PlainMessage read_of(const base::Bytes& key) {
  PlainMessage request;
  request.type = MessageType::read_index;
  request.entries.push_back(entry_at(0, 0, key));
  return request;
}

const JointConfig three{{servers({1, 2, 3})}, {}};
constexpr ServerId leader{1};
constexpr ServerId other{2};

}  // namespace

BOOST_AUTO_TEST_SUITE(read_only_test)

BOOST_AUTO_TEST_CASE(raft_q1_an_answer_confirms_what_came_before_its_heartbeat) {
  ReadOnly reads;
  reads.add(leader, read_of("a"), 4);
  reads.add(leader, read_of("b"), 5);
  const base::Bytes context = reads.heartbeat_context({});
  reads.add(leader, read_of("c"), 6);
  BOOST_TEST(reads.take_confirmed(three).empty());
  reads.acknowledge(other, context, {});
  const std::vector<PendingRead> confirmed = reads.take_confirmed(three);
  BOOST_REQUIRE(confirmed.size() == 2);
  BOOST_TEST(confirmed[0].index == 4);
  BOOST_TEST(confirmed[1].index == 5);
  BOOST_TEST(reads.queue.size() == 1);
}

BOOST_AUTO_TEST_CASE(raft_q1_both_majorities_of_a_joint_configuration_must_answer) {
  const JointConfig joint{{servers({1, 2, 3})}, {servers({4, 5})}};
  ReadOnly reads;
  reads.add(leader, read_of("a"), 4);
  const base::Bytes context = reads.heartbeat_context({});
  reads.acknowledge(other, context, {});
  reads.acknowledge(ServerId{4}, context, {});
  BOOST_TEST(reads.take_confirmed(joint).empty());
  reads.acknowledge(ServerId{5}, context, {});
  BOOST_TEST(reads.take_confirmed(joint).size() == 1);
}

BOOST_AUTO_TEST_CASE(raft_q1_a_retry_is_a_request_of_its_own) {
  for (const bool defective : {false, true}) {
    const Defects defects = defective ? Defects{}.with(Defect::R19) : Defects{};
    ReadOnly reads;
    reads.add(leader, read_of("key"), 4);
    const base::Bytes first_round = reads.heartbeat_context(defects);
    reads.acknowledge(other, first_round, defects);
    BOOST_TEST(reads.take_confirmed(three).size() == 1);
    reads.add(leader, read_of("key"), 9);
    // The third server's answer to the first round comes late.
    reads.acknowledge(ServerId{3}, first_round, defects);
    BOOST_TEST(reads.take_confirmed(three).empty() == !defective);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_position_confirms_nothing) {
  ReadOnly reads;
  reads.add(leader, read_of("a"), 4);
  for (const char* context : {"", "x", "-1", "2", "1x", "18446744073709551616"}) {
    reads.acknowledge(other, context, {});
  }
  BOOST_TEST(reads.take_confirmed(three).empty());
}

BOOST_AUTO_TEST_CASE(confirmations_of_answered_requests_are_forgotten) {
  ReadOnly reads;
  BOOST_TEST(reads.heartbeat_context({}).empty());
  reads.add(leader, read_of("a"), 4);
  const base::Bytes context = reads.heartbeat_context({});
  reads.acknowledge(other, context, {});
  BOOST_TEST(reads.take_confirmed(three).size() == 1);
  reads.acknowledge(ServerId{3}, context, {});
  BOOST_TEST(reads.acks.empty());
  BOOST_TEST(reads.heartbeat_context({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
