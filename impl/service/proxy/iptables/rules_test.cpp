// What each kind of service comes to, beside golden texts (testdata/rules.txt): names of chains are those of
// upstream's hash, rules are in upstream's words and order.
#include "impl/service/proxy/iptables/rules.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "impl/service/proxy/cluster_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::service;
using iptables::RulesConfig;

RulesConfig usual() {
  RulesConfig config;
  config.detector = iptables::DetectByCidr{{base::Ipv4(10, 244, 0, 0), 16}};
  config.random_fully = false;
  config.node_ip = base::Ipv4(192, 0, 2, 11);
  return config;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    all.push_back(line);
  }
  return all;
}

/// The lines of testdata/rules.txt below "== name ==", up to the next such line.
std::string golden(const std::string& name) {
  std::ifstream in(PLIMSOLL_SOURCE_DIR "/impl/service/proxy/iptables/testdata/rules.txt");
  std::string text;
  bool is_inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("== ")) {
      is_inside = line == "== " + name + " ==";
    } else if (is_inside) {
      text += line + "\n";
    }
  }
  BOOST_REQUIRE_MESSAGE(!text.empty(), "no golden text of " << name);
  return text;
}

/// The lines that are there because of the services.
std::string because_of(const ClusterBed& bed, const RulesConfig& config = usual()) {
  const auto frame = lines(iptables::restore_input({.views = {}}, config));
  std::string text;
  for (const std::string& line : lines(iptables::restore_input({.views = bed.tracker.views}, config))) {
    if (std::ranges::find(frame, line) == frame.end()) {
      text += line + "\n";
    }
  }
  return text;
}

ClusterBed with(const Service& service, std::vector<SliceEndpoint> endpoints) {
  ClusterBed bed;
  bed.add("svc", service, std::move(endpoints));
  return bed;
}

Service balancer() {
  Service service = ClusterBed::service(1);
  service.type = ServiceType::load_balancer;
  service.load_balancer_ips = {base::Ipv4(203, 0, 113, 60)};
  return service;
}

Service all_external_local() {
  Service service = ClusterBed::node_port(balancer(), 30001);
  service.type = ServiceType::load_balancer;
  service.external_ips = {base::Ipv4(192, 0, 2, 50)};
  service.external_policy = TrafficPolicy::local;
  service.health_check_node_port = 31000;
  return service;
}

const SliceEndpoint here = ClusterBed::endpoint(1, 2);
const SliceEndpoint there = ClusterBed::endpoint(2, 2);

}  // namespace

BOOST_AUTO_TEST_SUITE(rules_test)

BOOST_AUTO_TEST_CASE(kpx_2_kpx_7_without_services) {
  BOOST_TEST(iptables::restore_input({.views = {}}, usual()) == golden("no services"));
}

BOOST_AUTO_TEST_CASE(kpx_3_kpx_4_cluster_ip) {
  BOOST_TEST(because_of(with(ClusterBed::service(1), {here, there, ClusterBed::endpoint(3, 2)})) ==
             golden("cluster IP"));
}

BOOST_AUTO_TEST_CASE(kpx_5_node_port) {
  BOOST_TEST(because_of(with(ClusterBed::node_port(ClusterBed::service(1), 30001), {here})) ==
             golden("node port"));
}

BOOST_AUTO_TEST_CASE(kpx_5_external_ip) {
  Service service = ClusterBed::service(1, Protocol::udp);
  service.external_ips = {base::Ipv4(192, 0, 2, 50)};
  BOOST_TEST(because_of(with(service, {here})) == golden("external IP"));
}

BOOST_AUTO_TEST_CASE(kpx_6_load_balancer_with_source_ranges) {
  Service service = balancer();
  service.source_ranges = {{base::Ipv4(198, 51, 100, 7), 24}, {base::Ipv4(192, 0, 2, 0), 24}};
  BOOST_TEST(because_of(with(service, {here})) == golden("source ranges"));
}

