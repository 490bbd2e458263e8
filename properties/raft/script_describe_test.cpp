#include "properties/raft/script_describe.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::properties::raft {
namespace {

using core::ConfChangeType;
using core::EntryType;
using core::MessageType;
using core::ServerId;

core::Entry normal(core::Term term, core::Index index, const char* data) {
  return {.term = term, .index = index, .type = EntryType::normal, .data = data};
}

core::Message message_of(MessageType type, std::uint64_t from, std::uint64_t to) {
  core::Message message;
  message.type = type;
  message.from = ServerId{from};
  message.to = ServerId{to};
  message.term = 3;
  return message;
}

core::Snapshot snapshot_at(core::Index index) {
  core::Snapshot snapshot;
  snapshot.metadata.index = index;
  snapshot.metadata.term = 2;
  snapshot.metadata.conf_state = {.voters = {ServerId{1}, ServerId{2}},
                                  .learners = {ServerId{4}},
                                  .voters_outgoing = {ServerId{1}, ServerId{3}},
                                  .learners_next = {ServerId{3}},
                                  .auto_leave = true};
  return snapshot;
}
constexpr const char* snapshot_text =
    "Index:7 Term:2 ConfState:Voters:[1 2] VotersOutgoing:[1 3] Learners:[4] LearnersNext:[3] AutoLeave:true";

}  // namespace

BOOST_AUTO_TEST_SUITE(script_describe_test)

BOOST_AUTO_TEST_CASE(data_is_quoted_as_in_go) {
  BOOST_TEST(describe_data("") == "\"\"");
  BOOST_TEST(describe_data("a b") == "\"a b\"");
  BOOST_TEST(describe_data("\"\\") == R"("\"\\")");
  BOOST_TEST(describe_data("\a\b\t\n\v\f\r") == R"("\a\b\t\n\v\f\r")");
  BOOST_TEST(describe_data(std::string_view("\0\x1f\x7f\xff", 4)) == R"("\x00\x1f\x7f\xff")");
}

BOOST_AUTO_TEST_CASE(changes_are_read_as_they_are_written) {
  const auto changes = parse_changes(" v1 l20 r3 u4\n");
  BOOST_REQUIRE(changes);
  BOOST_TEST(describe_changes(*changes) == "v1 l20 r3 u4");
  BOOST_TEST((changes->at(1).type == ConfChangeType::add_learner_node));
  BOOST_TEST(parse_changes("")->empty());
  BOOST_TEST(parse_changes(" \n")->empty());
  BOOST_TEST(parse_changes("v1 x2").error() == "unknown input: x2");
  BOOST_TEST(parse_changes("v1  v2").error() == "unknown token ");
  BOOST_TEST(parse_changes("v").error() == "unknown token v");
  BOOST_TEST(!parse_changes("v1a"));
}

BOOST_AUTO_TEST_CASE(entries_show_what_they_hold) {
  BOOST_TEST(describe_entry(normal(1, 2, "x")) == "1/2 EntryNormal \"x\"");
  core::Entry change = core::to_entry(core::ConfChange{ConfChangeType::remove_node, ServerId{9}, {}});
  change.term = 4;
  change.index = 5;
  BOOST_TEST(describe_entry(change) == "4/5 EntryConfChange r9");
  change = core::to_entry(core::ConfChangeV2{});
  BOOST_TEST(describe_entry(change) == "0/0 EntryConfChangeV2");
  BOOST_TEST(describe_entries({}).empty());
}

BOOST_AUTO_TEST_CASE(what_is_zero_is_left_out_of_messages) {
  core::Message message = message_of(MessageType::app, 1, 10);
  BOOST_TEST(describe_message(message) == "1->a MsgApp Term:3 Log:0/0");
  message.reject = true;
  message.commit = 5;
  message.vote = ServerId{2};
  message.entries = {normal(1, 2, "x")};
  BOOST_TEST(describe_message(message) ==
             "1->a MsgApp Term:3 Log:0/0 Rejected (Hint: 0) Commit:5 Vote:2 Entries:[1/2 EntryNormal \"x\"]");
}

