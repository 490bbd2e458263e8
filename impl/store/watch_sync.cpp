// Watchers that are behind.
//
// Source: etcd server/storage/mvcc/watchable_store.go (syncWatchers, moveVictims), watcher_group.go (choose),
// v3.5.21. Statement: ETCD-12.
#include <algorithm>

#include "impl/base/assert.hpp"
#include "impl/store/watch_hub.hpp"

namespace plimsoll::store {

std::vector<WatcherName> WatchHub::choose(std::size_t watchers_max) {
  PLIMSOLL_ASSERT(watchers_max > 0);
  std::vector<WatcherName> chosen;
  if (unsynced.size() <= watchers_max) {
    last_synced.reset();
    chosen.assign(unsynced.begin(), unsynced.end());
    return chosen;
  }
  auto next = last_synced ? unsynced.upper_bound(*last_synced) : unsynced.begin();
  while (chosen.size() < watchers_max) {
    if (next == unsynced.end()) {
      next = unsynced.begin();
    }
    chosen.push_back(*next++);
  }
  last_synced = chosen.back();
  return chosen;
}

bool WatchHub::cancel_compacted(const WatchContext& context, const WatcherName& name) {
  const kv::Revision compacted = context.store.compact_revision();
  Watcher& watcher = watchers.at(name);
  if (watcher.min_revision >= compacted) {
    return false;
  }
  if (context.out.has_room(name.client)) {
    kv::WatchResponse notice;
    notice.watch = name.watch;
    notice.revision = context.store.revision();
    notice.compact_revision = compacted;
    notice.canceled = true;
    context.out.send(name.client, std::move(notice));
    remove(name);
  } else if (context.config.defects.has(Defect::E7)) {
    // The mistake: who could not be told goes on as if nothing had been missed.
    watcher.min_revision = std::max(watcher.min_revision, context.store.revision().next());
    resume(context, name);
  }
  return true;
}

void WatchHub::resume(const WatchContext& context, const WatcherName& name) {
  const Watcher& watcher = watchers.at(name);
  if (watcher.min_revision <= context.store.revision()) {
    unsynced.insert(name);
  } else {
    unsynced.erase(name);
    synced.add(name, watcher.request.range);
  }
}

void WatchHub::sync_watcher(const WatchContext& context, const WatcherName& name, EventBatch batch) {
  Watcher& watcher = watchers.at(name);
  const kv::Revision current = context.store.revision();
  // One that waits for a revision to come keeps waiting.
  watcher.min_revision = batch.more_revision != kv::Revision{}
                             ? batch.more_revision
                             : std::max(watcher.min_revision, current.next());
  if (send(context, name, watcher, batch.events, current)) {
    resume(context, name);
  } else {
    unsynced.erase(name);
    victims.emplace(name, std::move(batch));
  }
}

void WatchHub::sync(const WatchContext& context) {
  WatcherGroup behind;
  std::vector<WatcherName> names;
  const kv::Revision current = context.store.revision();
  kv::Revision from = current.next();
  for (const WatcherName& name : choose(context.config.watchers_per_sync_max)) {
    if (!cancel_compacted(context, name)) {
      const Watcher& watcher = watchers.at(name);
      behind.add(name, watcher.request.range);
      names.push_back(name);
      from = std::min(from, watcher.min_revision);
    }
  }
  EventBatches batches;
  if (from <= current) {
    batches = make_batches(behind, watchers, context.store.changes(from, current),
                           context.config.revisions_per_batch_max);
  }
  for (const WatcherName& name : names) {
    sync_watcher(context, name, std::move(batches[name]));
  }
}

void WatchHub::retry_victims(const WatchContext& context) {
  for (auto next = victims.begin(); next != victims.end();) {
    const auto victim = next++;
    const WatcherName name = victim->first;
    Watcher& watcher = watchers.at(name);
    // It has seen the store up to, but not including, min_revision.
    const kv::Revision seen{watcher.min_revision.value - 1};
    if (send(context, name, watcher, victim->second.events, seen)) {
      victims.erase(victim);
      resume(context, name);
    }
  }
}

}  // namespace plimsoll::store
