// One Kubernetes object at a time, from tree to type; manifest.hpp puts them together.
//
// Decoding is strict, as with `kubectl --validate=strict`: an unknown field is an error. Fields of the API
// that are valid but mean nothing to the reference cluster are either listed here as accepted without effect
// or refused by name:
//   accepted: Pod spec.restartPolicy, terminationGracePeriodSeconds, serviceAccountName, dnsPolicy,
//   enableServiceLinks,
//     automountServiceAccountToken; container command, args, env, workingDir, imagePullPolicy; Node
//     status.nodeInfo
//   refused: Pod spec.initContainers, volumes, affinity, topologySpreadConstraints, schedulerName; container
//     volumeMounts and probes; metadata.generateName, finalizers, ownerReferences; Pod status
#pragma once

#include "checker/scenario/node.hpp"
#include "checker/scenario/reader.hpp"
#include "properties/manifest/objects.hpp"

namespace plimsoll::manifest {

enum class Scope { cluster, namespaced };

// Each reads apiVersion and kind as already checked, records errors and returns an arbitrary value after one.

[[nodiscard]] Metadata decode_metadata(scenario::MapReader& object, const scenario::Node& body, Scope scope,
                                       scenario::FirstError& errors);
[[nodiscard]] Pod decode_pod(const scenario::Node& body, scenario::FirstError& errors);
[[nodiscard]] Node decode_node(const scenario::Node& body, scenario::FirstError& errors);
[[nodiscard]] Namespace decode_namespace(const scenario::Node& body, scenario::FirstError& errors);
[[nodiscard]] ConfigMap decode_config_map(const scenario::Node& body, scenario::FirstError& errors);

/// Metadata only; the rest of the body is kept as it is.
[[nodiscard]] RawObject decode_raw(const scenario::Node& body, Scope scope, scenario::FirstError& errors);

/// A mapping of resources to quantities, as under capacity or requests.
[[nodiscard]] StringMap decode_quantities(scenario::MapReader& fields, std::string_view name,
                                          scenario::FirstError& errors);

}  // namespace plimsoll::manifest
