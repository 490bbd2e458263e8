// Changing one value of a scenario before it is decoded: `--set faults.crash=2`, and a defect's `set:`
// mapping.
//
// A path names fields from the outside in, separated by dots; a dot within a name is written `\.`, and an
// item of a list is named by its index from 0. Everything but the last part must exist already; the last part
// may be new in a mapping, where the decoder then judges whether it is known. Optional top-level mappings
// need not exist before they are set.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"
#include "checker/scenario/node.hpp"

namespace plimsoll::scenario {

/// One value and the place it goes to. Locations name the option (as file) or the place in the scenario it
/// came from.
struct Assignment {
  std::vector<std::string> path;  ///< at least one part, none empty
  Node value;
  Location where;  ///< of the path
};

/// Reads `path=value` as given to --set; the value is YAML, e.g. `properties=[a, b]`.
/// Errors: no '=', an empty part of the path, no value, a value that is not one YAML document.
[[nodiscard]] tl::expected<Assignment, Error> parse_assignment(std::string_view option);

/// The assignment written as an entry of a `set:` mapping. Errors: an empty part of the path.
[[nodiscard]] tl::expected<Assignment, Error> make_assignment(const Entry& entry);

/// Carries `assignment` out on `document`.
/// @param top_level_fields  Names the document may have; others are refused as first part of a path.
/// Errors: a part of the path that does not exist, at the assignment, naming the part. `document` is then
/// unchanged, or has gained an empty top-level mapping.
[[nodiscard]] tl::expected<void, Error> assign(Node& document, const Assignment& assignment,
                                               std::span<const std::string_view> top_level_fields);

}  // namespace plimsoll::scenario
