// Packets through small clusters: each case is a sentence about Linux with an obvious outcome.
#include "impl/overlay/node/node.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "impl/overlay/node/cluster_bed.hpp"

namespace plimsoll::overlay {
namespace {

base::Ipv4 ip(const char* text) {
  return *base::Ipv4::parse(text);
}

std::string summary(const Outcome& outcome) {
  if (!outcome.unknown.empty()) {
    return "unknown: " + outcome.unknown;
  }
  std::string text;
  for (const Delivery& one : outcome.delivered) {
    text += one.to + " from " + to_text(one.src) + " ttl " + std::to_string(one.ttl) + "; ";
  }
  if (outcome.reply) {
    text += "reply from " + to_text(outcome.reply->src) + " ttl " + std::to_string(outcome.reply->ttl) + "; ";
  }
  if (outcome.sender_error) {
    text += to_text(outcome.sender_error->error) + " by " + to_text(outcome.sender_error->offender) + "; ";
  }
  return text;
}

std::vector<std::string> places(const Outcome& outcome) {
  std::vector<std::string> made;
  for (const Hop& hop : outcome.path) {
    made.push_back(hop.at);
  }
  return made;
}

using bed::Backend;
using bed::cluster;
using bed::must;

Tables& tables_of(bed::Cluster& made, const char* name) {
  return made.tables.at(name);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(node_test)

BOOST_AUTO_TEST_CASE(a_bridge_leaves_the_ttl_alone) {
  const bed::Cluster made = cluster(1, 2);
  const Outcome outcome = made.udp("n1p1", ip("10.244.1.3"), 1);
  BOOST_TEST(summary(outcome) == "n1p2 from 10.244.1.2 ttl 1; reply from 10.244.1.3 ttl 64; ");
  const std::vector<std::string> way = {"n1p1:eth0", "n1:vethp1", "n1:vethp2", "n1p2:eth0"};
  BOOST_TEST(places(outcome) == way, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_routed_hop_takes_one_from_the_ttl) {
  for (const Backend backend : {Backend::vxlan, Backend::host_gw}) {
    const bed::Cluster made = cluster(2, 2, backend);
    BOOST_TEST(summary(made.udp("n1p1", ip("10.244.2.3"))) ==
               "n2p2 from 10.244.1.2 ttl 62; reply from 10.244.2.3 ttl 62; ");
    BOOST_TEST(summary(made.udp("n1p1", ip("10.244.2.3"), 3)) ==
               "n2p2 from 10.244.1.2 ttl 1; reply from 10.244.2.3 ttl 62; ");
    BOOST_TEST(summary(made.udp("n1p1", ip("10.244.2.3"), 1)) == "EHOSTUNREACH by 10.244.1.1; ");
  }
  BOOST_TEST(summary(cluster(2, 2).udp("n1p1", ip("10.244.2.3"), 2)) == "EHOSTUNREACH by 10.244.2.0; ");
}

BOOST_AUTO_TEST_CASE(errors_of_ports_neighbours_and_routes) {
  bed::Cluster made = cluster(2, 1);
  const Outcome closed = made.run({.source = "n1p1", .destination = ip("10.244.2.2"), .port = 81});
  BOOST_TEST(summary(closed) == "ECONNREFUSED by 10.244.2.2; ");
  BOOST_TEST(summary(made.udp("n1p1", ip("10.244.2.99"))) == "EHOSTUNREACH by 10.244.2.0; ");
  BOOST_TEST(summary(made.udp("n1p1", ip("10.244.1.99"))) == "EHOSTUNREACH by 10.244.1.2; ");
  must(tables_of(made, "n1"), RouteDelete{{}});
  BOOST_TEST(summary(made.udp("n1p1", ip("8.8.8.8"))) == "ENETUNREACH by 10.244.1.1; ");
  must(tables_of(made, "n1"), RouteAdd{{.destination = {ip("8.8.8.0"), 24}, .type = RouteType::unreachable}});
  BOOST_TEST(summary(made.udp("n1p1", ip("8.8.8.8"))) == "EHOSTUNREACH by 10.244.1.1; ");
  must(tables_of(made, "n1"),
       RouteReplace{{.destination = {ip("8.8.8.0"), 24}, .type = RouteType::blackhole}});
  BOOST_TEST(summary(made.udp("n1p1", ip("8.8.8.8"))) == "");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_cut_or_refused) {
  const bed::Cluster made = cluster(2, 1, Backend::vxlan, 1500);
  Probe probe = {.source = "n1p1", .destination = ip("10.244.2.2"), .port = 8080, .size = 1450};
  probe.path_mtu = PathMtu::probe;
  BOOST_TEST(summary(made.run(probe)) == "n2p1 from 10.244.1.2 ttl 62; reply from 10.244.2.2 ttl 62; ");
  probe.size = 1451;
  const Outcome refused = made.run(probe);
  BOOST_TEST(summary(refused) == "EMSGSIZE by 10.244.1.1; ");
  BOOST_REQUIRE(refused.sender_error.has_value());
  BOOST_TEST(refused.sender_error->mtu == 1450U);
  probe.size = 1501;
  BOOST_TEST((made.run(probe).sender_error->origin == SenderError::Origin::local));
  probe.path_mtu = PathMtu::dont;
  probe.size = 3000;
  BOOST_TEST(summary(made.run(probe)) == "n2p1 from 10.244.1.2 ttl 62; reply from 10.244.2.2 ttl 62; ");
}

BOOST_AUTO_TEST_CASE(a_fdb_entry_for_the_wrong_node_is_a_silent_loss) {
  bed::Cluster made = cluster(3, 1);
  must(tables_of(made, "n1"),
       FdbReplace{{.mac = bed::mac(3, 2, 0), .device = "flannel.1", .remote = ip("192.168.50.13")}});
  const Outcome outcome = made.udp("n1p1", ip("10.244.2.2"));
  BOOST_TEST(summary(outcome) == "");
  const std::vector<std::string> others = {"n3:flannel.1"};
  BOOST_TEST(outcome.seen_by_other_hosts == others, boost::test_tools::per_element());
  must(tables_of(made, "n1"), FdbDelete{{.mac = bed::mac(3, 2, 0), .device = "flannel.1"}});
  BOOST_TEST(summary(made.udp("n1p1", ip("10.244.2.2"))) == "");
}

BOOST_AUTO_TEST_CASE(a_fdb_entry_for_the_node_itself_loops_until_the_ttl_ends) {
  bed::Cluster made = cluster(2, 1);
  must(tables_of(made, "n1"),
       FdbReplace{{.mac = bed::mac(3, 2, 0), .device = "flannel.1", .remote = ip("192.168.50.11")}});
  BOOST_TEST(summary(made.udp("n1p1", ip("10.244.2.2"), 8)) == "EHOSTUNREACH by 10.244.1.1; ");
}

BOOST_AUTO_TEST_CASE(routes_that_point_at_each_other_end_with_the_ttl) {
  bed::Cluster made = cluster(3, 1);
  must(tables_of(made, "n2"), AddressDelete{bed::address("cni0", ip("10.244.2.1"), 24)});
  must(tables_of(made, "n2"), RouteReplace{{.destination = {ip("10.244.2.0"), 24},
                                            .gateway = ip("10.244.3.0"),
                                            .device = "flannel.1",
                                            .onlink = true}});
  BOOST_TEST(summary(made.udp("n1p1", ip("10.244.2.2"), 8)) == "EHOSTUNREACH by 10.244.2.0; ");
  BOOST_TEST(summary(made.udp("n1p1", ip("10.244.2.2"), 9)) == "EHOSTUNREACH by 10.244.3.0; ");
}

BOOST_AUTO_TEST_CASE(a_broadcast_reaches_all_pods_of_the_bridge) {
  const bed::Cluster made = cluster(1, 3);
  BOOST_TEST(made.udp("n1p1", ip("10.244.1.255")).delivered.size() == 3U);
}

BOOST_AUTO_TEST_CASE(isolated_ports_do_not_meet) {
  bed::Cluster made = cluster(1, 3);
  for (const char* port : {"vethp1", "vethp2"}) {
    find_link(tables_of(made, "n1"), port)->port->isolated = true;
  }
  BOOST_TEST(summary(made.udp("n1p1", ip("10.244.1.3"))) == "EHOSTUNREACH by 10.244.1.2; ");
  BOOST_TEST(made.udp("n1p1", ip("10.244.1.4")).delivered.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_connection_is_accepted_refused_or_lost) {
  bed::Cluster made = cluster(2, 1);
  Probe probe = {.kind = ProbeKind::tcp, .source = "n1p1", .destination = ip("10.244.2.2"), .port = 8080};
  const Outcome accepted = made.run(probe);
  BOOST_TEST(accepted.delivered.size() == 1U);
  BOOST_TEST(accepted.tcp->connected);
  probe.port = 81;
  BOOST_TEST((made.run(probe).tcp->error == Errno::econnrefused));
  must(tables_of(made, "n2"), SysctlSet{"net.ipv4.ip_forward", "0"});
  BOOST_TEST((made.run(probe).tcp == TcpResult{}));
}

BOOST_AUTO_TEST_CASE(bridged_packets_meet_forward_rules_only_if_bridges_call_iptables) {
  bed::Cluster made = cluster(1, 2);
  Tables& node = tables_of(made, "n1");
  must(node, IptablesRestore{.text = "*filter\n:FORWARD DROP [0:0]\nCOMMIT\n"});
  BOOST_TEST(made.udp("n1p1", ip("10.244.1.3")).delivered.size() == 1U);
  must(node, SysctlSet{"net.bridge.bridge-nf-call-iptables", "1"});
  BOOST_TEST(made.udp("n1p1", ip("10.244.1.3")).delivered.empty());
}

BOOST_AUTO_TEST_CASE(a_destination_behind_the_same_bridge_is_translated_while_bridging) {
  bed::Cluster made = cluster(1, 2);
  Tables& node = tables_of(made, "n1");
  must(node,
       IptablesRestore{
           .text = "*nat\n-A PREROUTING -d 10.96.0.1/32 -j DNAT --to-destination 10.244.1.3\nCOMMIT\n"});
  must(node, SysctlSet{"net.bridge.bridge-nf-call-iptables", "1"});
  BOOST_TEST(summary(made.udp("n1p1", ip("10.96.0.1"))) ==
             "n1p2 from 10.244.1.2 ttl 64; reply from 10.96.0.1 ttl 64; ");
  must(node, SysctlSet{"net.bridge.bridge-nf-call-iptables", "0"});
  BOOST_TEST(summary(made.udp("n1p1", ip("10.96.0.1"))) ==
             "n1p2 from 10.244.1.2 ttl 63; reply from 10.244.1.3 ttl 64; ");
}

BOOST_AUTO_TEST_CASE(what_is_not_modelled_is_unknown) {
  bed::Cluster made = cluster(2, 1);
  must(tables_of(made, "n1"),
       IptablesRestore{.text = "*filter\n-A FORWARD -m bpf --object-pinned /x -j DROP\nCOMMIT\n"});
  BOOST_TEST(summary(made.udp("n1p1", ip("10.244.2.2"))).starts_with("unknown: n1: netfilter: "));
  BOOST_TEST(summary(made.udp("n2p1", ip("10.244.2.1"))) == "ECONNREFUSED by 10.244.2.1; ");
  bed::Cluster odd = cluster(2, 1);
  Link* eth0 = find_link(tables_of(odd, "n1"), "eth0");
  eth0->kind = LinkKind::other;
  eth0->kind_name = "macvlan";
  BOOST_TEST(summary(odd.udp("n1p1", ip("10.244.2.2"))) == "unknown: n1: a device of kind macvlan");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay
