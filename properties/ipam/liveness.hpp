// What must happen in the end, under the fairness of worlds (checker/world/world_fairness.hpp): nodes get
// leases, and addresses of deleted pods come back.
//
// A scenario asks for these properties by name. They are decided in a pass of their own over the whole graph
// of states, which costs as much as the search again; and with a clock they never hold, because what lies
// beyond the horizon is not seen.
#pragma once

#include <vector>

#include "checker/world/model.hpp"
#include "properties/ipam/assembly.hpp"

namespace plimsoll::properties::ipam {

/// `every-node-eventually-leased`: again and again every node holds a lease or has given up for a reason that
/// is outside its power. The reasons are two, and a node that has one is in phase waiting, with no lease and
/// its retry timer armed: (1) no subnet of the configured range is free of live leases; (2) without a clock,
/// no retry is left of the scenario's budget. A scenario with as many retries as its faults cost never grants
/// the second. To be down is no reason.
///
/// `deleted-pod-address-eventually-free`: where an address file belongs to no pod, there is later a state in
/// which every address file is that of a running pod. To no pod belongs a file of a node whose content names
/// no sandbox of the node that is being created or runs: its pod was deleted, was lost with the node, or
/// never came to be; or it names nobody. That the end asks for running pods tells an address that was freed
/// from one that is held for a sandbox of the same name which never starts. There is no excuse: DEL is
/// repeated until it is answered and GC precedes everything else in a life of the runtime (IPAM-5, CRI-1),
/// and neither needs the network or the store.
///
/// The second is made only if there are pods.
[[nodiscard]] std::vector<checker::WorldProperty> make_liveness_properties(const Assembly& assembly,
                                                                           const Setup& setup);

/// Id, kind and statement of each.
[[nodiscard]] const std::vector<checker::Property>& liveness_property_list();

}  // namespace plimsoll::properties::ipam
