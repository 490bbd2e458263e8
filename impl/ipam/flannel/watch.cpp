// Following the leases (FLN-5 to FLN-8): flannel's WatchLeases, WatchLease and leasesWatchReset in
// local_manager.go, and watchSubnets in registry.go. flannel has one watch for the own lease and one for all;
// here one serves both.

#include <algorithm>
#include <utility>

#include "impl/ipam/flannel/manager_step.hpp"

namespace plimsoll::ipam::flannel {

namespace {

void take_snapshot(Step step) {
  LeaseView& view = step.state.view;
  view.phase = ViewPhase::listing;
  view.next_revision = kv::Revision{0};
  view.call.open = true;
  step.outputs.send(step.config.store, kv::Request{request_id(view.call, Caller::watcher),
                                                   kv::RangeRequest{subnets_range(step.config.prefix)}});
}

/// The watch in use has the number that its request has.
kv::WatchId watch_id(const LeaseView& view) {
  return {request_id(view.call, Caller::watcher).value};
}

void open_watch(Step step) {
  LeaseView& view = step.state.view;
  view.phase = ViewPhase::watching;
  step.outputs.send(
      step.config.store,
      kv::Request{request_id(view.call, Caller::watcher),
                  kv::WatchRequest{watch_id(view), subnets_range(step.config.prefix), view.next_revision}});
}

/// One change of one lease. Returns false if our own was revoked.
bool take_event(Step step, const kv::Event& event) {
  LeaseView& view = step.state.view;
  const std::optional<base::Ipv4Prefix> subnet = subnet_of_key(step.config.prefix, event.kv.key);
  if (!subnet) {
    return true;
  }
  const bool was_removed = event.type == kv::EventType::remove;
  std::optional<StoredLease> now = was_removed ? std::nullopt : read_lease(step.config.prefix, event.kv);
  if (*subnet == step.state.manager.held->subnet) {
    return still_ours(step, now, event.kv.mod_revision);
  }
  if (was_removed) {
    program(view.table, remove_lease(view.known, *subnet), step.config.network.backend);
  } else if (now->attributes) {
    program(view.table, add_lease(view.known, *subnet, std::move(*now->attributes)),
            step.config.network.backend);
  }
  return true;
}

}  // namespace

void start_watching(Step step) {
  step.state.view.table.emplace(step.state.manager.held->subnet, own_attributes(step));
  take_snapshot(step);
}

void stop_watching(Step step) {
  LeaseView& view = step.state.view;
  if (view.phase == ViewPhase::watching) {
    step.outputs.send(step.config.store, kv::Request{request_id(view.call, Caller::watcher),
                                                     kv::WatchCancelRequest{watch_id(view)}});
  }
  if (view.phase == ViewPhase::watching || view.phase == ViewPhase::listing) {
    give_up(view.call);
  }
  view = LeaseView{ViewPhase::idle, view.call, {}, {}, {}};
}

void resume_watching(Step step) {
  if (step.state.view.next_revision.value == 0) {
    take_snapshot(step);
  } else {
    open_watch(step);
  }
}

void watch_later(Step step) {
  LeaseView& view = step.state.view;
  view.phase = ViewPhase::waiting;
  give_up(view.call);
  step.outputs.arm(Timer::retry, step.config.retry_after);
}

void on_snapshot(Step step, const kv::Response& response, const kv::RangeResult& result) {
  const base::Ipv4Prefix own_subnet = step.state.manager.held->subnet;
  LeaseTable listed;
  std::optional<StoredLease> own;
  for (StoredLease& lease : read_leases(step.config.prefix, result.kvs)) {
    if (lease.attributes) {
      listed.emplace(lease.subnet, *lease.attributes);
    }
    if (lease.subnet == own_subnet) {
      own = std::move(lease);
    }
  }
  // A lease that is gone was removed at some revision up to that of the list.
  if (!still_ours(step, own, own ? own->mod_revision : response.revision)) {
    revoke(step);
    return;
  }
  LeaseView& view = step.state.view;
  for (const LeaseEvent& event : reset_leases(view.known, listed, own_subnet, step.config.defects)) {
    program(view.table, event, step.config.network.backend);
  }
  view.next_revision = response.revision.next();
  open_watch(step);
}

void on_watched(Step step, const kv::WatchResponse& response) {
  LeaseView& view = step.state.view;
  if (view.phase != ViewPhase::watching || response.watch != watch_id(view)) {
    return;
  }
  if (response.broken) {
    watch_later(step);
    return;
  }
  if (response.compact_revision) {
    // FLN-8: what happened meanwhile is gone from the store's history. The number is free again: this was its
    // last message.
    take_snapshot(step);
    return;
  }
  for (const kv::Event& event : response.events) {
    if (event.kv.mod_revision < view.next_revision) {
      continue;
    }
    if (!take_event(step, event)) {
      revoke(step);
      return;
    }
  }
  if (!response.events.empty()) {
    view.next_revision = std::max(view.next_revision, response.events.back().kv.mod_revision.next());
  }
}

}  // namespace plimsoll::ipam::flannel
