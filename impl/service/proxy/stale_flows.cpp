#include "impl/service/proxy/stale_flows.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace plimsoll::service {

namespace {

/// Where a service port is reached: an address (none: any of a node) and a port.
using Frontend = std::pair<std::optional<base::Ipv4>, std::uint16_t>;
using Deletes = std::set<overlay::ConntrackDelete>;

std::set<Frontend> frontends(const ServicePort& port) {
  std::set<Frontend> all = {{port.cluster_ip, port.port}};
  for (const base::Ipv4& ip : port.external_ips) {
    all.emplace(ip, port.port);
  }
  for (const base::Ipv4& ip : port.load_balancer_ips) {
    all.emplace(ip, port.port);
  }
  if (port.node_port != 0) {
    all.emplace(std::nullopt, port.node_port);
  }
  return all;
}

void forget(Deletes& deletes, const Frontend& frontend, std::optional<base::Ipv4> endpoint = std::nullopt) {
  deletes.insert(
      overlay::ConntrackDelete{ip_protocol(Protocol::udp), frontend.first, endpoint, frontend.second});
}

/// Endpoints that traffic may have been sent to. One that neither is ready nor serves got none.
std::vector<Endpoint> used(const PortView* view) {
  std::vector<Endpoint> endpoints;
  if (view != nullptr) {
    std::ranges::copy_if(view->endpoints, std::back_inserter(endpoints),
                         [](const Endpoint& each) { return each.ready || each.serving; });
  }
  return endpoints;
}

bool has(const std::vector<Endpoint>& endpoints, const Endpoint& one) {
  return std::ranges::any_of(
      endpoints, [&](const Endpoint& each) { return each.ip == one.ip && each.port == one.port; });
}

const PortView* find(const ServiceView& view, const PortKey& key) {
  const auto found = view.find(key);
  return found == view.end() ? nullptr : &found->second;
}

/// The port is there before and after.
void compare(Deletes& deletes, const PortView& before, const PortView& after, Defects defects) {
  const auto old_endpoints = used(&before);
  const auto new_endpoints = used(&after);
  const auto old_frontends = frontends(before.port);
  const auto new_frontends = frontends(after.port);
  if (!defects.has(Defect::P4)) {
    for (const Frontend& frontend : old_frontends) {
      if (!new_frontends.contains(frontend)) {
        forget(deletes, frontend);
      }
    }
  }
  for (const Frontend& frontend : new_frontends) {
    // A frontend that had no endpoints before let packets pass untranslated, or another owner had it.
    const bool is_newly_active =
        !new_endpoints.empty() && (old_endpoints.empty() || !old_frontends.contains(frontend));
    if (is_newly_active && !defects.has(Defect::P2)) {
      forget(deletes, frontend);
    }
    const bool is_passed_over = defects.has(Defect::P1) || (defects.has(Defect::P3) && new_endpoints.empty());
    for (const Endpoint& endpoint : old_endpoints) {
      if (!has(new_endpoints, endpoint) && !is_passed_over) {
        forget(deletes, frontend, endpoint.ip);
      }
    }
  }
}

}  // namespace

Deletes stale_flows(const ServiceView& before, const ServiceView& after, Defects defects) {
  Deletes deletes;
  for (const auto& [key, old] : before) {
    const PortView* const now = find(after, key);
    if (key.protocol != Protocol::udp) {
      continue;
    }
    if (now != nullptr) {
      compare(deletes, old, *now, defects);
    } else if (!defects.has(Defect::P4)) {
      for (const Frontend& frontend : frontends(old.port)) {
        forget(deletes, frontend);
      }
    }
  }
  for (const auto& [key, now] : after) {
    if (key.protocol == Protocol::udp && find(before, key) == nullptr && !used(&now).empty() &&
        !defects.has(Defect::P2)) {
      for (const Frontend& frontend : frontends(now.port)) {
        forget(deletes, frontend);
      }
    }
  }
  return deletes;
}

}  // namespace plimsoll::service
