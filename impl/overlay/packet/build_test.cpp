#include "impl/overlay/packet/build.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

#include "impl/overlay/packet/parse.hpp"
#include "impl/overlay/packet/print.hpp"
#include "impl/overlay/packet/test_bed.hpp"

// Bytes that were computed by an independent program from the layouts of the RFCs.

namespace plimsoll::overlay {
namespace {

const base::Ipv4 pod_a(10, 1, 0, 2);
const base::Ipv4 pod_b(10, 1, 1, 2);
const base::Ipv4 node_a(172, 16, 0, 1);
const base::Ipv4 node_b(172, 16, 0, 2);
const base::Mac vtep_a({0x02, 0, 0, 0, 0, 0x01});
const base::Mac vtep_b({0x02, 0, 0, 0, 0, 0x02});
const base::Mac card_a({0x52, 0x54, 0, 0, 0, 0x01});
const base::Mac card_b({0x52, 0x54, 0, 0, 0, 0x02});

Ipv4Packet packet(base::Ipv4 src, base::Ipv4 dst, std::uint8_t protocol, std::uint16_t id,
                  std::uint8_t ttl = 64) {
  Ipv4Packet made;
  made.src = src, made.dst = dst;
  made.protocol = protocol, made.id = id, made.ttl = ttl;
  return made;
}

Ipv4Packet udp(base::Ipv4 src, base::Ipv4 dst, std::uint16_t src_port, std::uint16_t dst_port,
               std::uint16_t id) {
  Ipv4Packet made = packet(src, dst, protocol::udp, id);
  made.src_port = src_port, made.dst_port = dst_port;
  return made;
}

Frame between_nodes(Ipv4Packet outer) {
  return {card_a, card_b, std::move(outer), {}};
}

std::string ascending(std::size_t first, std::size_t count) {
  std::string bytes;
  for (std::size_t i = first; i < first + count; ++i) {
    bytes += static_cast<char>(i);
  }
  return bytes;
}

void check(const Frame& frame, const std::string& digits) {
  const std::string bytes = from_hex(digits);
  BOOST_TEST((build(frame) == bytes));
  BOOST_TEST(frame.size() == bytes.size());
  const ParseOptions tunnels{test_vxlan_port, test_flannel_port, true};
  const Parsed<Frame> parsed = parse_frame(bytes, tunnels);
  BOOST_TEST_REQUIRE(parsed.has_value(), (parsed ? "" : to_text(parsed.error())));
  BOOST_TEST((*parsed == frame));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(build_test)

BOOST_AUTO_TEST_CASE(a_datagram_in_vxlan) {
  Ipv4Packet inner = udp(pod_a, pod_b, 5353, 53, 0x1234);
  inner.ttl = 63;
  inner.payload = Payload("plimsoll");
  Ipv4Packet outer = udp(node_a, node_b, 49152, 8472, 7);
  outer.inner = Inner{VxlanFrame{1, {vtep_a, vtep_b, inner, {}}}};
  check(between_nodes(outer),
        "525400000002525400000001080045000056000700004011226dac100001ac100002c00021180042c651080000000000"
        "0100020000000002020000000001080045000024123400003f1154900a0100020a01010214e9003500101bf5706c696d"
        "736f6c6c");
  BOOST_TEST(tunnel_text(outer) == "vxlan 172.16.0.1>172.16.0.2 ttl64 dport8472 vni1 len86");
  BOOST_TEST(to_text(inner) == "10.1.0.2>10.1.1.2 ttl63 udp:5353>53 len36");
}

BOOST_AUTO_TEST_CASE(an_echo_in_flannels_udp_tunnel) {
  Ipv4Packet inner = packet(pod_a, pod_b, protocol::icmp, 9, 62);
  inner.df = true;
  inner.icmp_type = icmp_type::echo, inner.icmp_id = 0x77, inner.icmp_seq = 3;
  inner.payload = Payload("0123456789");
  Ipv4Packet outer = udp(node_a, node_b, 8285, 8285, 8);
  outer.df = true;
  outer.inner = Inner{TunnelledPacket{inner}};
  check(between_nodes(outer),
        "525400000002525400000001080045000042000840004011e27fac100001ac100002205d205d002e66b4450000260009"
        "40003e0127c90a0100020a0101020800f27b0077000330313233343536373839");
  BOOST_TEST(tunnel_text(outer) == "udp 172.16.0.1>172.16.0.2 ttl64 dport8285 len66 DF");
}

BOOST_AUTO_TEST_CASE(a_syn_with_options) {
  Ipv4Packet syn = packet(pod_a, pod_b, protocol::tcp, 1, 63);
  syn.df = true;
  syn.src_port = 40000, syn.dst_port = 443;
  syn.tcp_seq = 0xdeadbeef, syn.tcp_flags = tcp_flag::syn, syn.tcp_window = 64240;
  syn.tcp_options = Payload(from_hex("020405b40402080a000000010000000001030307"));
  check({vtep_a, vtep_b, syn, {}},
        "02000000000202000000000108004500003c000140003f0626b60a0100020a0101029c4001bbdeadbeef00000000a002"
        "faf0fc6f0000020405b40402080a000000010000000001030307");
}

BOOST_AUTO_TEST_CASE(an_error_quotes_eight_bytes_and_the_checksum_of_the_whole) {
  Ipv4Packet large = udp(pod_a, pod_b, 1000, 2000, 5);
  large.df = true;
  large.payload = Payload(ascending(0, 16) + ascending(0, 16) + ascending(0, 16));
  Ipv4Packet error = packet(base::Ipv4(10, 1, 0, 1), pod_a, protocol::icmp, 11);
  error.tos = 0xc0;
  error.icmp_type = icmp_type::unreachable, error.icmp_code = icmp_unreachable::fragmentation_needed;
  error.icmp_seq = 1450;
  error.inner = Inner{quote_of(large, 28)};
  BOOST_TEST(error.quote()->packet.total_length() == 76U);
  BOOST_TEST(error.quote()->packet.odd_checksum.value() == transport_checksum(large));
  check({base::Mac({0x02, 0, 0, 0, 0, 0x03}), vtep_a, error, {}},
        "020000000001020000000003080045c00038000b0000400165f60a0100010a0100020304b561000005aa4500004c0005"
        "4000401125970a0100020a01010203e807d000383600");
  BOOST_TEST(to_text(error) == "10.1.0.1>10.1.0.2 ttl64 icmp3/4 mtu1450 len56");
}

BOOST_AUTO_TEST_CASE(a_question_of_arp_padded_to_the_shortest_frame) {
  check({vtep_a, broadcast_mac, ArpPacket{ArpPacket::request, vtep_a, pod_a, {}, base::Ipv4(10, 1, 0, 1)},
         Payload(18)},
        "ffffffffffff020000000001080600010800060400010200000000010a0100020000000000000a010001000000000000"
        "000000000000000000000000");
}

BOOST_AUTO_TEST_CASE(a_datagram_without_checksum) {
  Ipv4Packet odd = udp(pod_a, pod_b, 1, 2, 0);
  odd.odd_checksum = std::uint16_t{0};
  odd.payload = Payload("odd");
  check({vtep_a, vtep_b, odd, {}},
        "02000000000202000000000108004500001f00000000401165c90a0100020a01010200010002000b00006f6464");
}

BOOST_AUTO_TEST_CASE(a_sum_of_zero_is_sent_as_ones) {
  // RFC 768. The words of pseudo header and header sum to 0xffff when the source port is what is missing.
  Ipv4Packet zero = udp(base::Ipv4(0, 0, 0, 0), base::Ipv4(0, 0, 0, 0), 0xffff - 17 - 8 - 8, 0, 0);
  BOOST_TEST(transport_checksum(zero) == 0xffff);
}

BOOST_AUTO_TEST_CASE(fragments_carry_the_checksum_of_the_whole) {
  Ipv4Packet first = udp(pod_a, pod_b, 1000, 2000, 3);
  first.mf = true;
  first.odd_udp_length = 48, first.odd_checksum = 0x613f;
  first.payload = Payload(ascending(0, 24));
  check({vtep_a, vtep_b, first, {}},
        "02000000000202000000000108004500003400032000401145b10a0100020a01010203e807d00030613f000102030405"
        "060708090a0b0c0d0e0f1011121314151617");
  Ipv4Packet last = packet(pod_a, pod_b, protocol::udp, 3);
  last.fragment_offset = 32;
  last.payload = Payload(ascending(24, 16));
  check({vtep_a, vtep_b, last, {}},
        "02000000000202000000000108004500002400030004401165bd0a0100020a01010218191a1b1c1d1e1f202122232425"
        "2627");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay
