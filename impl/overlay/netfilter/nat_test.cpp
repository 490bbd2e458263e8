// Translation of flows: who decides, what is undone, what errors look like.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/nat.hpp"
#include "impl/overlay/netfilter/test_bed.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

constexpr DeviceId eth0 = HookNode::eth0;
constexpr DeviceId cni0 = HookNode::cni0;
constexpr DeviceId flannel1 = HookNode::flannel1;

/// One service of one endpoint, masqueraded for clients outside 10.244.0.0/16, in kube-proxy's manner.
std::string service(const std::string& endpoint) {
  return "*nat\n:MARK-MASQ - [0:0]\n:SERVICES - [0:0]\n:SVC - [0:0]\n:POST - [0:0]\n"
         "-A PREROUTING -j SERVICES\n-A OUTPUT -j SERVICES\n-A POSTROUTING -j POST\n"
         "-A MARK-MASQ -j MARK --or-mark 0x4000\n"
         "-A SERVICES -d 10.96.0.21/32 -p udp -m udp --dport 80 -j SVC\n"
         "-A SVC ! -s 10.244.0.0/16 -j MARK-MASQ\n-A SVC -s " +
         endpoint + "/32 -j MARK-MASQ\n-A SVC -p udp -j DNAT --to-destination " + endpoint +
         ":8080\n"
         "-A POST -m mark ! --mark 0x4000/0x4000 -j RETURN\n-A POST -j MARK --xor-mark 0x4000\n"
         "-A POST -j MASQUERADE\nCOMMIT\n";
}
std::string nat(const std::string& rules) {
  return "*nat\n" + rules + "COMMIT\n";
}

std::string ends(const Ipv4Packet& packet) {
  return to_text(packet.src) + ":" + std::to_string(packet.src_port) + ">" + to_text(packet.dst) + ":" +
         std::to_string(packet.dst_port);
}

const Ipv4Packet request = udp("10.244.1.2", 40001, "10.96.0.21", 80);

}  // namespace

BOOST_AUTO_TEST_SUITE(nat_test)

BOOST_AUTO_TEST_CASE(a_service_is_translated_and_its_answers_back) {
  HookNode node(service("10.244.2.3"));
  const auto there = node.forward(request, cni0, flannel1);
  BOOST_TEST(ends(there.packet) == "10.244.1.2:40001>10.244.2.3:8080");
  const auto back = node.forward(answer_to(there.packet), flannel1, cni0);
  BOOST_TEST(ends(back.packet) == "10.96.0.21:80>10.244.1.2:40001");
  BOOST_TEST((back.metadata.tracked.info == CtInfo::established_reply));
}

BOOST_AUTO_TEST_CASE(clients_outside_are_masqueraded) {
  HookNode node(service("10.244.2.3"));
  const auto there = node.forward(udp("192.168.50.99", 5000, "10.96.0.21", 80), eth0, flannel1);
  BOOST_TEST(ends(there.packet) == "10.244.1.0:5000>10.244.2.3:8080");
  BOOST_TEST(there.metadata.mark == 0U);
  BOOST_TEST(ends(node.forward(answer_to(there.packet), flannel1, eth0).packet) ==
             "10.96.0.21:80>192.168.50.99:5000");
}

BOOST_AUTO_TEST_CASE(an_endpoint_reaches_itself_by_the_service) {
  HookNode node(service("10.244.1.2"));
  const auto there = node.forward(request, cni0, cni0);
  BOOST_TEST(ends(there.packet) == "10.244.1.1:40001>10.244.1.2:8080");
  // The answer is addressed to the node: it is translated before it would be delivered there.
  const auto back = node.forward(answer_to(there.packet), cni0, cni0);
  BOOST_TEST(ends(back.packet) == "10.96.0.21:80>10.244.1.2:40001");
}

