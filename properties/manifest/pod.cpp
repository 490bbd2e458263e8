// Decoding of core/v1 Pod.
#include <array>
#include <set>
#include <string>
#include <utility>

#include "properties/manifest/decode.hpp"
#include "properties/manifest/syntax.hpp"

namespace plimsoll::manifest {
namespace {

using scenario::Error;
using scenario::FirstError;
using scenario::MapReader;
using scenario::quote;

constexpr std::string_view requested_ip_annotation = "plimsoll.dev/requested-ip";
constexpr std::string_view no_story = "has no meaning in the reference cluster; remove it";

ContainerPort decode_port(const scenario::Node& node, FirstError& errors) {
  static constexpr std::array<std::string_view, 3> protocol_words = {"TCP", "UDP", "SCTP"};
  constexpr std::array protocols = {Protocol::tcp, Protocol::udp, Protocol::sctp};
  MapReader fields(node, "port", errors);
  ContainerPort port;
  port.name = fields.optional_string("name").value_or("");
  port.container_port = static_cast<std::uint16_t>(fields.uint("containerPort", {1, 65535}));
  port.host_port = static_cast<std::uint16_t>(fields.optional_uint("hostPort", {1, 65535}).value_or(0));
  port.protocol = protocols[fields.optional_one_of("protocol", protocol_words).value_or(0)];
  fields.refuse("hostIP", no_story);
  fields.finish();
  return port;
}

Container decode_container(const scenario::Node& node, FirstError& errors) {
  MapReader fields(node, "container", errors);
  Container container;
  container.name = fields.string("name");
  if (!container.name.empty() && !is_dns_label(container.name)) {
    fields.fail("name", "expected a DNS-1123 label, found " + quote(container.name));
  }
  container.image = fields.string("image");
  for (const scenario::Node& port : fields.optional_list("ports")) {
    container.ports.push_back(decode_port(port, errors));
  }
  if (const scenario::Node* resources = fields.optional_node("resources")) {
    MapReader reader(*resources, "resources", errors);
    container.requests = decode_quantities(reader, "requests", errors);
    container.limits = decode_quantities(reader, "limits", errors);
    reader.finish();
  }
  for (const char* name : {"command", "args", "env", "workingDir", "imagePullPolicy"}) {
    fields.accept(name);
  }
  for (const char* name : {"volumeMounts", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle"}) {
    fields.refuse(name, no_story);
  }
  fields.finish();
  return container;
}

Toleration decode_toleration(const scenario::Node& node, FirstError& errors) {
  static constexpr std::array<std::string_view, 2> operators = {"Equal", "Exists"};
  static constexpr std::array<std::string_view, 3> effects = {"NoSchedule", "PreferNoSchedule", "NoExecute"};
  MapReader fields(node, "toleration", errors);
  Toleration toleration;
  toleration.key = fields.optional_string("key").value_or("");
  toleration.is_exists = fields.optional_one_of("operator", operators).value_or(0) == 1;
  toleration.value = fields.optional_string("value").value_or("");
  if (const auto effect = fields.optional_one_of("effect", effects)) {
    toleration.effect = effects[*effect];
  }
  if (toleration.key.empty() && !toleration.is_exists) {
    fields.fail("operator", "a toleration without a key needs the operator Exists");
  }
  if (toleration.is_exists && !toleration.value.empty()) {
    fields.fail("value", "a toleration with the operator Exists has no value");
  }
  fields.refuse("tolerationSeconds", no_story);
  fields.finish();
  return toleration;
}

void decode_spec(const scenario::Node& node, FirstError& errors, Pod& pod) {
  MapReader fields(node, "spec", errors);
  pod.node_name = fields.optional_string("nodeName").value_or("");
  pod.host_network = fields.optional_boolean("hostNetwork").value_or(false);
  std::set<std::string> names;
  for (const scenario::Node& item : fields.optional_list("containers")) {
    pod.containers.push_back(decode_container(item, errors));
    if (!names.insert(pod.containers.back().name).second) {
      errors.add(Error{item.where, "two containers are called " + quote(pod.containers.back().name)});
    }
  }
  if (pod.containers.empty()) {
    fields.fail("containers", "expected at least one container");
  }
  pod.node_selector = fields.optional_string_map("nodeSelector");
  for (const scenario::Node& item : fields.optional_list("tolerations")) {
    pod.tolerations.push_back(decode_toleration(item, errors));
  }
  for (const char* name : {"restartPolicy", "terminationGracePeriodSeconds", "serviceAccountName",
                           "dnsPolicy", "enableServiceLinks", "automountServiceAccountToken"}) {
    fields.accept(name);
  }
  for (const char* name :
       {"initContainers", "volumes", "affinity", "topologySpreadConstraints", "schedulerName"}) {
    fields.refuse(name, no_story);
  }
  fields.finish();
}

}  // namespace

Pod decode_pod(const scenario::Node& body, FirstError& errors) {
  MapReader object(body, "Pod", errors);
  Pod pod;
  pod.metadata = decode_metadata(object, body, Scope::namespaced, errors);
  if (const scenario::Node* spec = object.node("spec")) {
    decode_spec(*spec, errors, pod);
  }
  if (const auto text = value_of(pod.metadata.annotations, requested_ip_annotation)) {
    const auto address = parse_address(*text);
    if (address) {
      pod.requested_ip = *address;
    } else {
      const scenario::Node* value = body.find("metadata")->find("annotations")->find(requested_ip_annotation);
      errors.add(Error{value->where, quote(requested_ip_annotation) + ": " + address.error()});
    }
    if (pod.host_network) {
      errors.add(Error{body.where, "a pod in the host network cannot request an address of its own"});
    }
  }
  object.refuse("status", "is observed state; a scenario gives desired state only");
  object.finish();
  return pod;
}

}  // namespace plimsoll::manifest
