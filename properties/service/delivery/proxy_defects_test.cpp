// Each defect of kube-proxy that harms packets: with it a packet is lost, refused or misdelivered; without
// it, the same packet is served.
#include <boost/test/unit_test.hpp>

#include "properties/service/delivery/test_services.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::properties::delivery;
using api::Defect;
using enum api::TrafficPolicy;

/// Calls `test(cluster, is_defective)` without the defect and with it.
template <class Test>
void with_and_without(Defect defect, ProxyMode proxy, const Test& test) {
  for (const bool is_defective : {false, true}) {
    BOOST_TEST_CONTEXT((is_defective ? "with" : "without") << " the defect") {
      Cluster cluster({.proxy = proxy,
                       .kernel_before_5_16 = true,
                       .proxy_defects = is_defective ? api::Defects().with(defect) : api::Defects()});
      test(cluster, is_defective);
    }
  }
}

/// The next iptables-restore of `node` fails, once.
void fail_next_restore(Cluster& cluster, std::uint8_t node) {
  KubeProxy& proxy = cluster.kube_proxy(node);
  proxy.refuse = [&proxy](const net::TableChange& change) {
    const bool is_restore = std::holds_alternative<net::IptablesRestore>(change);
    if (is_restore) {
      proxy.refuse = {};  // ends this function object's life: nothing of it is used from here on
    }
    return is_restore;
  };
}

/// A client whose first packet may have ended an old connection tries again.
Exchange send_twice(Cluster& cluster, const Request& request) {
  const Exchange first = cluster.send(request);
  return first.is_lost() ? cluster.send(request) : first;
}

const Request flow = to("n1p1", vip(1), udp);

}  // namespace

BOOST_AUTO_TEST_SUITE(proxy_defects_test)

BOOST_AUTO_TEST_CASE(P1_a_udp_flow_stays_with_an_endpoint_that_is_gone) {
  with_and_without(Defect::P1, ProxyMode::iptables, [](Cluster& cluster, bool is_defective) {
    provide(cluster, "dns", cluster_ip(1), {Cluster::endpoint(2, 1)});
    BOOST_TEST(cluster.send(flow).server() == "n2p1");
    scale(cluster, "dns", {Cluster::endpoint(3, 1)});
    BOOST_TEST(cluster.send(flow).server() == (is_defective ? "n2p1" : "n3p1"));
  });
}

BOOST_AUTO_TEST_CASE(P2_a_flow_that_began_before_its_service_had_endpoints_is_never_translated) {
  with_and_without(Defect::P2, ProxyMode::iptables, [](Cluster& cluster, bool is_defective) {
    BOOST_TEST(cluster.send(flow).is_lost());  // masqueraded, and out by the default route
    provide(cluster, "dns", cluster_ip(1), {Cluster::endpoint(2, 1)});
    BOOST_TEST(cluster.send(flow).is_served(flow) != is_defective);
  });
}

BOOST_AUTO_TEST_CASE(P3_flows_go_on_to_the_last_endpoint_after_it_went) {
  with_and_without(Defect::P3, ProxyMode::iptables, [](Cluster& cluster, bool is_defective) {
    provide(cluster, "dns", cluster_ip(1), {Cluster::endpoint(2, 1)});
    BOOST_TEST(cluster.send(flow).server() == "n2p1");
    scale(cluster, "dns", {});
    const Exchange exchange = cluster.send(flow);
    BOOST_TEST(exchange.server() == (is_defective ? "n2p1" : ""));
    BOOST_TEST(exchange.is_refused() != is_defective);
  });
}

BOOST_AUTO_TEST_CASE(P4_flows_of_a_deleted_service_leak_to_whoever_has_the_address_next) {
  with_and_without(Defect::P4, ProxyMode::iptables, [](Cluster& cluster, bool is_defective) {
    provide(cluster, "dns", cluster_ip(1), {Cluster::endpoint(2, 1)});
    BOOST_TEST(cluster.send(flow).server() == "n2p1");
    cluster.set_service("dns", std::nullopt);
    cluster.settle();
    BOOST_TEST(cluster.send(flow).server() == (is_defective ? "n2p1" : ""));
  });
}

