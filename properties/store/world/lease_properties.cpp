#include "properties/store/world/lease_properties.hpp"

#include <algorithm>

#include "checker/world/view.hpp"
#include "impl/store/lessor.hpp"
#include "properties/store/world/locker.hpp"
#include "properties/store/world/spec_history.hpp"

namespace plimsoll::properties::store {
namespace {

using checker::Truth;
using checker::WorldClause;
using checker::WorldView;

Truth leases_run_on(const core::Lessor& before, const core::Lessor& after, const core::Mvcc& store) {
  if (before.primary || !after.primary) {
    return Truth::vacuous;
  }
  Truth result = Truth::vacuous;
  for (const auto& [id, row] : store.backend.leases) {
    if (row.remaining != base::Ticks{}) {
      result = Truth::holds;
      if (after.leases.at(id).left > row.remaining) {
        return Truth::violated;
      }
    }
  }
  return result;
}

/// Does it take itself for the one that has the lock, and has nobody taken it from it since it was told?
bool has_lock(const LockTenure& tenure, kv::LeaseId lease, const SpecHistory& history) {
  return tenure.phase == LockPhase::holding &&
         std::ranges::none_of(history.events.events, [&](const kv::Event& event) {
           return event.type == kv::EventType::remove && event.kv.mod_revision > tenure.since &&
                  event.kv.key == lock_key(lease);
         });
}

void of_locks(const Assembly& assembly, Declaring& declaring) {
  const checker::PartId log = *assembly.log;
  const auto history = checker::projection<AgreedLog, SpecHistory>(&spec_history);
  for (std::size_t i = 0; i < assembly.lockers.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      WorldClause& pair = declaring.clause("mutual-exclusion");
      const LockerPlaces one = assembly.lockers[i];
      const LockerPlaces other = assembly.lockers[j];
      pair.parts = {one.tenure, other.tenure};
      pair.facts = {{log, history}};
      pair.state = [one, other, log](const WorldView& view) {
        const SpecHistory& events = view.fact<SpecHistory>(log);
        const bool has_one = has_lock(view.part<LockTenure>(one.tenure), one.lease, events);
        const bool has_other = has_lock(view.part<LockTenure>(other.tenure), other.lease, events);
        return has_one || has_other ? truth(!has_one || !has_other) : Truth::vacuous;
      };
    }
  }
}

}  // namespace

void declare_lease_properties(const Assembly& assembly, Declaring& declaring) {
  if (assembly.setup.budget("lease-checkpoint-due") > 0) {
    for (const MemberPlaces& member : assembly.members) {
      WorldClause& run_on = declaring.clause("leases-run-on");
      run_on.parts = {member.lessor, member.kv};
      run_on.step = [lessor = member.lessor, kv = member.kv](const WorldView& before,
                                                             const WorldView& after) {
        return leases_run_on(before.part<core::Lessor>(lessor), after.part<core::Lessor>(lessor),
                             after.part<core::Mvcc>(kv));
      };
    }
  }
  if (assembly.log) {
    of_locks(assembly, declaring);
  }
}

}  // namespace plimsoll::properties::store
