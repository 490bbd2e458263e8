// YAML text to trees, strictly: the subset of YAML 1.2.2 in which Kubernetes manifests are written.
//
// Parsing is yaml-cpp's (its event interface, so that limits act while reading); refusals are ours. Deviates
// from YAML by refusing anchors, aliases, merge keys, tags, keys that are not scalars, duplicate keys, and a
// second document that no
// `---` line opens. Scalars are not typed here; see scalar.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"
#include "checker/scenario/node.hpp"

namespace plimsoll::scenario {

/// Reads all documents of `text`.
/// @param file  What locations call the text; nothing is opened.
/// @return one node per document, in order; a document without content is a null node.
/// Errors: everything the prologue and source_text.hpp refuse, the limits there, and malformed YAML. Never
/// throws. Cost: linear in the text, up to the limits.
[[nodiscard]] tl::expected<std::vector<Node>, Error> parse_yaml(std::string_view text, std::string file);

}  // namespace plimsoll::scenario
