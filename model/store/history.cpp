#include "model/store/history.hpp"

#include <algorithm>
#include <iterator>

#include "impl/base/assert.hpp"

namespace plimsoll::model::store {

std::vector<kv::Event> select(const std::vector<kv::Event>& events, const kv::KeyRange& range,
                              kv::Revision start) {
  std::vector<kv::Event> selected;
  std::copy_if(events.begin(), events.end(), std::back_inserter(selected), [&](const kv::Event& event) {
    return event.kv.mod_revision >= start && kv::contains(range, event.kv.key);
  });
  return selected;
}

void compact(History& history, kv::Revision revision) {
  PLIMSOLL_ASSERT(!(revision < history.compact_revision));
  history.compact_revision = revision;
  std::erase_if(history.events, [&](const kv::Event& event) { return event.kv.mod_revision < revision; });
}

}  // namespace plimsoll::model::store
