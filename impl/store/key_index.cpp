#include "impl/store/key_index.hpp"

#include <algorithm>

#include "impl/base/assert.hpp"

namespace plimsoll::store {
namespace {

// Past the last revision that is at most `revision`.
auto past(const std::vector<KeyRevision>& revisions, kv::Revision revision) {
  return std::ranges::upper_bound(revisions, revision, {},
                                  [](const KeyRevision& each) { return each.at.main; });
}

}  // namespace

void KeyIndex::put(const BucketKey& at) {
  PLIMSOLL_ASSERT(revisions.empty() || revisions.back().at < at);
  if (!live()) {
    created = at.main;
  }
  ++version;
  revisions.push_back({at, false});
}

void KeyIndex::tombstone(const BucketKey& at) {
  PLIMSOLL_ASSERT(live());
  put(at);
  revisions.back().is_tombstone = true;
  created = {};
  version = 0;
}

void KeyIndex::restore(const BucketKey& at, const Row& row) {
  created = row.kv.create_revision;
  version = row.kv.version;
  revisions.push_back({at, row.is_tombstone});
}

std::optional<BucketKey> KeyIndex::find(kv::Revision revision) const {
  const auto end = past(revisions, revision);
  if (end == revisions.begin() || std::prev(end)->is_tombstone) {
    return std::nullopt;
  }
  return std::prev(end)->at;
}

bool KeyIndex::holds(const BucketKey& at) const {
  return std::ranges::binary_search(revisions, at, {}, &KeyRevision::at);
}

void KeyIndex::compact(kv::Revision revision, TombstoneAtRevision tombstone) {
  const auto end = past(revisions, revision);
  if (end == revisions.begin()) {
    return;
  }
  // The key as it is at `revision` is kept; if it is absent there, only its deletion at that very revision.
  const auto newest = std::prev(end);
  const bool is_over =
      newest->is_tombstone && (newest->at.main < revision || tombstone == TombstoneAtRevision::removed);
  revisions.erase(revisions.begin(), is_over ? end : newest);
}

}  // namespace plimsoll::store
