#include "impl/service/proxy/ipvs/plan.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/service/proxy/cluster_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::service;
using namespace plimsoll::service::ipvs;

const base::Ipv4 cluster_ip(10, 96, 0, 1);
const base::Ipv4 node_ip(192, 0, 2, 11);
const VirtualKey vip{cluster_ip, 80, Protocol::tcp};
const SliceEndpoint here = ClusterBed::endpoint(1, 2);
const SliceEndpoint there = ClusterBed::endpoint(2, 2);

RealKey real(const SliceEndpoint& endpoint) {
  return {endpoint.ip, 8080};
}

PlanConfig usual() {
  PlanConfig config;
  config.node_addresses = {node_ip};
  config.rules.node_ip = node_ip;
  return config;
}

Plan plan(const Service& service, std::vector<SliceEndpoint> endpoints) {
  ClusterBed bed;
  bed.add("svc", service, std::move(endpoints));
  return make_plan(bed.tracker.views, std::nullopt, usual());
}

std::vector<RealKey> servers(const Plan& plan, const VirtualKey& key) {
  std::vector<RealKey> keys;
  for (const RealServer& server : plan.tables.at(key).servers) {
    keys.push_back(server.key);
  }
  return keys;
}

std::size_t entries(const Plan& plan, const std::string& set) {
  return plan.sets.at(set).entries.size();
}

