// A server of the store: requests through a cluster, and what a server that starts again knows.
#include "impl/store/server.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/store/hash.hpp"
#include "impl/store/server_bed.hpp"

namespace plimsoll::store {
namespace {

Server::Config separate() {
  Server::Config config;
  config.raft.writes = raft::StorageWrites::separate;
  return config;
}

ServerBed running(std::uint64_t count, const Server::Config& config = {}) {
  ServerBed bed(count, config);
  bed.start_all();
  bed.elect(1);
  return bed;
}

std::uint32_t hash_of(const ServerBed& bed, std::uint64_t id) {
  return hash_kv(bed.nodes.at(id).state.kv, {}).value().hash;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(server_test)

BOOST_AUTO_TEST_CASE(what_is_written_at_one_server_is_read_at_another) {
  for (const Server::Config& config : {Server::Config{}, separate()}) {
    ServerBed bed = running(3, config);
    const auto written = bed.ask(2, put("a", "1"));
    bed.calm();
    BOOST_REQUIRE(bed.answer_to(written) != nullptr);
    BOOST_TEST(bed.answer_to(written)->revision.value == 2U);
    const auto read = bed.ask(3, get("a"));
    bed.calm();
    BOOST_TEST(value_of(bed, read).value_or("") == "1");
    BOOST_TEST(hash_of(bed, 1) == hash_of(bed, 2));
    BOOST_TEST(hash_of(bed, 1) == hash_of(bed, 3));
  }
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_refused_at_once) {
  ServerBed bed = running(1);
  BOOST_TEST((bed.error_of(bed.ask(1, put("", "1"))) == kv::ErrorCode::empty_key));
  BOOST_TEST((bed.error_of(bed.ask(1, kv::CompactRequest{{9}})) == kv::ErrorCode::future_revision));
  BOOST_TEST((bed.error_of(bed.ask(1, put("a", "1", {5}))) == kv::ErrorCode::lease_not_found));
}

BOOST_AUTO_TEST_CASE(without_a_leader_nothing_is_proposed) {
  ServerBed bed(3);
  bed.start_all();
  BOOST_TEST((bed.error_of(bed.ask(1, put("a", "1"))) == kv::ErrorCode::no_leader));
  BOOST_TEST(bed.nodes.at(1).state.waiting.proposals.empty());
}

BOOST_AUTO_TEST_CASE(transactions_that_only_read_need_no_entry) {
  ServerBed bed = running(3);
  bed.ask(1, put("a", "1"));
  bed.calm();
  const raft::Index last = bed.nodes.at(1).state.log.last_index();
  kv::TxnRequest txn;
  txn.success = {get("a")};
  const auto linearizable = bed.ask(2, txn);
  txn.success = {get("a", true)};
  const auto serializable = bed.ask(2, txn);
  BOOST_TEST(bed.answer_to(linearizable) == nullptr);
  BOOST_TEST(bed.answer_to(serializable) != nullptr);
  bed.calm();
  BOOST_TEST(bed.answer_to(linearizable) != nullptr);
  BOOST_TEST(bed.nodes.at(1).state.log.last_index() == last);
}

BOOST_AUTO_TEST_CASE(watchers_hear_of_what_others_write) {
  ServerBed bed = running(3);
  bed.ask(3, kv::WatchRequest{.watch = {1}, .range = {"a", {}}});
  bed.ask(1, put("a", "1"));
  bed.ask(2, put("b", "2"));
  bed.calm();
  const auto& heard = bed.heard[0].events;
  BOOST_REQUIRE(heard.size() == 2U);
  BOOST_TEST(heard[0].created);
  BOOST_REQUIRE(heard[1].events.size() == 1U);
  BOOST_TEST(heard[1].events[0].kv.value == "1");
  // A connection that failed has no watches.
  bed.step(3, base::Disconnected{first_client});
  bed.ask(1, put("a", "3"));
  bed.calm();
  BOOST_TEST(bed.heard[0].events.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_full_channel_makes_a_victim_that_is_served_later) {
  Server::Config config;
  config.has_slow_watchers = true;
  ServerBed bed = running(1, config);
  bed.ask(1, kv::WatchRequest{.watch = {1}, .range = {"a", {}}});
  bed.choose = [](std::uint32_t, std::string_view what) { return what == full_question ? 1U : 0U; };
  bed.ask(1, put("a", "1"));
  BOOST_TEST(bed.heard[0].events.size() == 1U);
  BOOST_TEST(bed.is_armed(1, RetryVictims{}));
  bed.choose = {};
  bed.calm();
  BOOST_TEST(bed.heard[0].events.size() == 2U);
  BOOST_TEST(!bed.is_armed(1, RetryVictims{}));
}

BOOST_AUTO_TEST_CASE(a_physical_compaction_is_answered_when_the_rows_are_gone) {
  Server::Config config;
  config.member.rows_per_compact_step = 1;
  ServerBed bed = running(1, config);
  for (int i = 0; i < 4; ++i) {
    bed.ask(1, put("a", std::to_string(i)));
  }
  const auto logical = bed.ask(1, kv::CompactRequest{{3}});
  BOOST_TEST(bed.result_of<kv::CompactResult>(logical) != nullptr);
  const auto physical = bed.ask(1, kv::CompactRequest{{5}, true});
  BOOST_TEST(bed.answer_to(physical) == nullptr);
  bed.calm();
  BOOST_TEST(bed.result_of<kv::CompactResult>(physical) != nullptr);
  BOOST_TEST(bed.nodes.at(1).state.kv.backend.rows.size() == 1U);
}

BOOST_AUTO_TEST_CASE(members_can_be_added_and_removed) {
  ServerBed bed(3);
  bed.add(4, {}, bed.nodes.at(1).config.initial_members);
  bed.start_all();
  bed.elect(1);
  const auto change = [&](std::uint64_t at, kv::MemberChange kind, std::uint64_t member) {
    const auto request = bed.ask(at, kv::MemberChangeRequest{kind, member});
    bed.calm();
    return request;
  };
  BOOST_TEST((bed.error_of(bed.ask(4, put("a", "1"))) == kv::ErrorCode::stopped));
  const auto learner = change(2, kv::MemberChange::add_learner, 4);
  const auto* members = bed.result_of<kv::MemberListResult>(learner);
  BOOST_REQUIRE(members != nullptr);
  BOOST_TEST(members->members.size() == 4U);
  BOOST_TEST(members->members.back().is_learner);
  BOOST_TEST((bed.error_of(change(1, kv::MemberChange::add, 4)) == kv::ErrorCode::member_exists));
  BOOST_TEST((bed.error_of(change(1, kv::MemberChange::promote, 3)) == kv::ErrorCode::member_not_learner));
  BOOST_TEST((bed.error_of(change(1, kv::MemberChange::promote, 5)) == kv::ErrorCode::member_not_found));
  BOOST_TEST((bed.error_of(change(1, kv::MemberChange::remove, 5)) == kv::ErrorCode::member_not_found));
  BOOST_TEST((bed.error_of(change(2, kv::MemberChange::promote, 4)) == kv::ErrorCode::no_leader));
  BOOST_TEST(bed.result_of<kv::MemberListResult>(change(1, kv::MemberChange::promote, 4)) != nullptr);
  BOOST_TEST(bed.result_of<kv::MemberListResult>(change(1, kv::MemberChange::remove, 3)) != nullptr);
  const raft::ConfState& now = bed.nodes.at(4).state.kv.meta().conf_state;
  BOOST_TEST((now.voters == raft::ServerSet{{1}, {2}, {4}}));
  // It knows them after a restart, too.
  bed.crash(4);
  bed.start(4);
  BOOST_TEST(
      (bed.nodes.at(4).state.raft.node.raft.tracker.conf_state().voters == raft::ServerSet{{1}, {2}, {4}}));
}

BOOST_AUTO_TEST_CASE(a_learner_that_lags_is_not_promoted) {
  ServerBed bed(1);
  bed.add(2, {}, bed.nodes.at(1).config.initial_members);
  bed.start_all();
  bed.elect(1);
  bed.cut_off(2);
  bed.ask(1, kv::MemberChangeRequest{kv::MemberChange::add_learner, 2});
  const kv::MemberChangeRequest promote{kv::MemberChange::promote, 2};
  BOOST_TEST((bed.error_of(bed.ask(1, promote)) == kv::ErrorCode::learner_not_ready));
  bed.reconnect(2);
  bed.calm();
  BOOST_TEST(!bed.error_of(bed.ask(1, promote)).has_value());
}

BOOST_AUTO_TEST_CASE(a_server_that_lags_behind_refuses_writes) {
  Server::Config config = separate();
  config.member.unapplied_max = 1;
  ServerBed bed = running(3, config);
  bed.busy_disks = {2};
  for (int i = 0; i < 3; ++i) {
    bed.ask(1, put("a", std::to_string(i)));
    bed.calm();
    bed.fire(1, Heartbeat{});
    bed.calm();
  }
  BOOST_TEST((bed.error_of(bed.ask(2, put("b", "1"))) == kv::ErrorCode::too_many_requests));
  bed.busy_disks = {};
  bed.calm();
  const auto later = bed.ask(2, put("b", "1"));
  bed.calm();
  BOOST_TEST(bed.result_of<kv::PutResult>(later) != nullptr);
}

BOOST_AUTO_TEST_CASE(requests_that_wait_too_long_are_given_up) {
  Server::Config config;
  config.member.request_timeout = {5};
  ServerBed bed = running(3, config);
  bed.cut_off(1);
  const auto request = bed.ask(1, put("a", "1"));
  const RequestTimeout timer{first_client, request};
  BOOST_REQUIRE(bed.is_armed(1, timer));
  bed.fire(1, timer);
  BOOST_TEST((bed.error_of(request) == kv::ErrorCode::timed_out));
  // It is executed all the same, and nobody is told.
  bed.reconnect(1);
  bed.calm();
  const auto read = bed.ask(1, get("a"));
  BOOST_TEST(bed.is_armed(1, (RequestTimeout{first_client, read})));
  bed.calm();
  BOOST_TEST(value_of(bed, read).value_or("") == "1");
  BOOST_TEST(!bed.is_armed(1, (RequestTimeout{first_client, read})));
}

BOOST_AUTO_TEST_CASE(a_server_tells_how_far_it_is) {
  ServerBed bed = running(3);
  const auto request = bed.ask(2, kv::StatusRequest{});
  const auto* status = bed.result_of<kv::StatusResult>(request);
  BOOST_REQUIRE(status != nullptr);
  BOOST_TEST(status->leader == 1U);
  BOOST_TEST(status->raft_term == 1U);
  BOOST_TEST(status->raft_index == 1U);
  const auto hash = bed.ask(2, kv::HashRequest{});
  BOOST_TEST(bed.result_of<kv::HashResult>(hash)->hash == hash_of(bed, 1));
}

/// Entries whose effects are on the disk are not applied again, and the others are.
BOOST_AUTO_TEST_CASE(etcd_8_what_was_applied_before_a_crash_is_applied_once) {
  for (const Server::Config& config : {Server::Config{}, separate()}) {
    ServerBed bed = running(1, config);
    kv::Revision before = {};
    for (int i = 0; i < 3; ++i) {
      bed.ask(1, put("a", std::to_string(i)));
      if (i < 2) {
        bed.calm();  // the last put is in the log, and not in the database on the disk
      }
    }
    while (bed.is_armed(1, RaftWrite{})) {
      bed.fire(1, RaftWrite{});
    }
    BOOST_TEST(bed.is_armed(1, BackendCommit{}));
    before = bed.nodes.at(1).state.kv.revision();
    BOOST_TEST(before.value == 4U);
    const std::uint32_t hash = hash_of(bed, 1);
    bed.crash(1);
    bed.start(1);
    bed.calm();
    BOOST_TEST(bed.nodes.at(1).exit_reason == "");
    bed.elect(1);
    BOOST_TEST((bed.nodes.at(1).state.kv.revision() == before));
    BOOST_TEST(hash_of(bed, 1) == hash);
  }
}

BOOST_AUTO_TEST_CASE(a_disk_that_cannot_be_read_ends_the_server) {
  ServerBed bed = running(1);
  bed.ask(1, put("a", "1"));
  bed.calm();
  bed.crash(1);
  const std::vector<base::Bytes> disk = bed.nodes.at(1).disk;
  bed.nodes.at(1).disk[1].back() ^= 1;
  bed.start(1);
  BOOST_TEST(bed.nodes.at(1).exit_reason == "record 1 of the write-ahead log: wrong-checksum");
  bed.nodes.at(1).disk = disk;
  bed.nodes.at(1).config.cluster = 7;
  bed.start(1);
  BOOST_TEST(bed.nodes.at(1).exit_reason == "the disk is another server's");
  bed.nodes.at(1).config.cluster = 0;
  bed.start(1);
  BOOST_TEST(bed.nodes.at(1).is_up);
}

/// With E2 a server that is alone answers when writing has begun, and a crash takes what it has promised.
BOOST_AUTO_TEST_CASE(a_write_is_answered_when_it_is_durable) {
  for (const bool defective : {false, true}) {
    Server::Config config = separate();
    if (defective) {
      config.member.defects = config.member.defects.with(Defect::E2);
    }
    ServerBed bed = running(1, config);
    const auto written = bed.ask(1, put("a", "1"));
    BOOST_TEST((bed.answer_to(written) != nullptr) == defective);
    if (!defective) {
      bed.calm();
      BOOST_TEST(bed.answer_to(written) != nullptr);
    }
    bed.crash(1);
    bed.start(1);
    bed.calm();
    bed.elect(1);
    const auto read = bed.ask(1, get("a"));
    bed.calm();
    BOOST_TEST(value_of(bed, read).has_value() == !defective);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