BOOST_AUTO_TEST_CASE(what_the_node_sends_itself_is_translated_at_output) {
  HookNode node(service("10.244.2.3"));
  const auto there = node.send(udp("192.168.50.11", 5000, "10.96.0.21", 80), flannel1);
  BOOST_TEST(ends(there.packet) == "10.244.1.0:5000>10.244.2.3:8080");
  BOOST_TEST(ends(node.deliver(answer_to(there.packet), flannel1).packet) ==
             "10.96.0.21:80>192.168.50.11:5000");
}

// Fact 17: only the first packet of a flow asks the rules.

BOOST_AUTO_TEST_CASE(KPX_9_a_flow_stays_with_its_endpoint_when_the_rules_change) {
  HookNode node(service("10.244.2.3"));
  BOOST_TEST((node.forward(request, cni0, flannel1).packet.dst == ip("10.244.2.3")));
  node.install(service("10.244.3.4"));
  BOOST_TEST((node.forward(request, cni0, flannel1).packet.dst == ip("10.244.2.3")));
  BOOST_TEST((node.forward(udp("10.244.1.2", 40002, "10.96.0.21", 80), cni0, flannel1).packet.dst ==
              ip("10.244.3.4")));
  const std::size_t gone =
      node.state.conntrack.forget_if([](const Flow& flow) { return flow.original.dst == ip("10.96.0.21"); });
  BOOST_TEST(gone == 2U);
  BOOST_TEST((node.forward(request, cni0, flannel1).packet.dst == ip("10.244.3.4")));
}

BOOST_AUTO_TEST_CASE(KPX_9_a_flow_that_began_before_its_rules_never_sees_them) {
  HookNode node(nat("-A POSTROUTING -s 10.9.0.0/16 -j MASQUERADE\n"));
  BOOST_TEST((node.forward(request, cni0, eth0).packet.dst == ip("10.96.0.21")));
  node.install(service("10.244.2.3"));
  BOOST_TEST((node.forward(request, cni0, eth0).packet.dst == ip("10.96.0.21")));
  // Nor does one that began when there was no nat table at all.
  HookNode bare("*filter\n-A FORWARD -m conntrack --ctstate INVALID -j DROP\nCOMMIT\n");
  BOOST_TEST(bare.forward(request, cni0, eth0).accepted());
  bare.install(service("10.244.2.3"));
  BOOST_TEST((bare.forward(request, cni0, eth0).packet.dst == ip("10.96.0.21")));
}

BOOST_AUTO_TEST_CASE(a_packet_that_is_dropped_decides_nothing) {
  HookNode node(service("10.244.2.3") + "*filter\n-A FORWARD -j DROP\nCOMMIT\n");
  BOOST_TEST(!node.forward(request, cni0, flannel1).accepted());
  BOOST_TEST(node.state.conntrack.size() == 0U);
}

// Ports.

BOOST_AUTO_TEST_CASE(a_port_is_kept_if_nobody_has_it_there) {
  HookNode node(nat("-A POSTROUTING -o eth0 -j MASQUERADE\n"));
  const auto one = node.forward(udp("10.244.1.2", 5000, "8.8.8.8", 53), cni0, eth0);
  BOOST_TEST(ends(one.packet) == "192.168.50.11:5000>8.8.8.8:53");
  const auto elsewhere = node.forward(udp("10.244.1.3", 5000, "8.8.4.4", 53), cni0, eth0);
  BOOST_TEST(ends(elsewhere.packet) == "192.168.50.11:5000>8.8.4.4:53");
  BOOST_TEST(node.choices.asked.empty());

  node.choices.answers = {7000};
  const auto other = node.forward(udp("10.244.1.3", 5000, "8.8.8.8", 53), cni0, eth0);
  BOOST_TEST(ends(other.packet) == "192.168.50.11:8024>8.8.8.8:53");
  BOOST_TEST((node.choices.counts == std::vector<std::uint32_t>{64512}));
  BOOST_TEST(ends(node.forward(answer_to(other.packet), eth0, cni0).packet) == "8.8.8.8:53>10.244.1.3:5000");

  // That end keeps its outside name, as far as it can, towards others.
  const auto same = node.forward(udp("10.244.1.3", 5000, "8.8.9.9", 53), cni0, eth0);
  BOOST_TEST(ends(same.packet).starts_with("192.168.50.11:"));
}

