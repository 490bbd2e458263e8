// What kube-proxy knows of the cluster: services and endpoint slices as the API server shows them, and the
// service ports and endpoints that it makes of them.
//
// Source: kubernetes v1.31, staging/src/k8s.io/api/core/v1 and discovery/v1 (the objects),
// pkg/proxy/types.go, serviceport.go and endpoint.go (what is made of them). A proxier serves one address
// family; this one serves IPv4, so objects are given to it with their IPv4 addresses only, as upstream's
// filters by family leave them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "impl/base/described.hpp"
#include "impl/base/described_net.hpp"

namespace plimsoll::service {

enum class Protocol : std::uint8_t { tcp, udp, sctp };
PLIMSOLL_DESCRIBE_ENUM(Protocol, tcp, udp, sctp)

/// As iptables writes it: "tcp".
[[nodiscard]] constexpr std::string_view to_text(Protocol protocol) {
  return std::array<std::string_view, 3>{"tcp", "udp", "sctp"}[static_cast<std::size_t>(protocol)];
}
/// IPPROTO_*
[[nodiscard]] constexpr std::uint8_t ip_protocol(Protocol protocol) {
  return std::array<std::uint8_t, 3>{6, 17, 132}[static_cast<std::size_t>(protocol)];
}

/// An object's namespace and name: "default/web".
struct ObjectName {
  std::string space = {};
  std::string name = {};
  PLIMSOLL_DESCRIBE(ObjectName, space, name)
};
[[nodiscard]] inline std::string to_text(const ObjectName& name) {
  return name.space + "/" + name.name;
}

enum class ServiceType : std::uint8_t { cluster_ip, node_port, load_balancer, external_name };
PLIMSOLL_DESCRIBE_ENUM(ServiceType, cluster_ip, node_port, load_balancer, external_name)

/// Which endpoints traffic may reach: those of all nodes, or of the node it is on.
enum class TrafficPolicy : std::uint8_t { cluster, local };
PLIMSOLL_DESCRIBE_ENUM(TrafficPolicy, cluster, local)

/// One port of a Service (spec.ports[]).
struct ServicePortSpec {
  std::string name = {};  ///< unique in the service; may be empty if it is the only one
  Protocol protocol = Protocol::tcp;
  std::uint16_t port = 0;
  std::uint16_t node_port = 0;  ///< 0: none
  PLIMSOLL_DESCRIBE_OPTIONS(node_port)
  PLIMSOLL_DESCRIBE(ServicePortSpec, name, protocol, port, node_port)
};

/// A Service (v1).
struct Service {
  ServiceType type = ServiceType::cluster_ip;
  std::optional<base::Ipv4> cluster_ip = {};  ///< none: headless
  std::vector<ServicePortSpec> ports = {};
  std::vector<base::Ipv4> external_ips = {};
  /// status.loadBalancer.ingress[].ip with ipMode VIP; addresses of mode Proxy are not kube-proxy's business.
  std::vector<base::Ipv4> load_balancer_ips = {};
  std::vector<base::Ipv4Prefix> source_ranges = {};  ///< loadBalancerSourceRanges; none: everybody
  std::uint32_t affinity_seconds = 0;                ///< sessionAffinity ClientIP with this timeout; 0: None
  TrafficPolicy internal_policy = TrafficPolicy::cluster;
  TrafficPolicy external_policy = TrafficPolicy::cluster;
  std::uint16_t health_check_node_port = 0;  ///< 0: none

