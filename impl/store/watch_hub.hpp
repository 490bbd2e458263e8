// Everybody who watches this member's store, and how far each one is.
//
// Source: etcd server/storage/mvcc/watchable_store.go, watcher_group.go, server/etcdserver/api/v3rpc/watch.go
// (v3.5.21). Statements: ETCD-10 to 13. A watcher is
//   synced    it was sent everything; the next change is sent when it happens (notify);
//   unsynced  it is behind, because it asked for the past, or was slow, or the store was replaced: it reads
//             what it missed from the rows, a batch at a time (sync);
//   victim    its channel was full: the batch that did not get through is kept and tried again
//             (retry_victims), and everything after it is read from the rows.
//
// Deviates: etcd picks the watchers of a sync by chance, here they take turns. A watcher whose past is
// compacted is gone with the notice of it, and the notice carries the store's revision (etcd's: 0, and the
// stream tells no progress for all watches until the client cancels the dead one). A request with a used id
// replaces the old watch; etcd refuses it. A progress notification that finds no room is lost, as in etcd.
//
// Who does what: watch_hub.cpp (requests, new changes, restore), watch_sync.cpp (unsynced, victims),
// watch_progress.cpp, watch_message.hpp (what a response looks like).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "impl/store/mvcc.hpp"
#include "impl/store/watch_out.hpp"
#include "impl/store/watcher_group.hpp"

namespace plimsoll::store {

/// What the hub works with.
struct WatchContext {
  const Mvcc& store;
  const WatchConfig& config;
  WatchOut& out;
};

/// A described value. Thread-safety: a value.
///
/// Invariants: (1) each of `watchers` is in exactly one of `synced`, `unsynced` and `victims`; (2) a synced
/// watcher was sent every event below the store's next revision that it asked for; (3) what a victim keeps is
/// below its min_revision, and no revision that it keeps was sent to it.
struct WatchHub {
  std::map<WatcherName, Watcher> watchers = {};
  WatcherGroup synced = {};
  std::set<WatcherName> unsynced = {};
  EventBatches victims = {};
  std::optional<WatcherName> last_synced = {};  ///< whom the last sync ended with, if it did not do all
  PLIMSOLL_DESCRIBE(WatchHub, watchers, synced, unsynced, victims, last_synced)

  // A client's requests. Each is answered on the stream, whether there is room or not.

  /// ETCD-11. Answers that the watch is created; with an empty range (or the id all_watches) that it is
  /// canceled too, and there is no watch.
  void watch(const WatchContext& context, base::ProcessId client, kv::WatchRequest request);
  /// Unanswered if there is no such watch.
  void cancel(const WatchContext& context, base::ProcessId client, kv::WatchId watch);
  /// ETCD-13. Answered if the client has watches, all are synced and have reached their start, and there is
  /// room.
  void progress_request(const WatchContext& context, base::ProcessId client) const;
  /// The client's watches end with its stream.
  void disconnected(base::ProcessId client);

  // What the store did. Call both right after it.

  /// The changes of the store's new revision. Requires: all of one revision, the store's current one.
  void notify(const WatchContext& context, const std::vector<kv::Event>& changes);
  /// The store was replaced by a snapshot of a later revision (ETCD-12).
  void restore();

  // Work to be done now and then, until there is none.

  [[nodiscard]] bool has_unsynced() const { return !unsynced.empty(); }  ///< etcd: sync every 100 ms
  [[nodiscard]] bool has_victims() const { return !victims.empty(); }    ///< etcd: retry every 10 ms
  /// Brings unsynced watchers nearer to the present: up to watchers_per_sync_max of them, by up to
  /// revisions_per_batch_max revisions each. Linear in the rows from the farthest behind on.
  void sync(const WatchContext& context);
  /// Tries again what did not get through.
  void retry_victims(const WatchContext& context);

  /// Etcd: every ten minutes. Tells each synced watcher with progress_notify how far it is, except those that
  /// were sent events since the last tick.
  void progress_tick(const WatchContext& context);
  [[nodiscard]] bool has_progress_watchers() const;

  /// Was it sent everything? Requires: there is such a watcher.
  [[nodiscard]] bool is_synced(const WatcherName& name) const;

 private:
  void remove(const WatcherName& name);
  /// Returns false if there was no room; then nothing is sent.
  static bool send(const WatchContext& context, const WatcherName& name, Watcher& watcher,
                   const std::vector<kv::Event>& events, kv::Revision revision);
  /// Whom this sync is for: all unsynced ones, or the next in turn.
  [[nodiscard]] std::vector<WatcherName> choose(std::size_t watchers_max);
  /// Returns whether the watcher needs what is compacted, so that this sync is done with it.
  bool cancel_compacted(const WatchContext& context, const WatcherName& name);
  void sync_watcher(const WatchContext& context, const WatcherName& name, EventBatch batch);
  /// What comes after `batch`, which was sent, is read from the rows or will be told.
  void resume(const WatchContext& context, const WatcherName& name);
  [[nodiscard]] bool may_tell_progress(const WatchContext& context, const WatcherName& name,
                                       const Watcher& watcher) const;
};

}  // namespace plimsoll::store
