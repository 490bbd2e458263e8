// A cluster that has been running for a while is one that servers can reach, with nothing left to do.
#include "properties/store/world/prepared.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::properties::store {
namespace {

using core::Server;

std::vector<Server::Config> three_servers() {
  std::vector<Server::Config> configs;
  for (std::uint64_t id = 1; id <= 3; ++id) {
    Server::Config config;
    config.raft.id = raft::ServerId{id};
    config.raft.writes = raft::StorageWrites::separate;
    config.raft.raft.heartbeat_tick = 2;
    config.raft.raft.election_tick = 3;
    config.member.id = config.raft.id;
    config.snapshot_entries = 2;
    for (std::uint64_t other = 1; other <= 3; ++other) {
      config.initial_members.voters.insert(raft::ServerId{other});
      if (other != id) {
        config.raft.peers[raft::ServerId{other}] = {static_cast<std::uint8_t>(other - 1)};
      }
    }
    configs.push_back(config);
  }
  return configs;
}

Preparation preparation(std::uint32_t absent) {
  return {{parse_operation("put a 1").value(), parse_operation("put a 2").value()}, absent};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(prepared_test)

BOOST_AUTO_TEST_CASE(everybody_has_what_was_done) {
  const auto servers = prepare(three_servers(), preparation(0));
  BOOST_TEST(servers.size() == 3U);
  BOOST_TEST((servers[0].state.raft.node.raft.role == raft::Role::leader));
  for (const PreparedServer& server : servers) {
    BOOST_TEST(server.state.kv.find("a")->value == "2");
    BOOST_TEST(server.state.kv.revision().value == 3U);
    for (const Server::Timer& timer : server.armed) {
      BOOST_TEST((Server::timer_kind(timer) != base::TimerKind::work));
    }
  }
}

BOOST_AUTO_TEST_CASE(who_is_absent_has_heard_of_the_leader_and_of_nothing_else) {
  const auto servers = prepare(three_servers(), preparation(3));
  BOOST_TEST(servers[1].state.kv.revision().value == 3U);
  BOOST_TEST(servers[2].state.kv.revision().value == 1U);
  BOOST_TEST((servers[2].state.raft.node.raft.lead == raft::ServerId{1}));
  BOOST_TEST(servers[0].state.log.compacted.index > servers[2].state.log.last_index());
}

BOOST_AUTO_TEST_CASE(a_server_starts_there_once) {
  RunningServer::Config config{three_servers()[0], prepare(three_servers(), preparation(0))[0]};
  const auto started = [&](const base::Started& start) {
    base::ScriptedChoices choices;
    RunningServer::Outputs outputs(choices);
    RunningServer::State state;
    RunningServer::step(config, state, start, outputs);
    return std::pair(state, outputs.appends());
  };
  const auto [first, disk] = started({});
  BOOST_TEST((first.raft.node.raft.role == raft::Role::leader));
  BOOST_TEST((disk == config.prepared->disk));
  // After a crash it knows what its disk says.
  const auto [again, nothing] = started({1, disk, false});
  BOOST_TEST((again.raft.node.raft.role == raft::Role::follower));
  BOOST_TEST(again.kv.find("a")->value == "2");
  BOOST_TEST(nothing.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
