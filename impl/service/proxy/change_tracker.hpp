// What has changed since the kernel was last programmed, coalesced per service.
//
// Source: kubernetes v1.31, pkg/proxy/servicechangetracker.go, endpointschangetracker.go and
// endpointslicecache.go. As there, a service is remembered as it was at its first change, so that a change
// and its undoing come to nothing. Deviates where upstream loses obligations (KPX-10): upstream empties the
// tracker before it writes rules, and a failed write forgets which flows were stale. Here the changes of a
// sync are kept aside until its outcome is known, and return to the others if it failed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "impl/service/proxy/types.hpp"

namespace plimsoll::service {

/// Invariants: (1) `views` has what the objects come to, nothing for a service without rules; (2) of a
/// service not in `changed` or `in_flight`, the kernel has what `views` says, as far as syncs tell.
struct ChangeTracker {
  std::map<ObjectName, Service> services = {};
  /// By service, then by the slice's name. A slice may be known before its service is.
  std::map<ObjectName, std::map<std::string, EndpointSlice>> slices = {};
  std::map<ObjectName, std::string> slice_services = {};  ///< by slice: which service it was for
  ServiceViews views = {};
  /// What the sync under way, or else the kernel, has of the services that changed since.
  ServiceViews changed = {};
  /// What the kernel had, before the sync under way, of the services that it changes.
  ServiceViews in_flight = {};
  PLIMSOLL_DESCRIBE(ChangeTracker, services, slices, slice_services, views, changed, in_flight)
};

/// What a service comes to on node `node`: no ports if it is headless or of type ExternalName. Endpoints that
/// several slices have are taken once: the first in the order of slice names, but one on this node if any is.
[[nodiscard]] ServiceView make_view(const Service& service,
                                    const std::map<std::string, EndpointSlice>& slices,
                                    const std::string& node);

/// A service is there, or (none) is gone.
void service_changed(ChangeTracker& tracker, const std::string& node, const ObjectName& name,
                     std::optional<Service> service);
/// An EndpointSlice is there, or (none) is gone. Its service may be another one than before.
void slice_changed(ChangeTracker& tracker, const std::string& node, const ObjectName& slice,
                   std::optional<EndpointSlice> now);

/// A sync of all of `views` begins. Requires: none is under way.
void begin_sync(ChangeTracker& tracker);

struct ProgrammedChange {
  ServiceView before = {};  ///< what the kernel had
  ServiceView after = {};   ///< what it has now
};
/// The sync under way has succeeded: what has changed with it.
[[nodiscard]] std::vector<ProgrammedChange> finish_sync(ChangeTracker& tracker);
/// The sync under way has failed: its changes are pending again.
void abandon_sync(ChangeTracker& tracker);

}  // namespace plimsoll::service
