#include "properties/overlay/all_packets/cluster_view.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

namespace plimsoll::properties::overlay {
namespace {

using namespace plimsoll::overlay;             // NOLINT(google-build-using-namespace): what the view is of
using namespace plimsoll::overlay::netfilter;  // NOLINT(google-build-using-namespace)

constexpr std::uint8_t tcp = 6;
constexpr std::uint8_t udp = 17;

/// The one port that the rule asks for; none if it asks for several or none.
std::optional<std::uint16_t> single_port(const Rule& rule) {
  const auto single = [](const PortMatch& match) -> std::optional<std::uint16_t> {
    const bool one = match.range.first == match.range.last && !match.negated;
    return one ? std::optional(match.range.first) : std::nullopt;
  };
  for (const Match& match : rule.matches) {
    if (const auto* of_tcp = std::get_if<TcpMatch>(&match)) {
      return single(of_tcp->destination);
    }
    if (const auto* of_udp = std::get_if<UdpMatch>(&match)) {
      return single(of_udp->destination);
    }
  }
  return std::nullopt;
}

/// What a rule is about, if it is about one address, protocol and port.
std::optional<ServicePort> subject_of(const Rule& rule) {
  const std::uint8_t protocol = rule.protocol.number;
  const auto port = single_port(rule);
  if (!rule.destination.exact() || rule.protocol.negated || (protocol != tcp && protocol != udp) || !port) {
    return std::nullopt;
  }
  return ServicePort{rule.destination.address, protocol, *port};
}

/// Whether every packet that comes to the rule matches it.
bool is_unconditional(const Rule& rule) {
  return rule.source.any() && rule.destination.any() && rule.in.any() && rule.out.any() &&
         std::ranges::all_of(rule.matches,
                             [](const Match& match) { return std::holds_alternative<Comment>(match); });
}

/// Adds all that packets come to from a rule's target on.
class ServiceWalk {
 public:
  ServiceWalk(const Table& table, NodeService& found) : table_(table), found_(found) {}

  /// @param always  Every packet to the service comes to `rule` or was there before.
  void follow(const Rule& rule, std::uint16_t port, bool always) {
    if (const auto* nat = std::get_if<Nat>(&rule.target)) {
      if (nat->kind == Nat::Kind::dnat) {
        found_.endpoints.insert({nat->first, nat->first_port == 0 ? port : nat->first_port});
      }
      return;
    }
    found_.masquerades |= always && std::holds_alternative<SetMark>(rule.target);
    const auto* jump = std::get_if<Jump>(&rule.target);
    if (jump == nullptr || !seen_.insert({jump->chain, always}).second) {
      return;
    }
    if (const Chain* chain = table_.find(jump->chain)) {
      for (const Rule& next : chain->rules) {
        follow(next, port, always && is_unconditional(next));
      }
    }
  }

 private:
  const Table& table_;
  NodeService& found_;
  std::set<std::pair<std::string, bool>> seen_ = {};
};

void add_translated(const Table& nat, std::map<ServicePort, NodeService>& services) {
  for (const Chain& chain : nat.chains) {
    for (const Rule& rule : chain.rules) {
      const auto subject = subject_of(rule);
      if (!subject) {
        continue;
      }
      NodeService found;
      // A source range in front of the way in narrows who comes there, not what happens to them.
      ServiceWalk(nat, found).follow(rule, subject->port, rule.source.any());
      if (!found.endpoints.empty()) {
        NodeService& service = services[*subject];
        service.endpoints.merge(found.endpoints);
        service.masquerades |= found.masquerades;
      }
    }
  }
}

void add_rejected(const Table& filter, std::map<ServicePort, NodeService>& services) {
  for (const Chain& chain : filter.chains) {
    for (const Rule& rule : chain.rules) {
      const auto subject = subject_of(rule);
      if (subject && std::holds_alternative<Reject>(rule.target)) {
        services.try_emplace(*subject);
      } else if (subject && rule.target == Target(Verdict::drop)) {
        services[*subject].restricted = true;
      }
    }
  }
}

/// What all nodes agree on.
void sum_up(const ClusterView& view, KnownService& service) {
  service.masquerades = true;
  service.restricted = true;
  bool all_local = true;
  bool all_equal = true;
  for (const auto& [node, own] : service.by_node) {
    service.masquerades &= own.masquerades;
    service.restricted &= own.restricted;
    std::set<Endpoint> local;
    for (const Endpoint& endpoint : service.endpoints) {
      const auto owners = view.owners.find(endpoint.address);
      if (owners != view.owners.end() && std::ranges::any_of(owners->second, [&](const std::string& pod) {
            const auto of = view.node_of.find(pod);
            return of != view.node_of.end() && of->second == node;
          })) {
        local.insert(endpoint);
      }
    }
    all_local &= own.endpoints == local;
    all_equal &= own.endpoints == service.endpoints;
  }
  service.local_only = all_local && !all_equal;
}

bool is_loopback(base::Ipv4 address) {
  constexpr unsigned first_octet = 24;
  constexpr std::uint32_t loopback_network = 127;
  return address.value() >> first_octet == loopback_network;
}

/// The last address of the prefix that can be a host's and that nobody has; none if all are taken.
std::optional<base::Ipv4> free_in(const base::Ipv4Prefix& prefix, const std::set<base::Ipv4>& taken) {
  if (prefix.length() > 30) {
    return std::nullopt;
  }
  const std::uint32_t broadcast = prefix.last().value();
  for (std::uint32_t at = broadcast - 1; at > prefix.first().value(); --at) {
    if (!taken.contains(base::Ipv4(at))) {
      return base::Ipv4(at);
    }
  }
  return std::nullopt;
}

std::set<base::Ipv4> unowned_in(const Recording& recording, const std::string& network,
                                const ClusterView& view) {
  std::set<base::Ipv4> taken;
  for (const auto& [name, key] : recording.networks.at(network).tables) {
    for (const InterfaceAddress& address : recording.tables.at(key).addresses) {
      taken.insert(address.address.address());
    }
  }
  std::set<base::Ipv4> unowned;
  for (const std::string& node : view.nodes) {
    const Tables& tables = recording.tables.at(recording.networks.at(network).tables.at(node));
    for (const Neighbour& neighbour : tables.neighbours) {
      if (!taken.contains(neighbour.address)) {
        unowned.insert(neighbour.address);
      }
    }
    for (const Route& route : tables.routes) {
      const base::Ipv4Prefix& to = route.destination;
      const auto first = view.owners.lower_bound(to.first());
      const bool has_pods = first != view.owners.end() && first->first <= to.last();
      if (to.length() == 0 || !has_pods) {
        continue;
      }
      if (const auto free = free_in(to, taken)) {
        unowned.insert(*free);
      }
    }
  }
  return unowned;
}

}  // namespace

std::vector<base::Ipv4> ClusterView::own(const std::string& name) const {
  if (const auto of_pod = addresses.find(name); of_pod != addresses.end()) {
    return of_pod->second;
  }
  std::vector<base::Ipv4> all;
  for (const auto& [address, nodes_with_it] : node_addresses) {
    if (nodes_with_it.contains(name)) {
      all.push_back(address);
    }
  }
  return all;
}

std::map<ServicePort, NodeService> services_in(const Ruleset& rules) {
  std::map<ServicePort, NodeService> services;
  if (const Table* nat = rules.find(TableName::nat)) {
    add_translated(*nat, services);
  }
  if (const Table* filter = rules.find(TableName::filter)) {
    add_rejected(*filter, services);
  }
  return services;
}

ClusterView view_of(const Recording& recording, const std::string& network) {
  ClusterView view;
  for (const auto& [name, key] : recording.networks.at(network).tables) {
    const auto what = recording.namespaces.find(name);
    const std::string role = what == recording.namespaces.end() ? "" : what->second;
    const Tables& tables = recording.tables.at(key);
    const bool is_pod = role.starts_with("pod");
    if (!is_pod && !role.starts_with("node")) {
      continue;
    }
    (is_pod ? view.pods : view.nodes).push_back(name);
    constexpr std::string_view pod_of = "pod of ";
    if (role.starts_with(pod_of)) {
      view.node_of[name] = role.substr(pod_of.size());
    }
    for (const InterfaceAddress& address : tables.addresses) {
      const base::Ipv4 own = address.address.address();
      if (is_loopback(own)) {
        continue;
      }
      (is_pod ? view.owners : view.node_addresses)[own].insert(name);
      if (is_pod) {
        view.addresses[name].push_back(own);
      }
    }
    if (!is_pod) {
      for (auto& [port, own] : services_in(tables.ruleset)) {
        KnownService& service = view.services[port];
        service.endpoints.insert(own.endpoints.begin(), own.endpoints.end());
        service.by_node[name] = own;
      }
    }
  }
  for (auto& [port, service] : view.services) {
    sum_up(view, service);
  }
  view.unowned = unowned_in(recording, network, view);
  return view;
}

std::map<base::Ipv4, std::set<std::string>> ClusterView::duplicates() const {
  std::map<base::Ipv4, std::set<std::string>> found;
  for (const auto& [address, pods_with_it] : owners) {
    std::set<std::string> all = pods_with_it;
    if (const auto of_nodes = node_addresses.find(address); of_nodes != node_addresses.end()) {
      all.insert(of_nodes->second.begin(), of_nodes->second.end());
    }
    if (all.size() > 1) {
      found.emplace(address, std::move(all));
    }
  }
  return found;
}

}  // namespace plimsoll::properties::overlay
