// What a scenario of system `store` may say, and what is refused.
#include "properties/store/world/setup.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::properties::store {
namespace {

const std::string clients = "clients: [{operations: [put a 1]}]";

tl::expected<Setup, scenario::Error> decode(const std::string& parameters, const std::string& more = "") {
  const auto scenario = scenario::parse_scenario(
      "apiVersion: plimsoll/v1\nkind: Scenario\nmetadata: {name: test}\nsystem: store\n"
      "time: untimed\nparameters: {" +
          parameters + "}\n" + more + "\nexpect: {default: holds}\n",
      "test.yaml");
  BOOST_REQUIRE_MESSAGE(scenario.has_value(), parameters);
  return decode_setup(*scenario, {});
}

void refuses(const std::string& parameters, const std::string& part, const std::string& more = "") {
  const auto setup = decode(parameters, more);
  BOOST_REQUIRE_MESSAGE(!setup.has_value(), parameters);
  BOOST_TEST(setup.error().to_string().find(part) != std::string::npos, setup.error().to_string());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_setup_test)

BOOST_AUTO_TEST_CASE(everything_that_can_be_said) {
  const auto agreed = decode(
      "consensus: agreed, servers: 2, compact-rows: 3, watch-batch: 4, commits: later, slow-watchers: true,\n"
      "  timing: calm, " +
          clients + ", lockers: [{lease: 7, times: 2, server: 2}]",
      "faults: {crash: 1, disk-loss: 2}\nbounds: {mailbox: 5}");
  BOOST_REQUIRE(agreed.has_value());
  BOOST_TEST((!agreed->has_raft && agreed->commits_later && agreed->has_slow_watchers && agreed->is_calm));
  BOOST_TEST(agreed->rows_per_compact_step == 3U);
  BOOST_TEST(agreed->revisions_per_batch == 4U);
  BOOST_TEST(agreed->lockers.at(0).lease == 7U);
  BOOST_TEST(agreed->lockers.at(0).times == 2U);
  BOOST_TEST(agreed->lockers.at(0).server == 2U);
  BOOST_TEST(agreed->budget("disk-loss") == 2U);
  BOOST_TEST(!agreed->keeps_history);
  const auto raft = decode(
      "consensus: raft, storage: separate, network: fifo, snapshot-entries: 5, starts: led,\n"
      "  prepared: [put a 1], absent: 3, " +
          clients,
      "bounds: {terms: 2}\nproperties: [linearizable]");
  BOOST_REQUIRE(raft.has_value());
  BOOST_TEST((raft->has_raft && raft->is_fifo && raft->keeps_history));
  BOOST_TEST(raft->snapshot_entries == 5U);
  BOOST_TEST(raft->preparation->operations.size() == 1U);
  BOOST_TEST(raft->preparation->absent == 3U);
  BOOST_TEST(!decode("consensus: raft, " + clients)->preparation.has_value());
}

BOOST_AUTO_TEST_CASE(what_clients_cannot_do_is_refused) {
  refuses("consensus: agreed", "at least one client");
  refuses("consensus: agreed, clients: [{operations: [sing]}]", "'sing': 'sing' is no operation");
  refuses("consensus: agreed, servers: 2, clients: [{operations: [], servers: [3]}]", "3");
  refuses("consensus: agreed, lockers: [{}]", "lease");
  refuses("consensus: agreed, lockers: [{lease: 0}]", "lease");
  refuses("consensus: agreed, lockers: [{lease: 1}, {lease: 1}]", "two lockers have the same lease");
  refuses("consensus: agreed, lockers: [{lease: 1, times: 11}]", "times");
  refuses("consensus: agreed, servers: 1, lockers: [{lease: 1, server: 2}]", "server");
}

BOOST_AUTO_TEST_CASE(what_goes_with_one_kind_of_consensus_is_refused_with_the_other) {
  refuses("consensus: raft, timing: calm, " + clients, "timing");
  refuses("consensus: agreed, timing: good, " + clients, "timing");
  refuses("consensus: agreed, starts: led, " + clients, "starts");
  refuses("consensus: agreed, " + clients, "does not go with consensus: agreed", "faults: {drop: 1}");
  refuses("consensus: raft, " + clients, "does not go with consensus: raft", "faults: {disk-loss: 1}");
  refuses("consensus: agreed, " + clients, "unknown fault 'rain'", "faults: {rain: 1}");
  refuses("consensus: agreed, " + clients, "bound 'terms'", "bounds: {terms: 1}");
}

BOOST_AUTO_TEST_CASE(a_preparation_is_one_that_can_be_made) {
  refuses("consensus: raft, starts: early, " + clients, "starts");
  refuses("consensus: raft, prepared: [put a 1], " + clients, "prepared");
  refuses("consensus: raft, starts: led, prepared: [watch a], " + clients, "nobody is there to watch");
  refuses("consensus: raft, starts: led, prepared: [put], " + clients, "'put'");
  refuses("consensus: raft, starts: led, absent: 1, " + clients, "absent");
  refuses("consensus: raft, servers: 2, starts: led, absent: 2, " + clients, "no quorum");
}

BOOST_AUTO_TEST_CASE(a_history_is_kept_of_what_only_clients_change) {
  const std::string history = "properties: [linearizable]";
  const std::string why = "knows nothing of leases";
  refuses("consensus: agreed, clients: [{operations: [lease 1 ttl 5]}]", why, history);
  refuses("consensus: agreed, " + clients + ", lockers: [{lease: 1}]", why, history);
  refuses("consensus: raft, starts: led, prepared: [lease 1 ttl 5], " + clients, why, history);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
