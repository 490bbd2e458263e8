#include "properties/store/event_history.hpp"

#include <algorithm>

#include "impl/base/assert.hpp"

namespace plimsoll::properties::store {

void EventHistory::append(const kv::Event& event) {
  PLIMSOLL_ASSERT(events.empty() || events.back().kv.mod_revision <= event.kv.mod_revision);
  of_key[event.kv.key].push_back(events.size());
  events.push_back(event);
  events.back().prev_kv.reset();
}

const kv::KeyValue* EventHistory::before(const std::string& key, kv::Revision revision) const {
  const auto found = of_key.find(key);
  if (found == of_key.end()) {
    return nullptr;
  }
  const std::vector<std::uint64_t>& positions = found->second;
  const auto after =
      std::lower_bound(positions.begin(), positions.end(), revision,
                       [&](std::uint64_t at, kv::Revision r) { return events[at].kv.mod_revision < r; });
  if (after == positions.begin()) {
    return nullptr;
  }
  const kv::Event& last = events[*std::prev(after)];
  return last.type == kv::EventType::put ? &last.kv : nullptr;
}

std::uint64_t EventHistory::position_of(kv::Revision revision) const {
  const auto found =
      std::lower_bound(events.begin(), events.end(), revision,
                       [](const kv::Event& event, kv::Revision r) { return event.kv.mod_revision < r; });
  return static_cast<std::uint64_t>(found - events.begin());
}

}  // namespace plimsoll::properties::store
