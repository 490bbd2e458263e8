// What must happen in the end, in worlds of an agreed log whose faults end and whose timing is good.
//
// Sources: ETCD-9, ETCD-12; SEMANTICS 1.2. A scenario asks for these properties by name.
//
// Fairness is the world's own (checker/world/world_fairness.hpp): messages arrive, work is done, whoever
// crashed is started again. `timing: calm` adds what leases rest on: the time of one that nobody renews runs
// out, but not while messages are under way or work is left, for that is short in comparison.
#pragma once

#include <vector>

#include "checker/world/model.hpp"
#include "properties/store/world/assembly.hpp"

namespace plimsoll::properties::store {

/// `expired-leases-are-revoked`: where a member knows a lease, there is later none that knows any. (Clients
/// grant and renew only so often.) Needs `timing: calm`.
///
/// `watchers-are-brought-up`: where a watch lacks an event that it is for, there is later none that does, but
/// for those that were cancelled.
[[nodiscard]] std::vector<checker::WorldProperty> make_liveness_properties(const Assembly& assembly);

/// Id, kind and statement of each.
[[nodiscard]] const std::vector<checker::Property>& liveness_property_list();

/// The timers that calm timing makes patient.
[[nodiscard]] std::vector<checker::PatientTimer> calm_timers(const Assembly& assembly);

}  // namespace plimsoll::properties::store
