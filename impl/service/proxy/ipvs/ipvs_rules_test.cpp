#include <fstream>

#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/save_format.hpp"
#include "impl/service/proxy/cluster_bed.hpp"
#include "impl/service/proxy/ipvs/rules.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::service;
using namespace plimsoll::service::ipvs;
namespace netfilter = overlay::netfilter;

iptables::RulesConfig usual() {
  iptables::RulesConfig config;
  config.detector = iptables::DetectByCidr{{base::Ipv4(10, 244, 0, 0), 16}};
  config.random_fully = false;
  return config;
}

/// The lines of testdata/rules.txt below "== name ==", up to the next such line.
std::string golden(const std::string& name) {
  std::ifstream in(PLIMSOLL_SOURCE_DIR "/impl/service/proxy/ipvs/testdata/rules.txt");
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

/// Services of every kind, so that no set is empty.
netfilter::IpSets full_sets() {
  PlanConfig config;
  config.rules = usual();
  config.rules.node_ip = base::Ipv4(192, 0, 2, 11);
  config.node_addresses = {config.rules.node_ip};
  ClusterBed bed;
  std::uint8_t number = 0;
  for (const Protocol protocol : {Protocol::tcp, Protocol::udp, Protocol::sctp}) {
    for (const TrafficPolicy policy : {TrafficPolicy::cluster, TrafficPolicy::local}) {
      ++number;
      Service service = ClusterBed::node_port(ClusterBed::service(number, protocol),
                                              static_cast<std::uint16_t>(30000 + number));
      service.type = ServiceType::load_balancer;
      service.external_ips = {base::Ipv4(198, 51, 100, number)};
      service.load_balancer_ips = {base::Ipv4(203, 0, 113, number)};
      service.source_ranges = {{base::Ipv4(192, 0, 2, 0), 24}};
      service.external_policy = policy;
      service.health_check_node_port = 31000;
      bed.add("s" + std::to_string(number), service, {ClusterBed::endpoint(1, number)});
    }
  }
  return make_plan(bed.tracker.views, std::nullopt, config).sets;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ipvs_rules_test)

BOOST_AUTO_TEST_CASE(without_services) {
  BOOST_TEST(restore_input(make_plan({}, std::nullopt, {}).sets, usual()) == golden("no services"));
}

BOOST_AUTO_TEST_CASE(with_services_of_every_kind) {
  for (const auto& [name, set] : full_sets()) {
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(!set.entries.empty());
    }
  }
  BOOST_TEST(restore_input(full_sets(), usual()) == golden("services of every kind"));
}

BOOST_AUTO_TEST_CASE(how_traffic_to_cluster_ips_is_masqueraded) {
  const auto has = [](const iptables::RulesConfig& config, const std::string& end) {
    return restore_input(full_sets(), config).find("--match-set KUBE-CLUSTER-IP " + end + "\n") !=
           std::string::npos;
  };
  iptables::RulesConfig config = usual();
  BOOST_TEST(has(config, "dst,dst ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ"));
  config.detector = iptables::DetectNothing{};
  BOOST_TEST(has(config, "src,dst -j KUBE-MARK-MASQ"));
  config.masquerade_all = true;
  BOOST_TEST(has(config, "dst,dst -j KUBE-MARK-MASQ"));
}

// iptables-restore reads it, and all is supported by the packet pipeline.
BOOST_AUTO_TEST_CASE(the_kernel_takes_it) {
  netfilter::Ruleset ruleset;
  for (const std::string& text : {iptables::ensure_input(netfilter::print(ruleset), ipvs_jumps()),
                                  restore_input(full_sets(), usual())}) {
    const auto restored = netfilter::restore(ruleset, text, {.noflush = true});
    const std::string error = restored ? "" : to_text(restored.error());
    BOOST_TEST_REQUIRE(error == "");
  }
  BOOST_TEST(iptables::ensure_input(netfilter::print(ruleset), ipvs_jumps()).empty());
  BOOST_TEST(netfilter::print(ruleset).find("-m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
