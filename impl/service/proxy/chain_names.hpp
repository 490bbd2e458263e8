// The names of kube-proxy's chains (KPX-1).
//
// Source: kubernetes v1.31, pkg/proxy/iptables/proxier.go, portProtoHash and servicePortEndpointChainName:
// the first 16 characters of base32 (RFC 4648 section 6) of a SHA-256 digest. A chain's name has at most 28
// characters, so names of services cannot be names of chains.
#pragma once

#include <string>
#include <string_view>

#include "impl/service/proxy/types.hpp"

namespace plimsoll::service {

/// The hash that the names of a service port's chains end in. @param port_name  As port_name_text() gives it.
[[nodiscard]] std::string port_hash(std::string_view port_name, Protocol protocol);

/// KUBE-SVC-H: the endpoints of the whole cluster.
[[nodiscard]] std::string cluster_policy_chain(std::string_view port_hash);
/// KUBE-SVL-H: the endpoints of this node.
[[nodiscard]] std::string local_policy_chain(std::string_view port_hash);
/// KUBE-FW-H: who may use the load balancer.
[[nodiscard]] std::string firewall_chain(std::string_view port_hash);
/// KUBE-EXT-H: traffic from outside.
[[nodiscard]] std::string external_chain(std::string_view port_hash);
/// KUBE-SEP-H: one endpoint of a service port. @param endpoint  "ip:port".
[[nodiscard]] std::string endpoint_chain(std::string_view port_name, Protocol protocol,
                                         std::string_view endpoint);

/// Whether a chain of this name belongs to a service or to an endpoint; KUBE-XLB- was used before v1.24.
[[nodiscard]] bool is_service_chain(std::string_view chain);

}  // namespace plimsoll::service
