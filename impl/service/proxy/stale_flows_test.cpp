#include "impl/service/proxy/stale_flows.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/service/proxy/cluster_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::service;
using overlay::ConntrackDelete;
using Deletes = std::set<ConntrackDelete>;

const base::Ipv4 cluster_ip(10, 96, 0, 1);
const base::Ipv4 external_ip(192, 0, 2, 50);
const base::Ipv4 balancer_ip(203, 0, 113, 60);

/// A UDP service with all kinds of frontends, and endpoints 10.244.1.n.
ServiceView dns(const std::vector<std::uint8_t>& endpoints, Protocol protocol = Protocol::udp) {
  ClusterBed bed;
  Service service = ClusterBed::node_port(ClusterBed::service(1, protocol), 30053);
  service.external_ips = {external_ip};
  service.load_balancer_ips = {balancer_ip};
  std::vector<SliceEndpoint> slice;
  for (const std::uint8_t number : endpoints) {
    slice.push_back(ClusterBed::endpoint(1, number));
  }
  bed.add("dns", service, slice);
  return bed.tracker.views.begin()->second;
}

ConntrackDelete udp(std::optional<base::Ipv4> to, std::uint16_t port,
                    std::optional<base::Ipv4> endpoint = std::nullopt) {
  return {17, to, endpoint, port};
}
/// At every frontend, of one endpoint or of any.
Deletes everywhere(std::optional<base::Ipv4> endpoint = std::nullopt) {
  return {udp(cluster_ip, 80, endpoint), udp(external_ip, 80, endpoint), udp(balancer_ip, 80, endpoint),
          udp(std::nullopt, 30053, endpoint)};
}
Deletes both(Deletes one, Deletes other) {
  one.merge(other);
  return one;
}
Defects only(Defect defect) {
  return Defects().with(defect);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stale_flows_test)

BOOST_AUTO_TEST_CASE(kpx_9_flows_to_a_removed_endpoint) {
  BOOST_CHECK(stale_flows(dns({2, 3}), dns({3})) == everywhere(ClusterBed::pod(1, 2)));
  BOOST_CHECK(stale_flows(dns({2, 3}), dns({3}), only(Defect::P1)).empty());
}

BOOST_AUTO_TEST_CASE(kpx_9_an_endpoint_that_still_serves_keeps_its_flows) {
  ServiceView after = dns({2, 3});
  Endpoint& endpoint = after.begin()->second.endpoints.front();
  endpoint.ready = false;
  endpoint.terminating = true;
  BOOST_CHECK(stale_flows(dns({2, 3}), after).empty());
  endpoint.serving = false;
  BOOST_CHECK(stale_flows(dns({2, 3}), after) == everywhere(ClusterBed::pod(1, 2)));
}

BOOST_AUTO_TEST_CASE(kpx_9_a_service_that_gets_its_first_endpoints) {
  BOOST_CHECK(stale_flows(dns({}), dns({2})) == everywhere());
  BOOST_CHECK(stale_flows({}, dns({2})) == everywhere());
  BOOST_CHECK(stale_flows({}, dns({})).empty());
  BOOST_CHECK(stale_flows(dns({}), dns({2}), only(Defect::P2)).empty());
  BOOST_CHECK(stale_flows({}, dns({2}), only(Defect::P2)).empty());
}

BOOST_AUTO_TEST_CASE(kpx_9_a_service_that_loses_its_last_endpoints) {
  const Deletes expected = both(everywhere(ClusterBed::pod(1, 2)), everywhere(ClusterBed::pod(1, 3)));
  BOOST_CHECK(stale_flows(dns({2, 3}), dns({})) == expected);
  BOOST_CHECK(stale_flows(dns({2, 3}), dns({}), only(Defect::P3)).empty());
  // With P3 a service that keeps an endpoint is seen to.
  BOOST_CHECK(stale_flows(dns({2, 3}), dns({3}), only(Defect::P3)) == everywhere(ClusterBed::pod(1, 2)));
}

BOOST_AUTO_TEST_CASE(kpx_9_a_service_that_is_gone) {
  BOOST_CHECK(stale_flows(dns({2}), {}) == everywhere());
  BOOST_CHECK(stale_flows(dns({2}), {}, only(Defect::P4)).empty());
}

BOOST_AUTO_TEST_CASE(kpx_9_a_frontend_that_goes_or_comes) {
  ServiceView without = dns({2});
  without.begin()->second.port.external_ips.clear();
  BOOST_CHECK(stale_flows(dns({2}), without) == Deletes{udp(external_ip, 80)});
  BOOST_CHECK(stale_flows(without, dns({2})) == Deletes{udp(external_ip, 80)});
}

BOOST_AUTO_TEST_CASE(kpx_9_tcp_looks_after_itself) {
  BOOST_CHECK(stale_flows(dns({2, 3}, Protocol::tcp), dns({3}, Protocol::tcp)).empty());
  BOOST_CHECK(stale_flows(dns({2}, Protocol::tcp), {}).empty());
}

BOOST_AUTO_TEST_CASE(no_change_makes_no_flow_stale) {
  BOOST_CHECK(stale_flows(dns({2, 3}), dns({2, 3})).empty());
}

BOOST_AUTO_TEST_SUITE_END()
