// The store's past, as far as it is kept, and those who watch: what a stream of events owes to its reader.
//
// Source: ETCD-7, 10 and 11 of the semantics; etcd server/storage/mvcc/watchable_store.go, kvstore.go (v3.5).
// Deviates: a watch is never behind. Events go out in the step that makes them, where etcd batches them and
// lets slow readers fall back (ETCD-12); delays and losses belong to the network that carries the messages.
// There are no progress notifications and no notice that a watch was created: kv.hpp has no words for them.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "impl/base/describe_macro.hpp"
#include "impl/base/ids.hpp"
#include "impl/base/kv.hpp"

namespace plimsoll::model::store {

/// Default: of a fresh store, which was never compacted (ETCD-1).
///
/// Invariants: (1) events are in order of revision, each revision whole; (2) none is below compact_revision:
/// no watch could ask for it any more; (3) all others since then are here.
struct History {
  std::optional<kv::Revision> compact_revision;
  std::vector<kv::Event> events;
  PLIMSOLL_DESCRIBE(History, compact_revision, events)
};

struct WatchKey {
  base::ProcessId client;
  kv::WatchId watch;
  PLIMSOLL_DESCRIBE(WatchKey, client, watch)
};

/// An open watch that has been sent everything it may see.
struct Watch {
  kv::KeyRange range;
  kv::Revision start;  ///< nothing below it is for this watch; 0 once the store has reached it
  PLIMSOLL_DESCRIBE(Watch, range, start)
};

using Watches = std::map<WatchKey, Watch>;

/// The events at or after `start` whose key is in the range, in order. Filter, Ordered and Unique of ETCD-10
/// rest on this one function, as watches are fed by nothing else.
[[nodiscard]] std::vector<kv::Event> select(const std::vector<kv::Event>& events, const kv::KeyRange& range,
                                            kv::Revision start);

/// Forgets what came before `revision`; what happened at it stays, deletes too (ETCD-7, 11).
/// Requires: not below the compact_revision.
void compact(History& history, kv::Revision revision);

}  // namespace plimsoll::model::store