BOOST_AUTO_TEST_CASE(P5_after_a_failed_restore_flows_are_never_cleaned_up) {
  with_and_without(Defect::P5, ProxyMode::iptables, [](Cluster& cluster, bool is_defective) {
    provide(cluster, "dns", cluster_ip(1), {Cluster::endpoint(2, 1)});
    BOOST_TEST(cluster.send(flow).server() == "n2p1");
    fail_next_restore(cluster, 1);
    scale(cluster, "dns", {Cluster::endpoint(3, 1)});
    BOOST_TEST(cluster.send(flow).server() == (is_defective ? "n2p1" : "n3p1"));
    BOOST_TEST(cluster.send(to("n1p1", vip(1), udp, 50000)).server() == "n3p1");  // the rules are right
  });
}

BOOST_AUTO_TEST_CASE(P6_after_a_failed_partial_sync_chains_of_its_services_are_missing) {
  with_and_without(Defect::P6, ProxyMode::iptables, [](Cluster& cluster, bool is_defective) {
    provide(cluster, "old", cluster_ip(9), {Cluster::endpoint(2, 1)});
    fail_next_restore(cluster, 1);
    provide(cluster, "a", cluster_ip(1), {Cluster::endpoint(2, 1)});
    provide(cluster, "b", cluster_ip(2), {Cluster::endpoint(3, 1)});
    const Request second = to("n1p1", vip(2), udp);
    BOOST_TEST(cluster.send(flow).is_served(flow) != is_defective);
    BOOST_TEST(cluster.send(second).is_served(second) != is_defective);
  });
}

BOOST_AUTO_TEST_CASE(P7_nobody_notices_that_the_nat_table_was_flushed) {
  with_and_without(Defect::P7, ProxyMode::iptables, [](Cluster& cluster, bool is_defective) {
    provide(cluster, "web", cluster_ip(1), {Cluster::endpoint(2, 1)});
    cluster.kernel("n1").must(net::IptablesRestore{"*nat\nCOMMIT\n", false});
    const Request request = to("n1p1", vip(1), tcp);
    BOOST_TEST(!cluster.send(request).is_served(request));
    BOOST_TEST(cluster.kube_proxy(1).fire("monitor") != is_defective);
    cluster.settle();
    const Request again = to("n1p1", vip(1), tcp, 50000);
    BOOST_TEST(cluster.send(again).is_served(again) != is_defective);
  });
}

BOOST_AUTO_TEST_CASE(P9_an_invalid_segment_reaches_the_client_from_the_wrong_address) {
  with_and_without(Defect::P9, ProxyMode::iptables, [](Cluster& cluster, bool is_defective) {
    provide(cluster, "web", cluster_ip(1), {Cluster::endpoint(2, 1)});
    const Request request = to("n1p1", vip(1), tcp);
    BOOST_TEST(cluster.send(request).is_served(request));
    // The server opens the connection that is open: no state of it takes a SYN from there.
    Request stray = to("n2p1", Cluster::pod_ip(1, 1), tcp, Cluster::pod_port, request.source_port);
    stray.tcp_flags = net::tcp_flag::syn;
    const Exchange exchange = cluster.send(stray);
    BOOST_TEST(exchange.arrivals.size() == (is_defective ? 1U : 0U), to_text(exchange));
    if (is_defective) {
      BOOST_TEST(to_text(exchange.arrivals.front().ends.src) == to_text(Cluster::pod_ip(2, 1)));
    }
  });
}

BOOST_AUTO_TEST_CASE(P10_a_real_server_that_comes_back_stays_at_weight_0) {
  with_and_without(Defect::P10, ProxyMode::ipvs, [](Cluster& cluster, bool is_defective) {
    provide(cluster, "web", cluster_ip(1), {Cluster::endpoint(2, 1)});
    const Request open = to("n1p1", vip(1), tcp);
    BOOST_TEST(cluster.send(open).is_served(open));
    scale(cluster, "web", {});  // its connection keeps it there
    cluster.restart_kube_proxy(1);
    scale(cluster, "web", {Cluster::endpoint(2, 1)});
    const Request request = to("n1p1", vip(1), tcp, 50000);
    const Exchange exchange = cluster.send(request);
    BOOST_TEST(exchange.is_served(request) != is_defective);
    BOOST_TEST(exchange.is_refused() == is_defective);
  });
}

