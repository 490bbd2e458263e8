// One exchange between a client and whoever answers it: what was sent, who got it, what came back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "impl/base/step.hpp"
#include "impl/overlay/node/network.hpp"
#include "impl/overlay/node/probe.hpp"
#include "impl/service/proxy/types.hpp"
#include "properties/service/delivery/flanneld.hpp"
#include "properties/service/delivery/node_kernel.hpp"

namespace plimsoll::properties::delivery {

/// What a client does.
struct Request {
  std::string from = {};  ///< the namespace
  base::Ipv4 to = {};
  std::uint16_t port = 80;
  /// udp: a datagram, which is answered by one. tcp: connect(); or, with tcp_flags, that one segment.
  api::Protocol protocol = api::Protocol::udp;
  std::uint16_t source_port = 40001;
  std::optional<base::Ipv4> bind = {};         ///< none: chosen by routing
  std::uint16_t tcp_flags = 0;                 ///< 0: connect()
  std::size_t size = 64;                       ///< bytes of a datagram's IP packet, at least 36
  net::PathMtu path_mtu = net::PathMtu::dont;  ///< of a datagram
};

/// A datagram or the first segment of a connection, or a segment of an open one, as it met a program.
struct Arrival {
  std::string at = {};  ///< the namespace
  net::Endpoints ends = {};
  friend bool operator==(const Arrival&, const Arrival&) = default;
};

/// What came back to the client's socket.
struct Reply {
  base::Ipv4 src = {};
  std::uint16_t src_port = 0;
  std::string by = {};  ///< who sent it; of TCP segments, unknown
  friend bool operator==(const Reply&, const Reply&) = default;
};

/// An ICMP error that came to the client about its packet.
struct Complaint {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  base::Ipv4 by = {};
  friend bool operator==(const Complaint&, const Complaint&) = default;
};

struct Exchange {
  std::vector<Arrival> arrivals = {};
  std::vector<Reply> replies = {};
  std::vector<Complaint> complaints = {};
  /// connect() succeeded: its answer came from the address asked, and the listener saw the third segment.
  bool connected = false;
  bool reset = false;        ///< a reset came to the client, from the address asked
  std::string unknown = {};  ///< what is not modelled; nothing else is to be relied on
  friend bool operator==(const Exchange&, const Exchange&) = default;

  /// One program got it, one answer came, and it came from where the client had sent to.
  [[nodiscard]] bool is_served(const Request& request) const;
  /// Who got it; empty if nobody or several.
  [[nodiscard]] std::string server() const;
  /// Nobody got it, and the client knows: 3/3 about UDP, a reset or 3/3 about TCP.
  [[nodiscard]] bool is_refused() const;
  /// Nobody got it, and nobody says so.
  [[nodiscard]] bool is_lost() const;
};
/// For messages of tests.
[[nodiscard]] std::string to_text(const Exchange& exchange);

/// The namespaces, how they are joined, and which of them have a flanneld that moves packets.
struct Parts {
  std::map<std::string, NodeKernel>& kernels;
  const std::vector<net::Wire>& wires;
  std::map<std::string, Flanneld*> relays = {};
  std::vector<std::string>* hops =
      nullptr;  ///< where IP packets were seen: ">n1:eth0" came in, "n1:cni0>" left
};

/// Runs the exchange to its end; the kernels remember it.
[[nodiscard]] Exchange run_exchange(const Parts& parts, const Request& request, base::Choices& choices);

}  // namespace plimsoll::properties::delivery
