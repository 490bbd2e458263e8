#include "impl/overlay/packet/parse.hpp"

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/overlay/packet/build.hpp"
#include "impl/overlay/packet/test_bed.hpp"

namespace plimsoll::overlay {
namespace {

using Rolls = std::vector<std::uint32_t>;

const ParseOptions tunnels{test_vxlan_port, test_flannel_port, true};
const ParseOptions unverified{test_vxlan_port, test_flannel_port, false};

/// As many rolls as the largest packets use. What shrinks is their values.
Rolls rolls() {
  return *rc::gen::container<Rolls>(400, rc::gen::arbitrary<std::uint32_t>());
}

/// Bytes of a frame that is right, with a few of them wrong, and perhaps too many or too few.
std::string mutated(Dice& dice, std::string bytes) {
  for (std::uint32_t left = dice.below(4); left > 0; --left) {
    bytes[dice.below(static_cast<std::uint32_t>(bytes.size()))] = static_cast<char>(dice.roll());
  }
  return dice.one_in(2) ? bytes.substr(0, dice.below(static_cast<std::uint32_t>(bytes.size()) + 1)) : bytes;
}

/// Bytes in an allocation of exactly their size, so that a sanitizer sees any read behind them.
class Exact {
 public:
  explicit Exact(const std::string& bytes)
      : size_(bytes.size()),
        bytes_(std::make_unique<char[]>(size_)) {  // NOLINT: std::string has a spare byte
    std::memcpy(bytes_.get(), bytes.data(), size_);
  }
  [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<char[]> bytes_;  // NOLINT
};

/// What parses is built again byte for byte; what does not says where, within the bytes.
void check_any_bytes(const std::string& bytes) {
  const Exact exact(bytes);
  const Parsed<Frame> frame = parse_frame(exact.view(), tunnels);
  if (frame) {
    RC_ASSERT(build(*frame) == bytes);
    RC_ASSERT(frame->size() == bytes.size());
  } else {
    RC_ASSERT(frame.error().offset <= bytes.size());
    RC_ASSERT(!frame.error().what.empty());
  }
  if (const Parsed<VxlanFrame> vxlan = parse_vxlan(exact.view())) {
    RC_ASSERT(build(*vxlan) == bytes);
  }
  if (const Parsed<Ipv4Packet> packet = parse_ip(exact.view(), tunnels)) {
    RC_ASSERT(build(*packet) == bytes);
  }
}

std::string refusal(const std::string& digits, const ParseOptions& options = tunnels) {
  const Parsed<Frame> frame = parse_frame(from_hex(digits), options);
  return frame ? "none" : to_text(frame.error());
}

const std::string ethernet =
    "020000000002"
    "020000000001"
    "0800";

}  // namespace

BOOST_AUTO_TEST_SUITE(parse_test)

BOOST_AUTO_TEST_CASE(what_was_built_is_parsed) {
  BOOST_TEST(rc::check("parse(build(x)) == x", [] {
    Dice dice(rolls());
    const Frame frame = random_frame(dice);
    const Parsed<Frame> parsed = parse_frame(build(frame), tunnels);
    RC_ASSERT(parsed.has_value());
    RC_ASSERT(*parsed == frame);
    RC_ASSERT(base::from_bytes<Frame>(base::to_bytes(frame)) == frame);
  }));
}

BOOST_AUTO_TEST_CASE(random_bytes) {
  BOOST_TEST(rc::check("no read behind the end", [](const std::vector<std::uint8_t>& bytes) {
    check_any_bytes(std::string(bytes.begin(), bytes.end()));
  }));
}

BOOST_AUTO_TEST_CASE(mutated_bytes) {
  BOOST_TEST(rc::check("no read behind the end", [] {
    Dice dice(rolls());
    const std::string bytes = build(random_frame(dice));
    for (int i = 0; i < 20; ++i) {
      check_any_bytes(mutated(dice, bytes));
    }
  }));
}

BOOST_AUTO_TEST_CASE(mutated_bytes_whose_checksums_are_let_pass) {
  // Bytes of one transport header or of one quote change; the checksum in front of them does not.
  BOOST_TEST(rc::check("build(parse(bytes)) == bytes", [] {
    Dice dice(rolls());
    const Ipv4Packet packet = random_packet(dice);
    std::string bytes = build(packet);
    const std::size_t header = packet.header_length();
    RC_PRE(bytes.size() > header);
    for (std::uint32_t left = 1 + dice.below(4); left > 0; --left) {
      const auto count = static_cast<std::uint32_t>(bytes.size() - header);
      bytes[header + dice.below(count)] = static_cast<char>(dice.roll());
    }
    const Parsed<Ipv4Packet> parsed = parse_ip(bytes, unverified);
    if (parsed) {
      RC_ASSERT(build(*parsed) == bytes);
    }
  }));
}

BOOST_AUTO_TEST_CASE(quotes_of_any_bytes) {
  BOOST_TEST(rc::check("build(quote) is the beginning of the bytes", [] {
    Dice dice(rolls());
    const std::string bytes = mutated(dice, build(random_packet(dice)));
    const Exact exact(bytes);
    if (const std::optional<Quote> quote = parse_quote(exact.view())) {
      Ipv4Packet error;
      error.protocol = protocol::icmp, error.icmp_type = icmp_type::time_exceeded;
      error.inner = Inner{*quote};
      RC_ASSERT(quote->shown <= bytes.size());
      RC_ASSERT(build_content(error) == bytes.substr(0, quote->shown));
    }
  }));
}

BOOST_AUTO_TEST_CASE(headers_that_end_early) {
  BOOST_TEST(refusal("0200") == "at byte 2: end of bytes in the Ethernet header, expected 14 bytes of it");
  BOOST_TEST(refusal(ethernet + "4500") ==
             "at byte 16: end of bytes in the IP header, expected 20 bytes of it");
  BOOST_TEST(refusal("020000000002"
                     "020000000001"
                     "0806"
                     "0001") == "at byte 16: end of bytes in the ARP packet, expected 28 bytes of it");
}

BOOST_AUTO_TEST_CASE(fields_that_cannot_be) {
  BOOST_TEST(refusal(ethernet + "60000014000000004000"
                                "99ee"
                                "0a0000010a000002") == "at byte 14: IP version 6, expected 4");
  BOOST_TEST(refusal(ethernet + "44000014000000004000"
                                "99ee"
                                "0a0000010a000002") ==
             "at byte 14: IP header length 16, expected at least 20");
  BOOST_TEST(refusal(ethernet + "45000015000000004000"
                                "99ee"
                                "0a0000010a000002") == "at byte 16: total length 21, expected 20 to 20");
  BOOST_TEST(refusal(ethernet + "45000014000000004000"
                                "1234"
                                "0a0000010a000002") == "at byte 24: header checksum 0x1234 is wrong");
  BOOST_TEST(refusal("020000000002"
                     "020000000001"
                     "0806"
                     "0006080006040001" +
                     std::string(40, '0')) == "at byte 14: ARP hardware type 6, expected 1");
}

BOOST_AUTO_TEST_CASE(transports_that_cannot_be) {
  // What build() makes right is made wrong: the field of 16 bits at `at` behind the IP header.
  const auto with_word = [](std::uint8_t protocol, std::size_t at, std::uint16_t word) {
    Ipv4Packet packet;
    packet.protocol = protocol;
    packet.payload = Payload("four");
    std::string bytes = build(packet);
    bytes[20 + at] = static_cast<char>(word >> 8U);
    bytes[21 + at] = static_cast<char>(word & 0xffU);
    const Parsed<Ipv4Packet> parsed = parse_ip(bytes);
    return parsed ? "none" : to_text(parsed.error());
  };
  BOOST_TEST(with_word(protocol::udp, 4, 7) == "at byte 24: UDP length 7, expected 8 to 12");
  BOOST_TEST(with_word(protocol::udp, 4, 13) == "at byte 24: UDP length 13, expected 8 to 12");
  BOOST_TEST(with_word(protocol::tcp, 12, 0x4000) == "at byte 32: TCP header length 16, expected 20 to 24");
  BOOST_TEST(with_word(protocol::tcp, 12, 0x7000) == "at byte 32: TCP header length 28, expected 20 to 24");
  BOOST_TEST(with_word(protocol::icmp, 2, 1) == "at byte 22: checksum 0x0001, expected 0x241e");
}

BOOST_AUTO_TEST_CASE(a_checksum_that_a_card_would_fill_in_is_kept_if_asked) {
  Ipv4Packet packet;
  packet.protocol = protocol::tcp;
  packet.odd_checksum = std::uint16_t{0x0102};
  BOOST_TEST(!parse_ip(build(packet)).has_value());
  BOOST_TEST((parse_ip(build(packet), unverified).value() == packet));
}

BOOST_AUTO_TEST_CASE(vxlan_headers_have_one_flag_and_no_reserved_bits) {
  const auto refused = [](const std::string& header) {
    const Parsed<VxlanFrame> vxlan = parse_vxlan(from_hex(header + ethernet));
    return vxlan ? "none" : to_text(vxlan.error());
  };
  BOOST_TEST(refused("0800000000000100") ==
             "at byte 22: end of bytes in the IP header, expected 20 bytes of it");
  BOOST_TEST(refused("0000000000000100") == "at byte 0: VXLAN flags 0, expected 134217728");
  BOOST_TEST(refused("0800000100000100") == "at byte 0: VXLAN flags 134217729, expected 134217728");
  BOOST_TEST(refused("0800000000000101") == "at byte 7: reserved VXLAN byte 1, expected 0");
}

BOOST_AUTO_TEST_CASE(a_tunnel_that_carries_nonsense_stays_bytes) {
  Ipv4Packet packet;
  packet.protocol = protocol::udp;
  packet.dst_port = test_vxlan_port;
  packet.payload = Payload("nonsense");
  BOOST_TEST((parse_ip(build(packet), tunnels).value() == packet));
  BOOST_TEST(to_text(open_vxlan(packet).error()) == "at byte 0: VXLAN flags 1852796531, expected 134217728");
  BOOST_TEST(to_text(open_tunnelled(packet).error()) ==
             "at byte 8: end of bytes in the IP header, expected 20 bytes of it");
}

BOOST_AUTO_TEST_CASE(tunnels_open_alike_whether_frame_or_bytes) {
  BOOST_TEST(rc::check("open(parse(build(x))) == open(x)", [] {
    Dice dice(rolls());
    Ipv4Packet outer;
    outer.protocol = protocol::udp;
    outer.inner = Inner{VxlanFrame{7, random_frame(dice, 0)}};
    RC_ASSERT(open_vxlan(parse_ip(build(outer)).value()).value() == open_vxlan(outer).value());
    outer.inner = Inner{TunnelledPacket{random_packet(dice, 0)}};
    RC_ASSERT(open_tunnelled(parse_ip(build(outer)).value()).value() == open_tunnelled(outer).value());
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay
