// Telling watchers how far they are.
//
// Source: etcd server/storage/mvcc/watchable_store.go (progressIfSync), server/etcdserver/api/v3rpc/watch.go
// (the progress ticker), v3.5.21. Statements: ETCD-11, 13.
#include <algorithm>

#include "impl/store/watch_hub.hpp"

namespace plimsoll::store {
namespace {

void tell_progress(const WatchContext& context, base::ProcessId client, kv::WatchId watch) {
  if (context.out.has_room(client)) {
    kv::WatchResponse progress;
    progress.watch = watch;
    progress.revision = context.store.revision();
    context.out.send(client, std::move(progress));
  }
}

}  // namespace

bool WatchHub::may_tell_progress(const WatchContext& context, const WatcherName& name,
                                 const Watcher& watcher) const {
  // E4: the store's revision was told to those, too, who had not been sent everything up to it.
  return (is_synced(name) || context.config.defects.has(Defect::E4)) &&
         context.store.revision() >= watcher.request.start_revision;
}

void WatchHub::progress_request(const WatchContext& context, base::ProcessId client) const {
  const auto first = watchers.lower_bound({client, {}});
  auto next = first;
  for (; next != watchers.end() && next->first.client == client; ++next) {
    if (!may_tell_progress(context, next->first, next->second)) {
      return;
    }
  }
  if (next != first) {
    tell_progress(context, client, kv::all_watches);
  }
}

void WatchHub::progress_tick(const WatchContext& context) {
  for (auto& [name, watcher] : watchers) {
    if (!watcher.request.progress_notify) {
      continue;
    }
    if (watcher.progress_due && may_tell_progress(context, name, watcher)) {
      tell_progress(context, name.client, name.watch);
    }
    watcher.progress_due = true;
  }
}

bool WatchHub::has_progress_watchers() const {
  return std::any_of(watchers.begin(), watchers.end(),
                     [](const auto& entry) { return entry.second.request.progress_notify; });
}

}  // namespace plimsoll::store
