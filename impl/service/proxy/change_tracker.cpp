#include "impl/service/proxy/change_tracker.hpp"

#include <algorithm>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::service {

namespace {

ServicePort service_port(const Service& service, const ServicePortSpec& spec) {
  const bool is_load_balancer = service.type == ServiceType::load_balancer;
  const bool is_external =
      is_load_balancer || service.type == ServiceType::node_port || !service.external_ips.empty();
  ServicePort port;
  port.cluster_ip = *service.cluster_ip;
  port.port = spec.port;
  port.node_port = spec.node_port;
  port.external_ips = service.external_ips;
  port.load_balancer_ips = service.load_balancer_ips;
  port.source_ranges = service.source_ranges;
  port.affinity_seconds = service.affinity_seconds;
  port.internal_local = service.internal_policy == TrafficPolicy::local;
  port.external_local = is_external && service.external_policy == TrafficPolicy::local;
  if (is_load_balancer && port.external_local) {
    port.health_check_node_port = service.health_check_node_port;
  }
  return port;
}

std::vector<Endpoint> endpoints_of(const PortKey& key, const std::map<std::string, EndpointSlice>& slices,
                                   const std::string& node) {
  std::map<std::string, Endpoint> by_text;
  for (const auto& [name, slice] : slices) {
    for (const SlicePort& port : slice.ports) {
      if (port.name != key.name || port.protocol != key.protocol || port.port == 0) {
        continue;
      }
      for (const SliceEndpoint& each : slice.endpoints) {
        const bool is_local = !each.node.empty() && each.node == node;
        Endpoint endpoint{each.ip,          port.port, each.ready,     each.serving,
                          each.terminating, is_local,  each.zone_hints};
        std::string text = to_text(endpoint);
        const auto [found, is_new] = by_text.try_emplace(std::move(text), endpoint);
        if (!is_new && is_local) {
          found->second = std::move(endpoint);
        }
      }
    }
  }
  std::vector<Endpoint> endpoints;
  endpoints.reserve(by_text.size());
  for (auto& [text, endpoint] : by_text) {
    endpoints.push_back(std::move(endpoint));
  }
  return endpoints;
}

ServiceView view_or_empty(const ServiceViews& views, const ObjectName& name) {
  const auto found = views.find(name);
  return found == views.end() ? ServiceView{} : found->second;
}

void update_view(ChangeTracker& tracker, const std::string& node, const ObjectName& name) {
  const auto service = tracker.services.find(name);
  const auto slices = tracker.slices.find(name);
  ServiceView now;
  if (service != tracker.services.end()) {
    now = make_view(service->second,
                    slices == tracker.slices.end() ? std::map<std::string, EndpointSlice>{} : slices->second,
                    node);
  }
  ServiceView before = view_or_empty(tracker.views, name);
  if (now == before) {
    return;
  }
  const auto [first, is_first] = tracker.changed.try_emplace(name, std::move(before));
  if (!is_first && first->second == now) {
    tracker.changed.erase(first);
  }
  if (now.empty()) {
    tracker.views.erase(name);
  } else {
    tracker.views.insert_or_assign(name, std::move(now));
  }
}

}  // namespace

ServiceView make_view(const Service& service, const std::map<std::string, EndpointSlice>& slices,
                      const std::string& node) {
  ServiceView view;
  if (!service.cluster_ip || service.type == ServiceType::external_name) {
    return view;
  }
  for (const ServicePortSpec& spec : service.ports) {
    const PortKey key{spec.name, spec.protocol};
    view.insert_or_assign(key, PortView{service_port(service, spec), endpoints_of(key, slices, node)});
  }
  return view;
}

void service_changed(ChangeTracker& tracker, const std::string& node, const ObjectName& name,
                     std::optional<Service> service) {
  if (service) {
    tracker.services.insert_or_assign(name, *std::move(service));
  } else {
    tracker.services.erase(name);
  }
  update_view(tracker, node, name);
}

void slice_changed(ChangeTracker& tracker, const std::string& node, const ObjectName& slice,
                   std::optional<EndpointSlice> now) {
  const auto old = tracker.slice_services.find(slice);
  if (old != tracker.slice_services.end() && (!now || now->service != old->second)) {
    const ObjectName service{slice.space, old->second};
    const auto slices = tracker.slices.find(service);
    slices->second.erase(slice.name);
    if (slices->second.empty()) {
      tracker.slices.erase(slices);
    }
    tracker.slice_services.erase(old);
    update_view(tracker, node, service);
  }
  if (now) {
    const ObjectName service{slice.space, now->service};
    tracker.slice_services.insert_or_assign(slice, now->service);
    tracker.slices[service].insert_or_assign(slice.name, *std::move(now));
    update_view(tracker, node, service);
  }
}

void begin_sync(ChangeTracker& tracker) {
  PLIMSOLL_ASSERT(tracker.in_flight.empty());
  tracker.in_flight = std::exchange(tracker.changed, {});
}

std::vector<ProgrammedChange> finish_sync(ChangeTracker& tracker) {
  std::vector<ProgrammedChange> changes;
  for (auto& [name, before] : std::exchange(tracker.in_flight, {})) {
    // What changed again meanwhile is not in the kernel yet.
    const auto again = tracker.changed.find(name);
    changes.push_back({std::move(before),
                       again == tracker.changed.end() ? view_or_empty(tracker.views, name) : again->second});
  }
  return changes;
}

void abandon_sync(ChangeTracker& tracker) {
  for (auto& [name, before] : std::exchange(tracker.in_flight, {})) {
    if (before == view_or_empty(tracker.views, name)) {
      tracker.changed.erase(name);
    } else {
      tracker.changed.insert_or_assign(name, std::move(before));
    }
  }
}

}  // namespace plimsoll::service
