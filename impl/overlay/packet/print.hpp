// Packets as one line, the way recordings of real kernels write them.
//
// Source: the recordings' own notes: "src>dst ttl proto:sport>dport lenIP [DF] [fragOFF+]".
#pragma once

#include <string>

#include "impl/overlay/packet/packet.hpp"

namespace plimsoll::overlay {

/// "10.244.1.2>10.244.2.2 ttl64 tcp:40005>8080 [SA] len60 DF". Later fragments have no ports; ICMP has
/// "icmp8/0", with " mtu1450" behind type 3 code 4; other protocols are "proto47". "frag1424" is the offset
/// in bytes, with "+" if more fragments follow.
[[nodiscard]] std::string to_text(const Ipv4Packet& packet);
/// "who-has 10.0.0.1 tell 10.0.0.2", "10.0.0.1 is-at 06:00:00:00:00:01", or "arp3" of another operation.
[[nodiscard]] std::string to_text(const ArpPacket& arp);
/// The body alone: addresses of frames are written apart, see macs_text().
[[nodiscard]] std::string to_text(const Frame& frame);
/// "0a:58:0a:f4:01:02>0a:58:0a:f4:01:03": source, destination.
[[nodiscard]] std::string macs_text(const Frame& frame);
/// The outer packet of a tunnel: "vxlan 192.168.50.11>192.168.50.12 ttl64 dport8472 vni1 len114", and "udp"
/// without the VNI for flannel's udp backend. The source port of a VXLAN datagram is a hash, so it is left
/// out. Empty if nothing that is known is carried inside.
[[nodiscard]] std::string tunnel_text(const Ipv4Packet& outer);

}  // namespace plimsoll::overlay
