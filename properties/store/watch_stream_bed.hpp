// Histories and the streams that watches of them should see, for tests of the judges.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "impl/base/described.hpp"
#include "properties/store/watch_guarantees.hpp"

namespace plimsoll::properties::store {

using Responses = std::vector<kv::WatchResponse>;

inline kv::Event put(std::string key, std::string value, std::uint64_t revision, std::uint64_t created,
                     std::uint64_t version) {
  kv::Event event;
  event.kv = {std::move(key), std::move(value), {created}, {revision}, version, {}};
  return event;
}
inline kv::Event removal(std::string key, std::uint64_t revision) {
  kv::Event event;
  event.type = kv::EventType::remove;
  event.kv.key = std::move(key);
  event.kv.mod_revision = {revision};
  return event;
}

/// Adds an event that continues the history.
inline void happen(EventHistory& history, bool is_put, const std::string& key, std::uint64_t revision) {
  const kv::KeyValue* before = history.before(key, {revision});
  if (is_put) {
    const std::string value = std::to_string(revision);
    history.append(put(key, value, revision, before == nullptr ? revision : before->create_revision.value,
                       before == nullptr ? 1 : before->version + 1));
  } else if (before != nullptr) {
    history.append(removal(key, revision));
  }
}

inline kv::WatchResponse says(std::uint64_t revision, std::vector<kv::Event> events = {}) {
  kv::WatchResponse response;
  response.watch = {1};
  response.revision = {revision};
  response.events = std::move(events);
  return response;
}

inline kv::Event with_previous(const EventHistory& history, std::size_t at) {
  kv::Event event = history.events[at];
  const kv::KeyValue* before = history.before(event.kv.key, event.kv.mod_revision);
  if (before != nullptr) {
    event.prev_kv = *before;
  }
  return event;
}

inline std::optional<BrokenGuarantee> feed_all(const RecordedWatch& watch, const EventHistory* history) {
  WatchCursor cursor;
  for (const kv::WatchResponse& response : watch.responses) {
    if (std::optional<BrokenGuarantee> broken = feed(cursor, watch.request, response, history)) {
      return broken;
    }
    // A cursor may be stored between two responses.
    cursor = base::from_bytes<WatchCursor>(base::to_bytes(cursor));
  }
  return std::nullopt;
}

inline std::string first_broken(const RecordedWatch& watch, const EventHistory* history) {
  const std::optional<BrokenGuarantee> broken = feed_all(watch, history);
  return broken ? text_of(*broken) : "";
}

}  // namespace plimsoll::properties::store
