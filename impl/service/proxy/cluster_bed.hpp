// Services and endpoints by hand, for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "impl/service/proxy/change_tracker.hpp"

namespace plimsoll::service {

/// A cluster as node "n1" (10.0.0.1) sees it. Pod k of node n has the address 10.244.n.k.
struct ClusterBed {
  static constexpr const char* node = "n1";
  ChangeTracker tracker = {};

  static base::Ipv4 pod(std::uint8_t on_node, std::uint8_t number) {
    return base::Ipv4(10, 244, on_node, number);
  }
  static SliceEndpoint endpoint(std::uint8_t on_node, std::uint8_t number) {
    SliceEndpoint endpoint;
    endpoint.ip = pod(on_node, number);
    endpoint.node = "n" + std::to_string(on_node);
    return endpoint;
  }
  static SliceEndpoint terminating(std::uint8_t on_node, std::uint8_t number, bool serving = true) {
    SliceEndpoint endpoint = ClusterBed::endpoint(on_node, number);
    endpoint.ready = false;
    endpoint.serving = serving;
    endpoint.terminating = true;
    return endpoint;
  }
  /// 10.96.0.`number`, port "p80": 80 to 8080 of the pods.
  static Service service(std::uint8_t number, Protocol protocol = Protocol::tcp) {
    Service service;
    service.cluster_ip = base::Ipv4(10, 96, 0, number);
    service.ports = {{"p80", protocol, 80, 0}};
    return service;
  }
  static Service node_port(Service service, std::uint16_t port) {
    service.type = ServiceType::node_port;
    service.ports.front().node_port = port;
    return service;
  }
  static EndpointSlice slice(std::string service, std::vector<SliceEndpoint> endpoints,
                             Protocol protocol = Protocol::tcp) {
    return {std::move(service), {{"p80", protocol, 8080}}, std::move(endpoints)};
  }

  /// A service of namespace "ns" with one slice.
  void add(const std::string& name, const Service& service, std::vector<SliceEndpoint> endpoints) {
    const Protocol protocol = service.ports.front().protocol;
    service_changed(tracker, node, {"ns", name}, service);
    slice_changed(tracker, node, {"ns", name + "-1"}, slice(name, std::move(endpoints), protocol));
  }
  [[nodiscard]] const PortView& view(const std::string& name, Protocol protocol = Protocol::tcp) const {
    return tracker.views.at({"ns", name}).at({"p80", protocol});
  }
};

}  // namespace plimsoll::service
