#include "impl/store/watch_hub.hpp"

#include <algorithm>
#include <string_view>

#include "impl/base/assert.hpp"
#include "impl/store/watch_message.hpp"

namespace plimsoll::store {
namespace {

constexpr std::string_view lowest_key("\0", 1);  // as a range's end: all keys from its beginning on

bool is_empty(const kv::KeyRange& range) {
  return !range.range_end.empty() && range.range_end != lowest_key && range.key >= range.range_end;
}

kv::WatchResponse answer(kv::WatchId watch, kv::Revision revision) {
  kv::WatchResponse response;
  response.watch = watch;
  response.revision = revision;
  return response;
}

}  // namespace

void WatchHub::watch(const WatchContext& context, base::ProcessId client, kv::WatchRequest request) {
  const WatcherName name{client, request.watch};
  const kv::Revision current = context.store.revision();
  remove(name);
  if (request.range.key.empty()) {
    request.range.key = lowest_key;
  }
  kv::WatchResponse created = answer(request.watch, current);
  created.created = true;
  created.canceled = is_empty(request.range) || request.watch == kv::all_watches;
  context.out.send(client, created);
  if (created.canceled) {
    return;
  }
  if (request.start_revision > current && context.config.defects.has(Defect::E11)) {
    request.start_revision = {};  // the mistake: from now on
  }
  const bool is_synced = request.start_revision == kv::Revision{} || request.start_revision > current;
  Watcher watcher;
  watcher.min_revision =
      is_synced ? std::max(request.start_revision, current.next()) : request.start_revision;
  watcher.progress_due = request.progress_notify;
  if (is_synced) {
    synced.add(name, request.range);
  } else {
    unsynced.insert(name);
  }
  watcher.request = std::move(request);
  watchers.emplace(name, std::move(watcher));
}

void WatchHub::cancel(const WatchContext& context, base::ProcessId client, kv::WatchId watch) {
  if (!watchers.contains({client, watch})) {
    return;
  }
  remove({client, watch});
  kv::WatchResponse canceled = answer(watch, context.store.revision());
  canceled.canceled = true;
  context.out.send(client, std::move(canceled));
}

void WatchHub::disconnected(base::ProcessId client) {
  for (auto next = watchers.lower_bound({client, {}});
       next != watchers.end() && next->first.client == client;) {
    const WatcherName name = next->first;
    ++next;
    remove(name);
  }
}

void WatchHub::remove(const WatcherName& name) {
  const auto found = watchers.find(name);
  if (found == watchers.end()) {
    return;
  }
  synced.remove(name, found->second.request.range);
  unsynced.erase(name);
  victims.erase(name);
  watchers.erase(found);
}

bool WatchHub::is_synced(const WatcherName& name) const {
  return synced.has(name, watchers.at(name).request.range);
}

bool WatchHub::send(const WatchContext& context, const WatcherName& name, Watcher& watcher,
                    const std::vector<kv::Event>& events, kv::Revision revision) {
  kv::WatchResponse response = answer(name.watch, revision);
  response.events = events_for(watcher.request, events, context.store);
  if (response.events.empty()) {
    return true;  // it takes no room to send nothing
  }
  if (!context.out.has_room(name.client)) {
    return false;
  }
  if (watcher.request.fragment) {
    for (kv::WatchResponse& part : split(std::move(response), context.config.response_bytes_max)) {
      context.out.send(name.client, std::move(part));
    }
  } else {
    context.out.send(name.client, std::move(response));
  }
  watcher.progress_due = false;
  return true;
}

void WatchHub::notify(const WatchContext& context, const std::vector<kv::Event>& changes) {
  if (changes.empty() || synced.empty()) {
    return;
  }
  const kv::Revision revision = context.store.revision();
  PLIMSOLL_ASSERT(changes.front().kv.mod_revision == revision);
  PLIMSOLL_ASSERT(changes.back().kv.mod_revision == revision);
  const Defects defects = context.config.defects;
  EventBatches batches = make_batches(synced, watchers, changes, context.config.revisions_per_batch_max);
  for (auto& [name, batch] : batches) {
    Watcher& watcher = watchers.at(name);
    if (batch.events.size() > 1 && defects.has(Defect::E6)) {
      batch.events.push_back(batch.events.back());
    }
    const bool was_sent = send(context, name, watcher, batch.events, revision);
    if (!was_sent) {
      synced.remove(name, watcher.request.range);
      victims.emplace(name, std::move(batch));
    }
    // E5: only those who fell behind were noted to have seen this revision.
    if (!was_sent || !defects.has(Defect::E5)) {
      watcher.min_revision = revision.next();
    }
  }
}

void WatchHub::restore() {
  for (const WatcherName& name : synced.names()) {
    unsynced.insert(name);
  }
  synced = {};
}

}  // namespace plimsoll::store
