// What AF_PACKET sockets all over the network see of one probe, as lines.
//
// A packet belongs to the probe if its bytes contain the probe's token, or if it is a segment of its
// connection; what is carried in a tunnel is told instead of the tunnel's own packet, which is named beside
// it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "impl/overlay/node/network.hpp"

namespace plimsoll::overlay {

/// A packet seen somewhere.
struct Hop {
  std::string at = {};  ///< "n1:eth0"
  Direction direction = Direction::in;
  std::string packet = {};
  std::string macs = {};    ///< empty if the device has none
  std::string tunnel = {};  ///< the outer packet, if the packet is in a tunnel
  friend bool operator==(const Hop&, const Hop&) = default;
};

/// What an observation is about.
enum class Trail : std::uint8_t { none, request, reply, error };

/// How to know the probe's packets.
struct CaptureOptions {
  std::string token = {};      ///< in the payload of requests, followed by 'Q'; of replies, by 'R'
  std::uint16_t tcp_port = 0;  ///< the client's, of a probe over TCP
  std::uint16_t vxlan_port = 8472;
  std::uint16_t tunnel_port = 8285;  ///< of flannel's udp backend
};

/// An ICMP error that left a namespace.
struct ErrorSent {
  std::string from = {};     ///< the namespace
  std::string message = {};  ///< "10.244.2.0>10.244.1.2 icmp11/0"
  friend bool operator==(const ErrorSent&, const ErrorSent&) = default;
};

/// A frame for one host that another one saw too, or an ordinary observation.
struct Observation {
  Microseconds when = 0;
  Trail trail = Trail::none;
  Hop hop = {};
  std::string namespace_name = {};
  std::string error_message = {};  ///< if trail is error
  /// Of a later fragment: which, and how many copies of its bytes were made before.
  std::pair<std::uint16_t, std::uint16_t> fragment = {};
  std::uint32_t copy = 0;
};

class Capture {
 public:
  Capture() = default;
  explicit Capture(CaptureOptions options) : options_(std::move(options)) {}

  /// @param device  That the packet was seen at.
  void add(const std::string& where, const Device& device, Direction direction, const Skb& skb,
           Microseconds when);

  /// The hops of a trail, in order of time.
  [[nodiscard]] std::vector<Hop> hops(Trail trail) const;
  /// Errors by namespace and message, each told once, where it first left a namespace.
  [[nodiscard]] std::vector<ErrorSent> errors() const;
  /// Devices, as "n3:eth0", that saw the request though it was for another host.
  [[nodiscard]] const std::vector<std::string>& seen_by_other_hosts() const { return other_hosts_; }

 private:
  struct View;
  [[nodiscard]] View view_of(const Device& device, const Frame& frame) const;
  [[nodiscard]] Trail trail_of(const Ipv4Packet& packet) const;

  CaptureOptions options_ = {};
  void share_bytes(Observation& observation, const Ipv4Packet& packet, Bytes bytes);

  std::vector<Observation> observations_ = {};
  std::map<std::pair<std::uint16_t, std::uint16_t>, std::uint32_t> copies_ = {};  ///< made of each fragment
  std::vector<std::string> other_hosts_ = {};
};

}  // namespace plimsoll::overlay
