// The check of single steps: silent about the reference, not about defects, and no clause of it is idle.
#include "properties/raft/world/refinement.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/raft/conf_change.hpp"
#include "properties/raft/world/refinement_bed.hpp"

namespace plimsoll::properties::raft {
namespace {

using core::Defect;
using core::Entry;
using core::MessageType;
using core::PlainMessage;
using core::ServerId;
using Timer = Member::Timer;

/// What is found missing first in a random run; empty: nothing.
std::string missing_in(const ClusterKind& kind, std::uint64_t seed, int steps) {
  std::string found;
  HaphazardCluster cluster(kind, seed, [](const HaphazardCluster::Seen&) {});
  for (int i = 0; i < steps && found.empty(); ++i) {
    cluster.go_on();
    for (std::size_t server = 0; server < kind.servers; ++server) {
      found = found.empty() ? cluster.missing(server) : found;
    }
  }
  return found;
}

ClusterKind kind_named(const std::string& name, std::optional<Defect> defect = {}) {
  for (ClusterKind kind : cluster_kinds()) {
    if (kind.name == name) {
      kind.defects = defect ? kind.defects.with(*defect) : kind.defects;
      return kind;
    }
  }
  BOOST_FAIL("no clusters of kind " + name);
  return {};
}

Entry entry_of(core::Term term, core::Index index) {
  Entry entry;
  entry.term = term;
  entry.index = index;
  return entry;
}

PlainMessage message_of(MessageType type, std::uint64_t from, std::uint64_t to, core::Term term) {
  PlainMessage message;
  message.type = type;
  message.from = ServerId{from};
  message.to = ServerId{to};
  message.term = term;
  return message;
}

PlainMessage append_of(core::Term term, core::EntryId previous, std::vector<Entry> entries,
                       core::Index commit) {
  PlainMessage message = message_of(MessageType::app, 2, 1, term);
  message.log_term = previous.term;
  message.index = previous.index;
  message.entries = std::move(entries);
  message.commit = commit;
  return message;
}

/// Server 1 of three, driven by hand.
struct Server {
  Member::Config config;
  Member::State state;
  RefinementConfig refinement_config;
  Refinement refinement;

  // The last step.
  Member::State before = {};
  Member::Input input = base::Started{};
  std::vector<Member::Outputs::Send> sent = {};

