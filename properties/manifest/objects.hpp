// Kubernetes objects as a scenario gives them: typed where the reference cluster acts on them, raw otherwise.
//
// Source of the fields: the Kubernetes API reference, core/v1 Pod, Node, Namespace and ConfigMap. Names of
// fields are those of the API in snake_case. Only desired state is kept; of a Node's status, what the cluster
// is told rather than what it finds out (addresses, capacity, conditions at the start).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "checker/scenario/location.hpp"
#include "checker/scenario/node.hpp"
#include "impl/base/ipv4.hpp"
#include "impl/base/ipv6.hpp"
#include "impl/base/prefix.hpp"

namespace plimsoll::manifest {

using Address = std::variant<base::Ipv4, base::Ipv6>;
using AddressPrefix = std::variant<base::Ipv4Prefix, base::Ipv6Prefix>;
using StringMap = std::vector<std::pair<std::string, std::string>>;  ///< distinct keys, as written

/// The value under `key`, if any.
[[nodiscard]] std::optional<std::string_view> value_of(const StringMap& map, std::string_view key);

/// Identity and labels of any object.
struct Metadata {
  std::string space;  ///< the namespace, "default" if none is given; empty for kinds that live in none
  std::string name;
  StringMap labels;
  StringMap annotations;
  scenario::Location where;  ///< of the object
};

enum class Protocol { tcp, udp, sctp };

struct ContainerPort {
  std::string name;  ///< may be empty
  std::uint16_t container_port = 0;
  std::uint16_t host_port = 0;  ///< 0: none
  Protocol protocol = Protocol::tcp;
};

struct Container {
  std::string name;
  std::string image;
  std::vector<ContainerPort> ports;
  StringMap requests;  ///< resource to quantity, e.g. cpu to 250m
  StringMap limits;
};

struct Toleration {
  std::string key;  ///< empty, with operator Exists: tolerates every taint
  bool is_exists = false;
  std::string value;
  std::string effect;  ///< empty: every effect
};

struct Pod {
  Metadata metadata;
  std::string node_name;  ///< empty: to be scheduled
  bool host_network = false;
  std::vector<Container> containers;  ///< at least one
  StringMap node_selector;
  std::vector<Toleration> tolerations;
  std::optional<Address> requested_ip;  ///< annotation plimsoll.dev/requested-ip
};

struct Taint {
  std::string key;
  std::string value;
  std::string effect;
};

struct NodeCondition {
  std::string type;
  std::string status;
};

struct Node {
  Metadata metadata;
  std::vector<AddressPrefix> pod_cidrs;  ///< at most one of each family; the first is spec.podCIDR
  std::vector<Address> internal_ips;     ///< status.addresses of type InternalIP
  std::optional<base::Ipv4> public_ip;   ///< annotation flannel.alpha.coreos.com/public-ip
  bool unschedulable = false;
  std::vector<Taint> taints;
  StringMap capacity;
  StringMap allocatable;
  std::vector<NodeCondition> conditions;
};

struct Namespace {
  Metadata metadata;
};

struct ConfigMap {
  Metadata metadata;
  StringMap data;
};

/// An object of a recognised kind that no room decodes yet; a system that does not use the kind refuses it by
/// `where`.
struct RawObject {
  std::string api_version;
  std::string kind;
  Metadata metadata;
  scenario::Node body;
};

/// Everything the manifests of one scenario ask for, in the order written.
struct DesiredState {
  std::vector<Pod> pods;
  std::vector<Node> nodes;
  std::vector<Namespace> namespaces;
  std::vector<ConfigMap> config_maps;
  std::vector<RawObject>
      others;  ///< Deployment, ReplicaSet, DaemonSet, Service, EndpointSlice, NetworkPolicy, Ingress
};

/// The IPv4 pod range and address of a node, if it has them.
[[nodiscard]] std::optional<base::Ipv4Prefix> ipv4_pod_cidr(const Node& node);
[[nodiscard]] std::optional<base::Ipv4> ipv4_internal_ip(const Node& node);

}  // namespace plimsoll::manifest
