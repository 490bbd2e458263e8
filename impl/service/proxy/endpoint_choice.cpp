#include "impl/service/proxy/endpoint_choice.hpp"

#include <algorithm>
#include <iterator>

namespace plimsoll::service {

namespace {

bool serves_while_terminating(const Endpoint& endpoint) {
  return endpoint.serving && endpoint.terminating;
}

template <class Predicate>
std::vector<std::size_t> where(const std::vector<Endpoint>& endpoints, const Predicate& holds) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    if (holds(endpoints[i])) {
      indices.push_back(i);
    }
  }
  return indices;
}

/// The ready ones among those in scope; if there are none, those that still serve while they terminate.
template <class Scope>
std::vector<std::size_t> ready_or_terminating(const std::vector<Endpoint>& endpoints, Defects defects,
                                              const Scope& in_scope) {
  auto chosen = where(endpoints, [&](const Endpoint& each) { return each.ready && in_scope(each); });
  if (chosen.empty() && !defects.has(Defect::P14)) {
    chosen = where(endpoints,
                   [&](const Endpoint& each) { return serves_while_terminating(each) && in_scope(each); });
  }
  return chosen;
}

}  // namespace

bool hints_are_complete(const std::vector<Endpoint>& endpoints, const std::optional<std::string>& zone) {
  if (!zone || zone->empty()) {
    return false;
  }
  bool is_for_zone = false;
  for (const Endpoint& endpoint : endpoints) {
    if (!endpoint.ready) {
      continue;
    }
    if (endpoint.zone_hints.empty()) {
      return false;
    }
    is_for_zone = is_for_zone || endpoint.zone_hints.contains(*zone);
  }
  return is_for_zone;
}

EndpointChoice choose_endpoints(const PortView& view, const std::optional<std::string>& zone,
                                Defects defects) {
  const std::vector<Endpoint>& endpoints = view.endpoints;
  EndpointChoice choice;
  if (view.port.uses_cluster_endpoints()) {
    // Terminating endpoints are a best effort, for which zones do not count.
    const bool by_zone = hints_are_complete(endpoints, zone);
    choice.cluster = ready_or_terminating(endpoints, defects, [&](const Endpoint& each) {
      return !by_zone || !each.ready || each.zone_hints.contains(*zone);
    });
    choice.has_any = !choice.cluster.empty();
  }
  if (view.port.uses_local_endpoints()) {
    choice.local = ready_or_terminating(endpoints, defects, [](const Endpoint& each) { return each.local; });
    choice.has_any = choice.has_any || std::ranges::any_of(endpoints, [&](const Endpoint& each) {
                       return each.ready || (serves_while_terminating(each) && !defects.has(Defect::P14));
                     });
  }
  std::ranges::set_union(choice.cluster, choice.local, std::back_inserter(choice.reachable));
  return choice;
}

}  // namespace plimsoll::service
