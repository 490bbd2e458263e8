#include "properties/store/conform/watch_pair.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "checker/system/datum.hpp"
#include "properties/store/conform/gateway.hpp"
#include "properties/store/conform/shift.hpp"

namespace plimsoll::properties::store {
namespace {

using Clock = std::chrono::steady_clock;

/// More than any stream takes to tell what it knows.
constexpr std::chrono::seconds patience{10};

template <class T>
checker::Datum datum_of(const T& value) {
  return checker::to_datum(base::schema_of<T>(), base::to_bytes(value));
}

}  // namespace

void WatchPair::Told::add(const kv::WatchResponse& response) {
  created = created || response.created;
  canceled = canceled || response.canceled;
  compacted = response.compact_revision.value_or(compacted);
  events.insert(events.end(), response.events.begin(), response.events.end());
}

bool WatchPair::Told::reaches(const Told& other) const {
  return (created || !other.created) && (canceled || !other.canceled) && events.size() >= other.events.size();
}

void WatchPair::expect(kv::WatchResponse response) {
  std::erase_if(response.events, [this](const kv::Event& event) {
    return event.type == kv::EventType::remove && event.kv.mod_revision == lost_;
  });
  expected_.add(response);
}

void WatchPair::take(std::chrono::milliseconds time) {
  for (const std::string& message : stream_->take(time)) {
    const auto read = read_watch_response(message, request_.watch);
    if (!read) {
      broken_ = read.error() + "\n";
      return;
    }
    const kv::WatchResponse response = lowered(*read, offset_);
    if (!response.events.empty() && !actual_.events.empty() && !unfinished_ &&
        response.events.front().kv.mod_revision == actual_.events.back().kv.mod_revision) {
      broken_ = "etcd tells one revision in two messages: " + message + "\n";
    }
    unfinished_ = response.fragment ? std::optional(response.revision) : std::nullopt;
    actual_.add(response);
  }
}

std::string WatchPair::compare() {
  const Clock::time_point end = Clock::now() + patience;
  take({});
  while (broken_.empty() && !actual_.reaches(expected_) && Clock::now() < end) {
    take(std::chrono::milliseconds(20));
  }
  if (!broken_.empty()) {
    return broken_;
  }
  std::string text;
  for (const auto& difference : checker::differences(datum_of(actual_), datum_of(expected_))) {
    text += "watch " + std::to_string(request_.watch.value) + ", " + difference.path +
            "\n  etcd:      " + difference.before + "\n  reference: " + difference.after + "\n";
  }
  return text;
}

}  // namespace plimsoll::properties::store
