#include "impl/service/proxy/ipvs/plan.hpp"

#include <algorithm>

#include "impl/service/proxy/endpoint_choice.hpp"

namespace plimsoll::service::ipvs {

namespace {

using overlay::netfilter::IpSet;
using overlay::netfilter::IpSetEntry;
using overlay::netfilter::IpSetType;

/// Upstream's ipsetInfo.
constexpr struct {
  const char* name;
  IpSetType type;
} all_sets[] = {
    {"KUBE-LOOP-BACK", IpSetType::hash_ip_port_ip},
    {"KUBE-CLUSTER-IP", IpSetType::hash_ip_port},
    {"KUBE-EXTERNAL-IP", IpSetType::hash_ip_port},
    {"KUBE-EXTERNAL-IP-LOCAL", IpSetType::hash_ip_port},
    {"KUBE-LOAD-BALANCER", IpSetType::hash_ip_port},
    {"KUBE-LOAD-BALANCER-LOCAL", IpSetType::hash_ip_port},
    {"KUBE-LOAD-BALANCER-FW", IpSetType::hash_ip_port},
    {"KUBE-LOAD-BALANCER-SOURCE-IP", IpSetType::hash_ip_port_ip},
    {"KUBE-LOAD-BALANCER-SOURCE-CIDR", IpSetType::hash_ip_port_net},
    {"KUBE-NODE-PORT-TCP", IpSetType::bitmap_port},
    {"KUBE-NODE-PORT-LOCAL-TCP", IpSetType::bitmap_port},
    {"KUBE-NODE-PORT-UDP", IpSetType::bitmap_port},
    {"KUBE-NODE-PORT-LOCAL-UDP", IpSetType::bitmap_port},
    {"KUBE-NODE-PORT-SCTP-HASH", IpSetType::hash_ip_port},
    {"KUBE-NODE-PORT-LOCAL-SCTP-HASH", IpSetType::hash_ip_port},
    {"KUBE-HEALTH-CHECK-NODE-PORT", IpSetType::bitmap_port},
    {"KUBE-IPVS-IPS", IpSetType::hash_ip},
};

base::Ipv4Prefix host(const base::Ipv4& ip) {
  return {ip, 32};
}

/// Writes one service port into a plan.
struct Planner {
  Plan& plan;
  const PlanConfig& config;
  const PortKey& key;
  const PortView& view;
  const EndpointChoice& choice;

  [[nodiscard]] const ServicePort& port() const { return view.port; }
  [[nodiscard]] std::uint8_t protocol() const { return ip_protocol(key.protocol); }
  void put(const std::string& set, const IpSetEntry& entry) const { plan.sets.at(set).entries.insert(entry); }
  [[nodiscard]] IpSetEntry at(const base::Ipv4& ip, std::uint16_t number) const {
    return {host(ip), protocol(), number, {}};
  }

  /// Policy Local without local endpoints falls back to all of them, for pods and the node itself; strangers'
  /// packets are answered with the wrong source and discarded.
  void virtual_server(const base::Ipv4& ip, std::uint16_t number, bool only_local) const {
    const bool has_no_endpoint_inside = only_local && port().internal_local && ip == port().cluster_ip;
    const auto& chosen =
        only_local && (!choice.local.empty() || has_no_endpoint_inside) ? choice.local : choice.cluster;
    VirtualServer server{config.scheduler, port().affinity_seconds, {}};
    for (const std::size_t index : chosen) {
      const Endpoint& endpoint = view.endpoints[index];
      server.servers.push_back({{endpoint.ip, endpoint.port}, 1});
    }
    // The kernel's list has the last addition first.
    std::ranges::reverse(server.servers);
    plan.tables.insert_or_assign(VirtualKey{ip, number, key.protocol}, std::move(server));
  }
  void bound_server(const base::Ipv4& ip, bool only_local) const {
    plan.addresses.insert(ip);
    put("KUBE-IPVS-IPS", {host(ip), 0, 0, {}});
    virtual_server(ip, port().port, only_local);
  }

