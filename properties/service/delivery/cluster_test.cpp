// The rig itself: without services, pods and nodes reach each other through every backend.
#include "properties/service/delivery/cluster.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace plimsoll;
using namespace plimsoll::properties::delivery;

constexpr flannel::BackendKind backends[] = {flannel::BackendKind::vxlan, flannel::BackendKind::host_gw,
                                             flannel::BackendKind::udp};

void check_served(Cluster& cluster, const Request& request, const std::string& server) {
  const Exchange exchange = cluster.send(request);
  BOOST_TEST_CONTEXT(request.from << " to " << to_text(request.to) << ": " << to_text(exchange)) {
    BOOST_TEST(exchange.is_served(request));
    BOOST_TEST(exchange.server() == server);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cluster_test)

BOOST_AUTO_TEST_CASE(pods_reach_pods_by_every_backend) {
  for (const flannel::BackendKind backend : backends) {
    Cluster cluster({.backend = backend});
    for (const api::Protocol protocol : {api::Protocol::udp, api::Protocol::tcp}) {
      for (const char* from : {"n1p1", "n1", "cl"}) {
        if (from == std::string("cl")) {
          continue;  // a pod's address means nothing outside
        }
        check_served(cluster, {.from = from, .to = Cluster::pod_ip(2, 1), .port = 8080, .protocol = protocol},
                     "n2p1");
        check_served(cluster, {.from = from, .to = Cluster::pod_ip(1, 2), .port = 8080, .protocol = protocol},
                     "n1p2");
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(nobody_listens_elsewhere) {
  Cluster cluster({});
  BOOST_TEST(cluster.send({.from = "n1p1", .to = Cluster::pod_ip(2, 1), .port = 81}).is_refused());
  const Request tcp = {
      .from = "n1p1", .to = Cluster::pod_ip(2, 1), .port = 81, .protocol = api::Protocol::tcp};
  BOOST_TEST(cluster.send(tcp).is_refused());
}

BOOST_AUTO_TEST_CASE(large_datagrams_arrive_in_fragments) {
  for (const flannel::BackendKind backend : backends) {
    Cluster cluster({.backend = backend});
    check_served(cluster, {.from = "n1p1", .to = Cluster::pod_ip(2, 1), .port = 8080, .size = 4000}, "n2p1");
  }
}

BOOST_AUTO_TEST_CASE(a_service_is_served_in_both_modes) {
  for (const ProxyMode mode : {ProxyMode::iptables, ProxyMode::ipvs}) {
    Cluster cluster({.proxy = mode});
    api::Service service;
    service.cluster_ip = base::Ipv4(10, 96, 0, 1);
    service.ports = {{"dns", api::Protocol::udp, 53, 0}, {"web", api::Protocol::tcp, 80, 0}};
    cluster.set_service("one", service);
    cluster.set_endpoints("one", {Cluster::endpoint(2, 1)});
    cluster.settle();
    for (const char* from : {"n1p1", "n2p2", "n2p1", "n1", "n2"}) {
      check_served(cluster, {.from = from, .to = *service.cluster_ip, .port = 53}, "n2p1");
      check_served(cluster,
                   {.from = from, .to = *service.cluster_ip, .port = 80, .protocol = api::Protocol::tcp},
                   "n2p1");
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_possible_leaves_no_trace) {
  Cluster cluster({});
  api::Service service;
  service.cluster_ip = base::Ipv4(10, 96, 0, 1);
  service.ports = {{"dns", api::Protocol::udp, 53, 0}};
  cluster.set_service("one", service);
  cluster.set_endpoints("one", {Cluster::endpoint(1, 1), Cluster::endpoint(2, 1), Cluster::endpoint(3, 1)});
  cluster.settle();
  const Request request = {.from = "n1p2", .to = *service.cluster_ip, .port = 53};
  BOOST_TEST(cluster.possible(request).size() == 3);
  BOOST_TEST(cluster.possible(request).size() == 3);
  BOOST_TEST(cluster.kernel("n1").remembered.netfilter.conntrack.size() == 0);
  cluster.send(request);
  BOOST_TEST(cluster.possible(request).size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
