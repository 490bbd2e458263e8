// What must hold of Raft as it is implemented. One function for each property; the names are those of
// scenarios and reports.
//
// Source: figure 3 of Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm" (2014);
// SEMANTICS 1.1, safety invariants.
#pragma once

#include <vector>

#include "checker/world/model.hpp"
#include "properties/raft/world/assembly.hpp"

namespace plimsoll::properties::raft {

/// In the order in which violations of one level are reported. Requires: `assembly` outlives the result.
[[nodiscard]] std::vector<checker::WorldProperty> make_properties(const Assembly& assembly,
                                                                  const Setup& setup);

/// Id, kind and statement of each, without a world: for `plimsoll list`.
[[nodiscard]] const std::vector<checker::Property>& property_list();

}  // namespace plimsoll::properties::raft
