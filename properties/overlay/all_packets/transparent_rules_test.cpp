#include "properties/overlay/all_packets/transparent_rules.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/save_format.hpp"

namespace plimsoll::properties::overlay {
namespace {

using base::Ipv4;
using plimsoll::overlay::netfilter::Hook;

/// Whether rules of one table leave packets of 10.244.1.2-3 to 10.244.2.2-3 alone, by cni0 to flannel.1.
std::string touched(const std::string& table, Hook hook, const std::string& rules) {
  static const std::vector<Ipv4> sources = {Ipv4(10, 244, 1, 2), Ipv4(10, 244, 1, 3)};
  static const std::vector<Ipv4> destinations = {Ipv4(10, 244, 2, 2), Ipv4(10, 244, 2, 3)};
  const std::string chains = table == "nat"
                                 ? ":PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                                   ":POSTROUTING ACCEPT [0:0]\n:OWN - [0:0]\n"
                                 : ":INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                                   ":OWN - [0:0]\n";
  std::string text = "*" + table + "\n" + chains;
  const auto read = plimsoll::overlay::netfilter::parse(text.append(rules).append("COMMIT\n"));
  BOOST_REQUIRE_MESSAGE(read.has_value(), (read ? "" : to_text(read.error())));
  PacketClass packets = {.sources = &sources, .destinations = &destinations, .in = {"cni0"}};
  if (hook != Hook::prerouting) {
    packets.out = {"flannel.1"};
  }
  if (hook == Hook::postrouting) {
    packets.in.clear();
  }
  return what_touches(*read, hook, packets).value_or("");
}

std::string in_forward(const std::string& rules) {
  return touched("filter", Hook::forward, rules);
}

const std::string first = "rule 1 of FORWARD may do something to its packets";

}  // namespace

BOOST_AUTO_TEST_SUITE(transparent_rules_test)

BOOST_AUTO_TEST_CASE(a_rule_counts_if_some_packet_may_match_it) {
  BOOST_TEST(in_forward("-A FORWARD -j DROP\n") == first);
  BOOST_TEST(in_forward("-A FORWARD -s 10.244.1.3/32 -j DROP\n") == first);
  BOOST_TEST(in_forward("-A FORWARD -s 10.244.1.4/32 -j DROP\n") == "");
  BOOST_TEST(in_forward("-A FORWARD ! -s 10.244.1.0/24 -j DROP\n") == "");
  BOOST_TEST(in_forward("-A FORWARD ! -d 10.244.1.0/24 -j DROP\n") == first);
  BOOST_TEST(in_forward("-A FORWARD -i eth0 -j DROP\n") == "");
  BOOST_TEST(in_forward("-A FORWARD -o flannel+ -j DROP\n") == first);
  BOOST_TEST(in_forward("-A FORWARD -p icmp -j DROP\n") == "");
  BOOST_TEST(in_forward("-A FORWARD -p udp -m udp --dport 53 -j DROP\n") == first);
  BOOST_TEST(in_forward("-A FORWARD -m mark --mark 0x4000/0x4000 -j DROP\n") == "");
  BOOST_TEST(in_forward("-A FORWARD -m addrtype --dst-type LOCAL -j DROP\n") == "");
  BOOST_TEST(in_forward("-A FORWARD -m addrtype --dst-type UNICAST -j DROP\n") == first);
  BOOST_TEST(in_forward("-A FORWARD -m conntrack --ctstate INVALID -j DROP\n") == "");
  BOOST_TEST(in_forward("-A FORWARD -m conntrack --ctstate NEW -j DROP\n") == first);
  BOOST_TEST(in_forward("-A FORWARD -m conntrack --ctstate INVALID --ctproto 6 -j DROP\n") == first);
}

BOOST_AUTO_TEST_CASE(what_all_packets_leave_by_hides_what_follows) {
  BOOST_TEST(in_forward("-A FORWARD -s 10.244.0.0/16 -j ACCEPT\n-A FORWARD -j DROP\n") == "");
  BOOST_TEST(in_forward("-A FORWARD -s 10.244.1.2/32 -j ACCEPT\n-A FORWARD -j DROP\n") != "");
  BOOST_TEST(in_forward("-A FORWARD -j OWN\n-A FORWARD -j DROP\n-A OWN -d 10.244.0.0/16 -j ACCEPT\n") == "");
  BOOST_TEST(in_forward("-A FORWARD -j OWN\n-A FORWARD -j DROP\n-A OWN -j RETURN\n") ==
             "rule 2 of FORWARD may do something to its packets");
  BOOST_TEST(in_forward("-A FORWARD -j OWN\n-A OWN -p tcp -j REJECT\n") ==
             "rule 1 of OWN may do something to its packets");
  BOOST_TEST(in_forward(":FORWARD DROP [0:0]\n") == "the policy of FORWARD may drop its packets");
  BOOST_TEST(in_forward(":FORWARD DROP [0:0]\n-A FORWARD -s 10.244.0.0/16 -j ACCEPT\n") == "");
}

BOOST_AUTO_TEST_CASE(translation_counts_and_kube_proxys_own_rules_do_not) {
  BOOST_TEST(touched("nat", Hook::postrouting,
                     "-A POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN\n"
                     "-A POSTROUTING -j MASQUERADE\n") == "");
  BOOST_TEST(touched("nat", Hook::postrouting, "-A POSTROUTING -s 10.244.0.0/16 -j MASQUERADE\n") != "");
  BOOST_TEST(touched("nat", Hook::prerouting,
                     "-A PREROUTING -d 10.96.0.1/32 -p tcp -m tcp --dport 443 -j DNAT --to-destination "
                     "10.244.2.2:6443\n") == "");
  BOOST_TEST(touched("nat", Hook::prerouting, "-A PREROUTING -j MARK --set-xmark 0x4000/0x4000\n") != "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::overlay
