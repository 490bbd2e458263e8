// What a dump of tables says of the cluster it was taken from: who is a pod, which addresses pods own, which
// services the rules of its nodes know.
//
// Source: the roles come from the dump's topology; addresses from the tables of the pods themselves; services
// from the nat and filter tables, whoever wrote them: a rule for one address and port from whose chain
// packets come to DNAT, or are rejected.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "properties/overlay/conform/recording.hpp"

namespace plimsoll::properties::overlay {

/// Where packets are sent to: an address, and what carries them.
struct ServicePort {
  base::Ipv4 address = {};
  std::uint8_t protocol = 0;  ///< of IP: 6 or 17
  std::uint16_t port = 0;
  friend auto operator<=>(const ServicePort&, const ServicePort&) = default;
};

/// An address and a port behind a service.
struct Endpoint {
  base::Ipv4 address = {};
  std::uint16_t port = 0;
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// A service as the rules of one node know it.
struct NodeService {
  std::set<Endpoint> endpoints = {};  ///< that packets may be led to; empty: they are rejected
  bool masquerades = false;           ///< whoever sends, and whomever it comes to
  bool restricted = false;            ///< packets that are not let in by their source are dropped
  friend bool operator==(const NodeService&, const NodeService&) = default;
};

/// A service as the rules of all nodes know it: what no dump says, what the service is meant to be, is taken
/// from what they agree on.
struct KnownService {
  std::set<Endpoint> endpoints = {};  ///< of any node; empty: rejected everywhere
  /// A node that is not here does not know the service.
  std::map<std::string, NodeService> by_node = {};
  bool masquerades = false;  ///< on all nodes that know it, as the next one
  bool restricted = false;
  /// Every node leads to its own pods only, and not all have the same (internalTrafficPolicy: Local).
  bool local_only = false;
};

struct ClusterView {
  std::vector<std::string> nodes = {};                            ///< namespaces, in order
  std::vector<std::string> pods = {};                             ///< namespaces, in order
  std::map<std::string, std::string> node_of = {};                ///< a pod: its node, where the dump says so
  std::map<std::string, std::vector<base::Ipv4>> addresses = {};  ///< of a pod that has any
  std::map<base::Ipv4, std::set<std::string>> owners = {};  ///< of a pod's address: the pods that have it
  std::map<base::Ipv4, std::set<std::string>> node_addresses = {};
  std::map<ServicePort, KnownService> services = {};
  /// Addresses that nobody has: those that neighbours of nodes have, and one of each prefix with pods that
  /// their routes tell apart.
  std::set<base::Ipv4> unowned = {};

  /// All addresses of a pod or node; empty: it has none.
  [[nodiscard]] std::vector<base::Ipv4> own(const std::string& name) const;
  /// Pods with one address: each set has two or more.
  [[nodiscard]] std::map<base::Ipv4, std::set<std::string>> duplicates() const;
};

/// Requires: `network` is a key of Recording::networks. Cost: linear in the size of the tables, times log.
[[nodiscard]] ClusterView view_of(const Recording& recording, const std::string& network);

/// The services that one node's rules know.
[[nodiscard]] std::map<ServicePort, NodeService> services_in(
    const plimsoll::overlay::netfilter::Ruleset& rules);

}  // namespace plimsoll::properties::overlay
