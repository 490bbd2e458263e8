// What the tests of packets share: bytes written as digits, and packets made of dice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "impl/overlay/packet/packet.hpp"

namespace plimsoll::overlay {

/// The bytes of pairs of hexadecimal digits.
inline std::string from_hex(std::string_view digits) {
  const auto value = [](char digit) {
    return static_cast<unsigned>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
  };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(value(digits[i]) << 4U | value(digits[i + 1]));
  }
  return bytes;
}

/// A list of numbers, used up one by one and 0 after its end: a property test draws it, and what it finds
/// shrinks to packets that are mostly zeros.
class Dice {
 public:
  explicit Dice(std::vector<std::uint32_t> rolls) : rolls_(std::move(rolls)) {}

  std::uint32_t roll() { return next_ < rolls_.size() ? rolls_[next_++] : 0; }
  std::uint32_t below(std::uint32_t count) { return roll() % count; }
  bool one_in(std::uint32_t count) { return below(count) == count - 1; }
  std::uint16_t word() { return static_cast<std::uint16_t>(roll()); }
  base::Ipv4 address() { return base::Ipv4(roll()); }
  base::Mac mac() { return base::Mac::locally_administered(roll()); }
  Payload bytes(std::uint32_t most) {
    std::string text(below(most + 1), '\0');
    for (char& byte : text) {
      byte = static_cast<char>(roll());
    }
    return Payload(text);
  }
  Payload options() { return one_in(4) ? bytes(4).padded_to(4 * (1 + below(10))) : Payload(); }

 private:
  std::vector<std::uint32_t> rolls_;
  std::size_t next_ = 0;
};

inline Ipv4Packet random_packet(Dice& dice, unsigned depth = 2);

inline Frame random_frame(Dice& dice, unsigned depth = 2) {
  Frame frame{dice.mac(), dice.mac(), {}, {}};
  switch (dice.below(8)) {
    case 6:
      frame.body = ArpPacket{dice.word(), dice.mac(), dice.address(), dice.mac(), dice.address()};
      break;
    case 7:
      frame.body = OtherBody{0x86dd, dice.bytes(40)};
      break;
    default:
      frame.body = random_packet(dice, depth);
  }
  if (frame.ethertype() != 0x86dd && dice.one_in(4)) {
    frame.trailer = dice.bytes(20);
  }
  return frame;
}

/// Ports that the tests open as tunnels.
inline constexpr std::uint16_t test_vxlan_port = 8472;
inline constexpr std::uint16_t test_flannel_port = 8285;

inline void randomise_udp(Dice& dice, Ipv4Packet& packet, unsigned depth) {
  packet.src_port = dice.word();
  packet.dst_port = static_cast<std::uint16_t>(dice.below(8000));
  const std::uint32_t kind = depth > 0 ? dice.below(4) : 0;
  if (kind == 2) {
    packet.dst_port = test_vxlan_port;
    packet.inner = Inner{VxlanFrame{dice.below(1U << 24U), random_frame(dice, depth - 1)}};
  } else if (kind == 3) {
    packet.dst_port = test_flannel_port;
    packet.inner = Inner{TunnelledPacket{random_packet(dice, depth - 1)}};
  } else {
    packet.payload = dice.bytes(60);
  }
  if (dice.one_in(6)) {
    packet.odd_checksum = std::uint16_t{0};
  }
}

inline void randomise_icmp(Dice& dice, Ipv4Packet& packet, unsigned depth) {
  const bool is_error = depth > 0 && dice.one_in(2);
  packet.icmp_type = is_error ? icmp_type::unreachable : icmp_type::echo;
  packet.icmp_code = static_cast<std::uint8_t>(dice.below(16));
  packet.icmp_id = dice.word();
  packet.icmp_seq = dice.word();
  if (is_error) {
    const Ipv4Packet about = random_packet(dice, 0);
    packet.inner = Inner{quote_of(about, about.header_length() + 8 + dice.below(60))};
  } else {
    packet.payload = dice.bytes(60);
  }
}

/// Any valid packet that is no fragment, in the form that parsing gives it. Tunnels and quotes nest `depth`
/// deep.
inline Ipv4Packet random_packet(Dice& dice, unsigned depth) {
  Ipv4Packet packet;
  packet.src = dice.address();
  packet.dst = dice.address();
  packet.tos = static_cast<std::uint8_t>(dice.roll());
  packet.ttl = static_cast<std::uint8_t>(dice.roll());
  packet.df = dice.one_in(2);
  packet.reserved_flag = dice.one_in(8);
  packet.id = dice.word();
  packet.ip_options = dice.options();
  switch (dice.below(4)) {
    case 0:
      packet.protocol = protocol::udp;
      randomise_udp(dice, packet, depth);
      break;
    case 1:
      packet.protocol = protocol::icmp;
      randomise_icmp(dice, packet, depth);
      break;
    case 2:
      packet.protocol = protocol::tcp;
      packet.src_port = dice.word(), packet.dst_port = dice.word();
      packet.tcp_seq = dice.roll(), packet.tcp_ack = dice.roll();
      packet.tcp_flags = static_cast<std::uint16_t>(dice.below(0x1000));
      packet.tcp_window = dice.word(), packet.tcp_urgent = dice.word();
      packet.tcp_options = dice.options();
      packet.payload = dice.bytes(60);
      break;
    default:
      packet.protocol = 47;
      packet.payload = dice.bytes(60);
  }
  return packet;
}

}  // namespace plimsoll::overlay
