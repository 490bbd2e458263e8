// One watcher: what it asked for, how far it is, and the events that did not get through to it.
//
// Source: etcd server/storage/mvcc/watchable_store.go (watcher), watcher_group.go (eventBatch), v3.5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "impl/base/describe_macro.hpp"
#include "impl/base/ids.hpp"
#include "impl/base/kv.hpp"
#include "impl/store/defects.hpp"

namespace plimsoll::store {

/// A client has one stream, and names its watches on it.
struct WatcherName {
  base::ProcessId client = {};
  kv::WatchId watch = {};
  PLIMSOLL_DESCRIBE(WatcherName, client, watch)
};

struct Watcher {
  kv::WatchRequest request = {};
  kv::Revision min_revision = {};  ///< events below it were sent, or are not for this watcher
  /// The next tick tells how far the watcher is. Only with progress_notify; events make one tick pass
  /// without.
  bool progress_due = false;
  PLIMSOLL_DESCRIBE(Watcher, request, min_revision, progress_due)
};

/// The events of one response, before filters.
struct EventBatch {
  std::vector<kv::Event> events = {};  ///< whole revisions, in order
  std::uint64_t revisions = 0;         ///< different ones among `events`
  kv::Revision more_revision = {};     ///< the first that had no room; 0: all had
  PLIMSOLL_DESCRIBE(EventBatch, events, revisions, more_revision)

  /// Adds an event unless that makes more than `revisions_max` (1 or more) revisions. Once one had no room,
  /// none has. Requires: not before the last one.
  void add(const kv::Event& event, std::size_t revisions_max);
};

/// Etcd's constants, where it has them.
struct WatchConfig {
  std::size_t watchers_per_sync_max = 512;     ///< maxWatchersPerSync; at least 1
  std::size_t revisions_per_batch_max = 1000;  ///< watchBatchMaxRevs; at least 1
  /// A response that reaches it is split, if the watch asked for that: 1.5 MiB for a request, 0.5 for gRPC.
  std::uint64_t response_bytes_max = (1536U + 512U) * 1024U;
  Defects defects = {};
};

/// Does the watch ask for events of this key and type?
[[nodiscard]] bool wants(const kv::WatchRequest& request, const kv::Event& event);

}  // namespace plimsoll::store
