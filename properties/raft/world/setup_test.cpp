// What a scenario of system `raft` may say, and what is refused.
#include "properties/raft/world/setup.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::properties::raft {
namespace {

tl::expected<Setup, scenario::Error> decode(const std::string& fields) {
  const auto scenario = scenario::parse_scenario(
      "apiVersion: plimsoll/v1\nkind: Scenario\nmetadata: {name: test}\nsystem: raft\n" + fields +
          "\nexpect: {default: holds}\n",
      "test.yaml");
  BOOST_REQUIRE_MESSAGE(scenario.has_value(), fields);
  return decode_setup(*scenario, {});
}

void refuses(const std::string& fields, const std::string& part) {
  const auto setup = decode(fields);
  BOOST_REQUIRE_MESSAGE(!setup.has_value(), fields);
  BOOST_TEST(setup.error().to_string().find(part) != std::string::npos, setup.error().to_string());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(setup_test)

BOOST_AUTO_TEST_CASE(defaults) {
  const auto setup = decode("time: untimed");
  BOOST_REQUIRE(setup.has_value());
  BOOST_TEST(setup->servers == 3U);
  BOOST_TEST(setup->voters == 3U);
  BOOST_TEST((setup->writes == core::StorageWrites::atomic));
  BOOST_TEST(setup->budgets.empty());
}

BOOST_AUTO_TEST_CASE(everything_that_can_be_said) {
  const auto setup = decode(
      "parameters: {servers: 4, voters: 2, learners: 1, storage: asynchronous, network: fifo, pre-vote: "
      "true,\n"
      "  check-quorum: true, lease-reads: true, step-down-on-removal: true, forwarding: true,\n"
      "  conf-changes: [v4 r1, explicit l2, leave]}\n"
      "faults: {election-timeout: 3, reorder: 1, conf-change: 2}\n"
      "bounds: {mailbox: 5, messages: 7, terms: 2, log: 4}");
  BOOST_REQUIRE(setup.has_value());
  BOOST_TEST(setup->servers == 4U);
  BOOST_TEST(setup->voters == 2U);
  BOOST_TEST(setup->learners == 1U);
  BOOST_TEST((setup->writes == core::StorageWrites::asynchronous));
  BOOST_TEST((setup->is_fifo && setup->pre_vote && setup->check_quorum && setup->lease_reads));
  BOOST_TEST((setup->step_down_on_removal && setup->forwarding));
  BOOST_TEST(setup->changes.size() == 3U);
  BOOST_TEST(setup->budgets.at("election-timeout") == 3U);
  BOOST_TEST(setup->mailbox_messages_max == 5U);
  BOOST_TEST(setup->messages_max == 7U);
  BOOST_TEST(setup->terms_max == 2U);
  BOOST_TEST(setup->log_max == 4U);
}

BOOST_AUTO_TEST_CASE(what_brings_old_bugs_into_reach) {
  const auto setup = decode(
      "parameters: {slow-disk: 2, reuse-read-keys: true, max-size-per-message: 0, max-inflight-messages: 1}");
  BOOST_REQUIRE(setup.has_value());
  BOOST_TEST(setup->slow_disk == 2U);
  BOOST_TEST(setup->reuse_read_keys);
  BOOST_TEST(setup->max_size_per_message == 0U);
  BOOST_TEST(setup->max_inflight_messages == 1U);
  refuses("parameters: {slow-disk: 4}", "slow-disk");
  refuses("parameters: {max-inflight-messages: 0}", "max-inflight-messages");
  refuses("parameters: {reuse-read-keys: 1}", "reuse-read-keys");
}

BOOST_AUTO_TEST_CASE(what_liveness_rests_on) {
  const auto setup = decode(
      "parameters: {timing: calm, supervised: false, pre-vote: true, without-pre-vote: [server-2], leases: "
      "short,\n"
      "  max-inflight-bytes: 2, kept-entries: 3, older-snapshots: true}");
  BOOST_REQUIRE(setup.has_value());
  BOOST_TEST((setup->is_calm && !setup->is_supervised && setup->has_short_leases));
  BOOST_TEST((setup->pre_votes(core::ServerId{1}) && !setup->pre_votes(core::ServerId{2})));
  BOOST_TEST(setup->max_inflight_bytes == 2U);
  BOOST_TEST(setup->kept_entries == 3U);
  BOOST_TEST(setup->has_older_snapshots);
  refuses("parameters: {timing: good}", "timing");
  refuses("parameters: {without-pre-vote: [server-1]}", "needs pre-vote: true");
  refuses("parameters: {pre-vote: true, without-pre-vote: [server-4]}", "no server is called 'server-4'");
  refuses("parameters: {max-inflight-bytes: 0}", "max-inflight-bytes");
}

BOOST_AUTO_TEST_CASE(changes) {
  const auto change = parse_change("implicit v4 r1 l2");
  BOOST_REQUIRE(change.has_value());
  BOOST_TEST((change->transition == core::ConfChangeTransition::joint_implicit));
  const std::vector<core::ConfChangeSingle> expected = {
      {core::ConfChangeType::add_node, core::ServerId{4}},
      {core::ConfChangeType::remove_node, core::ServerId{1}},
      {core::ConfChangeType::add_learner_node, core::ServerId{2}}};
  BOOST_TEST((change->changes == expected));
  BOOST_TEST((parse_change("leave") == core::ConfChangeV2{}));
  for (const char* const wrong : {"", "v", "v0", "v10", "x1", "implicit", "leave v1", "v1 explicit"}) {
    BOOST_TEST(!parse_change(wrong).has_value(), wrong);
  }
}

BOOST_AUTO_TEST_CASE(refusals) {
  refuses("parameters: {servers: 6}", "servers");
  refuses("parameters: {servers: 3, voters: 4}", "voters");
  refuses("parameters: {servers: 3, learners: 1}", "learners");
  refuses("parameters: {storage: none}", "storage");
  refuses("parameters: {lease-reads: true}", "check-quorum");
  refuses("parameters: {conf-changes: [grow]}", "'grow' is no change");
  refuses("parameters: {conf-changes: [v2 r4]}", "'v2 r4' names server 4, but there are only 3");
  refuses("parameters: {start: [{log: [1 l4]}, {}, {}]}", "'1 l4' names server 4, but there are only 3");
  refuses("faults: {write: 1}", "unknown fault 'write'");
  refuses("faults: {reorder: 1}", "network: fifo");
  refuses("faults: {conf-change: 1}", "conf-changes");
  refuses("bounds: {ticks: 1}", "unknown bound 'ticks'");
  refuses("bounds: {terms: 0}", "at least 1");
  refuses("network: {Network: 10.1.0.0/16}", "no field 'network'");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