BOOST_AUTO_TEST_CASE(messages_nest) {
  core::Message message = message_of(MessageType::storage_append, 1, core::append_thread.value);
  message.entries = {normal(1, 2, "x"), normal(1, 3, "y")};
  message.snapshot = snapshot_at(7);
  core::Message response = message_of(MessageType::storage_append_resp, core::apply_thread.value, 0);
  response.entries = message.entries;
  response.snapshot = snapshot_at(7);
  message.responses = {response};
  const std::string expected = std::string("1->AppendThread MsgStorageAppend Term:3 Log:0/0 Entries:[\n") +
                               "  1/2 EntryNormal \"x\"\n" + "  1/3 EntryNormal \"y\"\n" + "]\n" +
                               "  Snapshot: " + snapshot_text + " Responses:[\n" +
                               "  ApplyThread->None MsgStorageAppendResp Term:3 Log:0/0 Entries:[\n" +
                               "    1/2 EntryNormal \"x\"\n" + "    1/3 EntryNormal \"y\"\n" + "  ]\n" +
                               "    Snapshot: " + snapshot_text + "\n]";
  BOOST_TEST(describe_message(message) == expected);
  // An empty snapshot is none.
  message = message_of(MessageType::snap, 1, 2);
  message.snapshot = core::Snapshot{};
  BOOST_TEST(describe_message(message) == "1->2 MsgSnap Term:3 Log:0/0");
}

BOOST_AUTO_TEST_CASE(names_of_messages_are_read_back) {
  BOOST_TEST(name_of(MessageType::hup) == "MsgHup");
  BOOST_TEST(name_of(MessageType::forget_leader) == "MsgForgetLeader");
  for (std::uint8_t type = 0; type <= static_cast<std::uint8_t>(MessageType::forget_leader); ++type) {
    BOOST_TEST((message_type(name_of(static_cast<MessageType>(type))) == static_cast<MessageType>(type)));
  }
  BOOST_TEST(!message_type("app"));
}

BOOST_AUTO_TEST_CASE(a_ready_shows_its_parts_in_order) {
  core::Ready ready;
  BOOST_TEST(describe_ready(ready) == "<empty Ready>");
  ready.must_sync = true;
  ready.soft_state = core::SoftState{.lead = ServerId{2}, .role = core::Role::pre_candidate};
  ready.hard_state = core::HardState{.term = 3, .vote = core::nobody, .commit = 0};
  ready.read_states = {{.index = 4, .request_context = "ab"}, {.index = 5, .request_context = ""}};
  ready.entries = {normal(1, 2, "x")};
  ready.snapshot = snapshot_at(7);
  ready.committed_entries = {normal(1, 1, "")};
  ready.messages = {message_of(MessageType::heartbeat, 1, 2)};
  BOOST_TEST(describe_ready(ready) ==
             std::string("Ready MustSync=true:\nLead:2 State:StatePreCandidate\nHardState Term:3 Commit:0\n"
                         "ReadStates [{4 [97 98]} {5 []}]\nEntries:\n1/2 EntryNormal \"x\"\nSnapshot ") +
                 snapshot_text +
                 "\nCommittedEntries:\n1/1 EntryNormal \"\"\nMessages:\n1->2 MsgHeartbeat Term:3 Log:0/0\n");
}

BOOST_AUTO_TEST_CASE(progress_shows_what_is_out_of_the_ordinary) {
  const core::InflightLimits limits{.messages = 2, .bytes = 0};
  core::Progress progress;
  progress.recent_active = true;
  progress.match = 3;
  progress.next = 4;
  BOOST_TEST(describe_progress(progress, limits) == "StateProbe match=3 next=4");
  progress.become_replicate();
  progress.sent_entries(1, 0, limits);
  BOOST_TEST(describe_progress(progress, limits) == "StateReplicate match=3 next=5 inflight=1");
  progress.sent_entries(2, 0, limits);
  BOOST_TEST(describe_progress(progress, limits) == "StateReplicate match=3 next=7 paused inflight=2[full]");
  progress.is_learner = true;
  progress.become_snapshot(9);
  progress.recent_active = false;
  BOOST_TEST(describe_progress(progress, limits) ==
             "StateSnapshot match=3 next=10 learner paused pendingSnap=9 inactive");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
