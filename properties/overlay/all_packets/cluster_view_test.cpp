#include "properties/overlay/all_packets/cluster_view.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/save_format.hpp"

namespace plimsoll::properties::overlay {
namespace {

using base::Ipv4;
using base::Ipv4Prefix;

constexpr std::uint8_t tcp = 6;
constexpr std::uint8_t udp = 17;

plimsoll::overlay::netfilter::Ruleset rules(const std::string& nat, const std::string& filter = "") {
  const std::string text =
      "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n"
      ":MASQ - [0:0]\n:SVC - [0:0]\n:ALL - [0:0]\n:SEP-A - [0:0]\n:SEP-B - [0:0]\n"
      "-A MASQ -j MARK --set-xmark 0x4000/0x4000\n"
      "-A SVC -m statistic --mode random --probability 0.5 -j SEP-A\n-A SVC -j SEP-B\n"
      "-A ALL -j MASQ\n-A ALL -j SVC\n"
      "-A SEP-A -s 10.244.1.2/32 -j MASQ\n"
      "-A SEP-A -p udp -m udp -j DNAT --to-destination 10.244.1.2:8080\n"
      "-A SEP-B -p udp -m udp -j DNAT --to-destination 10.244.2.2\n" +
      nat + "COMMIT\n*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n" + filter +
      "COMMIT\n";
  auto parsed = plimsoll::overlay::netfilter::parse(text);
  BOOST_REQUIRE_MESSAGE(parsed.has_value(), (parsed ? "" : to_text(parsed.error())));
  return std::move(*parsed);
}

/// One node for each ruleset, each with one pod: 10.244.N.2.
Recording dump_of(const std::vector<plimsoll::overlay::netfilter::Ruleset>& nodes) {
  Recording dump;
  std::uint8_t number = 0;
  for (const auto& node_rules : nodes) {
    const std::string node = "n" + std::to_string(++number);
    dump.namespaces[node] = "node";
    dump.namespaces[node + "p"] = "pod of " + node;
    dump.tables[node].ruleset = node_rules;
    dump.tables[node].addresses.push_back(
        {.device = "cni0", .address = Ipv4Prefix(Ipv4(10, 244, number, 1), 24)});
    dump.tables[node + "p"].addresses.push_back(
        {.device = "eth0", .address = Ipv4Prefix(Ipv4(10, 244, number, 2), 24)});
    for (const std::string& name : {node, node + "p"}) {
      dump.tables[name].addresses.push_back({.device = "lo", .address = Ipv4Prefix(Ipv4(127, 0, 0, 1), 8)});
      dump.networks["now"].tables[name] = name;
    }
  }
  return dump;
}

const ServicePort web = {Ipv4(10, 96, 0, 10), udp, 80};
const std::string to_web = "-A PREROUTING -d 10.96.0.10/32 -p udp -m udp --dport 80 ";

}  // namespace

BOOST_AUTO_TEST_SUITE(cluster_view_test)

BOOST_AUTO_TEST_CASE(services_are_followed_to_their_endpoints) {
  const auto found = services_in(rules(to_web + "-j SVC\n"));
  BOOST_REQUIRE(found.size() == 1U);
  const std::set<Endpoint> both = {{Ipv4(10, 244, 1, 2), 8080}, {Ipv4(10, 244, 2, 2), 80}};
  BOOST_CHECK(found.at(web).endpoints == both);
  BOOST_TEST(!found.at(web).masquerades);  // only what comes back to its sender
  BOOST_TEST(!found.at(web).restricted);
}

BOOST_AUTO_TEST_CASE(masquerade_counts_if_nobody_escapes_it) {
  BOOST_TEST(services_in(rules(to_web + "-j ALL\n")).at(web).masquerades);
  BOOST_TEST(
      !services_in(rules(to_web + "! -s 10.244.0.0/16 -j MASQ\n" + to_web + "-j SVC\n")).at(web).masquerades);
}

BOOST_AUTO_TEST_CASE(rejected_and_restricted_services_are_known) {
  const auto found = services_in(rules("",
                                       "-A FORWARD -d 10.96.0.11/32 -p tcp -m tcp --dport 443 -j REJECT\n"
                                       "-A FORWARD -d 10.96.0.10/32 -p udp -m udp --dport 80 -j DROP\n"));
  BOOST_TEST(found.at({Ipv4(10, 96, 0, 11), tcp, 443}).endpoints.empty());
  BOOST_TEST(!found.at({Ipv4(10, 96, 0, 11), tcp, 443}).restricted);
  BOOST_TEST(found.at(web).restricted);
}

BOOST_AUTO_TEST_CASE(rules_about_many_addresses_or_ports_are_no_services) {
  BOOST_TEST(services_in(rules("-A PREROUTING -d 10.96.0.0/16 -p udp -m udp --dport 80 -j SVC\n"
                               "-A PREROUTING -d 10.96.0.10/32 -p udp -m udp --dport 80:90 -j SVC\n"
                               "-A PREROUTING -d 10.96.0.10/32 -p udp -j SVC\n"))
                 .empty());
}

BOOST_AUTO_TEST_CASE(a_view_knows_who_owns_what) {
  const ClusterView view = view_of(dump_of({rules(to_web + "-j SVC\n"), rules("")}), "now");
  BOOST_CHECK((view.nodes == std::vector<std::string>{"n1", "n2"}));
  BOOST_CHECK((view.pods == std::vector<std::string>{"n1p", "n2p"}));
  BOOST_CHECK(view.owners.at(Ipv4(10, 244, 2, 2)) == std::set<std::string>{"n2p"});
  BOOST_TEST(!view.owners.contains(Ipv4(127, 0, 0, 1)));
  BOOST_TEST(view.node_of.at("n1p") == "n1");
  BOOST_TEST(view.services.at(web).by_node.size() == 1U);
  BOOST_TEST(view.duplicates().empty());
}

BOOST_AUTO_TEST_CASE(addresses_of_nodes_can_be_taken_too) {
  Recording dump = dump_of({rules(""), rules("")});
  dump.tables["n2p"].addresses.front().address = Ipv4Prefix(Ipv4(10, 244, 1, 1), 24);
  const auto duplicates = view_of(dump, "now").duplicates();
  BOOST_CHECK((duplicates.at(Ipv4(10, 244, 1, 1)) == std::set<std::string>{"n1", "n2p"}));
}

BOOST_AUTO_TEST_CASE(nodes_that_lead_to_their_own_pods_only_agree) {
  const std::string one = to_web + "-j DNAT --to-destination 10.244.1.2\n";
  const std::string two = to_web + "-j DNAT --to-destination 10.244.2.2\n";
  BOOST_TEST(view_of(dump_of({rules(one), rules(two)}), "now").services.at(web).local_only);
  BOOST_TEST(!view_of(dump_of({rules(two), rules(one)}), "now").services.at(web).local_only);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::overlay
