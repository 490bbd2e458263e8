// The rules of kube-proxy, as packets can see them. KPX-1, the names of chains, they cannot.
#include <boost/test/unit_test.hpp>

#include "properties/service/delivery/test_services.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::properties::delivery;
using enum api::TrafficPolicy;

std::string seen_source(const Exchange& exchange) {
  return exchange.arrivals.size() == 1 ? to_text(exchange.arrivals.front().ends.src) : to_text(exchange);
}

template <class Test>
void in_both_modes(const Test& test) {
  for (const ProxyMode proxy : both_modes) {
    BOOST_TEST_CONTEXT((proxy == ProxyMode::ipvs ? "ipvs" : "iptables")) {
      Cluster cluster({.proxy = proxy});
      test(cluster);
    }
  }
}

const std::vector<api::SliceEndpoint> on_1_and_2 = {Cluster::endpoint(1, 1), Cluster::endpoint(2, 1)};

}  // namespace

BOOST_AUTO_TEST_SUITE(kpx_test)

BOOST_AUTO_TEST_CASE(KPX_2_addresses_are_asked_before_node_ports) {
  Cluster cluster({});
  api::Service first = cluster_ip(2);
  first.ports = {{"u", udp, 30001, 0}};
  first.external_ips = {Cluster::node_ip(1)};
  provide(cluster, "z", first, {Cluster::endpoint(3, 1)});
  provide(cluster, "a", node_port(1), {Cluster::endpoint(2, 1)});
  BOOST_TEST(servers(cluster, to("cl", Cluster::node_ip(1), udp, 40001, 30001)) == "n3p1");
  BOOST_TEST(servers(cluster, to("cl", Cluster::node_ip(2), udp, 40001, 30001)) == "n2p1");
  // A node port is on all addresses of a node, and on the node's own way out too.
  BOOST_TEST(servers(cluster, to("n1p1", base::Ipv4(10, 244, 1, 1), udp, 40001, 30001)) == "n2p1");
  BOOST_TEST(servers(cluster, to("n2", Cluster::node_ip(2), tcp, 40001, 30001)) == "n2p1");
}

BOOST_AUTO_TEST_CASE(KPX_3_strangers_at_a_cluster_ip_are_masqueraded_and_pods_are_not) {
  in_both_modes([](Cluster& cluster) {
    provide(cluster, "web", cluster_ip(1), {Cluster::endpoint(1, 1)});
    BOOST_TEST(seen_source(cluster.send(to("cl", vip(1)))) == "10.244.1.1");
    BOOST_TEST(seen_source(cluster.send(to("n1p2", vip(1)))) == to_text(Cluster::pod_ip(1, 2)));
    BOOST_TEST(seen_source(cluster.send(to("n3p2", vip(1)))) == to_text(Cluster::pod_ip(3, 2)));
  });
  Cluster all({.masquerade_all = true});
  provide(all, "web", cluster_ip(1), {Cluster::endpoint(1, 1)});
  BOOST_TEST(seen_source(all.send(to("n1p2", vip(1)))) == "10.244.1.1");
}

BOOST_AUTO_TEST_CASE(KPX_3_each_of_n_endpoints_is_a_choice) {
  for (std::uint8_t count = 1; count <= 3; ++count) {
    Cluster cluster({});
    std::vector<api::SliceEndpoint> endpoints;
    for (std::uint8_t node = 1; node <= count; ++node) {
      endpoints.push_back(Cluster::endpoint(node, 1));
    }
    provide(cluster, "web", cluster_ip(1), endpoints);
    BOOST_TEST(cluster.possible(to("n1p2", vip(1))).size() == count);
  }
}

BOOST_AUTO_TEST_CASE(KPX_4_a_pod_that_meets_itself_sees_its_node) {
  in_both_modes([](Cluster& cluster) {
    provide(cluster, "web", cluster_ip(1), {Cluster::endpoint(1, 1)});
    BOOST_TEST(seen_source(cluster.send(to("n1p1", vip(1)))) == "10.244.1.1");
  });
}

BOOST_AUTO_TEST_CASE(KPX_5_policy_local_is_for_strangers) {
  in_both_modes([](Cluster& cluster) {
    provide(cluster, "web", load_balancer(1, local), on_1_and_2);
    BOOST_TEST(servers(cluster, to("cl", outer_ip(1), tcp, 40001)) == "n1p1");
    BOOST_TEST(seen_source(cluster.send(to("cl", outer_ip(1), udp, 41001))) == to_text(Cluster::client_ip()));
    // Pods of a node without endpoints, and that node itself.
    BOOST_TEST(servers(cluster, to("n3p1", outer_ip(1), tcp, 42001)) == "n1p1 n2p1");
    BOOST_TEST(servers(cluster, to("n3", outer_ip(1), tcp, 43001)) == "n1p1 n2p1");
  });
}

BOOST_AUTO_TEST_CASE(KPX_5_policy_cluster_masquerades_strangers) {
  in_both_modes([](Cluster& cluster) {
    provide(cluster, "web", load_balancer(1), {Cluster::endpoint(1, 1)});
    BOOST_TEST(seen_source(cluster.send(to("cl", outer_ip(1), udp, 41001))) == "10.244.1.1");
  });
}

BOOST_AUTO_TEST_CASE(KPX_6_nobody_anywhere_is_told_and_nobody_here_is_not) {
  Cluster cluster({});
  provide(cluster, "none", node_port(1, local), {});
  provide(cluster, "elsewhere", node_port(2, local), {Cluster::endpoint(2, 1)});
  for (const api::Protocol protocol : {udp, tcp}) {
    BOOST_TEST(cluster.send(to("cl", Cluster::node_ip(1), protocol, 40001, 30001)).is_refused());
    BOOST_TEST(cluster.send(to("cl", Cluster::node_ip(1), protocol, 40001, 30002)).is_lost());
    BOOST_TEST(cluster.send(to("n1p1", vip(1), protocol)).is_refused());
  }
}

BOOST_AUTO_TEST_CASE(KPX_6_source_ranges) {
  in_both_modes([](Cluster& cluster) {
    api::Service service = load_balancer(1);
    service.source_ranges = {{base::Ipv4(192, 168, 50, 96), 29}};
    provide(cluster, "web", service, {Cluster::endpoint(2, 1)});
    BOOST_TEST(servers(cluster, to("cl", outer_ip(1), tcp)) == "n2p1");
    BOOST_TEST(cluster.send(to("n1p1", outer_ip(1), tcp)).is_lost());
    service.source_ranges = {{base::Ipv4(10, 244, 1, 0), 24}};
    provide(cluster, "web", service, {Cluster::endpoint(2, 1)});
    BOOST_TEST(cluster.send(to("cl", outer_ip(1), tcp, 41001)).is_lost());
    BOOST_TEST(servers(cluster, to("n1p1", outer_ip(1), tcp, 41001)) == "n2p1");
  });
}

/// Whether the packets of the tunnel itself were masqueraded by `node`.
bool tunnel_is_masqueraded(Cluster& cluster, const std::string& node) {
  constexpr std::uint16_t vxlan_port = flannel::default_vxlan_port;
  for (const net::netfilter::Flow& flow : cluster.kernel(node).remembered.netfilter.conntrack.flows()) {
    if (flow.original.dst_port == vxlan_port && flow.src_nat) {
      return true;
    }
  }
  return false;
}

BOOST_AUTO_TEST_CASE(KPX_7_the_mark_is_gone_when_the_packet_is_masqueraded) {
  in_both_modes([](Cluster& cluster) {
    provide(cluster, "web", node_port(1), {Cluster::endpoint(2, 1)});
    const Request request = to("cl", Cluster::node_ip(1), tcp, 40001, 30001);
    BOOST_TEST(seen_source(cluster.send(request)) == "10.244.1.0");  // flannel.1 of the node in between
    // A VXLAN device gives the mark on to the tunnel's packet.
    BOOST_TEST(!tunnel_is_masqueraded(cluster, "n1"));
  });
}

