// IPVS as the node sees it: somebody who is shown packets, and says where they go.
//
// Source: Linux, net/netfilter/ipvs/ip_vs_core.c (ip_vs_ops4, ip_vs_in_hook, ip_vs_out_hook). Which server a
// connection gets, and what is remembered of connections, is the balancer's own business; the node does to
// the packets what it says (ipvs.cpp). So the pipeline knows nothing of services.
#pragma once

#include <cstdint>
#include <string>

#include "impl/overlay/packet/packet.hpp"

namespace plimsoll::overlay {

/// What becomes of a packet.
struct Balanced {
  enum class Verdict : std::uint8_t {
    pass,       ///< it is none of the balancer's; it goes on
    translate,  ///< its end at the virtual server is another one from here on
    refuse,     ///< no server takes it: port unreachable
    drop,       ///< silently
    unknown,    ///< what the kernel does with it is not modelled
  };
  Verdict verdict = Verdict::pass;
  base::Ipv4 address = {};   ///< translate: the server of a request, the virtual server of an answer
  std::uint16_t port = 0;    ///< translate
  bool forget_flow = false;  ///< drop: its connection ended, and with it conntrack's flow
  std::string reason = {};   ///< unknown
};

/// One node's IPVS with its state.
///
/// Thread-safety: none.
class LoadBalancer {
 public:
  LoadBalancer() = default;
  LoadBalancer(const LoadBalancer&) = delete;
  LoadBalancer& operator=(const LoadBalancer&) = delete;
  LoadBalancer(LoadBalancer&&) = delete;
  LoadBalancer& operator=(LoadBalancer&&) = delete;
  virtual ~LoadBalancer() = default;

  /// A packet at INPUT or OUTPUT (ip_vs_in). A new connection may be scheduled, and is remembered.
  /// @param in_known_flow  Whether conntrack has the packet's flow since an earlier packet.
  [[nodiscard]] virtual Balanced request(const Ipv4Packet& packet, bool in_known_flow) = 0;
  /// A packet at INPUT, OUTPUT or FORWARD that may be a server's (ip_vs_out).
  [[nodiscard]] virtual Balanced answer(const Ipv4Packet& packet) = 0;
  /// net.ipv4.vs.conntrack: packets stay with their flows, so that their sources may be translated too.
  [[nodiscard]] virtual bool keeps_flows() const = 0;
};

}  // namespace plimsoll::overlay
