// What a service port needs in the kernel: which chains, and where each kind of traffic goes.
//
// Source: kubernetes v1.31, pkg/proxy/iptables/proxier.go, the head of the loop over service ports in
// syncProxyRules. All decisions are taken here, and service_rules.hpp only writes them down.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "impl/service/proxy/endpoint_choice.hpp"
#include "impl/service/proxy/types.hpp"

namespace plimsoll::service::iptables {

/// An endpoint in words.
struct PlannedEndpoint {
  std::string ip = {};
  std::string text = {};   ///< "ip:port"
  std::string chain = {};  ///< KUBE-SEP-H
};

/// Invariants: (1) has_internal and has_external imply has_any; (2) without has_any, no chain is used.
struct PortPlan {
  std::string name = {};  ///< "default/web:http"
  std::string_view protocol = {};
  const ServicePort* port = nullptr;

  std::vector<PlannedEndpoint> endpoints = {};  ///< in any chain
  std::vector<std::size_t> cluster = {};        ///< indices into endpoints
  std::vector<std::size_t> local = {};

  bool has_any = false;       ///< somewhere; else all traffic is refused
  bool has_internal = false;  ///< for traffic to the cluster IP
  bool has_external = false;  ///< for traffic from outside

  std::string cluster_chain = {};   ///< KUBE-SVC-H
  std::string local_chain = {};     ///< KUBE-SVL-H
  std::string external_chain = {};  ///< KUBE-EXT-H
  std::string firewall_chain = {};  ///< KUBE-FW-H
  bool uses_cluster_chain = false;
  bool uses_local_chain = false;
  /// Depends on has_any, not has_external: the node's own traffic and its pods' is short-circuited even where
  /// strangers find no endpoint.
  bool uses_external_chain = false;
  bool uses_firewall_chain = false;

  /// Where traffic to the cluster IP goes, when has_internal.
  [[nodiscard]] const std::string& internal_chain() const {
    return port->internal_local ? local_chain : cluster_chain;
  }
  /// Where traffic from outside ends up, when has_external.
  [[nodiscard]] const std::string& external_policy_chain() const {
    return port->external_local ? local_chain : cluster_chain;
  }
  /// Where traffic to a load-balancer address enters.
  [[nodiscard]] const std::string& load_balancer_chain() const {
    return uses_firewall_chain ? firewall_chain : external_chain;
  }
};

/// `view` must outlive the plan. Cost: one SHA-256 per endpoint, and one.
[[nodiscard]] PortPlan plan_port(const ObjectName& service, const PortKey& key, const PortView& view,
                                 const std::optional<std::string>& zone, Defects defects);

}  // namespace plimsoll::service::iptables
