// What leases and locks promise, besides what every store is judged by (properties.hpp).
//
// Sources: ETCD-9; etcd server/lease/lessor.go (Promote), client/v3/concurrency/mutex.go (v3.5).
#pragma once

#include "properties/store/world/assembly.hpp"
#include "properties/store/world/declaring.hpp"

namespace plimsoll::properties::store {

/// `leases-run-on`: whoever becomes the primary gives no lease more time than its last checkpoint left it;
/// declared where checkpoints may be due. (With nothing but new leaders, a lease that got all of its time
/// anew with each would never run out.)
///
/// `mutual-exclusion`: no two lockers have the lock at once; declared where there are lockers, of an agreed
/// log. The lease of one that has the lock may run out, and nothing but its own clock tells it so: it is not
/// counted from then on. What it does with the lock needs the lock's revision with it, so that whoever is
/// asked to do it can refuse.
void declare_lease_properties(const Assembly& assembly, Declaring& declaring);

}  // namespace plimsoll::properties::store