BOOST_AUTO_TEST_CASE(low_ports_are_replaced_by_low_ports) {
  for (const auto& [port, first, count] :
       std::vector<std::tuple<std::uint16_t, std::uint16_t, std::uint32_t>>{{100, 1, 511}, {700, 600, 424}}) {
    HookNode node(nat("-A POSTROUTING -o eth0 -j MASQUERADE\n"));
    BOOST_TEST(node.forward(udp("10.244.1.2", port, "8.8.8.8", 53), cni0, eth0).packet.src_port == port);
    BOOST_TEST(node.forward(udp("10.244.1.3", port, "8.8.8.8", 53), cni0, eth0).packet.src_port == first);
    BOOST_TEST((node.choices.counts == std::vector<std::uint32_t>{count}));
  }
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_passed_over) {
  HookNode node(nat("-A POSTROUTING -p udp -o eth0 -j MASQUERADE --to-ports 2000-2002\n"));
  std::vector<std::uint16_t> ports;
  for (const char* const pod : {"10.244.1.2", "10.244.1.3", "10.244.1.4"}) {
    ports.push_back(node.forward(udp(pod, 5000, "8.8.8.8", 53), cni0, eth0).packet.src_port);
  }
  BOOST_TEST((ports == (std::vector<std::uint16_t>{2000, 2001, 2002})));
  const auto fourth = node.forward(udp("10.244.1.5", 5000, "8.8.8.8", 53), cni0, eth0);
  BOOST_TEST((fourth.result.decision == Decision::drop && fourth.result.drop == HookDrop::confirm));
}

BOOST_AUTO_TEST_CASE(random_fully_never_keeps_a_port) {
  HookNode node(nat("-A POSTROUTING -o eth0 -j MASQUERADE --random-fully\n"));
  node.choices.answers = {99};
  BOOST_TEST(node.forward(udp("10.244.1.2", 5000, "8.8.8.8", 53), cni0, eth0).packet.src_port == 1123);
}

BOOST_AUTO_TEST_CASE(a_null_binding_gives_way_to_a_flow_that_has_its_answers) {
  HookNode node(service("10.244.2.3"));
  BOOST_TEST(node.forward(request, cni0, flannel1).accepted());
  // The same client port to the endpoint itself: answers could not be told apart.
  node.choices.answers = {10};
  const auto direct = node.forward(udp("10.244.1.2", 40001, "10.244.2.3", 8080), cni0, flannel1);
  BOOST_TEST(ends(direct.packet) == "10.244.1.2:1034>10.244.2.3:8080");
  BOOST_TEST(ends(node.forward(answer_to(direct.packet), flannel1, cni0).packet) ==
             "10.244.2.3:8080>10.244.1.2:40001");
}

BOOST_AUTO_TEST_CASE(echo_identifiers_are_translated_like_ports) {
  HookNode node(nat("-A POSTROUTING -o eth0 -j MASQUERADE\n"));
  const auto one = node.forward(icmp("10.244.1.2", "8.8.8.8", 8, 0, 7), cni0, eth0);
  BOOST_TEST(one.packet.icmp_id == 7);
  node.choices.answers = {500};
  const auto two = node.forward(icmp("10.244.1.3", "8.8.8.8", 8, 0, 7), cni0, eth0);
  BOOST_TEST(two.packet.icmp_id == 500);
  const auto back = node.forward(answer_to(two.packet), eth0, cni0);
  BOOST_TEST(back.packet.icmp_id == 7);
  BOOST_TEST((back.packet.dst == ip("10.244.1.3")));
}

