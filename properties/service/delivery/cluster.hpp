// A cluster whose nodes run flannel and kube-proxy, through which packets are sent.
//
//   cl ---+                          a switch "ul", 192.168.50.1; a client outside, 192.168.50.100
//         +--- n1 --- n1p1, n1p2     a node: eth0 192.168.50.11, bridge cni0 10.244.1.1/24
//         +--- n2 --- n2p1, n2p2     a pod: eth0 10.244.2.2, 10.244.2.3, behind vethp1, vethp2 of its node
//         +--- n3 ...
//
// Nothing is faked between the objects of the API server and the packets: each node's flanneld is told of the
// leases, and its kube-proxy of services and endpoint slices; they program their node's kernel by its own
// requests, and the kernels of impl/overlay/node carry the packets. In every pod a program answers on port
// 8080, UDP and TCP. How to use it:
//
//   Cluster cluster({.backend = flannel::BackendKind::vxlan, .proxy = ProxyMode::ipvs});
//   cluster.set_service("web", cluster_ip_service);
//   cluster.set_endpoints("web", {endpoint(1, 1), endpoint(2, 1)});
//   cluster.settle();
//   const Request request = {.from = "n1p2", .to = vip};
//   for (const Exchange& exchange : cluster.possible(request)) ...    // each choice of the environment
//   cluster.send(request);                                            // one of them; it is remembered
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "properties/service/delivery/exchange.hpp"
#include "properties/service/delivery/flanneld.hpp"
#include "properties/service/delivery/kube_proxy.hpp"
#include "properties/service/delivery/node_kernel.hpp"

namespace plimsoll::properties::delivery {

struct ClusterConfig {
  flannel::BackendKind backend = flannel::BackendKind::vxlan;
  ProxyMode proxy = ProxyMode::iptables;
  std::uint8_t nodes = 3;  ///< 1 .. 9
  std::uint8_t pods = 2;   ///< of each node, 0 .. 9
  bool direct_routing = false;
  bool bridge_nf = true;  ///< net.bridge.bridge-nf-call-iptables
  bool hairpin = true;    ///< of the bridges' ports
  bool masquerade_all = false;
  bool kernel_before_5_16 = false;  ///< see ipvs::Sysctls
  api::ipvs::Scheduler scheduler = api::ipvs::Scheduler::rr;
  std::uint8_t client_via = 1;  ///< the node that the outside client sends packets for foreign addresses to
  api::Defects proxy_defects = {};
  flannel::Defects flannel_defects = {};
};

/// Thread-safety: none. Pointers and references that it gives are good for as long as it is.
class Cluster {
 public:
  explicit Cluster(const ClusterConfig& config);

  // Names and addresses; nodes and pods are counted from 1.
  [[nodiscard]] static std::string node_name(std::uint8_t node);
  [[nodiscard]] static std::string pod_name(std::uint8_t node, std::uint8_t pod);
  [[nodiscard]] static base::Ipv4 node_ip(std::uint8_t node);
  [[nodiscard]] static base::Ipv4 pod_ip(std::uint8_t node, std::uint8_t pod);
  [[nodiscard]] static base::Ipv4 client_ip() { return base::Ipv4(192, 168, 50, 100); }
  [[nodiscard]] static base::Ipv4Prefix subnet(std::uint8_t node);
  static constexpr std::uint16_t pod_port = 8080;
  /// A pod as an endpoint that is ready.
  [[nodiscard]] static api::SliceEndpoint endpoint(std::uint8_t node, std::uint8_t pod);

  // The API server's objects, in namespace "ns". All kube-proxies hear of them; settle() lets them act.
  void set_service(const std::string& name, const std::optional<api::Service>& service);
  /// The one slice of the service, which has pod_port for each of its ports. Requires: set_service() before.
  void set_endpoints(const std::string& name, const std::vector<api::SliceEndpoint>& endpoints);
  void settle();

  /// The packet is sent, and its exchange remembered. Ports that NAT draws are the same for the same choices.
  Exchange send(const Request& request);
  Exchange send(const Request& request, base::Choices& choices);
  /// The same, and where its packets and their answers were seen (Parts::hops).
  Exchange send(const Request& request, base::Choices& choices, std::vector<std::string>& hops);
  /// What may become of it, by what the environment chooses; nothing is remembered.
  [[nodiscard]] std::vector<Exchange> possible(const Request& request);

  [[nodiscard]] NodeKernel& kernel(const std::string& name) { return kernels_.at(name); }
  [[nodiscard]] KubeProxy& kube_proxy(std::uint8_t node) { return *proxies_.at(node); }
  [[nodiscard]] Flanneld& flanneld(std::uint8_t node) { return *daemons_.at(node); }
  [[nodiscard]] const ClusterConfig& config() const { return config_; }

  /// kube-proxy stops and starts again: it has forgotten everything, the kernel nothing.
  void restart_kube_proxy(std::uint8_t node);
  /// flanneld of `node` is told of all leases as they are, as after it was started.
  void list_leases(std::uint8_t node);
  /// The others are told of the lease of `node` (or that it is gone).
  void announce_lease(std::uint8_t node, bool is_gone = false);

 private:
  void add_switch();
  void add_client();
  void add_node(std::uint8_t node);
  void add_pod(std::uint8_t node, std::uint8_t pod);
  void add_bridge(std::uint8_t node, std::uint32_t mtu);
  void add_kube_proxy(std::uint8_t node);
  [[nodiscard]] Parts parts();

  ClusterConfig config_;
  std::map<std::string, NodeKernel> kernels_ = {};
  std::vector<net::Wire> wires_ = {};
  std::map<std::uint8_t, std::unique_ptr<Flanneld>> daemons_ = {};
  std::map<std::uint8_t, std::unique_ptr<KubeProxy>> proxies_ = {};
  std::map<std::string, api::Service> services_ = {};
  std::map<std::string, api::EndpointSlice> slices_ = {};
};

}  // namespace plimsoll::properties::delivery