BOOST_AUTO_TEST_CASE(kpx_6_source_ranges_without_the_node) {
  Service service = balancer();
  service.source_ranges = {{base::Ipv4(198, 51, 100, 0), 24}};
  const std::string text = because_of(with(service, {here}));
  BOOST_TEST(text.find("-s 203.0.113.60") == std::string::npos);
  BOOST_TEST(text.find("-s 198.51.100.0/24") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(kpx_5_external_policy_local_with_a_local_endpoint) {
  BOOST_TEST(because_of(with(all_external_local(), {here, there})) == golden("external policy local"));
}

BOOST_AUTO_TEST_CASE(kpx_6_external_policy_local_without_a_local_endpoint) {
  BOOST_TEST(because_of(with(all_external_local(), {there})) ==
             golden("external policy local, no local endpoint"));
}

BOOST_AUTO_TEST_CASE(kpx_6_internal_policy_local) {
  Service service = ClusterBed::service(1);
  service.internal_policy = TrafficPolicy::local;
  BOOST_TEST(because_of(with(service, {here, there})) == golden("internal policy local"));
  BOOST_TEST(because_of(with(service, {there})) == golden("internal policy local, no local endpoint"));
}

BOOST_AUTO_TEST_CASE(kpx_6_no_endpoints) {
  Service service = all_external_local();
  service.source_ranges = {{base::Ipv4(198, 51, 100, 0), 24}};
  BOOST_TEST(because_of(with(service, {})) == golden("no endpoints"));
}

BOOST_AUTO_TEST_CASE(kpx_3_session_affinity) {
  Service service = ClusterBed::service(1);
  service.affinity_seconds = 10800;
  BOOST_TEST(because_of(with(service, {here, there})) == golden("session affinity"));
}

BOOST_AUTO_TEST_CASE(kpx_8_terminating_endpoints_of_policy_local) {
  Service service = ClusterBed::node_port(ClusterBed::service(1), 30001);
  service.external_policy = TrafficPolicy::local;
  BOOST_TEST(because_of(with(service, {ClusterBed::terminating(1, 2), there})) == golden("terminating"));
}

BOOST_AUTO_TEST_CASE(kpx_3_how_local_traffic_is_told) {
  const auto masquerade_rule = [](const RulesConfig& config) {
    for (const std::string& line : lines(because_of(with(ClusterBed::service(1), {here}), config))) {
      if (line.starts_with("-A KUBE-SVC-") && line.ends_with("-j KUBE-MARK-MASQ")) {
        return line.substr(line.find("--dport"));
      }
    }
    return std::string("none");
  };
  RulesConfig config = usual();
  BOOST_TEST(masquerade_rule(config) == "--dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ");
  config.detector = iptables::DetectByBridge{"cni0"};
  BOOST_TEST(masquerade_rule(config) == "--dport 80 ! -i cni0 -j KUBE-MARK-MASQ");
  config.detector = iptables::DetectByInterfacePrefix{"veth"};
  BOOST_TEST(masquerade_rule(config) == "--dport 80 ! -i veth+ -j KUBE-MARK-MASQ");
  config.detector = iptables::DetectNothing{};
  BOOST_TEST(masquerade_rule(config) == "none");
  config.masquerade_all = true;
  BOOST_TEST(masquerade_rule(config) == "--dport 80 -j KUBE-MARK-MASQ");
}

BOOST_AUTO_TEST_CASE(kpx_7_flags) {
  RulesConfig config = usual();
  config.random_fully = true;
  config.masquerade_bit = 31;
  const std::string text = iptables::restore_input({.views = {}}, config);
  BOOST_TEST(text.find("-j MASQUERADE --random-fully\n") != std::string::npos);
  BOOST_TEST(text.find("-j MARK --or-mark 0x80000000\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(kpx_2_where_node_ports_are) {
  const auto last_rule = [](const RulesConfig& config) {
    std::string rules;
    for (const std::string& line : lines(iptables::restore_input({.views = {}}, config))) {
      if (line.starts_with("-A KUBE-SERVICES")) {
        rules += line.substr(line.rfind('"') + 2) + ";";
      }
    }
    return rules;
  };
  RulesConfig config = usual();
  config.localhost_node_ports = false;
  BOOST_TEST(last_rule(config) == "-m addrtype --dst-type LOCAL ! -d 127.0.0.0/8 -j KUBE-NODEPORTS;");
  config.node_port_addresses = {base::Ipv4(192, 0, 2, 11), base::Ipv4(127, 0, 0, 1)};
  BOOST_TEST(last_rule(config) == "-d 192.0.2.11 -j KUBE-NODEPORTS;");
  config.localhost_node_ports = true;
  BOOST_TEST(last_rule(config) == "-d 192.0.2.11 -j KUBE-NODEPORTS;-d 127.0.0.1 -j KUBE-NODEPORTS;");
}

BOOST_AUTO_TEST_CASE(comments_are_left_out_for_endpoints_of_a_large_cluster) {
  RulesConfig config = usual();
  config.large_cluster_endpoints = 1;
  BOOST_TEST(because_of(with(ClusterBed::service(1), {here, there}), config) == golden("large cluster"));
}

BOOST_AUTO_TEST_CASE(a_partial_sync_writes_the_chains_of_changed_services_alone) {
  ClusterBed bed;
  bed.add("a", ClusterBed::service(1), {here});
  bed.add("b", ClusterBed::service(2), {there});
  const ServiceViews changed = {{{"ns", "b"}, {}}};
  const std::string text =
      iptables::restore_input({.views = bed.tracker.views, .changed = &changed}, usual());
  BOOST_TEST(
      text.find("--comment \"ns/a:p80 cluster IP\" -m tcp -p tcp -d 10.96.0.1 --dport 80 -j KUBE-SVC-") !=
      std::string::npos);
  BOOST_TEST(text.find("ns/a:p80 ->") == std::string::npos);
  BOOST_TEST(text.find("ns/b:p80 -> 10.244.2.2:8080") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(stale_chains_are_emptied_and_deleted) {
  const ClusterBed bed = with(ClusterBed::service(1), {here});
  const iptables::SyncRequest fresh{.views = bed.tracker.views};
  iptables::SyncRequest request{.views = bed.tracker.views};
  for (const std::string& line : lines(iptables::restore_input(fresh, usual()))) {
    if (line.starts_with(':')) {
      request.existing_nat_chains.push_back(line.substr(1, line.find(' ') - 1));
    }
  }
  BOOST_TEST(iptables::restore_input(request, usual()) == iptables::restore_input(fresh, usual()));
  request.existing_nat_chains.insert(request.existing_nat_chains.end(),
                                     {"KUBE-SVC-OLD", "KUBE-PROXY-CANARY", "CNI-X", "PREROUTING"});
  const std::string text = iptables::restore_input(request, usual());
  BOOST_TEST(text.find(":KUBE-SVC-OLD - [0:0]\n") < text.find("-X KUBE-SVC-OLD\n"));
  BOOST_TEST(std::ranges::count(lines(text), "-X KUBE-SVC-OLD") == 1);
  BOOST_TEST(lines(text).size() == lines(iptables::restore_input(fresh, usual())).size() + 2);
}

BOOST_AUTO_TEST_CASE(p9_p15_p16_leave_out_what_their_stories_say) {
  const auto has = [](Defect defect, const ClusterBed& bed, const std::string& words) {
    RulesConfig config = usual();
    config.defects = Defects().with(defect);
    return iptables::restore_input({.views = bed.tracker.views}, config).find(words) != std::string::npos;
  };
  ClusterBed bed;
  bed.add("a", ClusterBed::node_port(ClusterBed::service(1), 30001), {here});
  bed.add("b", ClusterBed::node_port(ClusterBed::service(2), 30001), {here});
  bed.add("c", ClusterBed::service(3), {here});
  BOOST_TEST(has(Defect::P1, bed, "--ctstate INVALID"));
  BOOST_TEST(!has(Defect::P9, bed, "--ctstate INVALID"));
  BOOST_TEST(has(Defect::P1, bed, "-s 10.244.1.2 -j KUBE-MARK-MASQ"));
  BOOST_TEST(!has(Defect::P15, bed, "-s 10.244.1.2 -j KUBE-MARK-MASQ"));
  BOOST_TEST(has(Defect::P1, bed, "ns/c:p80"));
  BOOST_TEST(!has(Defect::P16, bed, "ns/c:p80"));
}

BOOST_AUTO_TEST_SUITE_END()