  PLIMSOLL_DESCRIBE_OPTIONS(external_ips)
  PLIMSOLL_DESCRIBE(Service, type, cluster_ip, ports, external_ips, load_balancer_ips, source_ranges,
                    affinity_seconds, internal_policy, external_policy, health_check_node_port)
};

/// One endpoint of an EndpointSlice, with its conditions as v1.31 reads them: `ready` and `serving` are true
/// when they are not set, `terminating` is false.
struct SliceEndpoint {
  base::Ipv4 ip = {};
  bool ready = true;
  bool serving = true;
  bool terminating = false;
  std::string node = {};                  ///< where it runs; empty: unknown
  std::set<std::string> zone_hints = {};  ///< hints.forZones
  PLIMSOLL_DESCRIBE_OPTIONS(ready)
  PLIMSOLL_DESCRIBE(SliceEndpoint, ip, ready, serving, terminating, node, zone_hints)
};

struct SlicePort {
  std::string name = {};
  Protocol protocol = Protocol::tcp;
  std::uint16_t port = 0;
  PLIMSOLL_DESCRIBE(SlicePort, name, protocol, port)
};

/// An EndpointSlice (discovery.k8s.io/v1). A service may have several; an address may be in more than one.
struct EndpointSlice {
  std::string service = {};  ///< label kubernetes.io/service-name; the namespace is the slice's
  std::vector<SlicePort> ports = {};
  std::vector<SliceEndpoint> endpoints = {};
  PLIMSOLL_DESCRIBE(EndpointSlice, service, ports, endpoints)
};

/// What tells the ports of a service apart.
struct PortKey {
  std::string name = {};
  Protocol protocol = Protocol::tcp;
  PLIMSOLL_DESCRIBE(PortKey, name, protocol)
};

/// One port of a service as the proxy serves it (pkg/proxy BaseServicePortInfo). The policies are what they
/// come to: an external policy of a service that cannot be reached from outside is `cluster`.
struct ServicePort {
  base::Ipv4 cluster_ip = {};
  std::uint16_t port = 0;
  std::uint16_t node_port = 0;
  std::vector<base::Ipv4> external_ips = {};
  std::vector<base::Ipv4> load_balancer_ips = {};
  std::vector<base::Ipv4Prefix> source_ranges = {};
  std::uint32_t affinity_seconds = 0;
  bool internal_local = false;
  bool external_local = false;
  std::uint16_t health_check_node_port = 0;

  [[nodiscard]] bool externally_accessible() const {
    return node_port != 0 || !load_balancer_ips.empty() || !external_ips.empty();
  }
  /// External traffic of policy Local needs them too: pods and the node itself are short-circuited to all
  /// endpoints.
  [[nodiscard]] bool uses_cluster_endpoints() const { return !internal_local || externally_accessible(); }
  [[nodiscard]] bool uses_local_endpoints() const {
    return internal_local || (external_local && externally_accessible());
  }

  PLIMSOLL_DESCRIBE_OPTIONS(node_port)
  PLIMSOLL_DESCRIBE(ServicePort, cluster_ip, port, node_port, external_ips, load_balancer_ips, source_ranges,
                    affinity_seconds, internal_local, external_local, health_check_node_port)
};

/// One endpoint of a service port (pkg/proxy BaseEndpointInfo).
struct Endpoint {
  base::Ipv4 ip = {};
  std::uint16_t port = 0;
  bool ready = true;
  bool serving = true;
  bool terminating = false;
  bool local = false;  ///< on this node
  std::set<std::string> zone_hints = {};
  PLIMSOLL_DESCRIBE_OPTIONS(ready)
  PLIMSOLL_DESCRIBE(Endpoint, ip, port, ready, serving, terminating, local, zone_hints)
};
/// "10.244.1.2:8080"
[[nodiscard]] inline std::string to_text(const Endpoint& endpoint) {
  return to_text(endpoint.ip) + ":" + std::to_string(endpoint.port);
}

/// A service port with its endpoints, which are in the order of their texts and have no duplicates.
struct PortView {
  ServicePort port = {};
  std::vector<Endpoint> endpoints = {};
  PLIMSOLL_DESCRIBE(PortView, port, endpoints)
};

/// All that the proxy has to serve of one service. Empty: nothing, as for headless services and those of type
/// ExternalName.
using ServiceView = std::map<PortKey, PortView>;
/// By service; no service is there with an empty view.
using ServiceViews = std::map<ObjectName, ServiceView>;

/// "default/web:http", or "default/web" for a port without a name (pkg/proxy ServicePortName.String).
[[nodiscard]] inline std::string port_name_text(const ObjectName& service, const PortKey& key) {
  return to_text(service) + (key.name.empty() ? "" : ":" + key.name);
}

}  // namespace plimsoll::service
