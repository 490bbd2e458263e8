#include "impl/service/proxy/iptables/rules.hpp"

#include <unordered_set>

#include "impl/service/proxy/chain_names.hpp"
#include "impl/service/proxy/iptables/port_plan.hpp"
#include "impl/service/proxy/iptables/service_rules.hpp"

namespace plimsoll::service::iptables {

namespace {

/// Asked for membership only: its order reaches nothing.
using Chains = std::unordered_set<std::string>;

/// The chains that are written in every sync, and what does not depend on services.
void write_top_level(Buffers& out, const RulesConfig& config) {
  for (const char* chain :
       {"KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES", "KUBE-FORWARD", "KUBE-NODEPORTS", "KUBE-PROXY-FIREWALL"}) {
    out.filter_chains.declare(chain);
  }
  for (const char* chain : {"KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-MARK-MASQ"}) {
    out.nat_chains.declare(chain);
  }
  write_masquerade(out.nat_rules, config);
  if (config.localhost_node_ports) {
    // route_localnet lets neighbours reach what listens on 127.0.0.1 only (kubernetes#90259). The kubelet has
    // the same rule.
    out.filter_chains.declare("KUBE-FIREWALL");
    out.filter_rules.write(
        R"(-A KUBE-FIREWALL -m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 )"
        "! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP");
  }
}

/// The last rules of KUBE-SERVICES: what is for this node itself may be for a node port.
void write_node_port_jumps(Buffers& out, const RulesConfig& config) {
  const std::string_view start =
      R"(-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last )"
      R"(rule in this chain")";
  if (!config.node_port_addresses) {
    out.nat_rules.write(
        start, "-m addrtype --dst-type LOCAL",
        config.localhost_node_ports ? "-j KUBE-NODEPORTS" : "! -d 127.0.0.0/8 -j KUBE-NODEPORTS");
    return;
  }
  constexpr base::Ipv4Prefix loopback{base::Ipv4(127, 0, 0, 0), 8};
  for (const base::Ipv4& ip : *config.node_port_addresses) {
    if (config.localhost_node_ports || !loopback.contains(ip)) {
      out.nat_rules.write(start, "-d", to_text(ip), "-j KUBE-NODEPORTS");
    }
  }
}

void note_chains(Chains& active, const PortPlan& plan) {
  const auto note = [&](bool is_used, const std::string& chain) {
    if (is_used) {
      active.insert(chain);
    }
  };
  note(plan.uses_external_chain, plan.external_chain);
  note(plan.uses_firewall_chain, plan.firewall_chain);
  note(plan.uses_cluster_chain, plan.cluster_chain);
  note(plan.uses_local_chain, plan.local_chain);
  for (const PlannedEndpoint& endpoint : plan.endpoints) {
    active.insert(endpoint.chain);
  }
}

/// A chain must be empty to be deleted: declaring it empties it.
void delete_stale_chains(Buffers& out, const std::vector<std::string>& existing, const Chains& active) {
  for (const std::string& chain : existing) {
    if (is_service_chain(chain) && !active.contains(chain)) {
      out.nat_chains.declare(chain);
      out.nat_rules.write("-X", chain);
    }
  }
}

/// @return the chains of all services.
Chains write_services(Buffers& out, const SyncRequest& request, const RulesConfig& config) {
  Chains active;
  const bool finds_stale = !request.existing_nat_chains.empty();
  const bool with_comments = !is_large_cluster(request.views, config);
  std::set<std::pair<Protocol, std::uint16_t>> node_ports;
  for (const auto& [name, ports] : request.views) {
    const bool is_changed = request.changed == nullptr || request.changed->contains(name);
    for (const auto& [key, view] : ports) {
      if (config.defects.has(Defect::P16) && view.port.node_port != 0 &&
          !node_ports.emplace(key.protocol, view.port.node_port).second) {
        return active;
      }
      const PortPlan plan = plan_port(name, key, view, request.zone, config.defects);
      write_shared_rules(out, plan);
      if (is_changed) {
        write_own_chains(out, plan, config, with_comments);
      }
      if (finds_stale) {
        note_chains(active, plan);
      }
    }
  }
  return active;
}

}  // namespace

bool is_large_cluster(const ServiceViews& views, const RulesConfig& config) {
  std::size_t endpoints = 0;
  for (const auto& [name, ports] : views) {
    for (const auto& [key, view] : ports) {
      endpoints += view.endpoints.size();
    }
  }
  return endpoints > config.large_cluster_endpoints;
}

std::string restore_input(const SyncRequest& request, const RulesConfig& config) {
  Buffers out;
  write_top_level(out, config);
  const Chains active = write_services(out, request, config);
  delete_stale_chains(out, request.existing_nat_chains, active);
  write_node_port_jumps(out, config);
  if (!config.conntrack_tcp_be_liberal && !config.defects.has(Defect::P9)) {
    // An INVALID packet is not translated back, and would reset the client's connection (kubernetes#74839).
    out.filter_rules.write("-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP");
  }
  write_forward(out.filter_rules, config);
  std::string text;
  text.reserve(out.filter_chains.text().size() + out.filter_rules.text().size() +
               out.nat_chains.text().size() + out.nat_rules.text().size() + 32);
  text.append("*filter\n").append(out.filter_chains.text()).append(out.filter_rules.text());
  text.append("COMMIT\n*nat\n").append(out.nat_chains.text()).append(out.nat_rules.text());
  text.append("COMMIT\n");
  return text;
}

}  // namespace plimsoll::service::iptables
