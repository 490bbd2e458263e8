// Leases through servers: who may end them, and what keep-alives are told.
#include <boost/test/unit_test.hpp>

#include "impl/store/server_bed.hpp"

namespace plimsoll::store {
namespace {

constexpr kv::LeaseId lease{7};

Server::Config with_leases() {
  Server::Config config;
  config.raft.writes = raft::StorageWrites::separate;
  config.member.applier.leases.checkpoint_interval = {};
  return config;
}

/// Three servers; server 1 leads; lease 7 holds the key "a".
ServerBed running(const Server::Config& config = with_leases()) {
  ServerBed bed(3, config);
  bed.start_all();
  bed.elect(1);
  bed.ask(1, kv::LeaseGrantRequest{lease, {10}});
  bed.calm();
  bed.ask(1, put("a", "1", lease));
  bed.calm();
  return bed;
}

bool lives(const ServerBed& bed, std::uint64_t at) {
  return bed.nodes.at(at).state.lessor.knows(lease);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(server_lease_test)

BOOST_AUTO_TEST_CASE(etcd_9_the_leader_revokes_what_runs_out_through_the_log) {
  ServerBed bed = running();
  BOOST_TEST(bed.is_armed(1, LeaseExpiry{lease}));
  BOOST_TEST(!bed.is_armed(2, LeaseExpiry{lease}));
  bed.fire(1, LeaseExpiry{lease});
  BOOST_TEST(lives(bed, 1));
  bed.calm();
  for (const std::uint64_t id : {1U, 2U, 3U}) {
    BOOST_TEST(!lives(bed, id));
    BOOST_TEST(bed.nodes.at(id).state.kv.find("a") == nullptr);
  }
  BOOST_TEST(!bed.is_armed(1, LeaseExpiry{lease}));
}

BOOST_AUTO_TEST_CASE(etcd_9_a_new_leader_takes_over_when_it_has_applied_what_was_left) {
  ServerBed bed = running();
  bed.elect(2);
  BOOST_TEST(bed.is_armed(2, LeaseExpiry{lease}));
  BOOST_TEST(!bed.is_armed(1, LeaseExpiry{lease}));
  BOOST_TEST(bed.nodes.at(2).state.lessor.primary);
  BOOST_TEST(!bed.nodes.at(1).state.lessor.primary);
}

BOOST_AUTO_TEST_CASE(etcd_9_only_the_leader_renews) {
  ServerBed bed = running();
  const auto at_leader = bed.ask(1, kv::LeaseKeepAliveRequest{lease});
  const auto* renewed = bed.result_of<kv::LeaseResult>(at_leader);
  BOOST_REQUIRE(renewed != nullptr);
  BOOST_TEST(renewed->ttl.value == 10U);
  BOOST_TEST((bed.error_of(bed.ask(2, kv::LeaseKeepAliveRequest{lease})) == kv::ErrorCode::not_primary));
  BOOST_TEST((bed.error_of(bed.ask(1, kv::LeaseKeepAliveRequest{{8}})) == kv::ErrorCode::lease_not_found));
  const auto left = bed.ask(1, kv::LeaseTimeToLiveRequest{lease, true});
  const auto* time = bed.result_of<kv::LeaseTimeToLiveResult>(left);
  BOOST_REQUIRE(time != nullptr);
  BOOST_TEST(time->alive);
  BOOST_TEST((time->keys == std::vector<std::string>{"a"}));
  BOOST_TEST((bed.error_of(bed.ask(2, kv::LeaseTimeToLiveRequest{lease})) == kv::ErrorCode::not_primary));
  const auto all = bed.ask(2, kv::LeaseLeasesRequest{});
  BOOST_TEST((bed.result_of<kv::LeaseLeasesResult>(all)->leases == std::vector{lease}));
}

BOOST_AUTO_TEST_CASE(etcd_9_a_keep_alive_that_comes_too_late_waits_and_fails) {
  ServerBed bed = running();
  bed.fire(1, LeaseExpiry{lease});
  const auto late = bed.ask(1, kv::LeaseKeepAliveRequest{lease});
  BOOST_TEST(bed.answer_to(late) == nullptr);
  bed.calm();
  BOOST_TEST((bed.error_of(late) == kv::ErrorCode::lease_not_found));
}

BOOST_AUTO_TEST_CASE(etcd_9_a_keep_alive_that_waits_at_a_deposed_leader_is_refused) {
  ServerBed bed = running();
  bed.cut_off(1);
  bed.fire(1, LeaseExpiry{lease});
  const auto late = bed.ask(1, kv::LeaseKeepAliveRequest{lease});
  bed.calm();
  bed.elect(2);
  bed.reconnect(1);
  bed.calm();
  bed.fire(2, Heartbeat{});
  bed.calm();
  BOOST_TEST((bed.error_of(late) == kv::ErrorCode::not_primary));
  BOOST_TEST(lives(bed, 1));
}

BOOST_AUTO_TEST_CASE(etcd_9_checkpoints_tell_the_next_leader_what_is_left) {
  Server::Config config = with_leases();
  config.member.applier.leases.checkpoint_interval = {4};
  ServerBed bed = running(config);
  BOOST_REQUIRE(bed.is_armed(1, LeaseCheckpointDue{lease}));
  bed.fire(1, LeaseCheckpointDue{lease});
  bed.calm();
  BOOST_TEST(bed.nodes.at(2).state.kv.backend.leases.at(lease).remaining.value == 6U);
  // A keep-alive clears it before it is answered.
  const auto renewal = bed.ask(1, kv::LeaseKeepAliveRequest{lease});
  BOOST_TEST(bed.answer_to(renewal) == nullptr);
  bed.calm();
  BOOST_TEST(bed.result_of<kv::LeaseResult>(renewal) != nullptr);
  BOOST_TEST(bed.nodes.at(2).state.kv.backend.leases.at(lease).remaining.value == 0U);
}

BOOST_AUTO_TEST_CASE(a_server_names_leases_that_have_no_name) {
  ServerBed bed = running();
  const auto first = bed.ask(1, kv::LeaseGrantRequest{{}, {10}});
  const auto second = bed.ask(2, kv::LeaseGrantRequest{{}, {10}});
  bed.calm();
  const auto* one = bed.result_of<kv::LeaseGrantResult>(first);
  const auto* other = bed.result_of<kv::LeaseGrantResult>(second);
  BOOST_REQUIRE(one != nullptr);
  BOOST_REQUIRE(other != nullptr);
  BOOST_TEST((one->id != other->id));
  BOOST_TEST((one->id != kv::LeaseId{}));
}

/// A leader whose disk is busy does not hear that it is deposed. Its lease timer fires; what it then
/// proposes, Raft hands to the new leader, where the client has renewed the lease (#15247). E14: without
/// asking.
BOOST_AUTO_TEST_CASE(etcd_9_a_leader_that_was_held_up_asks_before_it_revokes) {
  for (const bool defective : {false, true}) {
    Server::Config config = with_leases();
    if (defective) {
      config.member.defects = config.member.defects.with(Defect::E14);
    }
    ServerBed bed = running(config);
    bed.busy_disks = {1};
    bed.ask(1, put("b", "2"));
    BOOST_REQUIRE(bed.is_armed(1, RaftWrite{}));
    bed.calm();
    bed.elect(2);
    bed.fire(2, Heartbeat{});
    bed.calm();
    BOOST_TEST(!bed.leads(1));
    BOOST_TEST(bed.result_of<kv::LeaseResult>(bed.ask(2, kv::LeaseKeepAliveRequest{lease})) != nullptr);
    bed.fire(1, LeaseExpiry{lease});
    bed.busy_disks = {};
    bed.calm();
    bed.fire(2, Heartbeat{});
    bed.calm();
    BOOST_TEST(lives(bed, 2) == !defective);
    BOOST_TEST(!bed.is_armed(1, LeaseExpiry{lease}));
  }
}

BOOST_AUTO_TEST_CASE(etcd_9_a_leader_that_was_held_up_and_still_leads_revokes) {
  ServerBed bed = running();
  bed.busy_disks = {1};
  bed.ask(1, put("b", "2"));
  bed.calm();
  bed.fire(1, LeaseExpiry{lease});
  bed.calm();
  BOOST_TEST(lives(bed, 1));
  bed.busy_disks = {};
  bed.calm();
  BOOST_TEST(!lives(bed, 1));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
