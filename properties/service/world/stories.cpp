#include "properties/service/world/stories.hpp"

#include <algorithm>

namespace plimsoll::properties::services_world {
namespace {

using delivery::Cluster;
using model::service::Entrance;
using Endpoints = std::vector<api::SliceEndpoint>;

constexpr std::uint16_t node_port_base = 30000;

base::Ipv4 vip(std::uint8_t number) {
  return {10, 96, 0, number};
}

api::Service cluster_ip(std::uint8_t number, api::Protocol protocol) {
  api::Service service;
  service.cluster_ip = vip(number);
  service.ports = {{"p", protocol, 80, 0}};
  return service;
}

api::Service node_port(std::uint8_t number, std::uint8_t port, api::TrafficPolicy policy) {
  api::Service service = cluster_ip(number, api::Protocol::tcp);
  service.type = api::ServiceType::node_port;
  service.external_policy = policy;
  service.ports.front().node_port = static_cast<std::uint16_t>(node_port_base + port);
  return service;
}

api::SliceEndpoint terminating(std::uint8_t node, std::uint8_t pod) {
  api::SliceEndpoint endpoint = Cluster::endpoint(node, pod);
  endpoint.ready = false;
  endpoint.terminating = true;
  return endpoint;
}

/// One service through lists of endpoints.
std::vector<Version> of_endpoints(const api::Service& service, const std::vector<Endpoints>& lists) {
  std::vector<Version> versions;
  for (const Endpoints& endpoints : lists) {
    versions.push_back({{{"web", service}}, {{"web", endpoints}}});
  }
  return versions;
}

Client pod_client(std::string from, api::Protocol protocol, bool keeps_port, std::uint8_t service = 1,
                  std::string name = "web") {
  const auto node = static_cast<std::uint8_t>(from[1] - '0');
  return {.from = std::move(from),
          .node = node,
          .service = std::move(name),
          .to = vip(service),
          .protocol = protocol,
          .keeps_port = keeps_port};
}

Client outside_client(std::uint8_t port, std::string name = "web") {
  return {.from = "cl",
          .node = 1,
          .service = std::move(name),
          .to = Cluster::node_ip(1),
          .port = static_cast<std::uint16_t>(node_port_base + port),
          .protocol = api::Protocol::tcp,
          .entrance = Entrance::external};
}

constexpr auto udp = api::Protocol::udp;
constexpr auto tcp = api::Protocol::tcp;

/// The usual endpoint, and one that replaces it.
Endpoints first() {
  return {Cluster::endpoint(2, 1)};
}
Endpoints other() {
  return {Cluster::endpoint(2, 2)};
}

/// A UDP service, and clients that keep their ports.
void add_udp_stories(std::vector<Story>& all) {
  // A DNS service's backend is replaced while a resolver keeps its port.
  all.push_back({.name = "endpoint-replaced",
                 .versions = of_endpoints(cluster_ip(1, udp), {first(), other()}),
                 .clients = {pod_client("n1p1", udp, true), pod_client("n1p2", udp, false)}});
  all.push_back({.name = "scaled-to-zero-and-back",
                 .versions = of_endpoints(cluster_ip(1, udp), {first(), {}, first()}),
                 .clients = {pod_client("n1p1", udp, true), pod_client("n1p2", udp, false)}});
  all.push_back({.name = "service-appears",
                 .versions = {{},
                              {{{"web", cluster_ip(1, udp)}}, {}},
                              {{{"web", cluster_ip(1, udp)}}, {{"web", first()}}}},
                 .clients = {pod_client("n1p1", udp, true)}});
  // Then the address may be anybody's.
  all.push_back({.name = "service-deleted",
                 .versions = {{{{"web", cluster_ip(1, udp)}}, {{"web", first()}}}, {}},
                 .clients = {pod_client("n1p1", udp, true)}});
}

/// What kube-proxy writes for several services, for policies, and for a pod's own service.
void add_rules_stories(std::vector<Story>& all) {
  all.push_back(
      {.name = "two-services",
       .versions = {{{{"one", cluster_ip(1, tcp)}}, {{"one", first()}}},
                    {{{"one", cluster_ip(1, tcp)}, {"two", cluster_ip(2, tcp)}},
                     {{"one", first()}, {"two", other()}}},
                    {{{"one", cluster_ip(1, tcp)}, {"two", cluster_ip(2, tcp)}},
                     {{"one", other()}, {"two", other()}}}},
       .clients = {pod_client("n1p1", tcp, false, 1, "one"), pod_client("n1p1", tcp, false, 2, "two")},
       .has_stray_segments = false});
  all.push_back({.name = "hairpin",
                 .versions = of_endpoints(cluster_ip(1, tcp), {{Cluster::endpoint(1, 1)}, first()}),
                 .clients = {pod_client("n1p1", tcp, false), pod_client("n2p1", tcp, false)}});
  all.push_back({.name = "rolling-update",
                 .versions = of_endpoints(node_port(1, 1, api::TrafficPolicy::local),
                                          {{Cluster::endpoint(1, 1)},
                                           {terminating(1, 1), Cluster::endpoint(2, 1)},
                                           {Cluster::endpoint(1, 2), Cluster::endpoint(2, 1)}}),
                 .clients = {outside_client(1), pod_client("n2p2", tcp, false)}});
  const api::Service one = node_port(1, 1, api::TrafficPolicy::cluster);
  const api::Service two = node_port(2, 1, api::TrafficPolicy::cluster);
  all.push_back({.name = "node-port-twice",
                 .versions = {{{{"one", one}}, {{"one", first()}}},
                              {{{"one", one}, {"same", two}, {"zero", cluster_ip(3, tcp)}},
                               {{"one", first()}, {"same", other()}, {"zero", other()}}}},
                 .clients = {outside_client(1, "one"), pod_client("n1p1", tcp, false, 3, "zero")}});
}

/// What becomes of connections, of ports that are used again, and of clients that are to come back.
void add_connection_stories(std::vector<Story>& all) {
  api::Service sticky = cluster_ip(1, tcp);
  constexpr std::uint32_t hours = 10800;
  sticky.affinity_seconds = hours;
  const Endpoints two = {Cluster::endpoint(2, 1), Cluster::endpoint(2, 2)};
  const Endpoints three = {Cluster::endpoint(1, 2), Cluster::endpoint(2, 1), Cluster::endpoint(2, 2)};
  all.push_back({.name = "affinity-kept",
                 .versions = of_endpoints(sticky, {two, three}),
                 .clients = {pod_client("n1p1", tcp, true)}});
  all.push_back(
      {.name = "affinity-taken-away",
       .versions = {{{{"web", sticky}}, {{"web", two}}}, {{{"web", cluster_ip(1, tcp)}}, {{"web", two}}}},
       .clients = {pod_client("n1p1", tcp, true)}});
  all.push_back({.name = "same-node",
                 .versions = of_endpoints(cluster_ip(1, tcp), {{Cluster::endpoint(1, 1)}}),
                 .clients = {pod_client("n1p2", tcp, false)}});
  all.push_back({.name = "stray-segments",
                 .versions = of_endpoints(cluster_ip(1, tcp), {first()}),
                 .clients = {pod_client("n1p1", tcp, true)},
                 .has_stray_segments = true});
  all.push_back({.name = "open-connection",
                 .versions = of_endpoints(cluster_ip(1, tcp), {first(), {}, first()}),
                 .clients = {pod_client("n1p1", tcp, true)}});
  all.push_back({.name = "port-used-again",
                 .versions = of_endpoints(cluster_ip(1, tcp), {first(), other()}),
                 .clients = {pod_client("n1p1", tcp, true)},
                 .kernel_before_5_16 = true});
  all.push_back({.name = "session-affinity",
                 .versions = of_endpoints(sticky, {first(), other()}),
                 .clients = {pod_client("n1p1", tcp, true)}});
}

std::vector<Story> all_stories() {
  std::vector<Story> all;
  add_udp_stories(all);
  add_rules_stories(all);
  add_connection_stories(all);
  return all;
}

}  // namespace

std::span<const Story> stories() {
  static const std::vector<Story> all = all_stories();
  return all;
}

Story among_others(Story story, std::uint32_t services) {
  constexpr std::uint32_t first = 0x0a610001;  // 10.97.0.1
  for (std::uint32_t number = 0; number < services; ++number) {
    api::Service service = cluster_ip(1, tcp);
    service.cluster_ip = base::Ipv4(first + number);
    const std::string name = "bystander-" + std::to_string(number);
    for (Version& version : story.versions) {
      version.services.emplace(name, service);
      version.slices.emplace(name, Endpoints{Cluster::endpoint(2, 1)});
    }
  }
  return story;
}

const Story* find_story(std::string_view name) {
  const auto found = std::ranges::find(stories(), name, &Story::name);
  return found == stories().end() ? nullptr : &*found;
}

model::service::Address number_of_pod(std::uint8_t node, std::uint8_t pod) {
  constexpr int pods_each = 8;
  return static_cast<model::service::Address>((node - 1) * pods_each + pod);
}

std::optional<model::service::Address> number_of_pod(std::string_view name) {
  constexpr std::size_t length = 4;  // "n2p1"
  if (name.size() != length || name[0] != 'n' || name[2] != 'p') {
    return std::nullopt;
  }
  return number_of_pod(static_cast<std::uint8_t>(name[1] - '0'), static_cast<std::uint8_t>(name[3] - '0'));
}

model::service::Service spec_of(const Version& version, const std::string& service) {
  model::service::Service spec;
  const auto known = version.services.find(service);
  const auto slice = version.slices.find(service);
  if (known == version.services.end() || slice == version.slices.end()) {
    return spec;
  }
  using model::service::Policy;
  const auto policy = [](api::TrafficPolicy of) {
    return of == api::TrafficPolicy::local ? Policy::local : Policy::cluster;
  };
  spec.internal = policy(known->second.internal_policy);
  spec.external = policy(known->second.external_policy);
  for (const api::SliceEndpoint& endpoint : slice->second) {
    const auto node = static_cast<std::uint8_t>(endpoint.node[1] - '0');
    const auto pod = static_cast<std::uint8_t>((endpoint.ip.value() & 0xffU) - 1);
    spec.endpoints.push_back({.address = number_of_pod(node, pod),
                              .node = node,
                              .ready = endpoint.ready,
                              .serving = endpoint.serving,
                              .terminating = endpoint.terminating});
  }
  return spec;
}

}  // namespace plimsoll::properties::services_world
