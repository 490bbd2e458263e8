// What must happen in the end in a cluster whose faults end and whose timing is good (calm.hpp): it has a
// leader, commits what is proposed, leaves joint configurations, and brings every server up to date.
//
// Source: Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm" (2014), section 5.6;
// Ongaro, "Consensus: Bridging Theory and Practice" (2014), sections 4.2.3, 9.6; SEMANTICS 1.1, liveness.
//
// A scenario asks for these properties by name: they are decided in a pass of their own, and without
// `timing: calm` none of them holds.
#pragma once

#include <vector>

#include "checker/world/model.hpp"
#include "properties/raft/world/assembly.hpp"

namespace plimsoll::properties::raft {

/// An established leader is one that a quorum of its configuration follows, in its term. All but the last
/// property are excused where no server that is up could be elected by those that are, because too many are
/// down for good.
///
/// `a-leader-stays`: from some state on there is an established leader.
///
/// `proposals-commit`: where a leader has something in its log that is not committed, there is later an
/// established leader whose log is committed to the end. (An entry of a leader that is deposed may be
/// overwritten, which its proposer has to find out by itself; what a server refuses is dropped at once.)
///
/// `joint-configurations-are-left`: where a leader acts under a joint configuration that is left
/// automatically, there is later an established leader whose configuration is not joint.
///
/// `followers-are-replicated-to`: from some state on there is an established leader for which every other
/// member that is up is in Replicate, with the whole log, and that member knows the same commit index: nobody
/// stays in Probe or in Snapshot.
///
/// `undisturbed-leader`: no step deposes an established leader that does not hand over. Not true of Raft as
/// such: it is what pre-votes and leases are for (dissertation 9.6), where no time-out is too early.
[[nodiscard]] std::vector<checker::WorldProperty> make_liveness_properties(const Assembly& assembly);

/// Id, kind and statement of each.
[[nodiscard]] const std::vector<checker::Property>& liveness_property_list();

}  // namespace plimsoll::properties::raft
