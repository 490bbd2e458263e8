// Operations at a server: when they are armed, what they do, and what is remembered of reads.
#include <boost/test/unit_test.hpp>

#include "properties/raft/world/member.hpp"

namespace plimsoll::properties::raft {
namespace {

using core::ServerId;
using Timer = Member::Timer;

/// One server alone: it leads as soon as its election timer fires.
struct Alone {
  Member::Config config;
  Member::State state;
  std::set<Timer> armed;

  explicit Alone(std::set<Timer> operations) {
    config.raft.id = ServerId{1};
    config.raft.raft.heartbeat_tick = 2;
    config.raft.raft.election_tick = 3;
    config.operations = std::move(operations);
    core::ConfState members;
    members.voters = {ServerId{1}};
    state.durable = core::Storage::bootstrapped(members);
    take(base::Started{});
  }
  void take(const Member::Input& input) {
    if (const auto* const fired = std::get_if<base::TimerFired<Timer>>(&input)) {
      armed.erase(fired->timer);
    }
    base::ScriptedChoices choices;
    Member::Outputs outputs(choices);
    Member::step(config, state, input, outputs);
    for (const auto& change : outputs.timers()) {
      BOOST_TEST(armed.contains(change.timer) != change.armed);
      if (change.armed) {
        armed.insert(change.timer);
      } else {
        armed.erase(change.timer);
      }
    }
  }
  void fire(Timer timer) {
    BOOST_REQUIRE(armed.contains(timer));
    take(base::TimerFired<Timer>{timer});
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(member_test)

BOOST_AUTO_TEST_CASE(operations_are_armed_where_they_are_possible) {
  Alone server({Timer::proposal, Timer::transfer, Timer::read, Timer::compaction});
  BOOST_TEST((server.armed == std::set<Timer>{Timer::election_timeout}));
  server.fire(Timer::election_timeout);
  // There is nobody to transfer leadership to, and nobody to send heartbeats to.
  BOOST_TEST((server.armed == std::set<Timer>{Timer::proposal, Timer::read, Timer::compaction}));
}

BOOST_AUTO_TEST_CASE(operations_that_are_not_asked_for_are_never_armed) {
  Alone server({});
  server.fire(Timer::election_timeout);
  BOOST_TEST(server.armed.empty());
  BOOST_TEST(server.state.durable.hard_state.commit == 1U);
}

BOOST_AUTO_TEST_CASE(a_proposal_is_committed_and_may_be_made_again) {
  Alone server({Timer::proposal});
  server.fire(Timer::election_timeout);
  server.fire(Timer::proposal);
  BOOST_TEST(server.state.durable.last_index() == 2U);
  BOOST_TEST(server.state.durable.hard_state.commit == 2U);
  BOOST_TEST(server.armed.contains(Timer::proposal));
}

BOOST_AUTO_TEST_CASE(compaction_keeps_the_configuration_and_ends_until_more_is_applied) {
  Alone server({Timer::proposal, Timer::compaction});
  server.fire(Timer::election_timeout);
  server.fire(Timer::compaction);
  BOOST_TEST(server.state.durable.compacted.index == 1U);
  BOOST_TEST(server.state.durable.snapshot.metadata.index == 1U);
  BOOST_TEST((server.state.durable.snapshot.metadata.conf_state.voters == core::ServerSet{ServerId{1}}));
  BOOST_TEST(!server.armed.contains(Timer::compaction));
  server.fire(Timer::proposal);
  BOOST_TEST(server.armed.contains(Timer::compaction));
}

BOOST_AUTO_TEST_CASE(reads_are_answered_and_forgotten) {
  Alone server({Timer::read});
  server.fire(Timer::election_timeout);
  server.fire(Timer::read);
  const ReadHistory& history = server.state.history;
  BOOST_TEST(history.committed == 1U);
  BOOST_TEST(history.asked == 1U);
  BOOST_TEST(history.waiting.empty());
  BOOST_TEST(!history.stale);
}

/// Without reads the history is not among what a step may look at.
BOOST_AUTO_TEST_CASE(history_is_read_only_if_there_are_reads) {
  const Member::Input input = base::Started{};
  BOOST_TEST(Member::reads(Alone({}).config, input) == 3U);
  BOOST_TEST(Member::reads(Alone({Timer::read}).config, input) == 7U);
}

BOOST_AUTO_TEST_CASE(storage_work_needs_no_budget_and_operations_do) {
  BOOST_TEST((Member::timer_kind(Timer::write) == base::TimerKind::work));
  BOOST_TEST((Member::timer_kind(Timer::proposal) == base::TimerKind::whim));
  BOOST_TEST((Member::timer_kind(Timer::election_timeout) == base::TimerKind::lapse));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
