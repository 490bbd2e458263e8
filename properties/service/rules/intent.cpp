#include "properties/service/rules/intent.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace plimsoll::properties::rules {

namespace {

using service::Endpoint;
using service::PortKey;
using service::PortView;

/// Who serves: those that are ready; if nobody is, those that are going but still answer.
std::vector<Backend> serving(const std::vector<const Endpoint*>& candidates) {
  std::vector<Backend> ready;
  std::vector<Backend> going;
  for (const Endpoint* const endpoint : candidates) {
    if (endpoint->ready) {
      ready.push_back({endpoint->ip, endpoint->port});
    } else if (endpoint->serving && endpoint->terminating) {
      going.push_back({endpoint->ip, endpoint->port});
    }
  }
  return ready.empty() ? going : ready;
}

/// Hints count if every ready endpoint has some and one is meant for this zone.
bool keeps_to_zone(const PortView& view, const std::optional<std::string>& zone) {
  if (!zone || zone->empty()) {
    return false;
  }
  const auto is_ready = [](const Endpoint& endpoint) { return endpoint.ready; };
  return std::ranges::none_of(
             view.endpoints,
             [&](const Endpoint& each) { return is_ready(each) && each.zone_hints.empty(); }) &&
         std::ranges::any_of(view.endpoints, [&](const Endpoint& each) {
           return is_ready(each) && each.zone_hints.contains(*zone);
         });
}

struct Choice {
  std::vector<Backend> cluster = {};
  std::vector<Backend> local = {};
  bool has_any = false;
};

Choice choice_of(const PortView& view, const std::optional<std::string>& zone) {
  std::vector<const Endpoint*> everywhere;
  std::vector<const Endpoint*> in_zone;
  std::vector<const Endpoint*> here;
  const bool by_zone = keeps_to_zone(view, zone);
  for (const Endpoint& endpoint : view.endpoints) {
    everywhere.push_back(&endpoint);
    if (!by_zone || !endpoint.ready || endpoint.zone_hints.contains(*zone)) {
      in_zone.push_back(&endpoint);
    }
    if (endpoint.local) {
      here.push_back(&endpoint);
    }
  }
  return {serving(in_zone), serving(here), !serving(everywhere).empty()};
}

class Writer {
 public:
  Writer(Intent& intent, const std::optional<std::string>& zone, const service::iptables::RulesConfig& config)
      : intent_(intent), zone_(zone), config_(config) {}

  void add(const service::ObjectName& service, const PortKey& key, const PortView& view) {
    const service::ServicePort& port = view.port;
    const Choice choice = choice_of(view, zone_);
    Frontend common;
    common.service = port_name_text(service, key);
    common.protocol = ip_protocol(key.protocol);
    common.port = port.port;
    common.cluster = choice.cluster;
    common.local = choice.local;
    common.has_any = choice.has_any;
    common.affinity_seconds = port.affinity_seconds;
    common.is_local = port.internal_local;
    put(common, FrontendKind::cluster_ip, port.cluster_ip);
    common.is_local = port.external_local;
    for (const base::Ipv4& ip : port.external_ips) {
      put(common, FrontendKind::external_ip, ip);
    }
    if (port.node_port != 0) {
      Frontend node_port = common;
      node_port.port = port.node_port;
      put(node_port, FrontendKind::node_port, {});
    }
    common.source_ranges = port.source_ranges;
    if (std::ranges::any_of(port.source_ranges,
                            [&](const base::Ipv4Prefix& range) { return range.contains(config_.node_ip); })) {
      // Where the balancer's address is one of the node's own, it is the source of what the node sends there.
      common.more_sources = port.load_balancer_ips;
    }
    for (const base::Ipv4& ip : port.load_balancer_ips) {
      put(common, FrontendKind::load_balancer, ip);
    }
  }

 private:
  void put(Frontend frontend, FrontendKind kind, base::Ipv4 ip) {
    frontend.kind = kind;
    frontend.ip = ip;
    intent_.frontends.push_back(std::move(frontend));
  }

  Intent& intent_;
  const std::optional<std::string>& zone_;
  const service::iptables::RulesConfig& config_;
};

}  // namespace

std::string to_text(const Backend& backend) {
  return fmt::format("{}:{}", to_text(backend.ip), backend.port);
}

std::string to_text(const Frontend& frontend) {
  return frontend.kind == FrontendKind::node_port
             ? fmt::format("{} at node port {}", frontend.service, frontend.port)
             : fmt::format("{} at {}:{}", frontend.service, to_text(frontend.ip), frontend.port);
}

Intent intent_of(const service::ServiceViews& views, const std::optional<std::string>& zone,
                 const service::iptables::RulesConfig& config) {
  Intent intent;
  intent.detector = config.detector;
  intent.masquerade_all = config.masquerade_all;
  intent.mark = std::uint32_t{1} << config.masquerade_bit;
  intent.localhost_node_ports = config.localhost_node_ports;
  intent.node_port_addresses = config.node_port_addresses;
  intent.drops_invalid = !config.conntrack_tcp_be_liberal;
  Writer writer(intent, zone, config);
  for (const auto& [name, ports] : views) {
    for (const auto& [key, view] : ports) {
      writer.add(name, key, view);
    }
  }
  return intent;
}

}  // namespace plimsoll::properties::rules
