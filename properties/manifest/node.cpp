// Decoding of core/v1 Node.
#include <array>
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

constexpr std::string_view public_ip_annotation = "flannel.alpha.coreos.com/public-ip";

void add_pod_cidr(Node& node, const scenario::Location& where, const std::string& text, FirstError& errors) {
  const auto prefix = parse_prefix(text);
  if (!prefix) {
    errors.add(Error{where, prefix.error()});
    return;
  }
  for (const AddressPrefix& earlier : node.pod_cidrs) {
    if (earlier.index() == prefix->index()) {
      errors.add(Error{where, "a node has at most one pod range of each address family"});
    }
  }
  node.pod_cidrs.push_back(*prefix);
}

void decode_pod_cidrs(MapReader& fields, const scenario::Node& spec, FirstError& errors, Node& node) {
  const std::string first = fields.optional_string("podCIDR").value_or("");
  const std::vector<std::string> all = fields.optional_strings("podCIDRs");
  if (all.empty() && !first.empty()) {
    add_pod_cidr(node, spec.find("podCIDR")->where, first, errors);
  }
  if (!all.empty() && !first.empty() && all.front() != first) {
    fields.fail("podCIDRs",
                "expected podCIDR, " + quote(first) + ", as the first range, found " + quote(all.front()));
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    add_pod_cidr(node, spec.find("podCIDRs")->items[i].where, all[i], errors);
  }
}

Taint decode_taint(const scenario::Node& node, FirstError& errors) {
  static constexpr std::array<std::string_view, 3> effects = {"NoSchedule", "PreferNoSchedule", "NoExecute"};
  MapReader fields(node, "taint", errors);
  Taint taint;
  taint.key = fields.string("key");
  if (!taint.key.empty() && !is_qualified_name(taint.key)) {
    fields.fail("key", "expected a key like app or example.com/app, found " + quote(taint.key));
  }
  taint.value = fields.optional_string("value").value_or("");
  taint.effect = effects[fields.one_of("effect", effects)];
  fields.refuse("timeAdded", "is observed state; a scenario gives desired state only");
  fields.finish();
  return taint;
}

void decode_spec(const scenario::Node& spec, FirstError& errors, Node& node) {
  MapReader fields(spec, "spec", errors);
  decode_pod_cidrs(fields, spec, errors, node);
  node.unschedulable = fields.optional_boolean("unschedulable").value_or(false);
  for (const scenario::Node& item : fields.optional_list("taints")) {
    node.taints.push_back(decode_taint(item, errors));
  }
  fields.accept("providerID");
  fields.finish();
}

void decode_address(const scenario::Node& item, FirstError& errors, Node& node) {
  static constexpr std::array<std::string_view, 5> types = {"InternalIP", "ExternalIP", "Hostname",
                                                            "InternalDNS", "ExternalDNS"};
  MapReader fields(item, "address", errors);
  const std::size_t type = fields.one_of("type", types);
  const std::string text = fields.string("address");
  fields.finish();
  const bool is_ip = type < 2;
  if (!is_ip || text.empty()) {
    return;
  }
  const auto address = parse_address(text);
  if (!address) {
    fields.fail("address", address.error());
  } else if (types[type] == "InternalIP") {
    node.internal_ips.push_back(*address);
  }
}

void decode_condition(const scenario::Node& item, FirstError& errors, Node& node) {
  static constexpr std::array<std::string_view, 3> statuses = {"True", "False", "Unknown"};
  MapReader fields(item, "condition", errors);
  NodeCondition condition;
  condition.type = fields.string("type");
  condition.status = statuses[fields.one_of("status", statuses)];
  for (const char* name : {"reason", "message", "lastHeartbeatTime", "lastTransitionTime"}) {
    fields.accept(name);
  }
  fields.finish();
  node.conditions.push_back(std::move(condition));
}

void decode_status(const scenario::Node& status, FirstError& errors, Node& node) {
  MapReader fields(status, "status", errors);
  for (const scenario::Node& item : fields.optional_list("addresses")) {
    decode_address(item, errors, node);
  }
  node.capacity = decode_quantities(fields, "capacity", errors);
  node.allocatable = decode_quantities(fields, "allocatable", errors);
  for (const scenario::Node& item : fields.optional_list("conditions")) {
    decode_condition(item, errors, node);
  }
  fields.accept("nodeInfo");
  fields.finish();
}

}  // namespace

Node decode_node(const scenario::Node& body, FirstError& errors) {
  MapReader object(body, "Node", errors);
  Node node;
  node.metadata = decode_metadata(object, body, Scope::cluster, errors);
  if (const scenario::Node* spec = object.optional_node("spec")) {
    decode_spec(*spec, errors, node);
  }
  if (const scenario::Node* status = object.optional_node("status")) {
    decode_status(*status, errors, node);
  }
  if (const auto text = value_of(node.metadata.annotations, public_ip_annotation)) {
    const auto address = base::Ipv4::parse(*text);
    if (address) {
      node.public_ip = *address;
    } else {
      const scenario::Node* value = body.find("metadata")->find("annotations")->find(public_ip_annotation);
      errors.add(Error{value->where, quote(public_ip_annotation) + ": " + address.error()});
    }
  }
  object.finish();
  return node;
}

}  // namespace plimsoll::manifest
