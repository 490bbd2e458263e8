// The store's past, as far as it is kept, and those who watch: what a stream of events owes to its reader.
//
// Source: ETCD-5, 7, 10, 11 and 13 of the semantics; etcd server/storage/mvcc/watchable_store.go, kvstore.go,
// server/etcdserver/api/v3rpc/watch.go (v3.5).
// Deviates: a watch is never behind. Events go out in the step that makes them, where etcd batches them and
// lets slow readers fall back (ETCD-12); delays and losses belong to the network that carries the messages.
// So nothing is ever sent in fragments, and progress is told to those who ask, not now and then.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "impl/base/describe_macro.hpp"
#include "impl/base/ids.hpp"
#include "impl/base/kv.hpp"
#include "model/store/config.hpp"
#include "model/store/ranges.hpp"

namespace plimsoll::model::store {

/// Default: of a fresh store, which was never compacted (ETCD-1).
///
/// Invariants: (1) events are in order of revision, each revision whole; (2) none is below compact_revision:
/// no watch could ask for it any more; (3) all others since then are here; (4) if versions are kept, `floor`
/// has the keys as they were at compact_revision.
struct History {
  std::optional<kv::Revision> compact_revision = {};
  std::vector<kv::Event> events = {};  ///< without what was there before
  Keys floor = {};
  PLIMSOLL_DESCRIBE_OPTIONS(floor)
  PLIMSOLL_DESCRIBE(History, compact_revision, events, floor)
};

/// The keys as they were at a revision that is not compacted.
[[nodiscard]] Keys keys_at(const History& history, kv::Revision revision);

/// Forgets what came before `revision`; what happened at it stays, deletes too (ETCD-7, 11).
/// Requires: not below the compact_revision.
void compact(const Config& config, History& history, kv::Revision revision);

struct WatchKey {
  base::ProcessId client = {};
  kv::WatchId watch = {};
  PLIMSOLL_DESCRIBE(WatchKey, client, watch)
};

/// An open watch that has been sent everything it may see.
struct Watch {
  kv::KeyRange range = {};
  kv::Revision start = {};  ///< nothing below it is for this watch; 0 once the store has reached it
  bool prev_kv = false;
  bool no_put = false;
  bool no_delete = false;
  PLIMSOLL_DESCRIBE_OPTIONS(prev_kv)
  PLIMSOLL_DESCRIBE(Watch, range, start, prev_kv, no_put, no_delete)
};

using Watches = std::map<WatchKey, Watch>;

/// The range that a watch means: no key at all is the smallest one, the single byte 0.
/// @return none if no key can be in it.
[[nodiscard]] std::optional<kv::KeyRange> watched_range(const kv::KeyRange& asked);

/// Of `events`, which are the history's latest ones: those for this watch, in order, with what was there
/// before if it asked for that and it is kept. Filter, Ordered, Unique and PrevKV of ETCD-10 rest on this one
/// function, as watches are fed by nothing else.
[[nodiscard]] std::vector<kv::Event> select(const std::vector<kv::Event>& events, const Watch& watch,
                                            const History& history);

}  // namespace plimsoll::model::store
