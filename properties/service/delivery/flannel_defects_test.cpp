// Each defect of flannel's backends that harms packets: with it a packet is lost or misdelivered; without it,
// the same packet arrives.
#include <boost/test/unit_test.hpp>

#include "impl/overlay/node/cluster_bed.hpp"
#include "properties/service/delivery/test_services.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::properties::delivery;
using flannel::BackendKind;
using flannel::Defect;

template <class Test>
void with_and_without(Defect defect, BackendKind backend, const Test& test) {
  for (const bool is_defective : {false, true}) {
    BOOST_TEST_CONTEXT((is_defective ? "with" : "without")
                       << " the defect, " << flannel::backend_type(backend)) {
      Cluster cluster(
          {.backend = backend,
           .flannel_defects = is_defective ? flannel::Defects().with(defect) : flannel::Defects()});
      test(cluster, is_defective);
    }
  }
}

Request to_pod(const std::string& from, base::Ipv4 pod, std::uint16_t source_port = 40001) {
  return to(from, pod, udp, source_port, Cluster::pod_port);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(flannel_defects_test)

BOOST_AUTO_TEST_CASE(F3_a_node_with_a_new_device_is_sent_frames_for_the_old_one) {
  with_and_without(Defect::F3, BackendKind::vxlan, [](Cluster& cluster, bool is_defective) {
    const Request request = to_pod("n1p1", Cluster::pod_ip(2, 1));
    BOOST_TEST(cluster.send(request).is_served(request));
    cluster.kernel("n2").must(net::LinkDelete{"flannel.1"});  // a reboot
    cluster.flanneld(2).start(Cluster::subnet(2));
    cluster.list_leases(2);
    cluster.announce_lease(2);
    const Exchange exchange = cluster.send(request);
    BOOST_TEST(exchange.is_served(request) != is_defective);
    BOOST_TEST(exchange.is_lost() == is_defective);
  });
}

/// The lease of n3 vanishes, and its addresses become n2's: by a larger lease, 10.244.2.0/23.
void move_subnet_3_to_node_2(Cluster& cluster) {
  const base::Ipv4Prefix wide(base::Ipv4(10, 244, 2, 0), 23);
  NodeKernel& node = cluster.kernel("n2");
  cluster.flanneld(2).hear({{{Cluster::subnet(3), std::nullopt}}, false});
  node.must(net::AddressAdd{net::bed::address("cni0", base::Ipv4(10, 244, 2, 1), 23)});
  NodeKernel& pod = cluster.kernel("n2p2");
  pod.must(net::AddressDelete{net::bed::address("eth0", Cluster::pod_ip(2, 2), 24)});
  pod.must(net::AddressAdd{net::bed::address("eth0", Cluster::pod_ip(3, 1), 23)});
  pod.must(net::RouteReplace{{.gateway = base::Ipv4(10, 244, 2, 1), .device = "eth0"}});
  // n1's flanneld was down meanwhile.
  cluster.flanneld(1).start(Cluster::subnet(1));
  cluster.flanneld(1).hear({{{wide, cluster.flanneld(2).attributes()}}, true});
}

BOOST_AUTO_TEST_CASE(F4_packets_for_a_subnet_that_moved_go_where_it_was) {
  for (const BackendKind backend : {BackendKind::vxlan, BackendKind::host_gw}) {
    with_and_without(Defect::F4, backend, [](Cluster& cluster, bool is_defective) {
      const Request request = to_pod("n1p1", Cluster::pod_ip(3, 1));
      BOOST_TEST(cluster.send(request).server() == "n3p1");
      move_subnet_3_to_node_2(cluster);
      const Request again = to_pod("n1p1", Cluster::pod_ip(3, 1), 50000);
      BOOST_TEST(cluster.send(again).server() == (is_defective ? "n3p1" : "n2p2"));
    });
  }
}

BOOST_AUTO_TEST_CASE(F5_a_node_whose_entry_the_kernel_refused_stays_unreachable) {
  with_and_without(Defect::F5, BackendKind::vxlan, [](Cluster& cluster, bool is_defective) {
    const Request request = to_pod("n1p1", Cluster::pod_ip(2, 1));
    cluster.announce_lease(2, true);
    BOOST_TEST(!cluster.send(request).is_served(request));
    cluster.flanneld(1).refuse = [](const flannel::Question& question) -> std::optional<net::Errno> {
      const auto* const change = std::get_if<net::TableChange>(&question);
      const bool is_fdb = change != nullptr && std::holds_alternative<net::FdbReplace>(*change);
      return is_fdb ? std::optional(net::Errno::ebusy) : std::nullopt;
    };
    cluster.announce_lease(2);
    cluster.flanneld(1).refuse = {};
    const Request again = to_pod("n1p1", Cluster::pod_ip(2, 1), 50000);
    BOOST_TEST(!cluster.send(again).is_served(again));
    BOOST_TEST(cluster.flanneld(1).fire(flannel::BackendTimer::retry) != is_defective);
    const Request later = to_pod("n1p1", Cluster::pod_ip(2, 1), 51000);
    BOOST_TEST(cluster.send(later).is_served(later) != is_defective);
  });
}

BOOST_AUTO_TEST_CASE(F6_nobody_looks_for_routes_that_went_with_the_device) {
  with_and_without(Defect::F6, BackendKind::vxlan, [](Cluster& cluster, bool is_defective) {
    cluster.kernel("n1").must(net::LinkDown{"flannel.1"});
    cluster.kernel("n1").must(net::LinkUp{"flannel.1"});
    const Request request = to_pod("n1p1", Cluster::pod_ip(2, 1));
    BOOST_TEST(!cluster.send(request).is_served(request));
    cluster.flanneld(1).fire(flannel::BackendTimer::check);
    const Request later = to_pod("n1p1", Cluster::pod_ip(2, 1), 50000);
    BOOST_TEST(cluster.send(later).is_served(later) != is_defective);
  });
}

BOOST_AUTO_TEST_CASE(F13_small_packets_arrive_and_large_ones_vanish) {
  for (const BackendKind backend : {BackendKind::vxlan, BackendKind::udp}) {
    with_and_without(Defect::F13, backend, [](Cluster& cluster, bool is_defective) {
      Request request = to_pod("n1p1", Cluster::pod_ip(2, 1));
      request.path_mtu = net::PathMtu::want;
      BOOST_TEST(cluster.send(request).is_served(request));
      request.size = 1500;
      BOOST_TEST(cluster.send(request).is_served(request) != is_defective);
      BOOST_TEST((cluster.send(request).server() == "n2p1") != is_defective);
    });
  }
}

/// Makes flannel's jump the first of POSTROUTING, as where flanneld was started after kube-proxy with -I.
void let_flannel_go_first(Cluster& cluster, const std::string& node) {
  const std::string jump = R"(POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG)";
  cluster.kernel(node).must(net::IptablesRestore{"*nat\n-D " + jump + "\n-I " + jump + "\nCOMMIT\n", true});
}

/// No packet is lost in this model, since both rules give the same address. What can be seen is that the mark
/// stays on the packet, and with it on the tunnel's packet, which is masqueraded once more.
BOOST_AUTO_TEST_CASE(F14_what_kube_proxy_marked_is_masqueraded_by_flannel_and_keeps_its_mark) {
  with_and_without(Defect::F14, BackendKind::vxlan, [](Cluster& cluster, bool is_defective) {
    provide(cluster, "web", node_port(1), {Cluster::endpoint(2, 1)});
    let_flannel_go_first(cluster, "n1");
    const Request request = to("cl", Cluster::node_ip(1), tcp, 40001, 30001);
    BOOST_TEST(cluster.send(request).is_served(request));
    bool is_masqueraded = false;
    for (const net::netfilter::Flow& flow : cluster.kernel("n1").remembered.netfilter.conntrack.flows()) {
      is_masqueraded =
          is_masqueraded || (flow.original.dst_port == flannel::default_vxlan_port && flow.src_nat);
    }
    BOOST_TEST(is_masqueraded == is_defective);
  });
}

BOOST_AUTO_TEST_SUITE_END()
