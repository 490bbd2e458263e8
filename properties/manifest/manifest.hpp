// Kubernetes manifests to the desired state a world starts from.
//
// Kinds: v1 Pod, Node, Namespace, ConfigMap and List are decoded; apps/v1 Deployment, ReplicaSet and
// DaemonSet, v1 Service, discovery.k8s.io/v1 EndpointSlice, and networking.k8s.io/v1 Ingress and
// NetworkPolicy are kept raw. Whether a system uses a kind is the system's to say; a kind that nothing here
// reads is an error. Lists do not nest.
#pragma once

#include <span>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"
#include "checker/scenario/node.hpp"
#include "properties/manifest/objects.hpp"

namespace plimsoll::manifest {

/// Decodes the manifests of a scenario (Scenario::manifests).
/// Errors, each at its line and column: unknown kinds and fields, values of the wrong type, names that are
/// not DNS-1123, two objects of one kind, namespace and name, and a Pod's nodeName that names no Node
/// although Nodes are given.
[[nodiscard]] tl::expected<DesiredState, scenario::Error> decode_manifests(
    std::span<const scenario::Node> documents);

}  // namespace plimsoll::manifest