// Targets.

BOOST_AUTO_TEST_CASE(targets_map_to_what_they_name) {
  struct TargetCase {
    std::string rule;
    std::string left;
  };
  const Ipv4Packet packet = udp("10.244.1.2", 5005, "10.0.0.9", 53);
  for (const TargetCase& one : std::vector<TargetCase>{
           {"-A PREROUTING -j DNAT --to-destination 10.0.0.7", "10.244.1.2:5005>10.0.0.7:53"},
           {"-A PREROUTING -p udp -j DNAT --to-destination :99", "10.244.1.2:5005>10.0.0.9:99"},
           {"-A PREROUTING -p udp -j DNAT --to-destination 10.0.0.7:60-70", "10.244.1.2:5005>10.0.0.7:60"},
           {"-A PREROUTING -p udp -j DNAT --to-destination 10.0.0.7:60-70/50", "10.244.1.2:5005>10.0.0.7:63"},
           {"-A PREROUTING -p udp -j DNAT --to-destination 10.0.0.7:40-70", "10.244.1.2:5005>10.0.0.7:53"},
           {"-A POSTROUTING -j SNAT --to-source 1.2.3.4", "1.2.3.4:5005>10.0.0.9:53"},
           {"-A POSTROUTING -p udp -j SNAT --to-source 1.2.3.4:80", "1.2.3.4:80>10.0.0.9:53"},
           {"-A POSTROUTING -j MASQUERADE", "192.168.50.11:5005>10.0.0.9:53"},
           {"-A PREROUTING -p udp -j REDIRECT --to-ports 1053", "10.244.1.2:5005>10.244.1.1:1053"}}) {
    HookNode node(nat(one.rule + "\n"));
    const auto passed = node.forward(packet, cni0, eth0);
    BOOST_TEST(ends(passed.packet) == one.left, one.rule);
    BOOST_TEST(ends(node.forward(answer_to(passed.packet), eth0, cni0).packet) == ends(answer_to(packet)),
               one.rule);
  }
}

BOOST_AUTO_TEST_CASE(an_address_of_a_range_is_a_choice) {
  HookNode node(nat("-A PREROUTING -j DNAT --to-destination 10.0.0.10-10.0.0.19\n"));
  node.choices.answers = {4};
  BOOST_TEST((node.forward(request, cni0, eth0).packet.dst == ip("10.0.0.14")));
  BOOST_TEST((node.choices.asked == std::vector<std::string>{std::string(question::nat_address)}));
}

BOOST_AUTO_TEST_CASE(without_an_address_there_is_no_masquerade) {
  HookNode node(nat("-A POSTROUTING -j MASQUERADE\n"));
  const auto passed = node.forward(request, cni0, HookNode::vethp1);
  BOOST_TEST((passed.result.decision == Decision::drop));
}

BOOST_AUTO_TEST_CASE(a_masqueraded_flow_dies_when_it_leaves_by_another_device) {
  HookNode node(nat("-A POSTROUTING -j MASQUERADE\n"));
  BOOST_TEST(node.forward(request, cni0, eth0).accepted());
  const auto moved = node.forward(request, cni0, flannel1);
  BOOST_TEST((moved.result.decision == Decision::drop && moved.result.drop == HookDrop::nat));
  BOOST_TEST(node.state.conntrack.size() == 0U);
  BOOST_TEST((node.forward(request, cni0, flannel1).packet.src == ip("10.244.1.0")));
}

BOOST_AUTO_TEST_CASE(untracked_packets_are_left_alone) {
  HookNode node(service("10.244.2.3") + "*raw\n-A PREROUTING -p udp -j CT --notrack\nCOMMIT\n");
  const auto passed = node.forward(request, cni0, eth0);
  BOOST_TEST((passed.packet.dst == ip("10.96.0.21")));
  BOOST_TEST((passed.metadata.tracked.info == CtInfo::untracked));
  BOOST_TEST(node.state.conntrack.size() == 0U);
}

