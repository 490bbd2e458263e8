// How the iptables proxier is set up: the flags of kube-proxy that its rules depend on.
//
// Source: kubernetes v1.31, pkg/proxy/apis/config/types.go (KubeProxyIPTablesConfiguration), the defaults of
// v1alpha1, and pkg/proxy/util/localdetector.go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "impl/base/described_net.hpp"
#include "impl/service/proxy/defects.hpp"

namespace plimsoll::service::iptables {

/// --detect-local-mode: how traffic of this cluster's (or this node's) pods is told from other traffic.
struct DetectByCidr {
  base::Ipv4Prefix cidr;
};
struct DetectByBridge {
  std::string interface;
};
struct DetectByInterfacePrefix {
  std::string prefix;
};
struct DetectNothing {};
using LocalDetector = std::variant<DetectNothing, DetectByCidr, DetectByBridge, DetectByInterfacePrefix>;

struct RulesConfig {
  LocalDetector detector = {};
  bool masquerade_all = false;
  std::uint8_t masquerade_bit = 14;  ///< 0 .. 31; the mark is 1 << this
  bool random_fully = true;          ///< iptables knows --random-fully (1.6.2 and later)
  bool localhost_node_ports = true;  ///< node ports on 127.0.0.0/8 as well
  /// --nodeport-addresses: this node's addresses that node ports are on. None: all of them.
  std::optional<std::vector<base::Ipv4>> node_port_addresses = {};
  bool conntrack_tcp_be_liberal = false;  ///< nf_conntrack_tcp_be_liberal is set: nothing is INVALID
  base::Ipv4 node_ip = {};
  /// With more endpoints in all, comments are left out and stale chains are looked for less often.
  std::uint32_t large_cluster_endpoints = 1000;
  Defects defects = {};
};

}  // namespace plimsoll::service::iptables
