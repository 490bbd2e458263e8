// Watchers found by the keys they watch.
//
// Source: etcd server/storage/mvcc/watcher_group.go (v3.5). Deviates: etcd finds the ranges that hold a key
// in an interval tree; here all ranges are looked at. Those who watch many keys one by one are found by the
// key.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "impl/store/watcher.hpp"

namespace plimsoll::store {

/// A described value. Thread-safety: a value.
struct WatcherGroup {
  std::map<std::string, std::set<WatcherName>> of_key = {};  ///< of watchers of a single key
  std::map<WatcherName, kv::KeyRange> ranges = {};           ///< of all others
  PLIMSOLL_DESCRIBE(WatcherGroup, of_key, ranges)

  [[nodiscard]] bool empty() const { return of_key.empty() && ranges.empty(); }
  void add(const WatcherName& name, const kv::KeyRange& range);
  /// Returns whether it was there.
  bool remove(const WatcherName& name, const kv::KeyRange& range);
  [[nodiscard]] bool has(const WatcherName& name, const kv::KeyRange& range) const;
  /// All of it, in order of names. Linear.
  [[nodiscard]] std::vector<WatcherName> names() const;
  /// Those whose range holds `key`, single keys first. Linear in the ranges, logarithmic in single keys.
  [[nodiscard]] std::vector<WatcherName> watchers_of(const std::string& key) const;
};

using EventBatches = std::map<WatcherName, EventBatch>;

/// What each of the group is to be sent of `events`: those of its keys from its min_revision on. Watchers
/// that get nothing are not in the result. Requires: all names of the group are in `watchers`; events in
/// order.
[[nodiscard]] EventBatches make_batches(const WatcherGroup& group,
                                        const std::map<WatcherName, Watcher>& watchers,
                                        std::span<const kv::Event> events, std::size_t revisions_max);

}  // namespace plimsoll::store
