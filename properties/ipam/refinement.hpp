// From the ipam world to the spec model/ipam: what the implementation's state means, and the property that
// its steps are the spec's.
//
// Mapped are three facts (LeaseAndAddressState): leases are the lease keys in the store; a node holds the
// subnet that its pods use, or else the one its network is configured for; addresses are those of running
// sandboxes. A node that has won a new subnet while pods still use the old one holds, for the spec, the old
// one: it takes the new one when the last of them has stopped.
#pragma once

#include <functional>
#include <vector>

#include "checker/world/model.hpp"
#include "model/ipam/lease_and_address_spec.hpp"
#include "properties/ipam/assembly.hpp"

namespace plimsoll::properties::ipam {

[[nodiscard]] model::ipam::LeaseAndAddressState spec_state(const checker::WorldView& view,
                                                           const Assembly& assembly, const Setup& setup);

struct Refinement {
  std::vector<checker::PartId> parts;  ///< what the mapping reads
  std::function<checker::Truth(const checker::WorldView&, const checker::WorldView&)> step;
};

/// A step matches 0 to k steps of the spec; k allows for all pods of a node stopping at once, and a subnet
/// dropped and taken. Requires: `assembly` outlives the result.
[[nodiscard]] Refinement make_refinement(const Assembly& assembly, const Setup& setup);

}  // namespace plimsoll::properties::ipam
