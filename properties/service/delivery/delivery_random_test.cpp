// Random services and endpoints: each new connection lands on exactly one eligible endpoint, every eligible
// one is possible, and the answer comes from the address asked. Both modes of kube-proxy agree.
#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "properties/service/delivery/oracle.hpp"
#include "properties/service/delivery/test_services.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::properties::delivery;
using Endpoints = std::vector<api::SliceEndpoint>;

api::TrafficPolicy any_policy() {
  return *rc::gen::element(api::TrafficPolicy::cluster, api::TrafficPolicy::local);
}

api::Service any_service(std::uint8_t number) {
  api::Service service = load_balancer(number, any_policy());
  service.internal_policy = any_policy();
  if (*rc::gen::inRange(0, 3) == 0) {
    service.external_ips = {outer_ip(static_cast<std::uint8_t>(100 + number))};
  }
  return service;
}

/// Each pod is ready, terminating with or without serving, or, most often, no endpoint.
Endpoints any_endpoints() {
  Endpoints endpoints;
  for (std::uint8_t node = 1; node <= 3; ++node) {
    for (std::uint8_t pod = 1; pod <= 2; ++pod) {
      const int kind = *rc::gen::inRange(0, 8);
      const api::SliceEndpoint endpoint = Cluster::endpoint(node, pod);
      if (kind <= 1) {
        endpoints.push_back(endpoint);
      } else if (kind <= 3) {
        endpoints.push_back(terminating(endpoint, kind == 2));
      }
    }
  }
  return endpoints;
}

/// A client and where it sends to.
struct Journey {
  Request request = {};
  std::uint8_t node = 1;  ///< where kube-proxy meets it
  bool is_from_outside = false;
};

Journey any_journey(std::uint8_t service, bool has_external_ip, std::uint16_t source_port) {
  Journey journey;
  journey.node = *rc::gen::inRange<std::uint8_t>(1, 4);
  const api::Protocol protocol = *rc::gen::element(udp, tcp);
  const auto node_port = static_cast<std::uint16_t>(30000 + service);
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      journey.request = to(Cluster::node_name(journey.node), vip(service), protocol, source_port);
      break;
    case 1:
    case 2:
      journey.request = to(Cluster::pod_name(journey.node, *rc::gen::inRange<std::uint8_t>(1, 3)),
                           vip(service), protocol, source_port);
      break;
    case 3:
      journey.is_from_outside = true;
      journey.request = to("cl", Cluster::node_ip(journey.node), protocol, source_port, node_port);
      break;
    default:
      journey.is_from_outside = true;
      journey.node = 1;  // that the client sends by
      journey.request =
          to("cl", has_external_ip ? outer_ip(static_cast<std::uint8_t>(100 + service)) : outer_ip(service),
             protocol, source_port);
      break;
  }
  return journey;
}

std::string names_of(const std::set<base::Ipv4>& pods) {
  std::set<std::string> names;
  for (std::uint8_t node = 1; node <= 3; ++node) {
    for (std::uint8_t pod = 1; pod <= 2; ++pod) {
      if (pods.contains(Cluster::pod_ip(node, pod))) {
        names.insert(Cluster::pod_name(node, pod));
      }
    }
  }
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : " ") + name;
  }
  return text;
}

void check_journey(Cluster& iptables, Cluster& ipvs, const Journey& journey, const Expected& wanted) {
  RC_LOG() << journey.request.from << " to " << to_text(journey.request.to) << ":" << journey.request.port
           << (journey.request.protocol == tcp ? " tcp" : " udp") << std::endl;
  if (!wanted.servers.empty()) {
    RC_ASSERT(servers(iptables, journey.request) == names_of(wanted.servers));
    RC_ASSERT(servers(ipvs, journey.request) == names_of(wanted.servers));
    return;
  }
  const std::vector<Exchange> exchanges = iptables.possible(journey.request);
  RC_ASSERT(exchanges.size() == 1U);
  RC_LOG() << to_text(exchanges.front()) << std::endl;
  RC_ASSERT(exchanges.front().is_refused() != wanted.others_could);
  RC_ASSERT(exchanges.front().is_lost() == wanted.others_could);
  // IPVS sends what it meets from outside to endpoints elsewhere, if there are any, and refuses all else.
  const bool goes_elsewhere = wanted.others_could && journey.is_from_outside;
  RC_ASSERT(ipvs.send(journey.request).is_refused() != goes_elsewhere);
}

void check_random_services(bool changes) {
  const auto backend = *rc::gen::elementOf(std::vector(std::begin(all_backends), std::end(all_backends)));
  Cluster iptables({.backend = backend});
  Cluster ipvs({.backend = backend, .proxy = ProxyMode::ipvs});
  std::uint16_t source_port = 20000;
  const int rounds = changes ? 3 : 1;
  for (int round = 0; round < rounds; ++round) {
    for (std::uint8_t number = 1; number <= 2; ++number) {
      const api::Service service = any_service(number);
      const Endpoints endpoints = any_endpoints();
      for (Cluster* const cluster : {&iptables, &ipvs}) {
        provide(*cluster, "s" + std::to_string(number), service, endpoints);
      }
      for (int i = 0; i < 3; ++i) {
        source_port = static_cast<std::uint16_t>(source_port + 10);
        const Journey journey = any_journey(number, !service.external_ips.empty(), source_port);
        check_journey(iptables, ipvs, journey,
                      expected(service, endpoints, journey.node, journey.is_from_outside));
      }
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(delivery_random_test)

BOOST_AUTO_TEST_CASE(new_connections_land_on_eligible_endpoints_and_are_answered_by_the_address_asked) {
  BOOST_TEST(rc::check("random services", [] { check_random_services(false); }));
}

BOOST_AUTO_TEST_CASE(they_do_so_after_services_and_endpoints_changed) {
  BOOST_TEST(rc::check("random changes", [] { check_random_services(true); }));
}

/// Whatever the endpoints were, a client's next datagrams end at one that is. They may stay with one that
/// terminates, as long as it serves.
BOOST_AUTO_TEST_CASE(udp_flows_follow_the_endpoints) {
  BOOST_TEST(rc::check("udp flows", [] {
    const auto proxy = *rc::gen::element(ProxyMode::iptables, ProxyMode::ipvs);
    Cluster cluster({.proxy = proxy});
    const api::Service service = cluster_ip(1);
    const Request flow = to("n1p2", vip(1), udp);
    for (int round = 0; round < 4; ++round) {
      const Endpoints endpoints = any_endpoints();
      provide(cluster, "dns", service, endpoints);
      std::set<base::Ipv4> serving;
      for (const api::SliceEndpoint& each : endpoints) {
        if (each.ready || each.serving) {
          serving.insert(each.ip);
        }
      }
      (void)cluster.send(flow);  // IPVS: it may end an old connection
      const Exchange exchange = cluster.send(flow);
      RC_LOG() << to_text(exchange) << std::endl;
      if (serving.empty()) {
        RC_ASSERT(exchange.is_refused());
      } else {
        RC_ASSERT(exchange.is_served(flow));
        RC_ASSERT((" " + names_of(serving) + " ").find(" " + exchange.server() + " ") != std::string::npos);
      }
    }
  }));
}

BOOST_AUTO_TEST_SUITE_END()
