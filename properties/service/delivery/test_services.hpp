// Services by hand, and requests to them, for tests. Service number 7 has 10.96.0.7.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "properties/service/delivery/cluster.hpp"

namespace plimsoll::properties::delivery {

inline constexpr api::Protocol udp = api::Protocol::udp;
inline constexpr api::Protocol tcp = api::Protocol::tcp;

inline base::Ipv4 vip(std::uint8_t number) {
  return {10, 96, 0, number};
}
/// An address of a load balancer, or an external one, that no node has.
inline base::Ipv4 outer_ip(std::uint8_t number) {
  return {203, 0, 113, number};
}
/// Port 80 of UDP and of TCP.
inline api::Service cluster_ip(std::uint8_t number) {
  api::Service service;
  service.cluster_ip = vip(number);
  service.ports = {{"u", udp, 80, 0}, {"t", tcp, 80, 0}};
  return service;
}
/// With node ports 30000 + `number`, of both protocols.
inline api::Service node_port(std::uint8_t number, api::TrafficPolicy policy = api::TrafficPolicy::cluster) {
  api::Service service = cluster_ip(number);
  service.type = api::ServiceType::node_port;
  service.external_policy = policy;
  for (api::ServicePortSpec& port : service.ports) {
    port.node_port = static_cast<std::uint16_t>(30000 + number);
  }
  return service;
}
/// With outer_ip(`number`) too.
inline api::Service load_balancer(std::uint8_t number,
                                  api::TrafficPolicy policy = api::TrafficPolicy::cluster) {
  api::Service service = node_port(number, policy);
  service.type = api::ServiceType::load_balancer;
  service.load_balancer_ips = {outer_ip(number)};
  return service;
}

inline api::SliceEndpoint terminating(api::SliceEndpoint endpoint, bool serving = true) {
  endpoint.ready = false;
  endpoint.serving = serving;
  endpoint.terminating = true;
  return endpoint;
}

/// The service, and its endpoints, as far as all kube-proxies have acted on them.
inline void provide(Cluster& cluster, const std::string& name, const api::Service& service,
                    const std::vector<api::SliceEndpoint>& endpoints) {
  cluster.set_service(name, service);
  cluster.set_endpoints(name, endpoints);
  cluster.settle();
}
inline void scale(Cluster& cluster, const std::string& name,
                  const std::vector<api::SliceEndpoint>& endpoints) {
  cluster.set_endpoints(name, endpoints);
  cluster.settle();
}

inline Request to(const std::string& from, base::Ipv4 address, api::Protocol protocol = udp,
                  std::uint16_t source_port = 40001, std::uint16_t port = 80) {
  return {.from = from, .to = address, .port = port, .protocol = protocol, .source_port = source_port};
}

/// Who serves new connections like the request's: "n1p1 n2p1". iptables: whatever the environment chooses.
/// IPVS: by turns, so as many connections are opened as are enough for a turn of each.
inline std::string servers(Cluster& cluster, Request request) {
  std::set<std::string> all;
  const auto add = [&](const Exchange& exchange) {
    all.insert(exchange.is_served(request) ? exchange.server() : "(" + to_text(exchange) + ")");
  };
  if (cluster.config().proxy == ProxyMode::iptables) {
    for (const Exchange& exchange : cluster.possible(request)) {
      add(exchange);
    }
  } else {
    constexpr int turns = 6;
    for (int turn = 0; turn < turns; ++turn) {
      add(cluster.send(request));
      ++request.source_port;
    }
  }
  std::string names;
  for (const std::string& name : all) {
    names += (names.empty() ? "" : " ") + name;
  }
  return names;
}

inline constexpr ProxyMode both_modes[] = {ProxyMode::iptables, ProxyMode::ipvs};
inline constexpr flannel::BackendKind all_backends[] = {
    flannel::BackendKind::vxlan, flannel::BackendKind::host_gw, flannel::BackendKind::udp};

}  // namespace plimsoll::properties::delivery
