#include "impl/service/proxy/iptables/proxier.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/service/proxy/iptables/proxier_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::service;
using Timer = IptablesProxierTimer;

const SliceEndpoint first = ClusterBed::endpoint(1, 2);
const SliceEndpoint second = ClusterBed::endpoint(2, 2);
const std::string vip = "10.96.0.1";

Service dns() {
  return ClusterBed::node_port(ClusterBed::service(1, Protocol::udp), 30053);
}

/// Knows no services; the first full sync is done.
ProxierBed running(Defects defects = {}) {
  ProxierBed bed(defects);
  bed.start();
  bed.answer_all();
  bed.synced();
  bed.settle();
  return bed;
}
/// Serves dns from `endpoints`.
ProxierBed serving(std::vector<SliceEndpoint> endpoints, Defects defects = {}) {
  ProxierBed bed = running(defects);
  bed.set_service("dns", dns());
  bed.set_slice("dns", std::move(endpoints), Protocol::udp);
  bed.settle();
  BOOST_TEST(is_quiescent(bed.state));
  return bed;
}
Defects only(Defect defect) {
  return Defects().with(defect);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(proxier_test)

BOOST_AUTO_TEST_CASE(sysctls_are_set_first) {
  ProxierBed bed;
  bed.config.rules.conntrack_tcp_be_liberal = true;
  bed.start();
  bed.answer_all();
  BOOST_TEST(bed.kernel.sysctls.at("net.ipv4.conf.all.route_localnet") == "1");
  BOOST_TEST(bed.kernel.sysctls.at("net.netfilter.nf_conntrack_tcp_be_liberal") == "1");
  BOOST_CHECK(bed.state.sync.phase == SyncPhase::idle);
}

BOOST_AUTO_TEST_CASE(without_its_sysctls_the_proxy_ends) {
  ProxierBed bed;
  bed.start();
  bed.answer(false);
  BOOST_TEST(bed.exits == std::vector<std::string>{"a sysctl cannot be set: einval"});
}

BOOST_AUTO_TEST_CASE(nothing_is_written_before_both_kinds_are_known) {
  ProxierBed bed;
  bed.config.rules.localhost_node_ports = false;
  bed.start();
  bed.set_service("web", ClusterBed::service(1));
  bed.receive(Synced::services);
  BOOST_TEST(bed.requests.empty());
  bed.receive(Synced::endpoint_slices);
  BOOST_TEST(bed.requests.size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_first_sync_adds_jumps_and_rules) {
  ProxierBed bed = running();
  BOOST_TEST(bed.restores().size() == 2U);
  BOOST_TEST(bed.chain("nat", "PREROUTING").size() == 1U);
  BOOST_TEST(bed.chain("nat", "KUBE-POSTROUTING").size() == 3U);
  BOOST_TEST(is_quiescent(bed.state));
}

BOOST_AUTO_TEST_CASE(kpx_10_later_syncs_write_what_changed) {
  ProxierBed bed = serving({first});
  bed.set_service("web", ClusterBed::service(2));
  bed.set_slice("web", {first, second});
  bed.settle();
  const std::string last = bed.restores().back();
  BOOST_TEST(last.find("ns/web:p80 ->") != std::string::npos);
  BOOST_TEST(last.find("ns/dns:p80 ->") == std::string::npos);
  BOOST_CHECK(bed.kernel.iptables.tables == bed.from_scratch());
}

BOOST_AUTO_TEST_CASE(changes_that_come_quickly_share_a_sync) {
  ProxierBed bed = running();
  bed.fire_if_armed(Timer::soon);
  const std::size_t before = bed.restores().size();
  bed.set_service("a", ClusterBed::service(1));
  bed.set_service("b", ClusterBed::service(2));
  bed.set_service("c", ClusterBed::service(3));
  bed.answer_all();
  BOOST_TEST(bed.restores().size() == before + 1);
  bed.fire(Timer::soon);
  bed.answer_all();
  BOOST_TEST(bed.restores().size() == before + 1);
  BOOST_TEST(is_quiescent(bed.state));
}

BOOST_AUTO_TEST_CASE(the_chains_of_a_service_that_is_gone_go_too) {
  ProxierBed bed = serving({first, second});
  bed.set_service("dns", std::nullopt);
  bed.settle();
  for (const auto& [chain, rules] : bed.kernel.iptables.tables.at("nat")) {
    BOOST_TEST(!chain.starts_with("KUBE-S") == (chain != "KUBE-SERVICES"));
  }
}

BOOST_AUTO_TEST_CASE(kpx_9_flows_of_a_removed_endpoint_are_deleted_after_the_rules) {
  ProxierBed bed = serving({first});
  bed.kernel.first_packet(vip, 80, 0);
  bed.kernel.first_packet("", 30053, 0);
  BOOST_TEST(bed.kernel.flows.size() == 2U);
  bed.set_slice("dns", {second}, Protocol::udp);
  bed.settle();
  BOOST_TEST(bed.kernel.flows.empty());
  BOOST_TEST(std::holds_alternative<overlay::ConntrackDelete>(bed.done.back()));
}

BOOST_AUTO_TEST_CASE(kpx_10_a_failed_restore_keeps_rules_and_flows_pending) {
  ProxierBed bed = serving({first});
  bed.kernel.first_packet(vip, 80, 0);
  bed.set_slice("dns", {second}, Protocol::udp);
  bed.fire_if_armed(Timer::soon);
  bed.answer_all(ProxierBed::no_restore);
  BOOST_TEST(!is_quiescent(bed.state));
  BOOST_TEST(bed.kernel.flows.size() == 1U);
  BOOST_TEST(bed.armed.contains(Timer::retry));
  bed.settle();
  BOOST_TEST(bed.kernel.flows.empty());
  BOOST_CHECK(bed.kernel.iptables.tables == bed.from_scratch());
}

BOOST_AUTO_TEST_CASE(kpx_10_p5_forgets_flows_when_a_restore_fails) {
  ProxierBed bed = serving({first}, only(Defect::P5));
  bed.kernel.first_packet(vip, 80, 0);
  bed.set_slice("dns", {second}, Protocol::udp);
  bed.fire_if_armed(Timer::soon);
  bed.answer_all(ProxierBed::no_restore);
  bed.settle();
  BOOST_TEST(bed.kernel.flows.size() == 1U);
  BOOST_CHECK(bed.kernel.iptables.tables == bed.from_scratch());
}

BOOST_AUTO_TEST_CASE(kpx_10_p6_believes_in_chains_that_are_not_there) {
  for (const bool is_defect : {false, true}) {
    ProxierBed bed = running(is_defect ? only(Defect::P6) : Defects());
    bed.set_service("dns", dns());
    bed.set_slice("dns", {first}, Protocol::udp);
    bed.fire_if_armed(Timer::soon);
    bed.answer_all(ProxierBed::no_restore);
    bed.fire_if_armed(Timer::soon);
    bed.fire(Timer::retry);
    bed.answer_all();
    bed.settle();
    const auto& nat = bed.kernel.iptables.tables.at("nat");
    const bool is_served =
        std::ranges::any_of(nat, [](const auto& each) { return each.first.starts_with("KUBE-SVC-"); });
    BOOST_TEST(is_served == !is_defect);
  }
}

BOOST_AUTO_TEST_CASE(kpx_10_flows_that_could_not_be_deleted_are_tried_again) {
  ProxierBed bed = serving({first});
  bed.kernel.first_packet(vip, 80, 0);
  bed.set_slice("dns", {}, Protocol::udp);
  bed.fire_if_armed(Timer::soon);
  bed.answer_all(ProxierBed::no_conntrack);
  BOOST_TEST(bed.kernel.flows.size() == 1U);
  BOOST_TEST(!bed.state.sync.owed.empty());
  bed.settle();
  BOOST_TEST(bed.kernel.flows.empty());
  BOOST_TEST(is_quiescent(bed.state));
}

BOOST_AUTO_TEST_CASE(without_iptables_save_a_full_sync_fails_and_a_partial_one_goes_on) {
  ProxierBed full;
  full.start();
  full.answer_all();
  full.synced();
  full.answer(false);
  BOOST_TEST(full.requests.empty());
  BOOST_TEST(full.armed.contains(Timer::retry));

  ProxierBed partial = serving({first});
  partial.set_slice("dns", {second}, Protocol::udp);
  partial.fire_if_armed(Timer::soon);
  partial.answer(false);
  partial.answer_all();
  BOOST_TEST(partial.restores().back().find("10.244.2.2:8080") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_flushed_table_is_noticed_and_mended) {
  ProxierBed bed = serving({first});
  const auto before = bed.kernel.iptables.tables;
  bed.kernel.iptables.tables["nat"] = NaiveIptables{}.tables["nat"];
  bed.fire(Timer::monitor);
  bed.settle();
  BOOST_CHECK(bed.kernel.iptables.tables == before);
}

BOOST_AUTO_TEST_CASE(p7_does_not_look) {
  ProxierBed bed = serving({first}, only(Defect::P7));
  BOOST_TEST(!bed.armed.contains(Timer::monitor));
  BOOST_TEST(!bed.armed.contains(Timer::resync));
}

BOOST_AUTO_TEST_CASE(now_and_then_everything_is_written) {
  ProxierBed bed = serving({first});
  bed.kernel.iptables.tables["nat"]["KUBE-POSTROUTING"].clear();
  bed.fire(Timer::resync);
  bed.settle();
  BOOST_CHECK(bed.kernel.iptables.tables == bed.from_scratch());
  BOOST_TEST(bed.armed.contains(Timer::resync));
}

BOOST_AUTO_TEST_CASE(a_new_zone_concerns_all_services) {
  ProxierBed bed = running();
  bed.set_service("web", ClusterBed::service(1));
  SliceEndpoint near = first;
  SliceEndpoint far = second;
  near.zone_hints = {"a"};
  far.zone_hints = {"b"};
  bed.set_slice("web", {near, far});
  bed.settle();
  bed.receive(ZoneEvent{"a"});
  bed.settle();
  BOOST_TEST(bed.restores().back().find("10.244.1.2:8080") != std::string::npos);
  BOOST_TEST(bed.restores().back().find("10.244.2.2:8080") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_restarted_proxy_cleans_up_after_the_last_one) {
  ProxierBed bed = serving({first});
  bed.kernel.first_packet(vip, 80, 0);
  bed.start();
  bed.answer_all();
  bed.set_service("web", ClusterBed::service(2));
  bed.set_slice("web", {second});
  bed.synced();
  bed.settle();
  BOOST_CHECK(bed.kernel.iptables.tables == bed.from_scratch());
}

BOOST_AUTO_TEST_CASE(answers_to_an_earlier_life_are_passed_over) {
  ProxierBed bed = running();
  bed.set_service("web", ClusterBed::service(1));
  bed.fire_if_armed(Timer::soon);
  const KernelRequest before = bed.requests.front();
  bed.start();
  const IptablesProxier::State state = bed.state;
  bed.receive(KernelAnswer{before.id, {}, {}});
  BOOST_CHECK(bed.state == state);
}

BOOST_AUTO_TEST_CASE(a_cluster_that_becomes_large_is_written_anew_and_saved_seldom) {
  ProxierBed bed = running();
  bed.config.rules.large_cluster_endpoints = 1;
  bed.set_service("a", ClusterBed::service(1));
  bed.set_slice("a", {first});
  bed.settle();
  bed.set_service("b", ClusterBed::service(2));
  bed.set_slice("b", {first});
  bed.settle();
  BOOST_CHECK(bed.kernel.iptables.tables == bed.from_scratch());
  BOOST_TEST(bed.restores().back().find(" -> ") == std::string::npos);
  bed.fire_if_armed(Timer::soon);
  bed.set_slice("b", {second});
  BOOST_TEST(std::holds_alternative<overlay::TableChange>(bed.requests.front().body));
  bed.settle();
  bed.fire(Timer::cleanup);
  bed.fire_if_armed(Timer::soon);
  bed.set_slice("b", {first});
  BOOST_TEST(std::holds_alternative<SaveTables>(bed.requests.front().body));
}

BOOST_AUTO_TEST_SUITE_END()
