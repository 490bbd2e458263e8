#include "properties/service/names/refinement.hpp"

#include <array>

namespace plimsoll::properties::names {
namespace {

// Both enumerate types in the same order; a type that only one of them knows would not compile.
static_assert(static_cast<int>(dns::Type::other) == static_cast<int>(model::dns::Type::other));
static_assert(static_cast<int>(dns::Type::txt) == static_cast<int>(model::dns::Type::txt));
static_assert(static_cast<int>(dns::Type::srv) == static_cast<int>(model::dns::Type::srv));

model::dns::Type type_of(dns::Type type) {
  return static_cast<model::dns::Type>(type);
}

std::vector<model::dns::Port> ports_of(const std::vector<dns::Port>& ports) {
  constexpr std::array<const char*, 3> protocols = {"tcp", "udp", "sctp"};
  std::vector<model::dns::Port> result;
  result.reserve(ports.size());
  for (const dns::Port& port : ports) {
    result.push_back({port.name, protocols.at(static_cast<std::size_t>(port.protocol)), port.port});
  }
  return result;
}

std::string in_lower_case(std::string name) {
  if (!name.empty() && name.back() == '.') {
    name.pop_back();
  }
  for (char& letter : name) {
    letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
  }
  return name;
}

model::dns::PodNames pods_of(dns::PodNames pods) {
  switch (pods) {
    case dns::PodNames::disabled:
      return model::dns::PodNames::disabled;
    case dns::PodNames::insecure:
      return model::dns::PodNames::insecure;
    case dns::PodNames::verified:
      break;
  }
  return model::dns::PodNames::verified;
}

model::dns::Outcome outcome_of(dns::Rcode rcode) {
  switch (rcode) {
    case dns::Rcode::noerror:
      return model::dns::Outcome::found;
    case dns::Rcode::nxdomain:
      return model::dns::Outcome::no_such_name;
    case dns::Rcode::servfail:
      return model::dns::Outcome::failure;
    case dns::Rcode::refused:
      break;
  }
  return model::dns::Outcome::refused;
}

}  // namespace

model::dns::Rules rules_of(const dns::Config& config) {
  return {config.zone, pods_of(config.pods), config.ignore_empty_service, config.no_endpoints};
}

model::dns::Cluster cluster_of(const dns::Objects& objects) {
  model::dns::Cluster cluster;
  cluster.namespaces = objects.namespaces;
  for (const auto& [name, service] : objects.services) {
    model::dns::Service& one = cluster.services.emplace_back();
    one.space = name.space;
    one.name = name.name;
    one.headless = service.type == dns::ServiceType::headless;
    one.publish_not_ready = service.publish_not_ready;
    one.ports = ports_of(service.ports);
    if (service.type == dns::ServiceType::cluster_ip) {
      one.addresses = service.cluster_ips;
    }
    if (service.type == dns::ServiceType::external_name) {
      one.alias = in_lower_case(service.external_name);
    }
  }
  for (const auto& [name, slice] : objects.slices) {
    for (const dns::Endpoint& endpoint : slice.endpoints) {
      for (const dns::Address& address : endpoint.addresses) {
        cluster.endpoints.push_back(
            {name.space, slice.service, address, endpoint.ready, endpoint.hostname, ports_of(slice.ports)});
      }
    }
  }
  for (const auto& [name, pod] : objects.pods) {
    for (const dns::Address& address : pod.addresses) {
      cluster.pods.push_back({name.space, address});
    }
  }
  return cluster;
}

model::dns::Question question_of(const dns::Question& question) {
  return {question.name, type_of(question.type)};
}

model::dns::Answer answer_of(const dns::Answer& answer) {
  model::dns::Answer result{outcome_of(answer.rcode), {}};
  for (const dns::Record& record : answer.records) {
    result.records.insert({type_of(record.type), record.data, record.port});
  }
  return result;
}

}  // namespace plimsoll::properties::names
