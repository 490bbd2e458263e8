// What services want of a node's rules: where each kind of packet may go, and who must be masqueraded.
//
// Source: the Service API (kubernetes v1.31): which endpoints a policy allows (KEP-1669, KEP-2086, KEP-2433),
// what externalTrafficPolicy promises of the client's address, loadBalancerSourceRanges, sessionAffinity.
// Written without a look at how the proxier chooses (impl/service/proxy/endpoint_choice.hpp), so that the
// two can be compared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "impl/service/proxy/iptables/config.hpp"
#include "impl/service/proxy/types.hpp"

namespace plimsoll::properties::rules {

struct Backend {
  base::Ipv4 ip = {};
  std::uint16_t port = 0;
  friend auto operator<=>(const Backend&, const Backend&) = default;
};
/// "10.244.1.2:8080"
[[nodiscard]] std::string to_text(const Backend& backend);

enum class FrontendKind : std::uint8_t { cluster_ip, external_ip, load_balancer, node_port };

/// An address and port, or a port of the node, at which a service is.
struct Frontend {
  std::string service = {};  ///< "default/web:http"
  FrontendKind kind = FrontendKind::cluster_ip;
  base::Ipv4 ip = {};  ///< not of a node port
  std::uint8_t protocol = 6;
  std::uint16_t port = 0;

  bool is_local = false;               ///< the policy of this traffic is Local
  std::vector<Backend> cluster = {};   ///< who may serve under policy Cluster
  std::vector<Backend> local = {};     ///< under policy Local
  bool has_any = false;                ///< somewhere in the cluster someone can serve
  std::uint32_t affinity_seconds = 0;  ///< 0: any backend, each time anew

  /// Load balancers: sources that may come in. Empty: all.
  std::vector<base::Ipv4Prefix> source_ranges = {};
  std::vector<base::Ipv4> more_sources = {};

  /// Who serves strangers.
  [[nodiscard]] const std::vector<Backend>& backends() const { return is_local ? local : cluster; }
  /// Traffic of pods and of the node itself reaches backends of all nodes in any case.
  [[nodiscard]] bool is_external() const { return kind != FrontendKind::cluster_ip; }
};
/// "default/web:http at 10.96.0.1:80"
[[nodiscard]] std::string to_text(const Frontend& frontend);

/// All that one node's rules are for.
struct Intent {
  std::vector<Frontend> frontends = {};  ///< where two have one address and port, the first one counts

  service::iptables::LocalDetector detector = {};
  bool masquerade_all = false;
  std::uint32_t mark = 0x4000;  ///< of packets that are to be masqueraded
  bool localhost_node_ports = true;
  std::optional<std::vector<base::Ipv4>> node_port_addresses = {};
  bool drops_invalid = true;
};

/// @param zone  The node's label topology.kubernetes.io/zone. Cost: linear in services and endpoints.
[[nodiscard]] Intent intent_of(const service::ServiceViews& views, const std::optional<std::string>& zone,
                               const service::iptables::RulesConfig& config);

}  // namespace plimsoll::properties::rules
