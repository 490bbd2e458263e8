#include <boost/test/unit_test.hpp>

#include "impl/raft/raw_node.hpp"
#include "impl/raft/test_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::raft;
using Type = MessageType;

Config async_config() {
  Config config = test_config();
  config.async_storage_writes = true;
  return config;
}

bool holds(const std::vector<PlainMessage>& messages, Type type) {
  return std::any_of(messages.begin(), messages.end(),
                     [type](const PlainMessage& m) { return m.type == type; });
}

PlainMessage append(std::uint64_t from, Term term, EntryId previous, std::vector<Entry> entries) {
  PlainMessage message = message_from(from, Type::app, term);
  message.index = previous.index;
  message.log_term = previous.term;
  message.entries = std::move(entries);
  return message;
}

PlainMessage vote_request(std::uint64_t from, Term term, EntryId last) {
  PlainMessage message = message_from(from, Type::vote, term);
  message.index = last.index;
  message.log_term = last.term;
  return message;
}

// The message to the append thread in a Ready.
Message append_work(const Ready& ready) {
  for (const Message& message : ready.messages) {
    if (message.to == append_thread) {
      return message;
    }
  }
  BOOST_FAIL("no work for the append thread");
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(raw_node_test)

BOOST_AUTO_TEST_CASE(a_server_that_starts_has_nothing_to_do) {
  TestBed bed(3);
  BOOST_TEST(!bed.node(1).has_ready(bed.context(1)));
  BOOST_CHECK(bed.node(1).peek_ready(bed.context(1)) == Ready{});
}

BOOST_AUTO_TEST_CASE(a_ready_says_what_changed_and_says_it_once) {
  TestBed bed(1);
  bed.campaign(1);
  const Ready peeked = bed.node(1).peek_ready(bed.context(1));
  const Ready ready = bed.node(1).ready(bed.context(1));
  BOOST_CHECK(peeked == ready);
  BOOST_CHECK(ready.soft_state == (SoftState{nobody, Role::candidate}));
  BOOST_CHECK(ready.hard_state == (HardState{1, ServerId{1}, 0}));
  BOOST_TEST(!bed.node(1).has_ready(bed.context(1)));
  bed.at(1).storage.hard_state = *ready.hard_state;
  bed.node(1).advance(bed.context(1));
  BOOST_CHECK(bed.raft(1).role == Role::leader);
}

BOOST_AUTO_TEST_CASE(raft_s5_only_entries_terms_and_votes_must_be_synced) {
  TestBed bed(3);
  bed.elect(1);
  BOOST_REQUIRE(bed.step(2, append(1, 1, {1, 1}, {entry_at(1, 2)})).has_value());
  BOOST_TEST(bed.node(2).peek_ready(bed.context(2)).must_sync);
  bed.handle_ready(2);
  PlainMessage heartbeat = message_from(1, Type::heartbeat, 1);
  heartbeat.commit = 2;
  BOOST_REQUIRE(bed.step(2, heartbeat).has_value());
  const Ready commit = bed.node(2).peek_ready(bed.context(2));
  BOOST_TEST(commit.hard_state.has_value());
  BOOST_TEST(!commit.must_sync);
  BOOST_REQUIRE(bed.step(2, message_from(3, Type::heartbeat, 2)).has_value());
  BOOST_TEST(bed.node(2).peek_ready(bed.context(2)).must_sync);
}

BOOST_AUTO_TEST_CASE(raft_r6_answers_wait_until_what_they_promise_is_durable) {
  TestBed bed(3, async_config());
  BOOST_REQUIRE(bed.step(1, vote_request(2, 1, {0, 0})).has_value());
  BOOST_TEST(bed.raft(1).messages.empty());
  BOOST_TEST(holds(bed.raft(1).messages_after_append, Type::vote_resp));
  const Ready ready = bed.node(1).ready(bed.context(1));
  BOOST_REQUIRE(ready.messages.size() == 1);
  BOOST_TEST(holds(append_work(ready).responses, Type::vote_resp));
  BOOST_CHECK(append_work(ready).vote == ServerId{2});
  BOOST_REQUIRE(bed.step(1, append(2, 1, {0, 0}, {entry_at(1, 1)})).has_value());
  BOOST_TEST(holds(bed.raft(1).messages_after_append, Type::app_resp));
  // So do refusals, and the candidate's own vote.
  BOOST_REQUIRE(bed.step(2, vote_request(3, 1, {0, 0})).has_value());
  static_cast<void>(bed.take_messages(2));
  BOOST_REQUIRE(bed.step(2, vote_request(1, 1, {0, 0})).has_value());
  BOOST_TEST(bed.raft(2).messages_after_append.at(0).reject);
  bed.campaign(3);
  BOOST_TEST(holds(bed.raft(3).messages, Type::vote));
  BOOST_TEST(holds(bed.raft(3).messages_after_append, Type::vote_resp));
}

BOOST_AUTO_TEST_CASE(r3_and_r4_answers_leave_before_it_is) {
  for (const Defect defect : {Defect::R3, Defect::R4}) {
    TestBed bed(3, with_defect(async_config(), defect));
    BOOST_REQUIRE(bed.step(1, vote_request(2, 1, {0, 0})).has_value());
    BOOST_REQUIRE(bed.step(1, append(2, 1, {0, 0}, {entry_at(1, 1)})).has_value());
    BOOST_TEST(holds(bed.raft(1).messages, Type::vote_resp) == (defect == Defect::R3));
    BOOST_TEST(holds(bed.raft(1).messages, Type::app_resp) == (defect == Defect::R4));
    // A server answers itself when it is time, all the same.
    bed.elect(2);
    BOOST_CHECK(bed.raft(2).role == Role::leader);
  }
}

BOOST_AUTO_TEST_CASE(raft_r6_a_crash_before_the_write_forgets_a_promise_that_nobody_heard) {
  TestBed bed(3, async_config());
  BOOST_REQUIRE(bed.step(1, vote_request(2, 1, {0, 0})).has_value());
  bed.handle_ready(1);
  bed.restart(1);
  BOOST_TEST(bed.network.empty());
  BOOST_TEST(bed.raft(1).term == 0);
}

BOOST_AUTO_TEST_CASE(raft_s4_asynchronous_writes_reach_the_same_end) {
  TestBed bed(3, async_config());
  bed.elect(1);
  for (const char* data : {"a", "b", "c"}) {
    BOOST_REQUIRE(bed.propose(1, data).has_value());
    bed.handle_ready(1);
  }
  bed.stabilize();
  for (const std::uint64_t id : {1U, 2U, 3U}) {
    BOOST_CHECK(bed.at(id).applied == (std::vector<base::Bytes>{"a", "b", "c"}));
    BOOST_TEST(bed.raft(id).log.unstable.entries.empty());
    BOOST_TEST(bed.at(id).storage.last_index() == 4);
  }
}

BOOST_AUTO_TEST_CASE(raft_s4_entries_are_handed_to_the_append_thread_once) {
  TestBed bed(3, async_config());
  bed.elect(1);
  BOOST_REQUIRE(bed.propose(1, "a").has_value());
  const Message first = append_work(bed.node(1).ready(bed.context(1)));
  BOOST_REQUIRE(bed.propose(1, "b").has_value());
  const Message second = append_work(bed.node(1).ready(bed.context(1)));
  BOOST_REQUIRE(first.entries.size() == 1);
  BOOST_REQUIRE(second.entries.size() == 1);
  BOOST_TEST(second.entries[0].index == first.entries[0].index + 1);
  const PlainMessage& done = second.responses.back();
  BOOST_CHECK(done.type == Type::storage_append_resp);
  BOOST_TEST(done.index == 3);
  BOOST_TEST(done.term == 1);
  BOOST_TEST(bed.raft(1).log.unstable.entries.size() == 2);
}

// Server 1 takes entry 1/1 from server 2, then 2/1 from server 3, then 1/1 again: the write of the first is
// acknowledged while that of the second is still under way.
BOOST_AUTO_TEST_CASE(raft_s4_a_late_acknowledgement_is_not_taken_for_another_write) {
  for (const bool defective : {false, true}) {
    TestBed bed(5, defective ? with_defect(async_config(), Defect::R12) : async_config());
    BOOST_REQUIRE(bed.step(1, append(2, 1, {0, 0}, {entry_at(1, 1, "old")})).has_value());
    const Message first = append_work(bed.node(1).ready(bed.context(1)));
    BOOST_REQUIRE(bed.step(1, append(3, 2, {0, 0}, {entry_at(2, 1, "new")})).has_value());
    static_cast<void>(bed.node(1).ready(bed.context(1)));
    BOOST_REQUIRE(bed.step(1, append(4, 3, {0, 0}, {entry_at(1, 1, "old")})).has_value());
    static_cast<void>(bed.node(1).ready(bed.context(1)));
    BOOST_REQUIRE(bed.step(1, first.responses.back()).has_value());
    // With the defect the entry counts as durable, while storage is about to hold that of term 2.
    BOOST_TEST(bed.raft(1).log.unstable.entries.empty() == defective);
  }
}

BOOST_AUTO_TEST_CASE(raft_s4_a_snapshot_goes_through_the_append_thread) {
  TestBed bed(3, async_config());
  PlainMessage snapshot = message_from(2, Type::snap, 1);
  snapshot.snapshot = Snapshot{{{servers({1, 2, 3}), {}, {}, {}, false}, 5, 1}, "state"};
  BOOST_REQUIRE(bed.step(1, snapshot).has_value());
  const Message work = append_work(bed.node(1).ready(bed.context(1)));
  BOOST_CHECK(work.snapshot == snapshot.snapshot);
  BOOST_REQUIRE(work.responses.size() == 2);
  BOOST_CHECK(work.responses[0].type == Type::app_resp);
  BOOST_CHECK(work.responses[1].snapshot == snapshot.snapshot);
  BOOST_TEST(!bed.node(1).has_ready(bed.context(1)));
  BOOST_REQUIRE(bed.at(1).storage.apply_snapshot(*snapshot.snapshot).has_value());
  BOOST_REQUIRE(bed.step(1, work.responses[1]).has_value());
  BOOST_TEST(bed.raft(1).log.applied == 5);
  BOOST_TEST(!bed.raft(1).log.unstable.snapshot.has_value());
}

BOOST_AUTO_TEST_CASE(committed_entries_come_in_pieces) {
  Config config = test_config();
  config.max_committed_size_per_ready = 1;
  TestBed bed(1, config);
  bed.elect(1);
  BOOST_REQUIRE(bed.propose(1, "a").has_value());
  BOOST_REQUIRE(bed.propose(1, "b").has_value());
  bed.handle_ready(1);
  for (const char* data : {"a", "b"}) {
    const Ready ready = bed.node(1).peek_ready(bed.context(1));
    BOOST_REQUIRE(ready.committed_entries.size() == 1);
    BOOST_TEST(ready.committed_entries[0].data == data);
    bed.handle_ready(1);
  }
}

BOOST_AUTO_TEST_CASE(a_restart_goes_on_from_storage) {
  TestBed bed(3);
  bed.elect(1);
  BOOST_REQUIRE(bed.propose(1, "a").has_value());
  bed.stabilize();
  const HardState before = bed.raft(2).hard_state();
  bed.restart(2);
  BOOST_CHECK(bed.raft(2).hard_state() == before);
  BOOST_CHECK(bed.raft(2).role == Role::follower);
  bed.stabilize();
  BOOST_CHECK(bed.at(2).applied == std::vector<base::Bytes>{"a"});
  // An application that keeps its own state says how far that goes.
  const Storage storage = bed.at(2).storage;
  const RawNode applied = RawNode::start(ServerId{2}, {bed.config, storage}, 2);
  BOOST_TEST(!applied.has_ready({bed.config, storage}));
}

BOOST_AUTO_TEST_CASE(a_status_shows_progress_only_of_a_leader) {
  TestBed bed(3);
  bed.elect(1);
  BOOST_TEST(bed.node(1).status().progress.size() == 3);
  BOOST_TEST(bed.node(2).status().progress.empty());
  BOOST_CHECK(bed.node(2).status().soft_state.lead == ServerId{1});
}

BOOST_AUTO_TEST_CASE(a_server_is_a_value_with_canonical_bytes) {
  TestBed bed(3, async_config(), 1);
  bed.elect(1);
  BOOST_REQUIRE(bed.propose(1, "a").has_value());
  bed.node(1).read_index(bed.context(1), "key");
  for (const std::uint64_t id : {1U, 2U, 4U}) {
    BOOST_CHECK(base::from_bytes<RawNode>(base::to_bytes(bed.node(id))) == bed.node(id));
    BOOST_CHECK(base::from_bytes<Storage>(base::to_bytes(bed.at(id).storage)) == bed.at(id).storage);
  }
}

BOOST_AUTO_TEST_SUITE_END()
