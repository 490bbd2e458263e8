// Packets to services, through every backend of flannel and both modes of kube-proxy: who gets them, from
// whom the answer comes, and what address the server sees.
#include <boost/test/unit_test.hpp>

#include "properties/service/delivery/test_services.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::properties::delivery;
using enum api::TrafficPolicy;

/// Calls `test` with a cluster of each kind.
template <class Test>
void in_all_clusters(const Test& test) {
  for (const flannel::BackendKind backend : all_backends) {
    for (const ProxyMode proxy : both_modes) {
      BOOST_TEST_CONTEXT(flannel::backend_type(backend)
                         << (proxy == ProxyMode::ipvs ? ", ipvs" : ", iptables")) {
        Cluster cluster({.backend = backend, .proxy = proxy});
        test(cluster);
      }
    }
  }
}

std::string seen_source(Cluster& cluster, const Request& request) {
  const Exchange exchange = cluster.send(request);
  BOOST_TEST(exchange.is_served(request), to_text(exchange));
  return exchange.arrivals.empty() ? "" : to_text(exchange.arrivals.front().ends.src);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(delivery_test)

BOOST_AUTO_TEST_CASE(a_cluster_ip_reaches_every_endpoint) {
  in_all_clusters([](Cluster& cluster) {
    provide(cluster, "web", cluster_ip(1),
            {Cluster::endpoint(1, 1), Cluster::endpoint(2, 1), Cluster::endpoint(3, 1)});
    for (const api::Protocol protocol : {udp, tcp}) {
      for (const char* from : {"n1p2", "n2p2", "n1", "n3"}) {
        BOOST_TEST(servers(cluster, to(from, vip(1), protocol)) == "n1p1 n2p1 n3p1");
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(pods_keep_their_addresses_and_hairpins_do_not) {
  in_all_clusters([](Cluster& cluster) {
    provide(cluster, "web", cluster_ip(1), {Cluster::endpoint(2, 1)});
    BOOST_TEST(seen_source(cluster, to("n1p1", vip(1))) == to_text(Cluster::pod_ip(1, 1)));
    BOOST_TEST(seen_source(cluster, to("n2p2", vip(1))) == to_text(Cluster::pod_ip(2, 2)));
    BOOST_TEST(seen_source(cluster, to("n2p1", vip(1), tcp)) == "10.244.2.1");
  });
}

BOOST_AUTO_TEST_CASE(a_node_port_serves_clients_outside_at_every_node) {
  in_all_clusters([](Cluster& cluster) {
    provide(cluster, "web", node_port(1), {Cluster::endpoint(1, 1), Cluster::endpoint(2, 1)});
    for (std::uint8_t node = 1; node <= 3; ++node) {
      for (const api::Protocol protocol : {udp, tcp}) {
        BOOST_TEST(servers(cluster, to("cl", Cluster::node_ip(node), protocol, 41000, 30001)) == "n1p1 n2p1");
      }
    }
    BOOST_TEST(seen_source(cluster, to("cl", Cluster::node_ip(3), udp, 50000, 30001)) !=
               to_text(Cluster::client_ip()));
  });
}

BOOST_AUTO_TEST_CASE(a_load_balancers_address_is_served_where_it_arrives) {
  in_all_clusters([](Cluster& cluster) {
    api::Service service = load_balancer(1);
    service.external_ips = {outer_ip(99)};
    provide(cluster, "web", service, {Cluster::endpoint(1, 1), Cluster::endpoint(3, 2)});
    std::uint16_t source_port = 40001;
    for (const base::Ipv4 address : {outer_ip(1), outer_ip(99)}) {
      for (const api::Protocol protocol : {udp, tcp}) {
        BOOST_TEST(servers(cluster, to("cl", address, protocol, source_port)) == "n1p1 n3p2");
        BOOST_TEST(servers(cluster, to("n2p1", address, protocol, source_port)) == "n1p1 n3p2");
        source_port = static_cast<std::uint16_t>(source_port + 1000);
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(policy_local_keeps_the_source_and_stays_on_the_node) {
  in_all_clusters([](Cluster& cluster) {
    provide(cluster, "web", load_balancer(1, local), {Cluster::endpoint(1, 1), Cluster::endpoint(2, 1)});
    for (const api::Protocol protocol : {udp, tcp}) {
      BOOST_TEST(servers(cluster, to("cl", outer_ip(1), protocol)) == "n1p1");
      BOOST_TEST(servers(cluster, to("cl", Cluster::node_ip(2), protocol, 42000, 30001)) == "n2p1");
      // In IPVS mode a node without endpoints sends it on all the same; flannel's masquerading, which is not
      // kube-proxy's, brings the answer back.
      const Exchange elsewhere = cluster.send(to("cl", Cluster::node_ip(3), protocol, 43000, 30001));
      const bool goes_on = cluster.config().proxy == ProxyMode::ipvs;
      BOOST_TEST(elsewhere.is_lost() != goes_on);
      BOOST_TEST((!goes_on || elsewhere.arrivals.at(0).ends.src != Cluster::client_ip()));
    }
    BOOST_TEST(seen_source(cluster, to("cl", outer_ip(1), udp, 44000)) == to_text(Cluster::client_ip()));
  });
}

BOOST_AUTO_TEST_CASE(source_ranges_keep_others_out) {
  in_all_clusters([](Cluster& cluster) {
    api::Service service = load_balancer(1);
    service.source_ranges = {{Cluster::client_ip(), 32}};
    provide(cluster, "open", service, {Cluster::endpoint(1, 1)});
    service = load_balancer(2);
    service.source_ranges = {{base::Ipv4(198, 51, 100, 0), 24}};
    provide(cluster, "closed", service, {Cluster::endpoint(1, 1)});
    BOOST_TEST(servers(cluster, to("cl", outer_ip(1), tcp)) == "n1p1");
    BOOST_TEST(cluster.send(to("cl", outer_ip(2), tcp)).is_lost());
    // The ranges are the balancer's alone.
    BOOST_TEST(servers(cluster, to("cl", Cluster::node_ip(1), tcp, 45000, 30002)) == "n1p1");
  });
}

BOOST_AUTO_TEST_CASE(without_endpoints_clients_are_refused_and_scaling_up_serves_them) {
  in_all_clusters([](Cluster& cluster) {
    provide(cluster, "web", node_port(1), {});
    for (std::uint16_t port = 40001; port < 40003; ++port) {
      const std::vector<Request> requests = {to("n1p1", vip(1), udp, port), to("n2p1", vip(1), tcp, port),
                                             to("n1", vip(1), udp, static_cast<std::uint16_t>(port + 100)),
                                             to("cl", Cluster::node_ip(2), udp, port, 30001),
                                             to("cl", Cluster::node_ip(2), tcp, port, 30001)};
      for (const Request& request : requests) {
        const Exchange exchange = cluster.send(request);
        BOOST_TEST(exchange.is_refused(), request.from << ": " << to_text(exchange));
      }
      scale(cluster, "web", {Cluster::endpoint(3, 1)});
      for (const Request& request : requests) {
        const Exchange exchange = cluster.send(request);
        BOOST_TEST(exchange.is_served(request), request.from << ": " << to_text(exchange));
        BOOST_TEST(exchange.server() == "n3p1");
      }
      scale(cluster, "web", {});
    }
  });
}

BOOST_AUTO_TEST_CASE(session_affinity_keeps_a_client_at_its_endpoint) {
  in_all_clusters([](Cluster& cluster) {
    api::Service service = cluster_ip(1);
    service.affinity_seconds = 10800;
    provide(cluster, "web", service,
            {Cluster::endpoint(1, 1), Cluster::endpoint(2, 1), Cluster::endpoint(3, 1)});
    const std::string first = cluster.send(to("n1p2", vip(1), tcp)).server();
    BOOST_TEST(!first.empty());
    for (std::uint16_t port = 41000; port < 41005; ++port) {
      BOOST_TEST(servers(cluster, to("n1p2", vip(1), tcp, port)) == first);
    }
    const std::uint8_t other = first == "n1p1" ? 2 : 1;
    scale(cluster, "web", {Cluster::endpoint(other, 1)});  // its endpoint goes
    BOOST_TEST(servers(cluster, to("n1p2", vip(1), tcp, 42000)) == Cluster::pod_name(other, 1));
  });
}

BOOST_AUTO_TEST_CASE(a_udp_flow_leaves_a_removed_endpoint) {
  in_all_clusters([](Cluster& cluster) {
    provide(cluster, "dns", cluster_ip(1), {Cluster::endpoint(2, 1)});
    const Request request = to("n1p1", vip(1));
    BOOST_TEST(cluster.send(request).server() == "n2p1");
    scale(cluster, "dns", {Cluster::endpoint(3, 1)});
    Exchange exchange = cluster.send(request);
    BOOST_TEST(exchange.server() != "n2p1");
    if (cluster.config().proxy == ProxyMode::ipvs && !exchange.is_served(request)) {
      exchange = cluster.send(request);  // the first one ended the old connection
    }
    BOOST_TEST(exchange.is_served(request), to_text(exchange));
    BOOST_TEST(exchange.server() == "n3p1");
  });
}

BOOST_AUTO_TEST_CASE(without_bridge_netfilter_answers_on_one_bridge_come_from_the_wrong_address) {
  for (const ProxyMode proxy : both_modes) {
    Cluster cluster({.proxy = proxy, .bridge_nf = false});
    provide(cluster, "web", cluster_ip(1), {Cluster::endpoint(1, 1)});
    const Request near = to("n1p2", vip(1));
    const Exchange exchange = cluster.send(near);
    BOOST_TEST(exchange.server() == "n1p1");
    BOOST_TEST(!exchange.is_served(near));
    const Request far = to("n2p1", vip(1));
    BOOST_TEST(cluster.send(far).is_served(far));
  }
}

BOOST_AUTO_TEST_SUITE_END()
