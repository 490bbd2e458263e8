#include "impl/service/dns/records.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "impl/service/dns/names.hpp"

namespace plimsoll::dns {
namespace {

/// What one object (for a service: with its slices) contributes.
using Bundle = std::set<std::pair<std::string, Record>>;

struct Owner {
  Kind kind = Kind::service;
  ObjectName name = {};
};

Record record_of(const Address& address) {
  return {std::holds_alternative<base::Ipv4>(address) ? Type::a : Type::aaaa, to_text(address)};
}

/// The ready endpoints of a service, with the ports of their slice.
template <class Visit>
void each_endpoint(const Config& config, const Objects& objects, const ObjectName& name,
                   const Service& service, const Visit& visit) {
  if (config.no_endpoints) {
    return;
  }
  for (auto slice = objects.slices.lower_bound({name.space, ""});
       slice != objects.slices.end() && slice->first.space == name.space; ++slice) {
    if (slice->second.service != name.name) {
      continue;
    }
    for (const Endpoint& endpoint : slice->second.endpoints) {
      if (endpoint.ready || service.publish_not_ready) {
        visit(endpoint, slice->second.ports);
      }
    }
  }
}

void add_cluster_ips(Bundle& bundle, const Service& service, const std::string& owner) {
  for (const Address& address : service.cluster_ips) {
    bundle.emplace(owner, record_of(address));
    bundle.emplace(reverse_name(address), Record{Type::ptr, owner});
  }
  for (const Port& port : service.ports) {
    if (port.name.empty()) {
      continue;
    }
    bundle.emplace(port_labels(port) + "." + owner, Record{Type::srv, owner, port.port});
  }
}

void add_endpoint(Bundle& bundle, const Endpoint& endpoint, const std::vector<Port>& ports,
                  const std::string& owner) {
  for (const Address& address : endpoint.addresses) {
    const std::string label = endpoint.hostname.empty() ? dashed(address) : endpoint.hostname;
    const std::string own_name = label + "." + owner;
    bundle.emplace(owner, record_of(address));
    bundle.emplace(own_name, record_of(address));
    if (!endpoint.hostname.empty()) {
      bundle.emplace(reverse_name(address), Record{Type::ptr, own_name});
    }
    for (const Port& port : ports) {
      if (port.name.empty()) {
        continue;
      }
      bundle.emplace(port_labels(port) + "." + owner, Record{Type::srv, own_name, port.port});
    }
  }
}

Bundle service_bundle(const Config& config, const Objects& objects, const ObjectName& name) {
  const auto found = objects.services.find(name);
  if (found == objects.services.end()) {
    return {};
  }
  const Service& service = found->second;
  const std::string owner = name.name + "." + name.space + ".svc." + config.zone;
  Bundle bundle;
  bool empty = true;
  switch (service.type) {
    case ServiceType::external_name:
      // An address is no name: there is nothing that a CNAME could say.
      if (!parse_address(service.external_name)) {
        bundle.emplace(owner, Record{Type::cname, canonical_name(service.external_name)});
      }
      break;
    case ServiceType::cluster_ip:
      each_endpoint(config, objects, name, service,
                    [&](const Endpoint& endpoint, const auto&) { empty &= endpoint.addresses.empty(); });
      if (!empty || !config.ignore_empty_service) {
        add_cluster_ips(bundle, service, owner);
      }
      break;
    case ServiceType::headless:
      each_endpoint(config, objects, name, service,
                    [&](const Endpoint& endpoint, const std::vector<Port>& ports) {
                      add_endpoint(bundle, endpoint, ports, owner);
                    });
      break;
  }
  return bundle;
}

Bundle pod_bundle(const Config& config, const Objects& objects, const ObjectName& name) {
  const auto found = objects.pods.find(name);
  if (config.pods != PodNames::verified || found == objects.pods.end()) {
    return {};
  }
  Bundle bundle;
  for (const Address& address : found->second.addresses) {
    bundle.emplace(dashed(address) + "." + name.space + ".pod." + config.zone, record_of(address));
  }
  return bundle;
}

Bundle namespace_bundle(const Config& config, const Objects& objects, const ObjectName& name) {
  if (!objects.namespaces.contains(name.name)) {
    return {};
  }
  Bundle bundle = {{name.name + ".svc." + config.zone, Record{Type::other}}};
  if (config.pods != PodNames::disabled) {
    bundle.emplace(name.name + ".pod." + config.zone, Record{Type::other});
  }
  return bundle;
}

Bundle bundle_of(const Config& config, const Objects& objects, const Owner& owner) {
  switch (owner.kind) {
    case Kind::name_space:
      return namespace_bundle(config, objects, owner.name);
    case Kind::pod:
      return pod_bundle(config, objects, owner.name);
    case Kind::service:
    case Kind::slice:
      break;
  }
  return service_bundle(config, objects, owner.name);
}

void add(Index& index, const Owner& owner, const Bundle& bundle) {
  for (const auto& [name, record] : bundle) {
    index.names[name].insert({record, owner.kind, owner.name});
  }
}

void remove(Index& index, const Owner& owner, const Bundle& bundle) {
  for (const auto& [name, record] : bundle) {
    const auto found = index.names.find(name);
    if (found == index.names.end()) {
      continue;
    }
    found->second.erase({record, owner.kind, owner.name});
    if (found->second.empty()) {
      index.names.erase(found);
    }
  }
}

/// Whose records `change` may alter: those of a slice are its service's, of the old one and of the new.
std::vector<Owner> owners_of(const Objects& objects, const Change& change) {
  if (change.kind != Kind::slice) {
    return {{change.kind, change.name}};
  }
  std::set<std::string> services;
  const auto found = objects.slices.find(change.name);
  if (found != objects.slices.end()) {
    services.insert(found->second.service);
  }
  if (change.object) {
    services.insert(std::get<EndpointSlice>(*change.object).service);
  }
  std::vector<Owner> owners;
  for (const std::string& service : services) {
    owners.push_back({Kind::service, {change.name.space, service}});
  }
  return owners;
}

template <class Map>
bool put(Map& objects, const Change& change) {
  if (!change.object) {
    return objects.erase(change.name) > 0;
  }
  const auto& object = std::get<typename Map::mapped_type>(*change.object);
  const auto [at, is_new] = objects.try_emplace(change.name, object);
  if (!is_new && at->second == object) {
    return false;
  }
  at->second = object;
  return true;
}

bool is_known(const Objects& objects, const Change& change) {
  switch (change.kind) {
    case Kind::name_space:
      return objects.namespaces.contains(change.name.name);
    case Kind::service:
      return objects.services.contains(change.name);
    case Kind::slice:
      return objects.slices.contains(change.name);
    case Kind::pod:
      break;
  }
  return objects.pods.contains(change.name);
}

template <class Map>
void compare(std::vector<Change>& changes, Kind kind, const Map& before, const Map& after) {
  for (const auto& [name, object] : before) {
    if (!after.contains(name)) {
      changes.push_back({kind, name, {}});
    }
  }
  for (const auto& [name, object] : after) {
    const auto found = before.find(name);
    if (found == before.end() || found->second != object) {
      changes.push_back({kind, name, Object{object}});
    }
  }
}

}  // namespace

bool perform(Objects& objects, const Change& change) {
  switch (change.kind) {
    case Kind::name_space:
      return change.object ? objects.namespaces.insert(change.name.name).second
                           : objects.namespaces.erase(change.name.name) > 0;
    case Kind::service:
      return put(objects.services, change);
    case Kind::slice:
      return put(objects.slices, change);
    case Kind::pod:
      break;
  }
  return put(objects.pods, change);
}

void apply(const Config& config, Index& index, const Change& change) {
  const std::vector<Owner> owners = owners_of(index.objects, change);
  const bool is_update = change.object && is_known(index.objects, change);
  std::vector<Bundle> before;
  before.reserve(owners.size());
  for (const Owner& owner : owners) {
    before.push_back(bundle_of(config, index.objects, owner));
  }
  if (!perform(index.objects, change)) {
    return;
  }
  for (std::size_t i = 0; i < owners.size(); ++i) {
    const Bundle after = bundle_of(config, index.objects, owners[i]);
    if (!is_update || !config.defects.has(Defect::D3)) {
      remove(index, owners[i], before[i]);
    }
    if (!is_update || !config.defects.has(Defect::D2)) {
      add(index, owners[i], after);
    }
  }
}

void replace(const Config& config, Index& index, const Objects& objects) {
  for (const Change& change : difference(index.objects, objects)) {
    apply(config, index, change);
  }
}

void resync(const Config& config, Index& index) {
  const Objects& objects = index.objects;
  const auto once_more = [&](Kind kind, const ObjectName& name) {
    add(index, {kind, name}, bundle_of(config, objects, {kind, name}));
  };
  for (const std::string& name : objects.namespaces) {
    once_more(Kind::name_space, {"", name});
  }
  for (const auto& [name, service] : objects.services) {
    once_more(Kind::service, name);
  }
  for (const auto& [name, pod] : objects.pods) {
    once_more(Kind::pod, name);
  }
}

std::vector<Change> difference(const Objects& before, const Objects& after) {
  std::vector<Change> changes;
  for (const std::string& name : before.namespaces) {
    if (!after.namespaces.contains(name)) {
      changes.push_back({Kind::name_space, {"", name}, {}});
    }
  }
  for (const std::string& name : after.namespaces) {
    if (!before.namespaces.contains(name)) {
      changes.push_back({Kind::name_space, {"", name}, Namespace{}});
    }
  }
  compare(changes, Kind::service, before.services, after.services);
  compare(changes, Kind::slice, before.slices, after.slices);
  compare(changes, Kind::pod, before.pods, after.pods);
  return changes;
}

}  // namespace plimsoll::dns
