#include "impl/store/watcher_group.hpp"

#include <algorithm>

namespace plimsoll::store {

void WatcherGroup::add(const WatcherName& name, const kv::KeyRange& range) {
  if (range.range_end.empty()) {
    of_key[range.key].insert(name);
  } else {
    ranges.emplace(name, range);
  }
}

bool WatcherGroup::remove(const WatcherName& name, const kv::KeyRange& range) {
  if (!range.range_end.empty()) {
    return ranges.erase(name) > 0;
  }
  const auto found = of_key.find(range.key);
  if (found == of_key.end() || found->second.erase(name) == 0) {
    return false;
  }
  if (found->second.empty()) {
    of_key.erase(found);
  }
  return true;
}

bool WatcherGroup::has(const WatcherName& name, const kv::KeyRange& range) const {
  if (!range.range_end.empty()) {
    return ranges.contains(name);
  }
  const auto found = of_key.find(range.key);
  return found != of_key.end() && found->second.contains(name);
}

std::vector<WatcherName> WatcherGroup::names() const {
  std::vector<WatcherName> all;
  for (const auto& [key, names] : of_key) {
    all.insert(all.end(), names.begin(), names.end());
  }
  for (const auto& [name, range] : ranges) {
    all.push_back(name);
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<WatcherName> WatcherGroup::watchers_of(const std::string& key) const {
  std::vector<WatcherName> found;
  const auto single = of_key.find(key);
  if (single != of_key.end()) {
    found.assign(single->second.begin(), single->second.end());
  }
  for (const auto& [name, range] : ranges) {
    if (kv::contains(range, key)) {
      found.push_back(name);
    }
  }
  return found;
}

EventBatches make_batches(const WatcherGroup& group, const std::map<WatcherName, Watcher>& watchers,
                          std::span<const kv::Event> events, std::size_t revisions_max) {
  EventBatches batches;
  for (const kv::Event& event : events) {
    for (const WatcherName& name : group.watchers_of(event.kv.key)) {
      // What is below was sent before, or is not asked for.
      if (event.kv.mod_revision >= watchers.at(name).min_revision) {
        batches[name].add(event, revisions_max);
      }
    }
  }
  return batches;
}

}  // namespace plimsoll::store
