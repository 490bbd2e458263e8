#include "model/store/history.hpp"

#include <algorithm>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::model::store {
namespace {

[[nodiscard]] bool concerns(const Watch& watch, const kv::Event& event) {
  const bool is_filtered = event.type == kv::EventType::put ? watch.no_put : watch.no_delete;
  return !is_filtered && event.kv.mod_revision >= watch.start && kv::contains(watch.range, event.kv.key);
}

/// What the key was just before the event's revision; none: absent, or compacted.
[[nodiscard]] std::optional<kv::KeyValue> before(const kv::Event& event, const History& history) {
  const kv::Revision previous{event.kv.mod_revision.value - 1};
  const bool is_new = event.type == kv::EventType::put && event.kv.create_revision == event.kv.mod_revision;
  if (is_new || previous < history.compact_revision) {
    return std::nullopt;
  }
  const Keys keys = keys_at(history, previous);
  const auto found = keys.find(event.kv.key);
  return found == keys.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

Keys keys_at(const History& history, kv::Revision revision) {
  PLIMSOLL_ASSERT(!(revision < history.compact_revision));
  Keys keys = history.floor;
  for (const kv::Event& event : history.events) {
    if (event.kv.mod_revision > revision) {
      break;
    }
    if (event.type == kv::EventType::put) {
      keys[event.kv.key] = event.kv;
    } else {
      keys.erase(event.kv.key);
    }
  }
  return keys;
}

void compact(const Config& config, History& history, kv::Revision revision) {
  PLIMSOLL_ASSERT(!(revision < history.compact_revision));
  if (config.keep_versions) {
    history.floor = keys_at(history, revision);
  }
  history.compact_revision = revision;
  std::vector<kv::Event> kept;
  for (auto event = history.events.begin(); event != history.events.end(); ++event) {
    // Of a key that changed twice at the revision (check.hpp lets that pass in two cases) the last is kept.
    const bool is_replaced = std::any_of(event + 1, history.events.end(), [&](const kv::Event& later) {
      return later.kv.key == event->kv.key && later.kv.mod_revision == revision;
    });
    if (event->kv.mod_revision > revision || (event->kv.mod_revision == revision && !is_replaced)) {
      kept.push_back(std::move(*event));
    }
  }
  history.events = std::move(kept);
}

std::optional<kv::KeyRange> watched_range(const kv::KeyRange& asked) {
  const std::string zero(1, '\0');
  const kv::KeyRange range{asked.key.empty() ? zero : asked.key, asked.range_end};
  const bool is_empty = !range.range_end.empty() && range.range_end != zero && range.range_end <= range.key;
  return is_empty ? std::nullopt : std::optional(range);
}

std::vector<kv::Event> select(const std::vector<kv::Event>& events, const Watch& watch,
                              const History& history) {
  std::vector<kv::Event> selected;
  for (const kv::Event& event : events) {
    if (concerns(watch, event)) {
      selected.push_back(event);
      selected.back().prev_kv = watch.prev_kv ? before(event, history) : std::nullopt;
    }
  }
  return selected;
}

}  // namespace plimsoll::model::store