  explicit Server(const ClusterKind& kind, std::vector<Entry> log = {}) {
    HaphazardCluster cluster(kind, 1, [](const HaphazardCluster::Seen&) {});
    config = cluster.node(0).config;
    refinement_config = cluster.first();
    state.durable = core::Storage::bootstrapped(refinement_config.first_members);
    state.durable.hard_state.term = log.empty() ? 0 : log.back().term;
    state.durable.entries = std::move(log);
    take(base::Started{});
  }
  void take(Member::Input next) {
    before = state;
    input = std::move(next);
    base::ScriptedChoices choices;
    Member::Outputs outputs(choices);
    Member::step(config, state, input, outputs);
    sent = outputs.sends();
    refine(refinement_config, {config, before, input, state, sent}, refinement);
  }
  void fire(Timer timer) { take(base::TimerFired<Timer>{timer}); }
  void hear(const PlainMessage& message) {
    take(base::Received<PlainMessage>{{static_cast<std::uint8_t>(message.from.value - 1)}, message});
  }
  void crash() {
    state.server = {};
    take(base::Started{});
  }
  void lead() {
    fire(Timer::election_timeout);
    hear(message_of(MessageType::vote_resp, 2, 1, state.server.node.raft.term));
    BOOST_REQUIRE((state.server.node.raft.role == core::Role::leader));
  }
  /// The last step, judged again, after something in it was changed.
  [[nodiscard]] std::string missing_now() const {
    Refinement again;
    refine(refinement_config, {config, before, input, state, sent}, again);
    return again.missing;
  }
  [[nodiscard]] core::Raft& raft() { return state.server.node.raft; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(refinement_test)

BOOST_AUTO_TEST_CASE(the_reference_refines_the_spec) {
  for (const ClusterKind& kind : cluster_kinds()) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      const std::string missing = missing_in(kind, seed, 400);
      BOOST_TEST(missing == "", kind.name << ", seed " << seed << ": " << missing);
    }
  }
}

/// In random runs: what they do wrong is a step that the spec does not have, before any promise is broken.
BOOST_AUTO_TEST_CASE(defects_are_steps_that_the_spec_does_not_have) {
  struct Row {
    Defect defect = Defect::R1;
    std::string kind = {};
    std::uint64_t seed = 0;
    std::string missing = {};
  };
  const Row rows[] = {
      {Defect::R2, "membership", 30, "a quorum that has what the leader takes for committed"},
      {Defect::R3, "separate", 1, "vote-resp to server 3: what it says on disk, before it is sent"},
      {Defect::R4, "membership, asynchronous", 18,
       "app-resp to server 1: what it says on disk, before it is sent"},
      {Defect::R5, "asynchronous", 15, "a quorum that has what the leader takes for committed"},
      {Defect::R6, "atomic", 8, "an acknowledgement of what it says is committed"},
      {Defect::R17, "membership, asynchronous", 106, "a way into term 3"},
  };
  for (const Row& row : rows) {
    const std::string missing = missing_in(kind_named(row.kind, row.defect), row.seed, 400);
    BOOST_TEST(missing.find(row.missing) != std::string::npos, row.kind << ": " << missing);
    BOOST_TEST(missing_in(kind_named(row.kind), row.seed, 100) == "");
  }
}

/// R1: a change is proposed while one of an earlier term is in the log.
BOOST_AUTO_TEST_CASE(r1_two_changes_at_once) {
  for (const bool is_defect : {false, true}) {
    Entry change = core::to_entry(parse_change("v5").value());
    change.term = 1;
    change.index = 1;
    Server server(kind_named("membership", is_defect ? std::optional(Defect::R1) : std::nullopt), {change});
    server.lead();
    server.fire(Timer::conf_change);
    const std::string expected =
        is_defect ? "an entry that a leader may append, of a request or a change of the configuration" : "";
    BOOST_TEST(server.refinement.missing == expected);
  }
}

/// R12: the first of three writes of one entry ends, and what memory forgets is not what will be on disk.
BOOST_AUTO_TEST_CASE(r12_a_write_that_is_overtaken) {
  for (const bool is_defect : {false, true}) {
    Server server(kind_named("asynchronous", is_defect ? std::optional(Defect::R12) : std::nullopt));
    server.hear(append_of(1, {}, {entry_of(1, 1)}, 0));
    server.hear(append_of(2, {}, {entry_of(2, 1)}, 0));
    server.hear(append_of(3, {}, {entry_of(1, 1)}, 0));
    server.fire(Timer::append);
    BOOST_TEST(server.refinement.missing == "");
    server.fire(Timer::append);
    BOOST_TEST(server.refinement.missing == (is_defect ? "a leader whose log this is" : ""));
  }
}

/// R13: the term of an entry that was compacted is said to be 0, in the only message a full window lets
/// through.
BOOST_AUTO_TEST_CASE(r13_the_term_of_what_is_compacted) {
  for (const bool is_defect : {false, true}) {
    ClusterKind kind = kind_named("compaction", is_defect ? std::optional(Defect::R13) : std::nullopt);
    kind.window = 1;
    Server server(kind);
    server.lead();
    PlainMessage acknowledgement = message_of(MessageType::app_resp, 3, 1, 1);
    acknowledgement.index = 1;
    server.hear(acknowledgement);
    acknowledgement.from = ServerId{2};
    server.hear(acknowledgement);
    server.fire(Timer::proposal);
    server.fire(Timer::proposal);
    acknowledgement.index = 3;
    server.hear(acknowledgement);
    server.fire(Timer::compaction);
    BOOST_TEST(server.refinement.missing == "");
    server.hear(message_of(MessageType::heartbeat_resp, 3, 1, 1));
    BOOST_TEST(server.refinement.missing == (is_defect ? "app to server 3: its log" : ""));
  }
}

/// R22: without having written the term, a candidate that has asked for votes forgets by a crash what it
/// asked with, and a leader that it has led.
BOOST_AUTO_TEST_CASE(a_crash_forgets_what_was_announced) {
  Server candidate(kind_named("asynchronous", Defect::R22));
  candidate.hear(append_of(1, {}, {entry_of(1, 1)}, 0));
  candidate.fire(Timer::election_timeout);
  candidate.crash();
  BOOST_TEST(candidate.refinement.announced.size() == 1U);
  candidate.hear(message_of(MessageType::heartbeat, 2, 1, 1));
  BOOST_TEST(candidate.refinement.missing == "");
  candidate.fire(Timer::election_timeout);
  BOOST_TEST(candidate.refinement.missing == "a memory of having asked for votes in term 2 with another log");

  Server leader(kind_named("asynchronous", Defect::R22));
  for (const bool again : {false, true}) {
    leader.fire(Timer::election_timeout);
    leader.hear(message_of(MessageType::vote_resp, 2, 1, 1));
    leader.hear(message_of(MessageType::vote_resp, 3, 1, 1));
    BOOST_TEST(leader.refinement.missing ==
               (again ? "a memory of having led in term 1 before the crash" : ""));
    leader.crash();
  }

  Server cautious(kind_named("asynchronous"));
  cautious.fire(Timer::election_timeout);
  cautious.fire(Timer::append);
  BOOST_TEST(cautious.refinement.announced.empty());
}

BOOST_AUTO_TEST_CASE(no_clause_about_a_follower_is_idle) {
  using Change = std::function<void(Server&)>;
  const auto after_append = [](const Change& change) {
    Server server(kind_named("atomic"));
    server.hear(append_of(1, {}, {entry_of(1, 1), entry_of(1, 2)}, 1));
    BOOST_TEST(server.missing_now() == "");
    change(server);
    return server.missing_now();
  };
  const auto both = [](Server& server, const auto& change) {
    change(server.state.durable.hard_state);
    server.raft().term = server.state.durable.hard_state.term;
    server.raft().vote = server.state.durable.hard_state.vote;
    server.raft().log.committed = server.state.durable.hard_state.commit;
  };
  BOOST_TEST(after_append([&](Server& s) {
               s.sent.clear();
               both(s, [](auto& h) { h.term = 2; });
             }) == "a way into term 2");
  BOOST_TEST(after_append([&](Server& s) { both(s, [](auto& h) { h.vote = ServerId{3}; }); }) ==
             "a vote for server 3 in term 1");
  BOOST_TEST(after_append([&](Server& s) { both(s, [](auto& h) { h.commit = 2; }); }) ==
             "a leader that knows as committed what it takes for it");
  BOOST_TEST(after_append([](Server& s) { s.state.durable.entries[1].data = "y"; }) ==
             "a leader whose log this is");
  BOOST_TEST(after_append([](Server& s) { s.state.durable.entries.pop_back(); }) ==
             "app-resp to server 2: what it says on disk, before it is sent");
  BOOST_TEST(after_append([](Server& s) { s.raft().vote = ServerId{2}; }) ==
             "a write that leaves this on disk");
  BOOST_TEST(after_append([](Server& s) { s.sent.at(0).message.index = 3; }) ==
             "app-resp to server 2: what it says on disk, before it is sent");
  BOOST_TEST(after_append([](Server& s) {
               s.sent.at(0).message = message_of(MessageType::vote_resp, 1, 3, 1);
             }) == "vote-resp to server 3: what it says on disk, before it is sent");
  BOOST_TEST(after_append([](Server& s) {
               s.sent.at(0).message = message_of(MessageType::heartbeat, 1, 3, 1);
             }) == "heartbeat to server 3: its leading in that term");
  BOOST_TEST(after_append([](Server& s) { s.sent.at(0).message = message_of(MessageType::vote, 1, 3, 1); }) ==
             "vote to server 3: a candidacy with that log");
  BOOST_TEST(after_append([](Server& s) {
               s.sent.at(0).message = message_of(MessageType::heartbeat_resp, 1, 3, 2);
             }) == "heartbeat-resp to server 3: its term");
}

BOOST_AUTO_TEST_CASE(no_clause_about_a_candidate_or_leader_is_idle) {
  Server candidate(kind_named("pre-vote"));
  candidate.config.raft.raft.pre_vote = false;
  candidate.fire(Timer::election_timeout);
  BOOST_TEST(candidate.missing_now() == "");
  candidate.raft().tracker.votes[ServerId{4}] = true;
  BOOST_TEST(candidate.missing_now() == "the vote that it counts of server 4");
  candidate.raft().role = core::Role::leader;
  BOOST_TEST(candidate.missing_now() == "a quorum that elected it in term 1");

  const auto after_commit = [](const std::function<void(Server&)>& change) {
    Server server(kind_named("atomic"));
    server.lead();
    server.fire(Timer::proposal);
    PlainMessage acknowledgement = message_of(MessageType::app_resp, 3, 1, 1);
    acknowledgement.index = 1;
    server.hear(acknowledgement);
    BOOST_TEST(server.missing_now() == "");
    change(server);
    return server.missing_now();
  };
  BOOST_TEST(after_commit([](Server& s) {
               s.raft().log.committed = 2;
               s.state.durable.hard_state.commit = 2;
             }) == "a quorum that has what the leader takes for committed, in the leader's term");
  BOOST_TEST(after_commit([](Server& s) { s.state.durable.entries.at(1).data = "y"; }) ==
             "an entry that a leader may append, of a request or a change of the configuration");
  BOOST_TEST(after_commit([](Server& s) { s.raft().tracker.progress[ServerId{2}].match = 1; }) ==
             "an acknowledgement by server 2 of entry 1");
  BOOST_TEST(after_commit([](Server& s) {
               s.raft().tracker.config.voters.incoming.voters.erase(ServerId{3});
             }) == "a committed entry with the configuration that is in force");
  BOOST_TEST(
      after_commit([](Server& s) { s.sent.at(0).message.commit = 2; }).ends_with("the commit index in it"));
  BOOST_TEST(after_commit([](Server& s) { s.sent.at(0).message.log_term = 2; }).ends_with("its log"));
  BOOST_TEST(after_commit([](Server& s) {
               PlainMessage& message = s.sent.at(0).message;
               message = message_of(MessageType::snap, 1, 2, 1);
               message.snapshot.emplace().metadata = {s.refinement_config.first_members, 2, 1};
             }).ends_with("a committed log that this is a snapshot of"));
}

/// Nothing but the commit index may be behind on a disk, and that not beyond the last configuration but one.
BOOST_AUTO_TEST_CASE(a_disk_remembers_configurations) {
  std::vector<Entry> log;
  for (const char* const change : {"v4", "v5"}) {
    log.push_back(core::to_entry(parse_change(change).value()));
    log.back().term = 1;
    log.back().index = log.size();
  }
  Server server(kind_named("membership, separate"));
  server.hear(append_of(1, {}, log, 1));
  server.fire(Timer::write);
  BOOST_TEST(server.missing_now() == "");
  server.state.durable.hard_state.commit = 0;
  server.before.server.writing->hard_state->commit = 0;
  BOOST_TEST(server.missing_now() == "a disk that remembers the configurations before the last as committed");
}

/// A snapshot may be in memory long before it is on disk, and cover all that the disk knows to be committed.
BOOST_AUTO_TEST_CASE(a_snapshot_on_its_way_to_the_disk) {
  Server server(kind_named("asynchronous"));
  server.hear(append_of(1, {}, {entry_of(1, 1)}, 1));
  server.fire(Timer::append);
  BOOST_TEST(server.state.durable.hard_state.commit == 1U);
  PlainMessage message = message_of(MessageType::snap, 2, 1, 1);
  message.snapshot.emplace().metadata = {server.refinement_config.first_members, 2, 1};
  server.hear(message);
  BOOST_TEST(server.refinement.missing == "");
}

/// Where nothing is missing any more, nothing is asked: the first step stays.
BOOST_AUTO_TEST_CASE(the_first_complaint_stands) {
  Server server(kind_named("atomic"));
  server.refinement.missing = "this";
  server.hear(append_of(1, {}, {entry_of(1, 1)}, 1));
  BOOST_TEST(server.refinement.missing == "this");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
