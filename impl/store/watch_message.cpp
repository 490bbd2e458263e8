#include "impl/store/watch_message.hpp"

#include <utility>

#include "impl/raft/wire_size.hpp"

namespace plimsoll::store {
namespace {

/// Of a field that is a number: left out at 0.
std::uint64_t number_size(std::uint64_t number) {
  return number == 0 ? 0 : 1 + raft::varint_size(number);
}
/// Of a field with a length: left out if empty.
std::uint64_t text_size(const std::string& text) {
  return text.empty() ? 0 : 1 + raft::varint_size(text.size()) + text.size();
}
std::uint64_t message_size(std::uint64_t size) {
  return 1 + raft::varint_size(size) + size;
}
std::uint64_t flag_size(bool flag) {
  return flag ? 2 : 0;
}

}  // namespace

std::vector<kv::Event> events_for(const kv::WatchRequest& request, const std::vector<kv::Event>& events,
                                  const Mvcc& store) {
  std::vector<kv::Event> wanted;
  for (const kv::Event& event : events) {
    if (!wants(request, event)) {
      continue;
    }
    wanted.push_back(event);
    const kv::Revision at = event.kv.mod_revision;
    const bool is_create = event.type == kv::EventType::put && event.kv.create_revision == at;
    if (request.prev_kv && !is_create) {
      wanted.back().prev_kv = store.before(event.kv.key, at);
    }
  }
  return wanted;
}

std::uint64_t wire_size(const kv::KeyValue& kv) {
  return text_size(kv.key) + number_size(kv.create_revision.value) + number_size(kv.mod_revision.value) +
         number_size(kv.version) + text_size(kv.value) + number_size(kv.lease.value);
}

std::uint64_t wire_size(const kv::Event& event) {
  return flag_size(event.type != kv::EventType::put) + message_size(wire_size(event.kv)) +
         (event.prev_kv ? message_size(wire_size(*event.prev_kv)) : 0);
}

std::uint64_t wire_size(const kv::WatchResponse& response) {
  std::uint64_t size = message_size(number_size(response.revision.value)) +
                       number_size(response.watch.value) + flag_size(response.created) +
                       flag_size(response.canceled) + flag_size(response.fragment);
  if (response.compact_revision) {
    size += number_size(response.compact_revision->value);
  }
  for (const kv::Event& event : response.events) {
    size += message_size(wire_size(event));
  }
  return size;
}

std::vector<kv::WatchResponse> split(kv::WatchResponse response, std::uint64_t bytes_max) {
  if (response.events.size() < 2 || wire_size(response) < bytes_max) {
    return {std::move(response)};
  }
  std::vector<kv::Event> events = std::exchange(response.events, {});
  response.fragment = true;
  const std::uint64_t empty_size = wire_size(response);
  std::vector<kv::WatchResponse> parts;
  std::uint64_t size = 0;
  for (kv::Event& event : events) {
    const std::uint64_t event_size = message_size(wire_size(event));
    if (parts.empty() || size + event_size >= bytes_max) {
      parts.push_back(response);
      size = empty_size;
    }
    size += event_size;
    parts.back().events.push_back(std::move(event));
  }
  parts.back().fragment = false;
  return parts;
}

}  // namespace plimsoll::store
