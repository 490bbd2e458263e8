#include "impl/service/proxy/iptables/port_plan.hpp"

#include <algorithm>

#include "impl/service/proxy/chain_names.hpp"

namespace plimsoll::service::iptables {

namespace {

/// Where each of `chosen` is in `reachable`; both ascend, and the second has all of the first.
std::vector<std::size_t> positions(const std::vector<std::size_t>& chosen,
                                   const std::vector<std::size_t>& reachable) {
  std::vector<std::size_t> found;
  found.reserve(chosen.size());
  std::size_t position = 0;
  for (const std::size_t index : chosen) {
    while (reachable[position] != index) {
      ++position;
    }
    found.push_back(position);
  }
  return found;
}

}  // namespace

PortPlan plan_port(const ObjectName& service, const PortKey& key, const PortView& view,
                   const std::optional<std::string>& zone, Defects defects) {
  const ServicePort& port = view.port;
  const EndpointChoice choice = choose_endpoints(view, zone, defects);
  PortPlan plan;
  plan.name = port_name_text(service, key);
  plan.protocol = to_text(key.protocol);
  plan.port = &port;
  plan.endpoints.reserve(choice.reachable.size());
  for (const std::size_t index : choice.reachable) {
    const Endpoint& endpoint = view.endpoints[index];
    std::string text = to_text(endpoint);
    std::string chain = endpoint_chain(plan.name, key.protocol, text);
    plan.endpoints.push_back({to_text(endpoint.ip), std::move(text), std::move(chain)});
  }
  plan.cluster = positions(choice.cluster, choice.reachable);
  plan.local = positions(choice.local, choice.reachable);

  plan.has_any = choice.has_any;
  plan.has_internal = plan.has_any && !(port.internal_local && plan.local.empty());
  plan.has_external = plan.has_any && !(port.external_local && plan.local.empty());

  const std::string hash = port_hash(plan.name, key.protocol);
  plan.cluster_chain = cluster_policy_chain(hash);
  plan.local_chain = local_policy_chain(hash);
  plan.external_chain = external_chain(hash);
  plan.firewall_chain = firewall_chain(hash);
  plan.uses_cluster_chain = !plan.cluster.empty();
  plan.uses_local_chain = !plan.local.empty();
  plan.uses_external_chain = plan.has_any && port.externally_accessible();
  plan.uses_firewall_chain = plan.has_any && !port.load_balancer_ips.empty() && !port.source_ranges.empty();
  return plan;
}

}  // namespace plimsoll::service::iptables