  void loop_back() const {
    if (config.rules.defects.has(Defect::P15)) {
      return;
    }
    for (const Endpoint& endpoint : view.endpoints) {
      if (endpoint.local) {
        put("KUBE-LOOP-BACK", {host(endpoint.ip), protocol(), endpoint.port, host(endpoint.ip)});
      }
    }
  }
  void cluster_ip() const {
    put("KUBE-CLUSTER-IP", at(port().cluster_ip, port().port));
    bound_server(port().cluster_ip, port().internal_local);
  }
  void external_ips() const {
    for (const base::Ipv4& ip : port().external_ips) {
      put(port().external_local ? "KUBE-EXTERNAL-IP-LOCAL" : "KUBE-EXTERNAL-IP", at(ip, port().port));
      bound_server(ip, port().external_local);
    }
  }
  void load_balancer_ips() const {
    for (const base::Ipv4& ip : port().load_balancer_ips) {
      const IpSetEntry entry = at(ip, port().port);
      put("KUBE-LOAD-BALANCER", entry);
      if (port().external_local) {
        put("KUBE-LOAD-BALANCER-LOCAL", entry);
      }
      if (!port().source_ranges.empty()) {
        source_ranges(entry);
      }
      bound_server(ip, port().external_local);
    }
  }
  void source_ranges(const IpSetEntry& entry) const {
    put("KUBE-LOAD-BALANCER-FW", entry);
    bool is_node_allowed = false;
    for (const base::Ipv4Prefix& range : port().source_ranges) {
      put("KUBE-LOAD-BALANCER-SOURCE-CIDR", {entry.first, entry.protocol, entry.port, range.network()});
      is_node_allowed = is_node_allowed || range.contains(config.rules.node_ip);
    }
    if (is_node_allowed) {
      put("KUBE-LOAD-BALANCER-SOURCE-IP", {entry.first, entry.protocol, entry.port, entry.first});
    }
  }
  void node_port() const {
    if (port().node_port == 0) {
      return;
    }
    for (const base::Ipv4& ip : config.node_addresses) {
      for (const bool is_local_set : {false, true}) {
        if (!is_local_set || port().external_local) {
          node_port_entry(ip, is_local_set ? "KUBE-NODE-PORT-LOCAL-" : "KUBE-NODE-PORT-");
        }
      }
      virtual_server(ip, port().node_port, port().external_local);
    }
  }
  void node_port_entry(const base::Ipv4& ip, std::string set) const {
    switch (key.protocol) {
      case Protocol::tcp:
        put(set + "TCP", {{}, 0, port().node_port, {}});
        break;
      case Protocol::udp:
        put(set + "UDP", {{}, 0, port().node_port, {}});
        break;
      case Protocol::sctp:
        put(set + "SCTP-HASH", at(ip, port().node_port));
        break;
    }
  }
  void health_check_node_port() const {
    if (port().health_check_node_port != 0) {
      put("KUBE-HEALTH-CHECK-NODE-PORT", {{}, 0, port().health_check_node_port, {}});
    }
  }
};

bool terminates_gracefully(Protocol protocol) {
  return protocol == Protocol::tcp;
}

/// The real servers of one virtual server.
struct ServerReconciler {
  Reconciliation& out;
  const VirtualKey& service;
  Defects defects;

  void wanted(const RealServer& server, const RealServer* there) const {
    if (there == nullptr) {
      out.changes.emplace_back(ServerAdd{service, server});
    } else if (there->weight != server.weight && !defects.has(Defect::P10)) {
      out.changes.emplace_back(ServerEdit{service, server});
    }
  }
  void unwanted(const RealServer& server, const Counts& connections) const {
    const bool is_used = connections.active + connections.inactive != 0;
    if (!is_used || !terminates_gracefully(service.protocol) || defects.has(Defect::P13)) {
      out.changes.emplace_back(ServerDelete{service, server.key});
      return;
    }
    out.is_draining = true;
    if (server.weight != 0) {
      out.changes.emplace_back(ServerEdit{service, {server.key, 0}});
    }
  }
};

const RealServer* find(const VirtualServer& service, const RealKey& key) {
  const auto found =
      std::ranges::find_if(service.servers, [&](const RealServer& each) { return each.key == key; });
  return found == service.servers.end() ? nullptr : &*found;
}

Counts counts_of(const Listing& listing, const VirtualKey& service, const RealKey& server) {
  const auto counts = listing.connections.find(service);
  if (counts == listing.connections.end()) {
    return {};
  }
  const auto found = counts->second.find(server);
  return found == counts->second.end() ? Counts{} : found->second;
}

}  // namespace

Plan make_plan(const ServiceViews& views, const std::optional<std::string>& zone, const PlanConfig& config) {
  Plan plan;
  for (const auto& [name, type] : all_sets) {
    plan.sets.emplace(name, IpSet{type, {}});
  }
  for (const auto& [name, ports] : views) {
    for (const auto& [key, view] : ports) {
      const EndpointChoice choice = choose_endpoints(view, zone, config.rules.defects);
      const Planner planner{plan, config, key, view, choice};
      planner.loop_back();
      planner.cluster_ip();
      planner.external_ips();
      planner.load_balancer_ips();
      planner.node_port();
      planner.health_check_node_port();
    }
  }
  return plan;
}

Reconciliation reconcile(const Tables& wanted, const Listing& there, Defects defects) {
  Reconciliation out;
  static const VirtualServer none;
  for (const auto& [key, service] : wanted) {
    const auto found = there.tables.find(key);
    const VirtualServer& now = found == there.tables.end() ? none : found->second;
    if (found == there.tables.end() || now.scheduler != service.scheduler ||
        now.persistence_seconds != service.persistence_seconds) {
      out.changes.emplace_back(ServiceSet{key, service.scheduler, service.persistence_seconds});
    }
    const ServerReconciler servers{out, key, defects};
    // Backwards: what is added last will be first.
    for (auto server = service.servers.rbegin(); server != service.servers.rend(); ++server) {
      servers.wanted(*server, find(now, server->key));
    }
    for (const RealServer& server : now.servers) {
      if (find(service, server.key) == nullptr) {
        servers.unwanted(server, counts_of(there, key, server.key));
      }
    }
  }
  for (const auto& [key, service] : there.tables) {
    if (!wanted.contains(key)) {
      out.changes.emplace_back(ServiceDelete{key});
    }
  }
  return out;
}

}  // namespace plimsoll::service::ipvs