/// Opens a connection, and resets it.
void open_and_reset(Cluster& cluster, const Request& request) {
  BOOST_TEST(cluster.send(request).is_served(request));
  Request reset = request;
  reset.tcp_flags = net::tcp_flag::rst | net::tcp_flag::ack;
  cluster.send(reset);
}

BOOST_AUTO_TEST_CASE(P11_a_reused_port_is_sent_to_the_server_of_the_old_connection) {
  with_and_without(Defect::P11, ProxyMode::ipvs, [](Cluster& cluster, bool is_defective) {
    provide(cluster, "web", cluster_ip(1), {Cluster::endpoint(2, 1)});
    const Request request = to("n1p1", vip(1), tcp);
    open_and_reset(cluster, request);
    scale(cluster, "web", {Cluster::endpoint(3, 1)});
    BOOST_TEST(send_twice(cluster, request).server() == (is_defective ? "n2p1" : "n3p1"));
  });
}

BOOST_AUTO_TEST_CASE(P12_session_affinity_chooses_an_endpoint_that_is_gone) {
  with_and_without(Defect::P12, ProxyMode::ipvs, [](Cluster& cluster, bool is_defective) {
    api::Service service = cluster_ip(1);
    service.affinity_seconds = 10800;
    provide(cluster, "web", service, {Cluster::endpoint(2, 1)});
    open_and_reset(cluster, to("n1p1", vip(1), tcp));
    scale(cluster, "web", {Cluster::endpoint(3, 1)});
    BOOST_TEST(cluster.send(to("n1p1", vip(1), tcp, 50000)).server() == (is_defective ? "n2p1" : "n3p1"));
  });
}

BOOST_AUTO_TEST_CASE(P13_established_connections_end_with_their_endpoint) {
  with_and_without(Defect::P13, ProxyMode::ipvs, [](Cluster& cluster, bool is_defective) {
    provide(cluster, "web", cluster_ip(1), {Cluster::endpoint(2, 1)});
    Request request = to("n1p1", vip(1), tcp);
    BOOST_TEST(cluster.send(request).is_served(request));
    scale(cluster, "web", {Cluster::endpoint(3, 1)});
    request.tcp_flags = net::tcp_flag::ack | net::tcp_flag::psh;
    BOOST_TEST(cluster.send(request).server() == (is_defective ? "" : "n2p1"));
  });
}

BOOST_AUTO_TEST_CASE(P14_endpoints_that_terminate_and_still_serve_get_nothing) {
  with_and_without(Defect::P14, ProxyMode::iptables, [](Cluster& cluster, bool is_defective) {
    provide(cluster, "web", node_port(1, local),
            {terminating(Cluster::endpoint(1, 1)), Cluster::endpoint(2, 1)});
    const Request request = to("cl", Cluster::node_ip(1), tcp, 40001, 30001);
    const Exchange exchange = cluster.send(request);
    BOOST_TEST(exchange.is_served(request) != is_defective);
    BOOST_TEST(exchange.is_lost() == is_defective);
  });
}

BOOST_AUTO_TEST_CASE(P15_a_pod_does_not_reach_itself_through_its_service) {
  for (const ProxyMode proxy : both_modes) {
    with_and_without(Defect::P15, proxy, [](Cluster& cluster, bool is_defective) {
      provide(cluster, "web", cluster_ip(1), {Cluster::endpoint(1, 1)});
      const Request request = to("n1p1", vip(1), tcp);
      BOOST_TEST(cluster.send(request).is_served(request) != is_defective);
    });
  }
}

BOOST_AUTO_TEST_CASE(P16_services_after_a_shared_node_port_have_no_rules) {
  with_and_without(Defect::P16, ProxyMode::iptables, [](Cluster& cluster, bool is_defective) {
    api::Service second = node_port(2);
    for (api::ServicePortSpec& port : second.ports) {
      port.node_port = 30001;
    }
    provide(cluster, "a", node_port(1), {Cluster::endpoint(1, 1)});
    provide(cluster, "b", second, {Cluster::endpoint(2, 1)});
    provide(cluster, "c", cluster_ip(3), {Cluster::endpoint(3, 1)});
    BOOST_TEST(cluster.send(flow).is_served(flow));
    const Request last = to("n1p1", vip(3), tcp);
    BOOST_TEST(cluster.send(last).is_served(last) != is_defective);
  });
}

BOOST_AUTO_TEST_SUITE_END()
