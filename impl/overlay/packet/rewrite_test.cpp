#include "impl/overlay/packet/rewrite.hpp"

#include <algorithm>
#include <vector>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/overlay/packet/build.hpp"
#include "impl/overlay/packet/parse.hpp"
#include "impl/overlay/packet/test_bed.hpp"

namespace plimsoll::overlay {
namespace {

Dice dice_of_rolls() {
  return Dice(*rc::gen::container<std::vector<std::uint32_t>>(200, rc::gen::arbitrary<std::uint32_t>()));
}

Endpoints random_endpoints(Dice& dice) {
  return {dice.address(), dice.address(), dice.word(), dice.word()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rewrite_test)

BOOST_AUTO_TEST_CASE(the_quote_of_a_translated_packet_is_the_translated_quote) {
  BOOST_TEST(rc::check("cutting and translating commute", [] {
    Dice dice = dice_of_rolls();
    Ipv4Packet packet = random_packet(dice, 0);
    RC_PRE(packet.has_ports());
    RC_PRE(packet.src != base::Ipv4());  // a sum of nothing but zeros is another zero
    const std::size_t limit = packet.header_length() + 8 + dice.below(60);
    RC_PRE(packet.is_udp() || limit >= packet.header_length() + 18);  // TCP's checksum is not cut off
    Quote quote = quote_of(packet, limit);
    const Endpoints to = random_endpoints(dice);
    readdress(quote.packet, to);
    readdress(packet, to);
    RC_ASSERT(endpoints_of(packet) == to);
    const auto bytes = [](const Quote& made) {
      Ipv4Packet error;
      error.inner = Inner{made};
      return build_content(error);
    };
    RC_ASSERT(bytes(quote) == bytes(quote_of(packet, limit)));
  }));
}

BOOST_AUTO_TEST_CASE(packets_without_ports_get_addresses_only) {
  Ipv4Packet echo;
  echo.protocol = protocol::icmp;
  readdress(echo, {base::Ipv4(1), base::Ipv4(2), 3, 4});
  BOOST_TEST((endpoints_of(echo) == Endpoints{base::Ipv4(1), base::Ipv4(2), 0, 0}));
}

BOOST_AUTO_TEST_CASE(fragments_put_together_are_the_datagram) {
  BOOST_TEST(rc::check("in any order", [] {
    Dice dice = dice_of_rolls();
    Ipv4Packet packet = random_packet(dice, 0);
    packet.df = false;
    const std::size_t mtu = packet.header_length() + (packet.transport_length() + 7) / 8 * 8 + 8;
    std::vector<Ipv4Packet> fragments = fragments_of(packet, mtu);
    RC_ASSERT((fragments.size() == 1) == (packet.total_length() <= mtu));
    for (const Ipv4Packet& fragment : fragments) {
      RC_ASSERT(fragment.total_length() <= mtu);
      RC_ASSERT(parse_ip(build(fragment)).value() == fragment);
    }
    RC_PRE(fragments.size() > 1);
    std::rotate(fragments.begin(), fragments.begin() + 1, fragments.end());
    RC_ASSERT(reassembled(fragments) == packet);
    fragments.pop_back();
    RC_ASSERT(!reassembled(fragments));
  }));
}

BOOST_AUTO_TEST_CASE(a_fragment_is_cut_again_as_the_datagram_would_be) {
  Ipv4Packet packet;
  packet.protocol = protocol::udp;
  packet.payload = Payload(std::string(3000, 'x'));
  std::vector<Ipv4Packet> twice;
  for (const Ipv4Packet& fragment : fragments_of(packet, 1500)) {
    for (const Ipv4Packet& part : fragments_of(fragment, 576)) {
      twice.push_back(part);
    }
  }
  BOOST_TEST(twice.size() == 7U);
  BOOST_TEST((reassembled(twice) == packet));
}

BOOST_AUTO_TEST_CASE(a_tunnel_survives_being_cut) {
  Ipv4Packet outer;
  outer.protocol = protocol::udp;
  outer.dst_port = test_vxlan_port;
  Ipv4Packet inner;
  inner.protocol = 47;
  inner.payload = Payload(std::string(1400, 'x'));
  outer.inner = Inner{VxlanFrame{1, {{}, {}, inner, {}}}};
  const std::vector<Ipv4Packet> fragments = fragments_of(outer, 1400);
  BOOST_TEST_REQUIRE(fragments.size() == 2U);
  BOOST_TEST(fragments[1].fragment_offset == 1376);
  BOOST_TEST((open_vxlan(reassembled(fragments).value()).value() == *outer.vxlan()));
}

BOOST_AUTO_TEST_CASE(fragments_that_overlap_or_lack_one_are_no_datagram) {
  Ipv4Packet packet;
  packet.protocol = protocol::udp;
  packet.payload = Payload(100);
  std::vector<Ipv4Packet> fragments = fragments_of(packet, 60);
  BOOST_TEST_REQUIRE(fragments.size() == 3U);
  BOOST_TEST(reassembled(fragments).has_value());
  BOOST_TEST(!reassembled({fragments[0], fragments[2]}).has_value());
  BOOST_TEST(!reassembled({fragments[0], fragments[1]}).has_value());
  BOOST_TEST(!reassembled({fragments[0], fragments[0], fragments[1], fragments[2]}).has_value());
  BOOST_TEST(!reassembled({}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay
