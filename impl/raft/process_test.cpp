// A server as a process: its timers, how it writes, what a crash takes, and that nothing is left behind.
#include "impl/raft/process.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

#include "impl/raft/test_bed.hpp"

namespace plimsoll::raft {
namespace {

using Timer = RaftProcess::Timer;
using Sends = std::vector<RaftProcess::Outputs::Send>;

/// Server 1 of three, with whatever the others are said to have sent.
struct Driven {
  RaftProcess::Config config;
  RaftProcess::State state;
  std::set<Timer> armed;
  Sends sent;  ///< by the last step
  std::vector<std::string> asked;
  Told told;  ///< by the last step

  explicit Driven(StorageWrites writes, Config raft = {}) {
    config.id = ServerId{1};
    config.peers = {{ServerId{2}, {1}}, {ServerId{3}, {2}}};
    config.raft = raft;
    config.raft.heartbeat_tick = 2;
    config.raft.election_tick = 3;
    config.raft.async_storage_writes = writes == StorageWrites::asynchronous;
    config.writes = writes;
    ConfState members;
    members.voters = servers({1, 2, 3});
    state.durable = Storage::bootstrapped(members);
    start();
  }
  void start() {
    state.server = {};
    armed.clear();
    take(base::Started{});
  }
  void take(const RaftProcess::Input& input, std::uint32_t answer = 0) {
    if (const auto* const fired = std::get_if<base::TimerFired<Timer>>(&input)) {
      armed.erase(fired->timer);
    }
    base::ScriptedChoices choices;
    const RaftProcess::State before = state;
    for (std::uint32_t run = 0; run <= answer; ++run) {
      state = before;
      choices.rewind();
      RaftProcess::Outputs outputs(choices);
      told = RaftProcess::step(config, state, input, outputs);
      if (run == answer) {
        note(outputs);
        asked = choices.questions();
      } else {
        BOOST_REQUIRE(choices.advance());
      }
    }
    check_nothing_is_left();
  }
  void fire(Timer timer) {
    BOOST_REQUIRE(armed.contains(timer));
    take(base::TimerFired<Timer>{timer});
  }
  void receive(PlainMessage message, std::uint32_t answer = 0) {
    message.to = config.id;
    take(base::Received<PlainMessage>{{static_cast<std::uint8_t>(message.from.value - 1)}, message}, answer);
  }
  /// Wins the election of term 1, however it writes.
  void lead() {
    fire(Timer::election_timeout);
    write();
    receive(message_from(2, MessageType::vote_resp, 1));
  }
  /// The disk finishes all it has to do.
  void write() {
    for (const Timer timer : {Timer::write, Timer::append, Timer::apply}) {
      while (armed.contains(timer)) {
        fire(timer);
      }
    }
  }
  [[nodiscard]] const Raft& raft() const { return state.server.node.raft; }
  [[nodiscard]] std::multiset<MessageType> types_sent() const {
    std::multiset<MessageType> types;
    for (const auto& send : sent) {
      types.insert(send.message.type);
    }
    return types;
  }

 private:
  void note(const RaftProcess::Outputs& outputs) {
    for (const auto& change : outputs.timers()) {
      // Only what changes is said.
      BOOST_TEST(armed.contains(change.timer) != change.armed);
      if (change.armed) {
        armed.insert(change.timer);
      } else {
        armed.erase(change.timer);
      }
    }
    sent = outputs.sends();
  }
  void check_nothing_is_left() const {
    BOOST_TEST(raft().messages.empty());
    // While something is being written, answers wait for the next write.
    BOOST_TEST((raft().messages_after_append.empty() || state.server.writing.has_value()));
    BOOST_TEST(raft().read_states.empty());
    BOOST_TEST(raft().election_elapsed == 0U);
    BOOST_TEST(raft().heartbeat_elapsed == 0U);
    BOOST_TEST(raft().randomized_election_timeout == 0U);
    BOOST_TEST((base::from_bytes<Memory>(base::to_bytes(state.server)) == state.server));
  }
};

const std::vector<StorageWrites> all_ways = {StorageWrites::atomic, StorageWrites::separate,
                                             StorageWrites::asynchronous};

}  // namespace

BOOST_AUTO_TEST_SUITE(process_test)

BOOST_AUTO_TEST_CASE(a_follower_waits_and_a_leader_sends_heartbeats) {
  for (const StorageWrites writes : all_ways) {
    Driven server(writes);
    BOOST_TEST((server.armed == std::set<Timer>{Timer::election_timeout}));
    server.lead();
    server.write();
    BOOST_TEST((server.raft().role == Role::leader));
    BOOST_TEST((server.armed == std::set<Timer>{Timer::heartbeat}));
    server.fire(Timer::heartbeat);
    BOOST_TEST(
        (server.types_sent() == std::multiset<MessageType>{MessageType::heartbeat, MessageType::heartbeat}));
    BOOST_TEST(server.armed.contains(Timer::heartbeat));
  }
}

BOOST_AUTO_TEST_CASE(an_election_timer_that_fires_again_begins_the_next_term) {
  Driven server(StorageWrites::atomic);
  server.fire(Timer::election_timeout);
  server.fire(Timer::election_timeout);
  BOOST_TEST(server.raft().term == 2U);
  BOOST_TEST(server.state.durable.hard_state.term == 2U);
}

BOOST_AUTO_TEST_CASE(atomic_writes_are_done_when_the_step_is) {
  Driven server(StorageWrites::atomic);
  PlainMessage vote = message_from(2, MessageType::vote, 1);
  server.receive(vote);
  BOOST_TEST(server.state.durable.hard_state.vote.value == 2U);
  BOOST_TEST((server.types_sent() == std::multiset<MessageType>{MessageType::vote_resp}));
}

/// RAFT-R6.
BOOST_AUTO_TEST_CASE(a_vote_is_told_after_it_is_written) {
  for (const auto& [writes, timer] : {std::pair(StorageWrites::separate, Timer::write),
                                      std::pair(StorageWrites::asynchronous, Timer::append)}) {
    Driven server(writes);
    server.receive(message_from(2, MessageType::vote, 1));
    BOOST_TEST(server.sent.empty());
    BOOST_TEST(server.state.durable.hard_state.vote.value == 0U);
    server.fire(timer);
    BOOST_TEST(server.state.durable.hard_state.vote.value == 2U);
    BOOST_TEST((server.types_sent() == std::multiset<MessageType>{MessageType::vote_resp}));
  }
}

BOOST_AUTO_TEST_CASE(a_candidate_asks_when_its_term_is_written) {
  const std::multiset<MessageType> requests = {MessageType::vote, MessageType::vote};
  for (const auto& [writes, timer] : {std::pair(StorageWrites::separate, Timer::write),
                                      std::pair(StorageWrites::asynchronous, Timer::append)}) {
    Driven server(writes);
    server.fire(Timer::election_timeout);
    BOOST_TEST(server.sent.empty());
    server.fire(timer);
    BOOST_TEST(server.state.durable.hard_state.term == 1U);
    BOOST_TEST((server.types_sent() == requests));

    Driven hasty(writes, with_defect(Defect::R22));
    hasty.fire(Timer::election_timeout);
    BOOST_TEST((hasty.types_sent() == requests));
    BOOST_TEST(hasty.state.durable.hard_state.term == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_crash_takes_what_is_not_written) {
  for (const StorageWrites writes : {StorageWrites::separate, StorageWrites::asynchronous}) {
    Driven server(writes);
    server.receive(message_from(2, MessageType::vote, 1));
    server.start();
    BOOST_TEST(server.raft().term == 0U);
    // Nothing was said, so it may vote again.
    server.receive(message_from(3, MessageType::vote, 1));
    server.write();
    BOOST_TEST(server.state.durable.hard_state.vote.value == 3U);
    server.start();
    BOOST_TEST(server.raft().term == 1U);
    BOOST_TEST(server.raft().vote.value == 3U);
  }
}

/// R3 makes the very difference that these tests see.
BOOST_AUTO_TEST_CASE(r3_tells_a_vote_before_it_is_written) {
  for (const StorageWrites writes : {StorageWrites::separate, StorageWrites::asynchronous}) {
    Driven server(writes, with_defect(Defect::R3));
    server.receive(message_from(2, MessageType::vote, 1));
    BOOST_TEST((server.types_sent() == std::multiset<MessageType>{MessageType::vote_resp}));
    BOOST_TEST(server.state.durable.hard_state.vote.value == 0U);
  }
}

/// RAFT-S4: each thread does its work in order.
BOOST_AUTO_TEST_CASE(threads_have_queues) {
  Driven server(StorageWrites::asynchronous);
  server.lead();
  for (int proposal = 0; proposal < 2; ++proposal) {
    base::ScriptedChoices choices;
    RaftProcess::Outputs outputs(choices);
    RaftProcess::operate(
        server.config, server.state,
        [](RawNode& node, const Context& context) { BOOST_TEST(node.propose(context, "x").has_value()); },
        outputs);
  }
  BOOST_TEST(server.state.server.append_work.size() == 3U);
  BOOST_TEST(server.state.durable.last_index() == 0U);
  server.fire(Timer::append);
  BOOST_TEST(server.state.durable.last_index() == 1U);
  server.write();
  BOOST_TEST(server.state.durable.last_index() == 3U);
  PlainMessage acknowledged = message_from(2, MessageType::app_resp, 1);
  acknowledged.index = 3;
  server.receive(acknowledged);
  BOOST_TEST(server.raft().log.committed == 3U);
  BOOST_TEST(server.raft().log.applied == 0U);
  server.write();
  BOOST_TEST(server.raft().log.applied == 3U);
  BOOST_TEST(server.state.durable.hard_state.commit == 3U);
}

/// RAFT-E5: how old the lease is, is for the environment to say.
BOOST_AUTO_TEST_CASE(the_age_of_a_lease_is_asked_for) {
  Config config;
  config.check_quorum = true;
  for (const std::uint32_t answer : {0U, 1U}) {
    Driven server(StorageWrites::atomic, config);
    server.receive(message_from(2, MessageType::heartbeat, 1));
    server.receive(message_from(3, MessageType::vote, 2), answer);
    BOOST_TEST(server.asked.size() == 1U);
    BOOST_TEST(server.raft().term == 1U + answer);
  }
  Driven server(StorageWrites::atomic, config);
  server.receive(message_from(3, MessageType::vote, 1));
  BOOST_TEST(server.asked.empty());
}

/// RAFT-E9.
BOOST_AUTO_TEST_CASE(a_leader_that_hears_of_nobody_steps_down) {
  Config config;
  config.check_quorum = true;
  Driven server(StorageWrites::atomic, config);
  server.lead();
  BOOST_TEST((server.armed == std::set<Timer>{Timer::heartbeat, Timer::check_quorum}));
  server.receive(message_from(2, MessageType::heartbeat_resp, 1));
  server.fire(Timer::check_quorum);
  BOOST_TEST(server.sent.empty());
  BOOST_TEST((server.raft().role == Role::leader));
  server.fire(Timer::check_quorum);
  BOOST_TEST((server.raft().role == Role::follower));
  BOOST_TEST((server.armed == std::set<Timer>{Timer::election_timeout}));
}

BOOST_AUTO_TEST_CASE(a_step_tells_what_is_written_and_when_it_is_durable) {
  Driven at_once(StorageWrites::atomic);
  at_once.receive(message_from(2, MessageType::vote, 1));
  BOOST_REQUIRE(at_once.told.begun.size() == 1U);
  BOOST_TEST((at_once.told.begun[0].hard_state == HardState{1, ServerId{2}, 0}));
  BOOST_TEST(at_once.told.written);

  Driven later(StorageWrites::separate);
  later.receive(message_from(2, MessageType::vote, 1));
  BOOST_TEST(later.told.begun.size() == 1U);
  BOOST_TEST(!later.told.written);
  later.fire(Timer::write);
  BOOST_TEST(later.told.begun.empty());
  BOOST_TEST(later.told.written);
  later.receive(message_from(2, MessageType::heartbeat, 1));
  BOOST_REQUIRE(later.told.roles.size() == 1U);
  BOOST_TEST((later.told.roles[0] == SoftState{ServerId{2}, Role::follower}));
  BOOST_TEST(later.told.begun.empty());
  BOOST_TEST(!later.told.written);
}

/// Whoever waits for the disk does not hear of a new leader meanwhile, as with etcd's Ready.
BOOST_AUTO_TEST_CASE(roles_are_told_after_the_write_that_is_under_way) {
  Driven server(StorageWrites::separate);
  server.receive(message_from(2, MessageType::vote, 1));
  server.receive(message_from(2, MessageType::app, 1));
  BOOST_TEST(server.raft().lead.value == 2U);
  BOOST_TEST(server.told.roles.empty());
  server.fire(Timer::write);
  BOOST_TEST(server.told.roles.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_snapshot_is_told_of_when_it_is_written) {
  PlainMessage message = message_from(2, MessageType::snap, 1);
  message.snapshot = Snapshot{{{servers({1, 2, 3}), {}, {}, {}, false}, 5, 1}, "data"};
  for (const StorageWrites writes : {StorageWrites::atomic, StorageWrites::separate}) {
    Driven server(writes);
    server.receive(message);
    BOOST_REQUIRE(!server.told.begun.empty());
    BOOST_TEST(server.told.begun[0].snapshot.data == "data");
    BOOST_TEST(server.told.installed.has_value() == (writes == StorageWrites::atomic));
    if (writes == StorageWrites::separate) {
      server.fire(Timer::write);
    }
    BOOST_REQUIRE(server.told.installed.has_value());
    BOOST_TEST(server.told.installed->metadata.index == 5U);
    BOOST_TEST(server.told.applied.empty());
  }
}

BOOST_AUTO_TEST_CASE(what_is_for_servers_that_do_not_exist_is_lost) {
  Driven server(StorageWrites::atomic);
  server.config.peers.erase(ServerId{3});
  server.fire(Timer::election_timeout);
  BOOST_TEST(server.sent.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::raft
