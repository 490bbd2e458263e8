#include "impl/store/watcher.hpp"

#include "impl/base/assert.hpp"

namespace plimsoll::store {

void EventBatch::add(const kv::Event& event, std::size_t revisions_max) {
  if (more_revision != kv::Revision{}) {
    return;
  }
  if (events.empty() || events.back().kv.mod_revision != event.kv.mod_revision) {
    PLIMSOLL_ASSERT(events.empty() || events.back().kv.mod_revision < event.kv.mod_revision);
    if (revisions == revisions_max) {
      more_revision = event.kv.mod_revision;
      return;
    }
    ++revisions;
  }
  events.push_back(event);
}

bool wants(const kv::WatchRequest& request, const kv::Event& event) {
  const bool filtered = event.type == kv::EventType::put ? request.no_put : request.no_delete;
  return !filtered && kv::contains(request.range, event.kv.key);
}

}  // namespace plimsoll::store