// Errors.

BOOST_AUTO_TEST_CASE(an_error_from_behind_the_service_comes_from_the_service) {
  // Fact 4: the router's own address is not to be seen.
  HookNode node(service("10.244.2.3"));
  const auto there = node.forward(request, cni0, flannel1);
  const auto error = node.forward(error_about(there.packet, "10.244.2.0", 11, 0), flannel1, cni0);
  BOOST_TEST((error.metadata.tracked.info == CtInfo::related_reply));
  BOOST_TEST((error.packet.src == ip("10.96.0.21")));
  BOOST_TEST((error.packet.dst == ip("10.244.1.2")));
  BOOST_TEST(ends(error.packet.quote()->packet) == ends(request));
}

BOOST_AUTO_TEST_CASE(an_error_about_a_masqueraded_packet_reaches_its_sender) {
  HookNode node(nat("-A POSTROUTING -o eth0 -j MASQUERADE\n"));
  const Ipv4Packet query = udp("10.244.1.2", 5000, "8.8.8.8", 53);
  const auto there = node.forward(query, cni0, eth0);
  const auto error = node.forward(error_about(there.packet, "192.168.50.1", 3, 1), eth0, cni0);
  BOOST_TEST((error.packet.src == ip("192.168.50.1")));
  BOOST_TEST((error.packet.dst == ip("10.244.1.2")));
  BOOST_TEST(ends(error.packet.quote()->packet) == ends(query));
}

BOOST_AUTO_TEST_CASE(an_error_of_the_node_itself_about_a_first_packet_is_translated_too) {
  HookNode node(service("10.244.2.3"));
  Ipv4Packet packet = request;
  Metadata metadata;
  BOOST_TEST((node.at(Hook::prerouting, packet, metadata, cni0, 0).decision == Decision::accept));
  BOOST_TEST((packet.dst == ip("10.244.2.3")));
  // Its TTL ends here; the flow is not confirmed, and never will be.
  const auto error = node.send(error_about(packet, "10.244.1.1", 11, 0), cni0,
                               Metadata{0, tracked_of_answer(metadata.tracked)});
  BOOST_TEST((error.packet.src == ip("10.96.0.21")));
  BOOST_TEST(ends(error.packet.quote()->packet) == ends(request));
  BOOST_TEST(node.state.conntrack.size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_reset_of_the_node_looks_as_if_the_service_had_sent_it) {
  HookNode node(nat("-A PREROUTING -d 10.96.0.21/32 -p tcp -j DNAT --to-destination 10.244.2.3:8080\n"));
  Ipv4Packet packet = tcp("10.244.1.2", 40001, "10.96.0.21", 80, tcp_flag::syn);
  Metadata metadata;
  BOOST_TEST((node.at(Hook::prerouting, packet, metadata, cni0, 0).decision == Decision::accept));
  Ipv4Packet reset = answer_to(packet);
  reset.tcp_flags = tcp_flag::rst | tcp_flag::ack;
  const auto sent = node.send(reset, cni0, Metadata{0, tracked_of_answer(metadata.tracked)});
  BOOST_TEST(ends(sent.packet) == "10.96.0.21:80>10.244.1.2:40001");
}

BOOST_AUTO_TEST_CASE(redirects_about_translated_flows_are_dropped) {
  HookNode node(service("10.244.2.3"));
  const auto there = node.forward(request, cni0, flannel1);
  BOOST_TEST(!node.forward(error_about(there.packet, "10.244.2.0", 5, 1), flannel1, cni0).accepted());
  const auto plain = node.forward(udp("10.244.1.2", 9, "10.0.0.1", 9), cni0, flannel1);
  BOOST_TEST(node.forward(error_about(plain.packet, "10.244.2.0", 5, 1), flannel1, cni0).accepted());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay::netfilter
