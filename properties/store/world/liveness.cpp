#include "properties/store/world/liveness.hpp"

#include <algorithm>

#include "checker/world/view.hpp"
#include "impl/store/mvcc.hpp"
#include "properties/store/world/declaring.hpp"
#include "properties/store/world/spec_history.hpp"

namespace plimsoll::properties::store {
namespace {

using checker::PropertyKind;
using checker::WorldProperty;
using checker::WorldView;

bool some_lease_is_known(const WorldView& view, const Assembly& assembly) {
  return std::ranges::any_of(assembly.members, [&](const MemberPlaces& member) {
    return !view.part<core::Mvcc>(member.kv).backend.leases.empty();
  });
}

bool some_watch_is_behind(const WorldView& view, const Assembly& assembly) {
  const SpecHistory history = spec_history(view.part<AgreedLog>(*assembly.log));
  return std::ranges::any_of(assembly.clients, [&](const ClientPlaces& client) {
    const auto& progress = view.part<Progress>(client.progress);
    return std::ranges::any_of(progress.watches, [&](const auto& entry) {
      return !has_ended(progress, entry.first) && !is_complete(entry.second, history);
    });
  });
}

/// What `is_bad` holds of does not stay bad.
void declare(WorldProperty& property, bool (*is_bad)(const WorldView&, const Assembly&),
             const Assembly& assembly) {
  property.cause = [is_bad, &assembly](const WorldView& view) { return is_bad(view, assembly); };
  property.state = [is_bad, &assembly](const WorldView& view) { return truth(!is_bad(view, assembly)); };
}

}  // namespace

const std::vector<checker::Property>& liveness_property_list() {
  static const std::vector<checker::Property> list = {
      {"expired-leases-are-revoked", PropertyKind::leads_to,
       "where a lease is known that nobody renews any more, there is later none", 0, true},
      {"watchers-are-brought-up", PropertyKind::leads_to,
       "where a watch lacks an event that it is for, there is later none that does", 0, true},
  };
  return list;
}

std::vector<WorldProperty> make_liveness_properties(const Assembly& assembly) {
  if (!assembly.log) {
    return {};
  }
  Declaring declaring(liveness_property_list());
  WorldProperty& leases = declaring.property("expired-leases-are-revoked");
  for (const MemberPlaces& member : assembly.members) {
    leases.parts.push_back(member.kv);
  }
  declare(leases, &some_lease_is_known, assembly);
  WorldProperty& watches = declaring.property("watchers-are-brought-up");
  watches.parts.push_back(*assembly.log);
  for (const ClientPlaces& client : assembly.clients) {
    watches.parts.push_back(client.progress);
  }
  declare(watches, &some_watch_is_behind, assembly);
  return declaring.take();
}

std::vector<checker::PatientTimer> calm_timers(const Assembly& assembly) {
  std::vector<checker::PatientTimer> timers;
  for (const MemberPlaces& member : assembly.members) {
    timers.push_back({member.process, "lease-expiry", {}, {}});
  }
  return timers;
}

}  // namespace plimsoll::properties::store
