#include "impl/store/tree_index.hpp"

#include <iterator>

namespace plimsoll::store {

const KeyIndex* TreeIndex::find(const std::string& key) const {
  return keys.find(key);
}

KeyIndex& TreeIndex::entry(const std::string& key) {
  return keys.try_emplace(key);
}

TreeIndex::Span TreeIndex::span(const kv::KeyRange& range) const {
  const Iterator first = keys.lower_bound(range.key);
  if (range.range_end.empty()) {
    const bool is_there = first != keys.end() && first->first == range.key;
    return {first, is_there ? std::next(first) : first};
  }
  if (range.range_end == std::string(1, '\0')) {
    return {first, keys.end()};
  }
  if (range.range_end <= range.key) {
    return {first, first};
  }
  return {first, keys.lower_bound(range.range_end)};
}

void TreeIndex::compact(kv::Revision revision, TombstoneAtRevision tombstone) {
  keys.retain([&](KeyIndex& entry) {
    entry.compact(revision, tombstone);
    return !entry.revisions.empty();
  });
}

}  // namespace plimsoll::store
