#include "impl/overlay/packet/print.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::overlay {
namespace {

Ipv4Packet packet(std::uint8_t protocol) {
  Ipv4Packet made;
  made.src = base::Ipv4(10, 244, 1, 2);
  made.dst = base::Ipv4(10, 244, 2, 2);
  made.protocol = protocol;
  made.src_port = 40005;
  made.dst_port = 8080;
  return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(print_test)

BOOST_AUTO_TEST_CASE(tcp_has_its_flags) {
  Ipv4Packet syn = packet(protocol::tcp);
  syn.tcp_flags = tcp_flag::syn;
  syn.tcp_options = Payload(20);
  syn.df = true;
  BOOST_TEST(to_text(syn) == "10.244.1.2>10.244.2.2 ttl64 tcp:40005>8080 [S] len60 DF");
  syn.tcp_flags = tcp_flag::rst | tcp_flag::ack;
  BOOST_TEST(to_text(syn) == "10.244.1.2>10.244.2.2 ttl64 tcp:40005>8080 [RA] len60 DF");
}

BOOST_AUTO_TEST_CASE(later_fragments_have_no_ports) {
  Ipv4Packet fragment = packet(protocol::udp);
  fragment.payload = Payload(1416);
  fragment.mf = true;
  BOOST_TEST(to_text(fragment) == "10.244.1.2>10.244.2.2 ttl64 udp:40005>8080 len1444 frag0+");
  fragment.payload = Payload(1424);
  fragment.fragment_offset = 1424;
  BOOST_TEST(to_text(fragment) == "10.244.1.2>10.244.2.2 ttl64 udp len1444 frag1424+");
  fragment.mf = false;
  fragment.fragment_offset = 2848;
  fragment.payload = Payload(132);
  BOOST_TEST(to_text(fragment) == "10.244.1.2>10.244.2.2 ttl64 udp len152 frag2848");
}

BOOST_AUTO_TEST_CASE(icmp_has_type_code_and_mtu) {
  Ipv4Packet icmp = packet(protocol::icmp);
  icmp.icmp_type = icmp_type::echo;
  icmp.payload = Payload(36);
  BOOST_TEST(to_text(icmp) == "10.244.1.2>10.244.2.2 ttl64 icmp8/0 len64");
  icmp.icmp_type = icmp_type::unreachable;
  icmp.icmp_code = icmp_unreachable::fragmentation_needed;
  icmp.icmp_seq = 1450;
  BOOST_TEST(to_text(icmp) == "10.244.1.2>10.244.2.2 ttl64 icmp3/4 mtu1450 len64");
}

BOOST_AUTO_TEST_CASE(other_bodies) {
  Ipv4Packet gre = packet(47);
  BOOST_TEST(to_text(Frame{{}, {}, gre, {}}) == "10.244.1.2>10.244.2.2 ttl64 proto47 len20");
  BOOST_TEST(to_text(Frame{{}, {}, OtherBody{0x86dd, {}}, {}}) == "ethertype34525");
  ArpPacket arp;
  arp.sender_ip = base::Ipv4(10, 0, 0, 2);
  arp.target_ip = base::Ipv4(10, 0, 0, 1);
  BOOST_TEST(to_text(arp) == "who-has 10.0.0.1 tell 10.0.0.2");
  arp.operation = ArpPacket::reply;
  BOOST_TEST(to_text(arp) == "10.0.0.2 is-at 00:00:00:00:00:00");
  arp.operation = 3;
  BOOST_TEST(to_text(arp) == "arp3");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay
