#include "properties/manifest/manifest.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <tuple>

#include "checker/scenario/reader.hpp"
#include "checker/scenario/suggestion.hpp"
#include "properties/manifest/decode.hpp"

namespace plimsoll::manifest {
namespace {

using scenario::Error;
using scenario::FirstError;
using scenario::Location;
using scenario::MapReader;
using scenario::quote;

struct RecognisedKind {
  std::string_view api_version;
  std::string_view kind;
  Scope scope;
};

constexpr std::array<RecognisedKind, 12> recognised_kinds = {{
    {"v1", "Pod", Scope::namespaced},
    {"v1", "Node", Scope::cluster},
    {"v1", "Namespace", Scope::cluster},
    {"v1", "ConfigMap", Scope::namespaced},
    {"v1", "List", Scope::cluster},
    {"v1", "Service", Scope::namespaced},
    {"apps/v1", "Deployment", Scope::namespaced},
    {"apps/v1", "ReplicaSet", Scope::namespaced},
    {"apps/v1", "DaemonSet", Scope::namespaced},
    {"discovery.k8s.io/v1", "EndpointSlice", Scope::namespaced},
    {"networking.k8s.io/v1", "Ingress", Scope::namespaced},
    {"networking.k8s.io/v1", "NetworkPolicy", Scope::namespaced},
}};

/// Collects objects and sees what concerns more than one of them.
class Collector {
 public:
  explicit Collector(FirstError& errors) : errors_(errors) {}

  void add(const scenario::Node& document, bool is_in_list) {
    const RecognisedKind* kind = recognise(document);
    if (kind == nullptr) {
      return;
    }
    if (kind->kind == "List") {
      add_list(document, is_in_list);
    } else {
      note(kind->kind, add_object(document, *kind));
    }
  }

  void check_node_names() {
    if (state_.nodes.empty()) {
      return;
    }
    std::vector<std::string_view> names;
    for (const Node& node : state_.nodes) {
      names.push_back(node.metadata.name);
    }
    std::ranges::sort(names);
    // Stops at the first error: looking for near names is the costly part.
    for (const Pod& pod : state_.pods) {
      if (!pod.node_name.empty() && !std::ranges::binary_search(names, std::string_view(pod.node_name))) {
        errors_.add(Error{pod.metadata.where, "pod " + quote(pod.metadata.name) + " is bound to node " +
                                                  quote(pod.node_name) + ", which no manifest describes" +
                                                  scenario::suggestion(pod.node_name, names)});
        return;
      }
    }
  }

  [[nodiscard]] DesiredState take() { return std::move(state_); }

 private:
  const RecognisedKind* recognise(const scenario::Node& document) {
    MapReader fields(document, "manifest", errors_);
    const std::string api_version = fields.string("apiVersion");
    const std::string kind = fields.string("kind");
    const scenario::Node* version_node = document.find("apiVersion");
    const scenario::Node* kind_node = document.find("kind");
    if (version_node == nullptr || kind_node == nullptr || kind.empty() || api_version.empty()) {
      const std::string missing = version_node == nullptr || api_version.empty() ? "apiVersion" : "kind";
      errors_.add(Error{document.where, "field " + quote(missing) + " is missing in a manifest"});
      return nullptr;
    }
    const auto found = std::ranges::find(recognised_kinds, kind, &RecognisedKind::kind);
    if (found == recognised_kinds.end()) {
      std::vector<std::string_view> names;
      std::ranges::transform(recognised_kinds, std::back_inserter(names), &RecognisedKind::kind);
      errors_.add(Error{kind_node->where, "manifests of kind " + quote(kind) + " are not read" +
                                              scenario::suggestion(kind, names)});
      return nullptr;
    }
    if (found->api_version != api_version) {
      errors_.add(Error{version_node->where, "expected apiVersion " + quote(found->api_version) +
                                                 " for kind " + quote(kind) + ", found " +
                                                 quote(api_version)});
      return nullptr;
    }
    return &*found;
  }

  void add_list(const scenario::Node& document, bool is_in_list) {
    if (is_in_list) {
      errors_.add(Error{document.where, "a List cannot be an item of a List"});
      return;
    }
    MapReader fields(document, "List", errors_);
    fields.accept("apiVersion");
    fields.accept("kind");
    fields.accept("metadata");
    for (const scenario::Node& item : fields.optional_list("items")) {
      add(item, true);
    }
    fields.finish();
  }

  const Metadata& add_object(const scenario::Node& document, const RecognisedKind& kind) {
    if (kind.kind == "Pod") {
      return state_.pods.emplace_back(decode_pod(document, errors_)).metadata;
    }
    if (kind.kind == "Node") {
      return state_.nodes.emplace_back(decode_node(document, errors_)).metadata;
    }
    if (kind.kind == "Namespace") {
      return state_.namespaces.emplace_back(decode_namespace(document, errors_)).metadata;
    }
    if (kind.kind == "ConfigMap") {
      return state_.config_maps.emplace_back(decode_config_map(document, errors_)).metadata;
    }
    return state_.others.emplace_back(decode_raw(document, kind.scope, errors_)).metadata;
  }

  void note(std::string_view kind, const Metadata& metadata) {
    const auto [place, is_new] =
        seen_.emplace(std::tuple(std::string(kind), metadata.space, metadata.name), metadata.where);
    if (!is_new) {
      const std::string full_name = (metadata.space.empty() ? "" : metadata.space + "/") + metadata.name;
      errors_.add(Error{metadata.where,
                        std::string(kind) + " " + quote(full_name) + " is described twice; the first is at " +
                            std::to_string(place->second.line) + ":" + std::to_string(place->second.column)});
    }
  }

  FirstError& errors_;
  DesiredState state_;
  std::map<std::tuple<std::string, std::string, std::string>, Location> seen_;
};

}  // namespace

tl::expected<DesiredState, Error> decode_manifests(std::span<const scenario::Node> documents) {
  FirstError errors;
  Collector collector(errors);
  for (const scenario::Node& document : documents) {
    if (document.kind != scenario::Kind::null) {
      collector.add(document, false);
    }
    if (errors.error()) {
      return tl::unexpected(*errors.error());
    }
  }
  collector.check_node_names();
  if (errors.error()) {
    return tl::unexpected(*errors.error());
  }
  return collector.take();
}

}  // namespace plimsoll::manifest
