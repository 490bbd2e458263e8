#include "impl/overlay/packet/print.hpp"

#include <array>
#include <string_view>
#include <utility>
#include <variant>

namespace plimsoll::overlay {
namespace {

std::string addresses(const Ipv4Packet& packet) {
  return to_text(packet.src) + ">" + to_text(packet.dst) + " ttl" + std::to_string(packet.ttl);
}

std::string ports(const Ipv4Packet& packet) {
  return packet.has_transport()
             ? ":" + std::to_string(packet.src_port) + ">" + std::to_string(packet.dst_port)
             : std::string();
}

std::string flags(std::uint16_t tcp_flags) {
  constexpr std::array<std::pair<std::uint16_t, char>, 8> letters = {{{tcp_flag::fin, 'F'},
                                                                      {tcp_flag::syn, 'S'},
                                                                      {tcp_flag::rst, 'R'},
                                                                      {tcp_flag::psh, 'P'},
                                                                      {tcp_flag::ack, 'A'},
                                                                      {tcp_flag::urg, 'U'},
                                                                      {tcp_flag::ece, 'E'},
                                                                      {tcp_flag::cwr, 'C'}}};
  std::string text = " [";
  for (const auto& [flag, letter] : letters) {
    if ((tcp_flags & flag) != 0) {
      text += letter;
    }
  }
  return text + "]";
}

std::string icmp(const Ipv4Packet& packet) {
  std::string text = "icmp";
  if (packet.has_transport()) {
    text += std::to_string(packet.icmp_type) + "/" + std::to_string(packet.icmp_code);
    if (packet.icmp_type == icmp_type::unreachable &&
        packet.icmp_code == icmp_unreachable::fragmentation_needed) {
      text += " mtu" + std::to_string(packet.icmp_seq);
    }
  }
  return text;
}

std::string transport(const Ipv4Packet& packet) {
  switch (packet.protocol) {
    case protocol::udp:
      return "udp" + ports(packet);
    case protocol::tcp:
      return "tcp" + ports(packet) + (packet.has_transport() ? flags(packet.tcp_flags) : "");
    case protocol::icmp:
      return icmp(packet);
    default:
      return "proto" + std::to_string(packet.protocol);
  }
}

std::string length_and_fragment(const Ipv4Packet& packet) {
  std::string text = " len" + std::to_string(packet.total_length());
  if (packet.df) {
    text += " DF";
  }
  if (packet.is_fragment()) {
    text += " frag" + std::to_string(packet.fragment_offset) + (packet.mf ? "+" : "");
  }
  return text;
}

}  // namespace

std::string to_text(const Ipv4Packet& packet) {
  return addresses(packet) + " " + transport(packet) + length_and_fragment(packet);
}

std::string to_text(const ArpPacket& arp) {
  switch (arp.operation) {
    case ArpPacket::request:
      return "who-has " + to_text(arp.target_ip) + " tell " + to_text(arp.sender_ip);
    case ArpPacket::reply:
      return to_text(arp.sender_ip) + " is-at " + to_text(arp.sender_mac);
    default:
      return "arp" + std::to_string(arp.operation);
  }
}

std::string to_text(const Frame& frame) {
  if (const Ipv4Packet* packet = frame.ip()) {
    return to_text(*packet);
  }
  if (const ArpPacket* arp = frame.arp()) {
    return to_text(*arp);
  }
  return "ethertype" + std::to_string(frame.ethertype());
}

std::string macs_text(const Frame& frame) {
  return to_text(frame.src) + ">" + to_text(frame.dst);
}

std::string tunnel_text(const Ipv4Packet& outer) {
  std::string text;
  if (const VxlanFrame* vxlan = outer.vxlan()) {
    text = "vxlan " + addresses(outer) + " dport" + std::to_string(outer.dst_port) + " vni" +
           std::to_string(vxlan->vni);
  } else if (outer.tunnelled() != nullptr) {
    text = "udp " + addresses(outer) + " dport" + std::to_string(outer.dst_port);
  }
  return text.empty() ? text : text + length_and_fragment(outer);
}

}  // namespace plimsoll::overlay