/// A virtual server with these real ones.
Tables tables(std::vector<RealServer> servers, Protocol protocol = Protocol::tcp) {
  return {{VirtualKey{cluster_ip, 80, protocol}, {Scheduler::rr, 0, std::move(servers)}}};
}
Listing listing(const Tables& tables, const RealKey& busy, Counts counts) {
  return {tables, {{tables.begin()->first, {{busy, counts}}}}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plan_test)

BOOST_AUTO_TEST_CASE(a_cluster_ip_is_a_virtual_server_on_kube_ipvs0) {
  Service service = ClusterBed::service(1);
  service.affinity_seconds = 10800;
  const Plan result = plan(service, {here, there});
  BOOST_TEST(result.tables.size() == 1U);
  BOOST_TEST(result.tables.at(vip).persistence_seconds == 10800U);
  BOOST_CHECK((servers(result, vip) == std::vector<RealKey>{real(there), real(here)}));
  BOOST_CHECK(result.addresses == std::set<base::Ipv4>{cluster_ip});
  BOOST_TEST(entries(result, "KUBE-CLUSTER-IP") == 1U);
  BOOST_TEST(entries(result, "KUBE-IPVS-IPS") == 1U);
  BOOST_TEST(entries(result, "KUBE-LOOP-BACK") == 1U);  // of the local endpoint
  BOOST_TEST(result.sets.size() == 17U);
}

BOOST_AUTO_TEST_CASE(without_endpoints_the_virtual_server_is_there_and_empty) {
  BOOST_TEST(servers(plan(ClusterBed::service(1), {}), vip).empty());
}

BOOST_AUTO_TEST_CASE(node_ports_are_on_the_nodes_addresses_which_are_not_bound) {
  const VirtualKey port{node_ip, 30001, Protocol::tcp};
  Service service = ClusterBed::node_port(ClusterBed::service(1), 30001);
  const Plan open = plan(service, {here, there});
  BOOST_TEST(servers(open, port).size() == 2U);
  BOOST_CHECK(open.addresses == std::set<base::Ipv4>{cluster_ip});
  BOOST_TEST(entries(open, "KUBE-NODE-PORT-TCP") == 1U);
  BOOST_TEST(entries(open, "KUBE-NODE-PORT-LOCAL-TCP") == 0U);
  service.external_policy = TrafficPolicy::local;
  const Plan local = plan(service, {here, there});
  BOOST_CHECK(servers(local, port) == std::vector<RealKey>{real(here)});
  BOOST_TEST(servers(local, vip).size() == 2U);
  BOOST_TEST(entries(local, "KUBE-NODE-PORT-LOCAL-TCP") == 1U);
}

BOOST_AUTO_TEST_CASE(external_policy_local_without_local_endpoints_serves_the_node_and_its_pods) {
  Service service = ClusterBed::node_port(ClusterBed::service(1), 30001);
  service.external_policy = TrafficPolicy::local;
  const Plan result = plan(service, {there});
  BOOST_CHECK(servers(result, {node_ip, 30001, Protocol::tcp}) == std::vector<RealKey>{real(there)});
}

BOOST_AUTO_TEST_CASE(internal_policy_local_without_local_endpoints_has_no_server) {
  Service service = ClusterBed::service(1);
  service.internal_policy = TrafficPolicy::local;
  BOOST_TEST(servers(plan(service, {there}), vip).empty());
  BOOST_CHECK(servers(plan(service, {here, there}), vip) == std::vector<RealKey>{real(here)});
}

BOOST_AUTO_TEST_CASE(external_and_load_balancer_addresses_have_their_sets) {
  Service service = ClusterBed::service(1);
  service.type = ServiceType::load_balancer;
  service.external_ips = {base::Ipv4(192, 0, 2, 50)};
  service.load_balancer_ips = {base::Ipv4(203, 0, 113, 60)};
  service.source_ranges = {{base::Ipv4(192, 0, 2, 0), 24}, {base::Ipv4(198, 51, 100, 0), 24}};
  const Plan open = plan(service, {here});
  BOOST_TEST(open.addresses.size() == 3U);
  BOOST_TEST(entries(open, "KUBE-EXTERNAL-IP") == 1U);
  BOOST_TEST(entries(open, "KUBE-LOAD-BALANCER") == 1U);
  BOOST_TEST(entries(open, "KUBE-LOAD-BALANCER-LOCAL") == 0U);
  BOOST_TEST(entries(open, "KUBE-LOAD-BALANCER-FW") == 1U);
  BOOST_TEST(entries(open, "KUBE-LOAD-BALANCER-SOURCE-CIDR") == 2U);
  BOOST_TEST(entries(open, "KUBE-LOAD-BALANCER-SOURCE-IP") == 1U);
  service.external_policy = TrafficPolicy::local;
  service.health_check_node_port = 31000;
  const Plan local = plan(service, {here});
  BOOST_TEST(entries(local, "KUBE-EXTERNAL-IP") == 0U);
  BOOST_TEST(entries(local, "KUBE-EXTERNAL-IP-LOCAL") == 1U);
  BOOST_TEST(entries(local, "KUBE-LOAD-BALANCER-LOCAL") == 1U);
  BOOST_TEST(entries(local, "KUBE-HEALTH-CHECK-NODE-PORT") == 1U);
}

BOOST_AUTO_TEST_CASE(reconciling_builds_the_tables_in_their_order) {
  const Tables wanted = tables({{real(here), 1}, {real(there), 1}});
  Tables now;
  for (const Change& change : reconcile(wanted, {}).changes) {
    BOOST_TEST(!make_change(now, change).has_value());
  }
  BOOST_CHECK(now == wanted);
  BOOST_CHECK(reconcile(wanted, {now, {}}) == Reconciliation{});
}

BOOST_AUTO_TEST_CASE(another_scheduler_or_persistence_is_set_and_keeps_the_servers) {
  Tables wanted = tables({{real(here), 1}});
  wanted.begin()->second.persistence_seconds = 5;
  const auto changes = reconcile(wanted, {tables({{real(here), 1}}), {}}).changes;
  BOOST_REQUIRE(changes.size() == 1U);
  BOOST_CHECK(changes.front() == Change(ServiceSet{vip, Scheduler::rr, 5}));
}

BOOST_AUTO_TEST_CASE(a_service_that_is_wanted_no_more_goes) {
  const auto changes = reconcile({}, {tables({{real(here), 1}}), {}}).changes;
  BOOST_REQUIRE(changes.size() == 1U);
  BOOST_CHECK(changes.front() == Change(ServiceDelete{vip}));
}

BOOST_AUTO_TEST_CASE(graceful_termination_waits_for_active_and_inactive_connections) {
  const Tables before = tables({{real(here), 1}, {real(there), 1}});
  const Tables wanted = tables({{real(there), 1}});
  for (const Counts counts : {Counts{1, 0}, Counts{0, 1}}) {
    const Reconciliation first = reconcile(wanted, listing(before, real(here), counts));
    BOOST_TEST(first.is_draining);
    BOOST_REQUIRE(first.changes.size() == 1U);
    BOOST_CHECK(first.changes.front() == Change(ServerEdit{vip, {real(here), 0}}));
    const Tables draining = tables({{real(here), 0}, {real(there), 1}});
    const Reconciliation still = reconcile(wanted, listing(draining, real(here), counts));
    BOOST_TEST((still.is_draining && still.changes.empty()));
    const Reconciliation done = reconcile(wanted, {draining, {}});
    BOOST_TEST(!done.is_draining);
    BOOST_REQUIRE(done.changes.size() == 1U);
    BOOST_CHECK(done.changes.front() == Change(ServerDelete{vip, real(here)}));
  }
}

BOOST_AUTO_TEST_CASE(udp_servers_and_unused_ones_are_deleted_at_once) {
  const Tables udp = tables({{real(here), 1}}, Protocol::udp);
  const auto changes = reconcile(tables({}, Protocol::udp), listing(udp, real(here), {1, 1})).changes;
  BOOST_REQUIRE(changes.size() == 1U);
  BOOST_TEST(std::holds_alternative<ServerDelete>(changes.front()));
  const auto unused = reconcile(tables({}), {tables({{real(here), 1}}), {}}).changes;
  BOOST_TEST(std::holds_alternative<ServerDelete>(unused.front()));
}

BOOST_AUTO_TEST_CASE(p13_deletes_busy_servers_at_once) {
  const Listing busy = listing(tables({{real(here), 1}}), real(here), {3, 0});
  const auto changes = reconcile(tables({}), busy, Defects().with(Defect::P13)).changes;
  BOOST_TEST(std::holds_alternative<ServerDelete>(changes.front()));
}

BOOST_AUTO_TEST_CASE(p10_a_server_that_comes_back_gets_its_weight_back) {
  const Listing draining = listing(tables({{real(here), 0}}), real(here), {3, 0});
  const Tables wanted = tables({{real(here), 1}});
  const auto changes = reconcile(wanted, draining).changes;
  BOOST_REQUIRE(changes.size() == 1U);
  BOOST_CHECK(changes.front() == Change(ServerEdit{vip, {real(here), 1}}));
  BOOST_TEST(reconcile(wanted, draining, Defects().with(Defect::P10)).changes.empty());
}

BOOST_AUTO_TEST_SUITE_END()
