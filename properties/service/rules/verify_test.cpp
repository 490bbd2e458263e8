#include "properties/service/rules/verify.hpp"

#include <algorithm>
#include <stdexcept>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "properties/service/rules/proxy_bed.hpp"

namespace plimsoll::properties::rules {
namespace {

RulesVerdict verdict_on(const ClusterBed& bed, const netfilter::Ruleset& ruleset, RulesConfig config) {
  config.defects = {};
  return verify(ruleset, intent_of(bed.tracker.views, {}, config));
}

RulesVerdict verdict_on(const ClusterBed& bed, const RulesConfig& config = usual()) {
  return verdict_on(bed, written(bed, config), config);
}

std::string told(const RulesVerdict& verdict) {
  std::string text;
  for (const RulesFinding& finding : verdict.findings) {
    text += finding.frontend + ": " + finding.what + "; " + finding.packet_text;
    for (const Outcome& outcome : finding.outcomes) {
      text += "; " + to_text(outcome);
    }
    text += "\n";
  }
  return text;
}

/// The first rule that `fits` is taken out.
template <class Fits>
bool without_rule(netfilter::Ruleset& ruleset, const Fits& fits) {
  for (netfilter::Table& table : ruleset.tables) {
    for (netfilter::Chain& chain : table.chains) {
      const auto found =
          std::ranges::find_if(chain.rules, [&](const netfilter::Rule& rule) { return fits(chain, rule); });
      if (found != chain.rules.end()) {
        chain.rules.erase(found);
        return true;
      }
    }
  }
  return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(verify_test)

BOOST_AUTO_TEST_CASE(kube_proxys_rules_do_what_services_want) {
  const RulesVerdict verdict = verdict_on(all_kinds());
  BOOST_TEST(verdict.findings.empty(), told(verdict));
  BOOST_TEST(verdict.is_complete);
  BOOST_TEST(verdict.frontends == 15U);
}

BOOST_AUTO_TEST_CASE(services_of_one_shape_are_proved_once) {
  ClusterBed bed;
  const auto add = [&](std::uint8_t number) {
    bed.add("s" + std::to_string(number), ClusterBed::service(number),
            {ClusterBed::endpoint(1, number), ClusterBed::endpoint(2, number)});
  };
  add(1);
  const RulesVerdict one = verdict_on(bed);
  for (std::uint8_t number = 2; number < 40; ++number) {
    add(number);
  }
  const RulesVerdict many = verdict_on(bed);
  BOOST_TEST(many.findings.empty(), told(many));
  BOOST_TEST(many.frontends == 39U);
  BOOST_TEST(many.shapes == one.shapes);
  BOOST_TEST(many.questions == one.questions);
}

BOOST_AUTO_TEST_CASE(an_endpoint_of_another_service_is_found_with_its_packet) {
  const ClusterBed bed = all_kinds();
  netfilter::Ruleset ruleset = written(bed, usual());
  for (netfilter::Chain& chain : ruleset.find(netfilter::TableName::nat)->chains) {
    for (netfilter::Rule& rule : chain.rules) {
      auto* const nat = std::get_if<netfilter::Nat>(&rule.target);
      if (nat != nullptr && nat->first == ClusterBed::pod(2, 2)) {
        nat->first = nat->last = ClusterBed::pod(2, 9);
      }
    }
  }
  const RulesVerdict verdict = verdict_on(bed, ruleset, usual());
  BOOST_REQUIRE(!verdict.findings.empty());
  const RulesFinding& finding = verdict.findings.front();
  BOOST_TEST(finding.frontend == "ns/plain:p80 at 10.96.0.1:80");
  BOOST_TEST(finding.packet_text.find("-> 10.96.0.1:80, new") != std::string::npos, finding.packet_text);
  BOOST_TEST(to_text(finding.outcomes.front()).find("goes to 10.244.2.9:8080") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_rule_of_services_is_needed) {
  const ClusterBed bed = all_kinds();
  const netfilter::Ruleset whole = written(bed, usual());
  std::size_t tried = 0;
  for (std::size_t skipped = 0;; ++skipped) {
    netfilter::Ruleset ruleset = whole;
    std::size_t passed = 0;
    std::string what;
    const bool is_done =
        !without_rule(ruleset, [&](const netfilter::Chain& chain, const netfilter::Rule& rule) {
          // The others serve other ends: what was let in before, kubelet's firewall, affinity's memory.
          const bool is_service_rule = chain.name.starts_with("KUBE-") && chain.name != "KUBE-FORWARD" &&
                                       chain.name != "KUBE-FIREWALL" && chain.name != "KUBE-KUBELET-CANARY" &&
                                       chain.name != "KUBE-PROXY-CANARY";
          const bool is_of_affinity = std::ranges::any_of(rule.matches, [](const netfilter::Match& match) {
            return std::holds_alternative<netfilter::RecentMatch>(match);
          });
          const bool does_nothing = std::holds_alternative<netfilter::Continue>(rule.target);
          if (!is_service_rule || is_of_affinity || does_nothing || passed++ != skipped) {
            return false;
          }
          what = netfilter::print_rule(chain.name, rule);
          return true;
        });
    if (is_done) {
      break;
    }
    ++tried;
    const RulesVerdict verdict = verdict_on(bed, ruleset, usual());
    BOOST_TEST(!verdict.findings.empty(), what);
  }
  BOOST_TEST(tried > 30U);
}

BOOST_AUTO_TEST_CASE(rules_of_random_services_do_what_they_want) {
  const auto below = [](std::uint8_t most) { return *rc::gen::inRange<std::uint8_t>(0, most); };
  BOOST_TEST(rc::check("no finding", [&] {
    ClusterBed bed;
    RulesConfig config = usual();
    config.masquerade_all = below(4) == 0;
    config.localhost_node_ports = below(3) != 0;
    if (below(4) == 0) {
      config.detector = service::iptables::DetectByInterfacePrefix{"veth"};
    }
    for (std::uint8_t number = 1, most = 1 + below(4); number <= most; ++number) {
      service::Service made =
          ClusterBed::service(number, below(2) == 0 ? service::Protocol::udp : service::Protocol::tcp);
      made.affinity_seconds = below(4) == 0 ? 60 : 0;
      made.internal_policy = below(4) == 0 ? service::TrafficPolicy::local : service::TrafficPolicy::cluster;
      if (below(2) == 0) {
        made = ClusterBed::node_port(made, static_cast<std::uint16_t>(30000 + number));
        made.external_policy =
            below(2) == 0 ? service::TrafficPolicy::local : service::TrafficPolicy::cluster;
        made.type = below(2) == 0 ? service::ServiceType::load_balancer : made.type;
      }
      if (made.type == service::ServiceType::load_balancer) {
        made.load_balancer_ips = {base::Ipv4(203, 0, 113, number)};
        if (below(2) == 0) {
          made.source_ranges = {base::Ipv4Prefix(base::Ipv4(198, 51, 100, 0), 24)};
        }
      }
      std::vector<service::SliceEndpoint> endpoints;
      for (std::uint8_t endpoint = 0, count = below(4); endpoint < count; ++endpoint) {
        const auto place = static_cast<std::uint8_t>(number * 8 + endpoint);
        const auto node = static_cast<std::uint8_t>(1 + below(3));
        endpoints.push_back(below(4) == 0 ? ClusterBed::terminating(node, place, below(2) == 0)
                                          : ClusterBed::endpoint(node, place));
      }
      bed.add("s" + std::to_string(number), made, endpoints);
    }
    const RulesVerdict verdict = verdict_on(bed, config);
    if (!verdict.findings.empty()) {
      throw std::runtime_error(told(verdict));
    }
  }));
}

BOOST_AUTO_TEST_CASE(defects_of_rules_are_found) {
  for (const service::Defect defect :
       {service::Defect::P9, service::Defect::P14, service::Defect::P15, service::Defect::P16}) {
    RulesConfig config = usual();
    config.defects = service::Defects{}.with(defect);
    ClusterBed bed = all_kinds();
    service::Service going = ClusterBed::node_port(ClusterBed::service(20), 30081);
    going.external_policy = service::TrafficPolicy::local;
    bed.add("last", going, {ClusterBed::terminating(1, 20)});
    const RulesVerdict verdict = verdict_on(bed, config);
    BOOST_TEST(!verdict.findings.empty(), service::defect_stories[static_cast<std::size_t>(defect)].id);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::rules
