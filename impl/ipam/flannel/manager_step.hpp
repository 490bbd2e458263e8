// One step of the subnet manager, as its three concerns see it: acquiring, renewing, watching.
//
// Private to impl/ipam/flannel. Each function is named after what has happened or what is to be done; the
// requests and their order are flannel's (local_manager.go, registry.go at cdf76059).
#pragma once

#include "impl/ipam/flannel/subnet_manager.hpp"

namespace plimsoll::ipam::flannel {

using Timer = SubnetManagerTimer;
using RequestBody = decltype(kv::Request::body);

/// What a step works on.
struct Step {
  const SubnetManager::Config& config;
  SubnetManager::State& state;
  SubnetManager::Outputs& outputs;
};

// Sending and waiting (subnet_manager.cpp).

/// Sends the manager's next request. Requires: none is open.
void ask(Step step, ManagerPhase phase, RequestBody body);
/// The outcome of what was asked is unknown, or nothing is free: tries again later.
void wait(Step step);
/// Forgets the attempt under way, and with it the request that serves it.
void drop_attempt(Step step);
/// The node's network goes up or down: the shared part changes, and the runtime is told.
void change_network(Step step, std::optional<base::Ipv4Prefix> subnet);
/// The process ends itself. Its volatile parts are as before a start.
void end(Step step, std::string why);

// acquire.cpp

void list(Step step);
void on_listed(Step step, const kv::RangeResult& result);
void on_deleted(Step step, const kv::TxnResult& result);
/// Asks for a grant. `seen` is the mod_revision that the key must still have, 0 for a key that must be
/// absent.
void begin_attempt(Step step, const base::Ipv4Prefix& subnet, kv::Revision seen);
void on_granted(Step step);
void on_committed(Step step, const kv::Response& response, const kv::TxnResult& result);
/// What this node writes under its lease's key.
[[nodiscard]] LeaseAttributes own_attributes(Step step);

// renew.cpp

/// The attempt was won: its lease is the one held, and is renewed in time.
void hold(Step step, kv::Revision mod_revision);
void renew(Step step);
void on_renewal_refused(Step step, const kv::TxnResult& result);
void on_expired(Step step, Timer expiry);
/// The lease held is no longer certain: network down, then as at the start.
void lose(Step step);
/// Somebody changed the key of the lease held; `now` is what stands there, none if it was removed at
/// `revision`.
/// @return false if the lease is revoked.
[[nodiscard]] bool still_ours(Step step, const std::optional<StoredLease>& now, kv::Revision revision);
void revoke(Step step);

// watch.cpp

void start_watching(Step step);
void stop_watching(Step step);
void resume_watching(Step step);
void watch_later(Step step);
void on_snapshot(Step step, const kv::Response& response, const kv::RangeResult& result);
void on_watched(Step step, const kv::WatchResponse& response);

}  // namespace plimsoll::ipam::flannel