BOOST_AUTO_TEST_CASE(KPX_8_endpoints_that_terminate_serve_if_no_others_are_ready) {
  in_both_modes([](Cluster& cluster) {
    const api::SliceEndpoint leaving = terminating(Cluster::endpoint(1, 1));
    const api::SliceEndpoint gone = terminating(Cluster::endpoint(2, 1), false);
    provide(cluster, "web", cluster_ip(1), {leaving, gone, Cluster::endpoint(3, 1)});
    BOOST_TEST(servers(cluster, to("n1p2", vip(1))) == "n3p1");
    provide(cluster, "web2", cluster_ip(2), {leaving, gone});
    BOOST_TEST(servers(cluster, to("n1p2", vip(2), udp, 41001)) == "n1p1");
    provide(cluster, "web3", cluster_ip(3), {gone});
    BOOST_TEST(cluster.send(to("n1p2", vip(3), udp, 42001)).is_refused());
  });
}

BOOST_AUTO_TEST_CASE(KPX_8_internal_policy_local_stays_on_the_node) {
  in_both_modes([](Cluster& cluster) {
    api::Service service = cluster_ip(1);
    service.internal_policy = local;
    provide(cluster, "web", service, on_1_and_2);
    BOOST_TEST(servers(cluster, to("n1p2", vip(1), tcp)) == "n1p1");
    BOOST_TEST(servers(cluster, to("n2p2", vip(1), tcp)) == "n2p1");
    const Request elsewhere = to("n3p2", vip(1), tcp);
    BOOST_TEST(cluster.send(elsewhere).arrivals.empty());
  });
}

BOOST_AUTO_TEST_CASE(KPX_9_connections_stay_and_stale_datagrams_do_not) {
  in_both_modes([](Cluster& cluster) {
    provide(cluster, "web", cluster_ip(1), {Cluster::endpoint(2, 1)});
    Request connection = to("n1p1", vip(1), tcp);
    const Request flow = to("n1p1", vip(1), udp);
    BOOST_TEST(cluster.send(connection).server() == "n2p1");
    BOOST_TEST(cluster.send(flow).server() == "n2p1");
    scale(cluster, "web", {Cluster::endpoint(3, 1)});
    connection.tcp_flags = net::tcp_flag::ack | net::tcp_flag::psh;
    BOOST_TEST(cluster.send(connection).server() == "n2p1");
    const Exchange first = cluster.send(flow);
    BOOST_TEST(first.server() != "n2p1");
    BOOST_TEST((first.is_lost() ? cluster.send(flow) : first).server() == "n3p1");
  });
}

BOOST_AUTO_TEST_CASE(KPX_10_what_could_not_be_written_is_as_before_and_comes_later) {
  Cluster cluster({});
  provide(cluster, "dns", cluster_ip(1), {Cluster::endpoint(2, 1)});
  const Request flow = to("n1p1", vip(1), udp);
  BOOST_TEST(cluster.send(flow).server() == "n2p1");
  cluster.kube_proxy(1).refuse = [](const net::TableChange& change) {
    return std::holds_alternative<net::IptablesRestore>(change);
  };
  scale(cluster, "dns", {Cluster::endpoint(3, 1)});
  BOOST_TEST(cluster.send(flow).server() == "n2p1");
  BOOST_TEST(cluster.send(to("n1p1", vip(1), tcp)).server() == "n2p1");
  cluster.kube_proxy(1).refuse = {};
  cluster.settle();
  BOOST_TEST(cluster.send(flow).server() == "n3p1");
  BOOST_TEST(cluster.send(to("n1p1", vip(1), tcp, 50000)).server() == "n3p1");
}

BOOST_AUTO_TEST_SUITE_END()
