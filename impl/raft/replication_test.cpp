#include <boost/test/unit_test.hpp>

#include "impl/raft/test_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::raft;
using Type = MessageType;

// Three servers, 1 leads, everybody has its first entry, and nothing is under way.
TestBed led(const Config& config = test_config(), std::uint64_t voters = 3) {
  TestBed bed(voters, config);
  bed.elect(1);
  return bed;
}

PlainMessage append(std::uint64_t from, Term term, EntryId previous, std::vector<Entry> entries,
                    Index commit) {
  PlainMessage message = message_from(from, Type::app, term);
  message.index = previous.index;
  message.log_term = previous.term;
  message.entries = std::move(entries);
  message.commit = commit;
  return message;
}

PlainMessage acknowledgement(std::uint64_t from, Term term, Index index) {
  PlainMessage message = message_from(from, Type::app_resp, term);
  message.index = index;
  return message;
}

// What the leader sends to `to`, of one type.
std::vector<PlainMessage> sent_to(TestBed& bed, std::uint64_t to, Type type = Type::app) {
  std::vector<PlainMessage> sent = bed.take_messages(1);
  std::erase_if(
      sent, [&](const PlainMessage& message) { return message.to != ServerId{to} || message.type != type; });
  return sent;
}

// Server 2 has the log of paper figure 7 (f), 3 terms that nobody else has; server 1 of term 8 has none of
// them.
void give_log(TestBed& bed, std::uint64_t id, const std::vector<Term>& terms) {
  Storage storage = Storage::bootstrapped({servers({1, 2, 3}), {}, {}, {}, false});
  std::vector<Entry> entries;
  for (const Term term : terms) {
    entries.push_back(entry_at(term, entries.size() + 1));
  }
  storage.append(entries);
  storage.hard_state = {terms.back(), nobody, 0};
  bed.members.erase(ServerId{id});
  bed.add(id, std::move(storage));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(replication_test)

BOOST_AUTO_TEST_CASE(raft_r1_an_append_before_the_commit_index_is_answered_by_it) {
  TestBed bed = led();
  const PlainMessage response = bed.answer(2, append(1, 1, {0, 0}, {entry_at(1, 1)}, 1));
  BOOST_TEST(response.index == 1);
  BOOST_TEST(!response.reject);
}

BOOST_AUTO_TEST_CASE(raft_r1_a_matching_append_commits_as_far_as_it_reaches) {
  TestBed bed = led();
  const PlainMessage response = bed.answer(2, append(1, 1, {1, 1}, {entry_at(1, 2)}, 9));
  BOOST_TEST(response.index == 2);
  BOOST_TEST(bed.raft(2).log.committed == 2);
}

BOOST_AUTO_TEST_CASE(raft_r1_entries_beyond_an_old_append_are_not_committed_by_it) {
  TestBed bed = led();
  static_cast<void>(bed.answer(2, append(1, 1, {1, 1}, {entry_at(1, 2), entry_at(1, 3)}, 1)));
  const PlainMessage response = bed.answer(2, append(1, 1, {1, 1}, {entry_at(1, 2)}, 3));
  BOOST_TEST(response.index == 2);
  BOOST_TEST(bed.raft(2).log.committed == 2);
  BOOST_TEST(bed.last_index(2) == 3);
}

BOOST_AUTO_TEST_CASE(raft_r2_a_rejection_says_where_to_go_on) {
  TestBed bed(3);
  give_log(bed, 2, {1, 1, 2, 2, 2});
  const PlainMessage response = bed.answer(2, append(1, 8, {1, 5}, {entry_at(8, 6)}, 0));
  BOOST_TEST(response.reject);
  BOOST_TEST(response.index == 5);
  BOOST_TEST(response.reject_hint == 2);
  BOOST_TEST(response.log_term == 1);
  // Beyond its end, it hints at its end at most.
  BOOST_TEST(bed.answer(2, append(1, 8, {7, 9}, {}, 0)).reject_hint == 5);
}

BOOST_AUTO_TEST_CASE(raft_r2_there_is_one_probe_for_each_term_at_most) {
  TestBed bed(3);
  give_log(bed, 1, {1, 1, 1, 4, 4, 5, 5, 6, 6, 6});
  give_log(bed, 2, {1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3});
  bed.cut = servers({2});
  bed.elect(1);
  bed.elect(1);
  BOOST_REQUIRE(bed.raft(1).role == Role::leader);
  bed.cut.clear();
  bed.tick(1);
  int rejections = 0;
  while (bed.term_at(2, bed.last_index(1)) != bed.raft(1).term && rejections < 20) {
    bed.handle_ready(1);
    bed.deliver(2);
    bed.handle_ready(2);
    for (const Message& message : bed.network) {
      rejections += message.to == ServerId{1} && message.reject ? 1 : 0;
    }
    bed.deliver(1);
  }
  BOOST_TEST(rejections > 0);
  BOOST_TEST(rejections <= 3);
  for (Index index = 1; index <= bed.last_index(1); ++index) {
    BOOST_TEST(bed.term_at(1, index) == bed.term_at(2, index));
  }
}

// Figure 8 of the paper: entry 2 of term 1 is on a majority, but only an entry of term 3 commits it.
BOOST_AUTO_TEST_CASE(raft_r5_only_entries_of_the_own_term_are_counted) {
  for (const bool defective : {false, true}) {
    TestBed bed(3, defective ? with_defect(Defect::R5) : test_config());
    give_log(bed, 1, {1, 2});
    bed.campaign(1);
    bed.handle_ready(1);
    BOOST_REQUIRE(bed.step(1, message_from(2, Type::vote_resp, 3)).has_value());
    BOOST_REQUIRE(bed.raft(1).role == Role::leader);
    BOOST_REQUIRE(bed.step(1, acknowledgement(2, 3, 2)).has_value());
    BOOST_TEST(bed.raft(1).log.committed == (defective ? 2U : 0U));
    bed.handle_ready(1);
    BOOST_REQUIRE(bed.step(1, acknowledgement(2, 3, 3)).has_value());
    BOOST_TEST(bed.raft(1).log.committed == 3);
  }
}

BOOST_AUTO_TEST_CASE(raft_r5_learners_do_not_count) {
  TestBed bed(2, test_config(), 2);
  bed.elect(1);
  bed.cut = servers({2});
  BOOST_REQUIRE(bed.propose(1, "x").has_value());
  bed.stabilize();
  BOOST_TEST(bed.progress(1, 3).match == 2);
  BOOST_TEST(bed.progress(1, 4).match == 2);
  BOOST_TEST(bed.raft(1).log.committed == 1);
}

BOOST_AUTO_TEST_CASE(raft_r7_a_probe_sends_entries_once_until_it_is_answered) {
  TestBed bed = led();
  bed.node(1).report_unreachable(bed.context(1), ServerId{2});
  BOOST_CHECK(bed.progress(1, 2).state == ProgressState::probe);
  BOOST_REQUIRE(bed.propose(1, "a").has_value());
  BOOST_TEST(sent_to(bed, 2).size() == 1);
  BOOST_REQUIRE(bed.propose(1, "b").has_value());
  BOOST_TEST(sent_to(bed, 2).empty());
  BOOST_REQUIRE(bed.step(1, message_from(2, Type::heartbeat_resp, 1)).has_value());
  const std::vector<PlainMessage> again = sent_to(bed, 2);
  BOOST_REQUIRE(again.size() == 1);
  BOOST_TEST(again[0].entries.size() == 2);
}

BOOST_AUTO_TEST_CASE(raft_r7_replication_sends_ahead) {
  TestBed bed = led();
  for (Index index = 2; index <= 5; ++index) {
    BOOST_REQUIRE(bed.propose(1, "x").has_value());
    const std::vector<PlainMessage> sent = sent_to(bed, 2);
    BOOST_REQUIRE(sent.size() == 1);
    BOOST_TEST(sent[0].index == index - 1);
  }
  BOOST_TEST(bed.progress(1, 2).inflights.count() == 4);
  BOOST_REQUIRE(bed.step(1, acknowledgement(2, 1, 3)).has_value());
  BOOST_TEST(bed.progress(1, 2).inflights.count() == 2);
}

BOOST_AUTO_TEST_CASE(raft_r7_an_old_rejection_is_ignored) {
  TestBed bed = led();
  PlainMessage rejection = acknowledgement(2, 1, 1);
  rejection.reject = true;
  BOOST_REQUIRE(bed.step(1, rejection).has_value());
  BOOST_TEST(sent_to(bed, 2).empty());
  BOOST_CHECK(bed.progress(1, 2).state == ProgressState::replicate);
}

BOOST_AUTO_TEST_CASE(messages_are_limited_in_size) {
  Config config = test_config();
  config.max_size_per_message = 0;
  TestBed bed = led(config);
  bed.node(1).report_unreachable(bed.context(1), ServerId{2});
  for (int count = 0; count < 3; ++count) {
    BOOST_REQUIRE(bed.propose(1, "x").has_value());
  }
  static_cast<void>(bed.take_messages(1));
  // Once it is known where the logs match, everything follows, one entry a message.
  BOOST_REQUIRE(bed.step(1, acknowledgement(2, 1, 2)).has_value());
  const std::vector<PlainMessage> sent = sent_to(bed, 2);
  BOOST_REQUIRE(sent.size() == 2);
  BOOST_TEST(sent[0].entries.size() == 1);
}

BOOST_AUTO_TEST_CASE(raft_r8_a_full_window_lets_only_empty_appends_through) {
  for (const bool defective : {false, true}) {
    Config config = defective ? with_defect(Defect::R14) : test_config();
    config.inflight.messages = 2;
    TestBed bed = led(config);
    for (int count = 0; count < 4; ++count) {
      BOOST_REQUIRE(bed.propose(1, "x").has_value());
    }
    BOOST_TEST(sent_to(bed, 2).size() == 2);
    BOOST_TEST(bed.progress(1, 2).is_paused());
    BOOST_REQUIRE(bed.step(1, message_from(2, Type::heartbeat_resp, 1)).has_value());
    const std::vector<PlainMessage> sent = sent_to(bed, 2);
    BOOST_REQUIRE(sent.size() == (defective ? 0 : 1));
    if (!defective) {
      BOOST_TEST(sent[0].entries.empty());
      BOOST_TEST(sent[0].index == 3);
    }
  }
}

BOOST_AUTO_TEST_CASE(raft_r8_the_window_is_limited_in_bytes_too) {
  for (const bool defective : {false, true}) {
    Config config = defective ? with_defect(Defect::R21) : test_config();
    config.max_size_per_message = 0;
    config.inflight.bytes = 10;
    TestBed bed = led(config);
    for (int count = 0; count < 4; ++count) {
      BOOST_REQUIRE(bed.propose(1, "12345").has_value());
    }
    BOOST_TEST(sent_to(bed, 2).size() == 2);
    BOOST_REQUIRE(bed.step(1, acknowledgement(2, 1, 3)).has_value());
    std::vector<PlainMessage> sent = sent_to(bed, 2);
    std::erase_if(sent, [](const PlainMessage& message) { return message.entries.empty(); });
    BOOST_TEST(sent.size() == (defective ? 0U : 2U));
  }
}

BOOST_AUTO_TEST_CASE(raft_r9_an_acknowledgement_without_news_ends_a_probe) {
  for (const bool defective : {false, true}) {
    TestBed bed = led(defective ? with_defect(Defect::R15) : test_config());
    bed.node(1).report_unreachable(bed.context(1), ServerId{2});
    bed.tick(1);
    bed.stabilize();
    BOOST_CHECK(bed.progress(1, 2).state == (defective ? ProgressState::probe : ProgressState::replicate));
  }
}

BOOST_AUTO_TEST_CASE(the_commit_index_is_told_once) {
  TestBed bed = led();
  BOOST_REQUIRE(bed.propose(1, "x").has_value());
  bed.handle_ready(1);
  bed.drop();
  BOOST_REQUIRE(bed.step(1, acknowledgement(2, 1, 2)).has_value());
  BOOST_TEST(bed.raft(1).log.committed == 2);
  BOOST_TEST(bed.take_messages(1).size() == 2);
  BOOST_REQUIRE(bed.step(1, acknowledgement(3, 1, 2)).has_value());
  BOOST_TEST(bed.take_messages(1).empty());
}

// Everything in the window is lost, and the leader's log is compacted beyond what the follower has.
BOOST_AUTO_TEST_CASE(r13_an_append_after_a_compacted_entry_matches_anything) {
  for (const bool defective : {false, true}) {
    Config config = defective ? with_defect(Defect::R13) : test_config();
    config.inflight.messages = 1;
    TestBed bed = led(config);
    bed.cut = servers({3});
    for (int count = 0; count < 3; ++count) {
      BOOST_REQUIRE(bed.propose(1, "x").has_value());
    }
    bed.stabilize();
    BOOST_TEST(bed.progress(1, 3).next == 3);
    bed.compact(1, 4);
    bed.cut.clear();
    bed.tick(1);
    bed.handle_ready(1);
    bed.deliver(3);
    bed.handle_ready(3);
    bed.deliver(1);
    const std::vector<PlainMessage> sent = bed.take_messages(1);
    BOOST_REQUIRE(sent.size() == 1);
    BOOST_CHECK(sent[0].type == (defective ? Type::app : Type::snap));
    if (defective) {
      BOOST_TEST(sent[0].log_term == 0);
      // The follower acknowledges an entry that it does not have.
      const PlainMessage lie = bed.answer(3, sent[0]);
      BOOST_TEST(!lie.reject);
      BOOST_TEST(lie.index > bed.last_index(3));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
