// IPVS as part of a node's kernel: what the node asks when packets pass its hooks.
//
// Source: Linux, net/netfilter/ipvs/ip_vs_core.c (ip_vs_in_hook, ip_vs_out_hook), ip_vs_ctl.c (the sysctls
// and their defaults). The node's side is impl/overlay/node/ipvs.cpp. Not modelled, and said so when it
// happens: ICMP errors about packets of connections, and the translation of SCTP, whose checksum is over the
// ports.
#pragma once

#include "impl/overlay/node/load_balancer.hpp"
#include "impl/overlay/node/tables.hpp"
#include "impl/service/proxy/ipvs/input.hpp"

namespace plimsoll::service::ipvs {

/// net.ipv4.vs.* of a node, as `sysctl -w` left them; what was never written has the kernel's default.
[[nodiscard]] Sysctls sysctls_of(const overlay::Sysctls& sysctls);

/// Thread-safety: none. Tables and state must outlive it; the state changes as packets pass.
class Balancer final : public overlay::LoadBalancer {
 public:
  Balancer(const Tables& tables, const Sysctls& sysctls, State& state)
      : tables_(tables), sysctls_(sysctls), state_(state) {}

  [[nodiscard]] overlay::Balanced request(const overlay::Ipv4Packet& packet, bool in_known_flow) override;
  [[nodiscard]] overlay::Balanced answer(const overlay::Ipv4Packet& packet) override;
  [[nodiscard]] bool keeps_flows() const override { return sysctls_.conntrack; }

 private:
  const Tables& tables_;
  const Sysctls sysctls_;
  State& state_;
};

}  // namespace plimsoll::service::ipvs
