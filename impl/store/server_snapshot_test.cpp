// Snapshots that servers take and send, and databases that are defragmented.
#include <boost/test/unit_test.hpp>

#include "impl/store/hash.hpp"
#include "impl/store/server_bed.hpp"

namespace plimsoll::store {
namespace {

Server::Config with_snapshots(raft::StorageWrites writes = raft::StorageWrites::atomic) {
  Server::Config config;
  config.raft.writes = writes;
  config.snapshot_entries = 4;
  config.wal.segment_bytes_max = 200;
  return config;
}

ServerBed running(std::uint64_t count, const Server::Config& config) {
  ServerBed bed(count, config);
  bed.start_all();
  bed.elect(1);
  return bed;
}

void write(ServerBed& bed, std::uint64_t at, int count) {
  for (int i = 0; i < count; ++i) {
    bed.ask(at, put("key-" + std::to_string(i % 3), std::to_string(i)));
    bed.calm();
  }
}

std::uint32_t hash_of(const ServerBed& bed, std::uint64_t id) {
  return hash_kv(bed.nodes.at(id).state.kv, {}).value().hash;
}

/// The leader goes on probing: as time passes it sends heartbeats, and gives up on snapshots.
void let_time_pass(ServerBed& bed, std::uint64_t leader) {
  for (int i = 0; i < 4; ++i) {
    if (bed.is_armed(leader, SnapshotTimeout{})) {
      bed.fire(leader, SnapshotTimeout{});
    }
    bed.fire(leader, Heartbeat{});
    bed.calm();
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(server_snapshot_test)

BOOST_AUTO_TEST_CASE(a_snapshot_makes_room_on_the_disk_and_is_enough_to_start_from) {
  for (const auto writes : {raft::StorageWrites::atomic, raft::StorageWrites::separate}) {
    ServerBed bed = running(1, with_snapshots(writes));
    std::size_t largest = 0;
    for (int i = 0; i < 10; ++i) {
      write(bed, 1, 6);
      bed.ask(1, kv::CompactRequest{bed.nodes.at(1).state.kv.revision()});
      bed.calm();
      largest = std::max(largest, bed.nodes.at(1).disk.size());
    }
    BOOST_TEST(largest < 60U);
    BOOST_TEST(bed.nodes.at(1).state.log.compacted.index > 50U);
    const std::uint32_t hash = hash_of(bed, 1);
    const kv::Revision revision = bed.nodes.at(1).state.kv.revision();
    bed.crash(1);
    bed.start(1);
    bed.calm();
    bed.elect(1);
    BOOST_TEST(hash_of(bed, 1) == hash);
    BOOST_TEST((bed.nodes.at(1).state.kv.revision() == revision));
  }
}

BOOST_AUTO_TEST_CASE(a_server_that_was_away_for_long_installs_a_snapshot) {
  for (const auto writes : {raft::StorageWrites::atomic, raft::StorageWrites::separate}) {
    ServerBed bed = running(3, with_snapshots(writes));
    bed.ask(3, kv::WatchRequest{.watch = {1}, .range = {"key-", "key."}});
    write(bed, 1, 2);
    bed.cut_off(3);
    write(bed, 1, 12);
    bed.lose_all();
    bed.reconnect(3);
    let_time_pass(bed, 1);
    const Server::State& state = bed.nodes.at(3).state;
    BOOST_TEST(state.log.compacted.index > 4U);
    BOOST_TEST(state.log.snapshot.data.empty());
    BOOST_TEST(hash_of(bed, 3) == hash_of(bed, 1));
    // ETCD-12: the watcher has missed nothing, and saw nothing twice.
    std::uint64_t expected = 2;
    for (const kv::WatchResponse& response : bed.heard[0].events) {
      for (const kv::Event& event : response.events) {
        BOOST_TEST(event.kv.mod_revision.value == expected++);
      }
    }
    BOOST_TEST(expected == 16U);
    // It is durable, with the log that it stands for.
    bed.crash(3);
    bed.start(3);
    bed.calm();
    BOOST_TEST(bed.nodes.at(3).exit_reason == "");
    let_time_pass(bed, 1);
    BOOST_TEST(hash_of(bed, 3) == hash_of(bed, 1));
  }
}

BOOST_AUTO_TEST_CASE(a_crash_before_a_snapshot_is_written_leaves_the_old_state) {
  for (const bool crashes : {true, false}) {
    ServerBed bed = running(3, with_snapshots(raft::StorageWrites::separate));
    bed.lazy_commits = {3};
    write(bed, 1, 2);
    const kv::Revision before = bed.nodes.at(3).state.kv.revision();
    bed.cut_off(3);
    write(bed, 1, 12);
    bed.lose_all();
    bed.reconnect(3);
    BOOST_TEST(bed.is_armed(3, BackendCommit{}));
    bed.busy_disks = {3};
    let_time_pass(bed, 1);
    // What is not committed must wait now: it would go into the new database.
    BOOST_TEST(bed.is_armed(3, RaftWrite{}));
    BOOST_TEST(!bed.is_armed(3, BackendCommit{}));
    bed.busy_disks = {};
    bed.lazy_commits = {};
    if (crashes) {
      bed.crash(3);
      bed.start(3);
      let_time_pass(bed, 1);
    }
    bed.calm();
    BOOST_TEST(bed.nodes.at(3).exit_reason == "");
    BOOST_TEST((bed.nodes.at(3).state.kv.revision() > before));
    BOOST_TEST(hash_of(bed, 3) == hash_of(bed, 1));
    bed.crash(3);
    bed.start(3);
    let_time_pass(bed, 1);
    BOOST_TEST(hash_of(bed, 3) == hash_of(bed, 1));
  }
}

BOOST_AUTO_TEST_CASE(a_snapshot_may_come_while_something_else_is_being_written) {
  ServerBed bed = running(3, with_snapshots(raft::StorageWrites::separate));
  // Server 3 has the entry, and does not know that it is committed.
  const raft::Index before = bed.nodes.at(3).state.raft.node.raft.log.committed;
  bed.ask(1, put("key-0", "0"));
  while (bed.nodes.at(1).state.raft.node.raft.tracker.progress.at(raft::ServerId{3}).match == before) {
    for (const std::uint64_t id : {1U, 3U}) {
      if (bed.is_armed(id, RaftWrite{})) {
        bed.fire(id, RaftWrite{});
      }
    }
    bed.deliver_one([](const auto& letter) { return letter.to == ServerBed::process_of(3); });
    bed.deliver_one([](const auto& letter) { return letter.from == ServerBed::process_of(3); });
  }
  bed.lose_all();
  bed.cut_off(3);
  write(bed, 1, 12);
  bed.lose_all();
  bed.reconnect(3);
  bed.held_back = {raft::MessageType::snap};
  write(bed, 1, 1);
  BOOST_TEST(bed.nodes.at(3).state.raft.node.raft.log.committed == before);
  bed.busy_disks = {3};
  bed.fire(1, Heartbeat{});
  bed.calm();
  bed.held_back = {};
  bed.calm();
  const raft::Memory& memory = bed.nodes.at(3).state.raft;
  BOOST_REQUIRE(memory.writing.has_value());
  BOOST_TEST(memory.writing->snapshot.empty());
  BOOST_TEST(memory.node.raft.log.unstable.snapshot.has_value());
  bed.busy_disks = {};
  bed.calm();
  let_time_pass(bed, 1);
  BOOST_TEST(bed.nodes.at(3).exit_reason == "");
  BOOST_TEST(hash_of(bed, 3) == hash_of(bed, 1));
}

/// E12: the second snapshot takes the place of the first one's database, which is gone when it is needed.
BOOST_AUTO_TEST_CASE(a_second_snapshot_waits_for_the_first) {
  for (const bool defective : {false, true}) {
    Server::Config config = with_snapshots(raft::StorageWrites::separate);
    if (defective) {
      config.member.defects = config.member.defects.with(Defect::E12);
    }
    ServerBed bed = running(3, config);
    bed.cut_off(3);
    write(bed, 1, 8);
    bed.lose_all();
    bed.reconnect(3);
    // The leader gives up on the first one, which is late, and sends another.
    bed.held_back = {raft::MessageType::snap};
    let_time_pass(bed, 1);
    write(bed, 1, 8);
    let_time_pass(bed, 1);
    BOOST_REQUIRE(bed.network.size() >= 2U);
    bed.held_back = {};
    bed.busy_disks = {3};
    bed.calm();
    BOOST_REQUIRE(bed.is_armed(3, RaftWrite{}));
    bed.busy_disks = {};
    bed.calm();
    BOOST_TEST(bed.nodes.at(3).is_up == !defective);
    BOOST_TEST(bed.nodes.at(3).exit_reason.empty() == !defective);
    if (!defective) {
      let_time_pass(bed, 1);
      BOOST_TEST(hash_of(bed, 3) == hash_of(bed, 1));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_database_that_is_damaged_on_the_way_is_not_installed) {
  ServerBed bed = running(3, with_snapshots());
  bed.cut_off(3);
  write(bed, 1, 12);
  bed.lose_all();
  bed.reconnect(3);
  bed.fire(1, Heartbeat{});
  const auto is_snapshot = [](const ServerBed::Letter& letter) {
    return letter.message.type == raft::MessageType::snap;
  };
  while (std::ranges::none_of(bed.network, is_snapshot)) {
    BOOST_REQUIRE(bed.deliver_one([](const auto&) { return true; }));
  }
  std::ranges::find_if(bed.network, is_snapshot)->message.snapshot->data.back() ^= 1;
  bed.calm();
  BOOST_TEST(bed.nodes.at(3).exit_reason == "the database of a snapshot: corrupt");
}

BOOST_AUTO_TEST_CASE(etcd_14_defragmenting_changes_nothing) {
  for (const bool crashes : {false, true}) {
    ServerBed bed = running(1, {});
    write(bed, 1, 6);
    bed.ask(1, kv::CompactRequest{{4}});
    bed.calm();
    const std::uint32_t hash = hash_of(bed, 1);
    const auto request = bed.ask(1, kv::DefragmentRequest{});
    BOOST_REQUIRE(bed.is_armed(1, DefragmentStep{}));
    bed.fire(1, DefragmentStep{});
    BOOST_TEST(bed.answer_to(request) == nullptr);
    if (!crashes) {
      bed.calm();
      BOOST_TEST(bed.result_of<kv::DefragmentResult>(request) != nullptr);
      BOOST_TEST(!bed.is_armed(1, DefragmentStep{}));
    }
    bed.crash(1, 100);
    bed.start(1);
    bed.elect(1);
    BOOST_TEST(hash_of(bed, 1) == hash);
    BOOST_TEST(bed.nodes.at(1).state.kv.revision().value == 7U);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
