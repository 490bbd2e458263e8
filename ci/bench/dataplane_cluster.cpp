#include "ci/bench/dataplane_cluster.hpp"

#include <algorithm>

#include "impl/base/assert.hpp"
#include "impl/overlay/flannel/rules.hpp"
#include "impl/overlay/node/cluster_bed.hpp"
#include "impl/service/proxy/change_tracker.hpp"
#include "impl/service/proxy/iptables/jumps.hpp"
#include "impl/service/proxy/iptables/rules.hpp"

namespace plimsoll::bench {
namespace {

constexpr std::uint16_t service_port = 80;
constexpr std::uint16_t pod_port = 8080;

std::string node_name(unsigned node) {
  return "n" + std::to_string(node + 1);
}

service::ObjectName name_of(unsigned number) {
  return {"default", "service-" + std::to_string(number)};
}

/// The endpoints are spread over all nodes but the first, where the clients are.
service::ChangeTracker objects_of(const ClusterSize& size, unsigned at_node) {
  service::ChangeTracker tracker;
  for (unsigned number = 0; number < size.services; ++number) {
    service::Service made;
    made.cluster_ip = ClusterTables::cluster_ip(number);
    made.ports = {{"udp", service::Protocol::udp, service_port, 0}};
    service::EndpointSlice slice{name_of(number).name, {{"udp", service::Protocol::udp, pod_port}}, {}};
    for (unsigned i = 0; i < endpoints_each; ++i) {
      const unsigned node = 1 + (number + i) % (size.nodes - 1);
      service::SliceEndpoint endpoint;
      endpoint.ip = ClusterTables::pod_address(node, (number + i) / (size.nodes - 1) % pods_each);
      endpoint.node = node_name(node);
      slice.endpoints.push_back(std::move(endpoint));
    }
    service::service_changed(tracker, node_name(at_node), name_of(number), made);
    service::slice_changed(tracker, node_name(at_node), {"default", name_of(number).name + "-x"}, slice);
  }
  return tracker;
}

void add_rules(overlay::Tables& tables, const ClusterSize& size, unsigned node) {
  using overlay::bed::must;
  const base::Ipv4Prefix network(base::Ipv4(10, 244, 0, 0), 16);
  must(tables, overlay::SysctlSet{"net.bridge.bridge-nf-call-iptables", "1"});
  service::iptables::RulesConfig proxy;
  proxy.detector = service::iptables::DetectByCidr{network};
  const service::ChangeTracker tracker = objects_of(size, node);
  must(tables, overlay::IptablesRestore{.text = service::iptables::ensure_input(""), .noflush = true});
  must(tables,
       overlay::IptablesRestore{.text = service::iptables::restore_input({.views = tracker.views}, proxy),
                                .noflush = true});
  overlay::flannel::BackendConfig flannel;
  flannel.network = network;
  const base::Ipv4Prefix subnet(base::Ipv4(10, 244, static_cast<std::uint8_t>(node + 1), 0), 24);
  must(tables, overlay::IptablesRestore{
                   .text = overlay::flannel::restore_text(overlay::flannel::all_rules(flannel, subnet), ""),
                   .noflush = true});
}

}  // namespace

ClusterTables::ClusterTables(const ClusterSize& size) : size_(size) {
  overlay::bed::Cluster cluster =
      overlay::bed::cluster(static_cast<std::uint8_t>(size.nodes), std::uint8_t{pods_each});
  for (unsigned node = 0; node < size.nodes; ++node) {
    add_rules(cluster.tables.at(node_name(node)), size, node);
  }
  for (const auto& [name, tables] : cluster.tables) {
    places_.push_back({name, std::make_unique<overlay::NodeTables>(tables)});
  }
  const auto port = [&](const std::string& name, const std::string& device) {
    const overlay::NamespaceId id = find(name);
    return overlay::Port{id, places_[id].tables->devices.find(device)};
  };
  for (const overlay::Wire& wire : cluster.wires) {
    wires_.push_back({port(wire.from_namespace, wire.from_device), port(wire.to_namespace, wire.to_device)});
  }
  for (unsigned node = 0; node < size.nodes; ++node) {
    for (unsigned number = 0; number < pods_each; ++number) {
      pods_.push_back(find(node_name(node) + "p" + std::to_string(number + 1)));
    }
  }
}

overlay::NamespaceId ClusterTables::find(const std::string& name) const {
  const auto found = std::ranges::find(places_, name, &Place::name);
  PLIMSOLL_ASSERT_KNOWN(found != places_.end(), name);
  return static_cast<overlay::NamespaceId>(found - places_.begin());
}

overlay::NamespaceId ClusterTables::pod(unsigned node, unsigned number) const {
  return pods_[node * pods_each + number];
}

base::Ipv4 ClusterTables::pod_address(unsigned node, unsigned number) {
  return {10, 244, static_cast<std::uint8_t>(node + 1), static_cast<std::uint8_t>(number + 2)};
}

base::Ipv4 ClusterTables::cluster_ip(unsigned service) {
  return base::Ipv4(10, 96, 0, 1).plus(service);
}

RunningCluster::RunningCluster(const ClusterTables& tables) : tables_(tables) {
  reset();
}

void RunningCluster::reset() {
  if (network_ != nullptr) {
    return network_->reset();
  }
  network_ = std::make_unique<overlay::Network>(choices_, sink_);
  for (const ClusterTables::Place& place : tables_.places()) {
    network_->add(*place.tables);
  }
  for (const ClusterTables::Wire& wire : tables_.wires()) {
    network_->join(wire.a, wire.b);
  }
}

void RunningCluster::send(const Datagram& datagram) {
  next_ = datagram;
  network_->wake(datagram.from, [this] {
    overlay::Ipv4Packet packet = {.src = next_.src, .dst = next_.dst, .protocol = overlay::protocol::udp};
    packet.src_port = next_.src_port;
    packet.dst_port = next_.dst_port;
    packet.payload = overlay::Payload(std::size_t{64});
    (void)network_->node(next_.from).send(std::move(packet), {.bound = true});
  });
  PLIMSOLL_ASSERT(network_->run());
}

std::uint64_t RunningCluster::hooks() {
  std::uint64_t met = 0;
  for (overlay::NamespaceId id = 0; id < tables_.places().size(); ++id) {
    met += network_->node(id).hooks_met();
  }
  return met;
}

}  // namespace plimsoll::bench
