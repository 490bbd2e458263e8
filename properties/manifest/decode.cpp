#include "properties/manifest/decode.hpp"

#include <string>
#include <utility>

#include "properties/manifest/syntax.hpp"

namespace plimsoll::manifest {
namespace {

using scenario::Error;
using scenario::FirstError;
using scenario::MapReader;
using scenario::quote;

constexpr std::string_view no_story = "has no meaning in the reference cluster; remove it";

/// Labels and annotations: keys must be qualified names, values of labels are restricted too.
StringMap decode_pairs(MapReader& fields, const scenario::Node& metadata, std::string_view name,
                       FirstError& errors) {
  StringMap pairs = fields.optional_string_map(name);
  const scenario::Node* mapping = metadata.find(name);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const scenario::Entry& entry = mapping->entries[i];
    if (!is_qualified_name(pairs[i].first)) {
      errors.add(Error{entry.key.where,
                       "expected a key like app or example.com/app, found " + quote(pairs[i].first)});
    }
    if (name == "labels" && !is_label_value(pairs[i].second)) {
      errors.add(Error{entry.value.where,
                       "expected a label value of at most 63 letters, digits and inner -_., found " +
                           quote(pairs[i].second)});
    }
  }
  return pairs;
}

}  // namespace

Metadata decode_metadata(MapReader& object, const scenario::Node& body, Scope scope, FirstError& errors) {
  object.accept("apiVersion");
  object.accept("kind");
  Metadata metadata;
  metadata.where = body.where;
  const scenario::Node* node = object.node("metadata");
  if (node == nullptr) {
    return metadata;
  }
  MapReader fields(*node, "metadata", errors);
  metadata.name = fields.string("name");
  if (!metadata.name.empty() && !is_dns_subdomain(metadata.name)) {
    fields.fail("name",
                "expected a DNS-1123 name (lower-case letters, digits, inner hyphens and dots), found " +
                    quote(metadata.name));
  }
  if (scope == Scope::namespaced) {
    metadata.space = fields.optional_string("namespace").value_or("default");
    if (!is_dns_label(metadata.space)) {
      fields.fail("namespace",
                  "expected a DNS-1123 label (lower-case letters, digits, inner hyphens), found " +
                      quote(metadata.space));
    }
  } else {
    fields.refuse("namespace", "is given for a kind that lives in no namespace");
  }
  metadata.labels = decode_pairs(fields, *node, "labels", errors);
  metadata.annotations = decode_pairs(fields, *node, "annotations", errors);
  for (const char* name : {"generateName", "finalizers", "ownerReferences"}) {
    fields.refuse(name, no_story);
  }
  fields.finish();
  return metadata;
}

Namespace decode_namespace(const scenario::Node& body, FirstError& errors) {
  MapReader object(body, "Namespace", errors);
  Namespace result{decode_metadata(object, body, Scope::cluster, errors)};
  if (!result.metadata.name.empty() && !is_dns_label(result.metadata.name)) {
    object.fail("metadata",
                "expected a DNS-1123 label as name of a Namespace, found " + quote(result.metadata.name));
  }
  object.finish();
  return result;
}

ConfigMap decode_config_map(const scenario::Node& body, FirstError& errors) {
  MapReader object(body, "ConfigMap", errors);
  ConfigMap result;
  result.metadata = decode_metadata(object, body, Scope::namespaced, errors);
  result.data = object.optional_string_map("data");
  object.accept("immutable");
  object.refuse("binaryData", no_story);
  object.finish();
  return result;
}

RawObject decode_raw(const scenario::Node& body, Scope scope, FirstError& errors) {
  MapReader object(body, "object", errors);
  RawObject result;
  result.api_version = object.string("apiVersion");
  result.kind = object.string("kind");
  result.metadata = decode_metadata(object, body, scope, errors);
  result.body = body;
  return result;
}

StringMap decode_quantities(MapReader& fields, std::string_view name, FirstError& errors) {
  StringMap quantities;
  const scenario::Node* mapping = fields.optional_mapping(name);
  if (mapping == nullptr) {
    return quantities;
  }
  for (const scenario::Entry& entry : mapping->entries) {
    // A quantity may be written as a number, so its text is taken whatever it looks like.
    if (entry.value.kind != scenario::Kind::scalar || !is_quantity(entry.value.text)) {
      errors.add(Error{entry.value.where, "expected a quantity such as 2, 250m or 64Mi, found " +
                                              scenario::describe(entry.value)});
    }
    if (!is_qualified_name(entry.key.text)) {
      errors.add(Error{entry.key.where, "expected the name of a resource, found " + quote(entry.key.text)});
    }
    quantities.emplace_back(entry.key.text, entry.value.text);
  }
  return quantities;
}

}  // namespace plimsoll::manifest
