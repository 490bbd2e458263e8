#include "properties/service/delivery/cluster.hpp"
#include "properties/few_choices.hpp"

#include <algorithm>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/overlay/node/cluster_bed.hpp"

namespace plimsoll::properties::delivery {

namespace {

using net::bed::mac;

constexpr const char* api_namespace = "ns";
constexpr std::uint32_t underlay_mtu = 1500;

net::InterfaceAddress address(const std::string& device, base::Ipv4 own, unsigned length) {
  return net::bed::address(device, own, length);
}

void add_loopback(NodeKernel& kernel) {
  kernel.must(net::LinkUp{"lo"});
  kernel.must(
      net::AddressAdd{{.device = "lo", .address = {base::Ipv4(127, 0, 0, 1), 8}, .scope = net::Scope::host}});
}

void add_device(NodeKernel& kernel, net::Link link) {
  const std::string name = link.name;
  kernel.must(net::LinkAdd{std::move(link)});
  kernel.must(net::LinkUp{name});
}

flannel::BackendConfig backend_config(const ClusterConfig& config, std::uint8_t node) {
  flannel::BackendConfig own;
  own.kind = config.backend;
  own.network = {base::Ipv4(10, 244, 0, 0), 16};
  own.external = {"eth0", Cluster::node_ip(node), Cluster::node_ip(node), underlay_mtu};
  own.direct_routing = config.direct_routing;
  own.defects = config.flannel_defects;
  own.kernel = base::ProcessId{0};
  own.manager = base::ProcessId{1};
  own.environment = base::ProcessId{2};
  return own;
}

}  // namespace

std::string Cluster::node_name(std::uint8_t node) {
  return "n" + std::to_string(node);
}
std::string Cluster::pod_name(std::uint8_t node, std::uint8_t pod) {
  return node_name(node) + "p" + std::to_string(pod);
}
base::Ipv4 Cluster::node_ip(std::uint8_t node) {
  return {192, 168, 50, static_cast<std::uint8_t>(10 + node)};
}
base::Ipv4 Cluster::pod_ip(std::uint8_t node, std::uint8_t pod) {
  return {10, 244, node, static_cast<std::uint8_t>(1 + pod)};
}
base::Ipv4Prefix Cluster::subnet(std::uint8_t node) {
  return {base::Ipv4(10, 244, node, 0), 24};
}
api::SliceEndpoint Cluster::endpoint(std::uint8_t node, std::uint8_t pod) {
  api::SliceEndpoint made;
  made.ip = pod_ip(node, pod);
  made.node = node_name(node);
  return made;
}

Cluster::Cluster(const ClusterConfig& config) : config_(config) {
  PLIMSOLL_ASSERT(config.nodes >= 1 && config.nodes <= 9 && config.pods <= 9);
  add_switch();
  add_client();
  for (std::uint8_t node = 1; node <= config.nodes; ++node) {
    add_node(node);
  }
  for (std::uint8_t node = 1; node <= config.nodes; ++node) {
    list_leases(node);
  }
  for (std::uint8_t node = 1; node <= config.nodes; ++node) {
    add_kube_proxy(node);
  }
}

void Cluster::add_switch() {
  NodeKernel& kernel = kernels_["ul"];
  add_device(kernel, {.name = "br0", .kind = net::LinkKind::bridge, .address = mac(4, 0, 0)});
  kernel.must(net::AddressAdd{address("br0", base::Ipv4(192, 168, 50, 1), 24)});
  add_device(kernel, net::bed::port_link("pcl", "br0", mac(4, 0, 100), underlay_mtu));
  for (std::uint8_t node = 1; node <= config_.nodes; ++node) {
    const std::string port = "p" + std::to_string(node);
    add_device(kernel, net::bed::port_link(port, "br0", mac(4, 0, node), underlay_mtu));
    wires_.push_back({"ul", port, node_name(node), "eth0"});
  }
  wires_.push_back({"ul", "pcl", "cl", "eth0"});
}

void Cluster::add_client() {
  NodeKernel& kernel = kernels_["cl"];
  add_loopback(kernel);
  add_device(kernel, {.name = "eth0", .kind = net::LinkKind::veth, .address = mac(0, 100, 0)});
  kernel.must(net::AddressAdd{address("eth0", client_ip(), 24)});
  kernel.must(net::RouteAdd{{.gateway = node_ip(config_.client_via), .device = "eth0"}});
}

void Cluster::add_node(std::uint8_t node) {
  NodeKernel& kernel = kernels_[node_name(node)];
  kernel.before_5_16 = config_.kernel_before_5_16;
  add_loopback(kernel);
  add_device(kernel, {.name = "eth0", .kind = net::LinkKind::veth, .address = mac(0, node, 0)});
  kernel.must(net::AddressAdd{address("eth0", node_ip(node), 24)});
  kernel.must(net::RouteAdd{{.gateway = base::Ipv4(192, 168, 50, 1), .device = "eth0"}});
  kernel.must(net::SysctlSet{"net.ipv4.ip_forward", "1"});
  kernel.must(net::SysctlSet{"net.bridge.bridge-nf-call-iptables", config_.bridge_nf ? "1" : "0"});
  daemons_[node] = std::make_unique<Flanneld>(backend_config(config_, node), kernel);
  daemons_[node]->start(subnet(node));
  add_bridge(node, daemons_[node]->pod_mtu());
}

/// What the CNI plugins bridge and flannel make of subnet.env.
void Cluster::add_bridge(std::uint8_t node, std::uint32_t mtu) {
  NodeKernel& kernel = kernels_[node_name(node)];
  add_device(kernel, {.name = "cni0", .kind = net::LinkKind::bridge, .mtu = mtu, .address = mac(1, node, 0)});
  kernel.must(net::AddressAdd{address("cni0", subnet(node).address().next(), 24)});
  for (std::uint8_t pod = 1; pod <= config_.pods; ++pod) {
    const std::string device = "vethp" + std::to_string(pod);
    net::Link port = net::bed::port_link(device, "cni0", mac(2, node, pod), mtu);
    port.port->hairpin = config_.hairpin;
    add_device(kernel, std::move(port));
    NodeKernel& inside =
        kernels_.try_emplace(pod_name(node, pod), net::bed::pod_tables(node, pod, mtu)).first->second;
    inside.listens = {pod_port};
    wires_.push_back({node_name(node), device, pod_name(node, pod), "eth0"});
  }
}

void Cluster::add_kube_proxy(std::uint8_t node) {
  ProxyConfig own;
  own.mode = config_.proxy;
  own.node = node_name(node);
  own.scheduler = config_.scheduler;
  own.rules.detector = api::iptables::DetectByCidr{{base::Ipv4(10, 244, 0, 0), 16}};
  own.rules.masquerade_all = config_.masquerade_all;
  own.rules.node_ip = node_ip(node);
  own.rules.defects = config_.proxy_defects;
  proxies_[node] = KubeProxy::make(own, kernels_.at(node_name(node)));
  restart_kube_proxy(node);
}

void Cluster::restart_kube_proxy(std::uint8_t node) {
  KubeProxy& proxy = kube_proxy(node);
  proxy.start();
  for (const auto& [name, service] : services_) {
    proxy.hear(api::ServiceEvent{{api_namespace, name}, service});
  }
  for (const auto& [name, slice] : slices_) {
    proxy.hear(api::SliceEvent{{api_namespace, name}, slice});
  }
  proxy.synced();
  proxy.settle();
}

void Cluster::list_leases(std::uint8_t node) {
  flannel::LeaseEvents listing;
  listing.listing = true;
  for (const auto& [other, daemon] : daemons_) {
    listing.events.push_back({subnet(other), daemon->attributes()});
  }
  flanneld(node).hear(std::move(listing));
}

void Cluster::announce_lease(std::uint8_t node, bool is_gone) {
  const auto attributes = is_gone ? std::nullopt : std::optional(flanneld(node).attributes());
  for (const auto& [other, daemon] : daemons_) {
    if (other != node) {
      daemon->hear({{{subnet(node), attributes}}, false});
    }
  }
}

void Cluster::set_service(const std::string& name, const std::optional<api::Service>& service) {
  if (service) {
    services_.insert_or_assign(name, *service);
  } else {
    services_.erase(name);
  }
  for (const auto& [node, proxy] : proxies_) {
    proxy->hear(api::ServiceEvent{{api_namespace, name}, service});
  }
}

void Cluster::set_endpoints(const std::string& name, const std::vector<api::SliceEndpoint>& endpoints) {
  api::EndpointSlice slice = {name, {}, endpoints};
  for (const api::ServicePortSpec& port : services_.at(name).ports) {
    slice.ports.push_back({port.name, port.protocol, pod_port});
  }
  slices_.insert_or_assign(name, slice);
  for (const auto& [node, proxy] : proxies_) {
    proxy->hear(api::SliceEvent{{api_namespace, name}, slice});
  }
}

void Cluster::settle() {
  for (const auto& [node, proxy] : proxies_) {
    proxy->settle();
  }
}

Parts Cluster::parts() {
  Parts made = {kernels_, wires_, {}};
  if (config_.backend == flannel::BackendKind::udp) {
    for (const auto& [node, daemon] : daemons_) {
      made.relays.emplace(node_name(node), daemon.get());
    }
  }
  return made;
}

Exchange Cluster::send(const Request& request) {
  FewChoices choices;
  return send(request, choices);
}

Exchange Cluster::send(const Request& request, base::Choices& choices) {
  return run_exchange(parts(), request, choices);
}

Exchange Cluster::send(const Request& request, base::Choices& choices, std::vector<std::string>& hops) {
  Parts all = parts();
  all.hops = &hops;
  return run_exchange(all, request, choices);
}

std::vector<Exchange> Cluster::possible(const Request& request) {
  std::map<std::string, Remembered> before;
  for (const auto& [name, kernel] : kernels_) {
    before.emplace(name, kernel.remembered);
  }
  FewChoices choices;
  std::vector<Exchange> exchanges;
  do {
    choices.rewind();
    Exchange exchange = send(request, choices);
    if (std::ranges::find(exchanges, exchange) == exchanges.end()) {
      exchanges.push_back(std::move(exchange));
    }
    for (auto& [name, kernel] : kernels_) {
      kernel.remembered = before.at(name);
    }
  } while (choices.advance());
  return exchanges;
}

}  // namespace plimsoll::properties::delivery
